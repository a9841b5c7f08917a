"""What a person may ask of his data, and what the law asks of who keeps them."""
