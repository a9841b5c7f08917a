"""Contributions, concepts, reason codes."""
