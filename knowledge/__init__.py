"""What the words mean: the semantic layer, the documents and their retrieval."""
