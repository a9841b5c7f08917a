"""The machine faces."""
