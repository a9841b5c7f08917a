"""Databases that are not the house's own: their tables read as they are, and what their columns look like."""
