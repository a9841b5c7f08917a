"""The worklist: which lists make items, what can come of them, and what acting was worth."""
