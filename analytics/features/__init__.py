"""The feature catalogue, and the windows it is computed over."""
