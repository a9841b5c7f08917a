"""The models, each behind one protocol, and how they are validated."""
