"""What people keep, as pages list it, and what pages can do with it: a module for each page."""
