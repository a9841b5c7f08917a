"""Questions and reports by the clock: when they fall due."""
