"""What leaves Munshi as a file: pages and packs on paper, charts drawn without a browser."""
