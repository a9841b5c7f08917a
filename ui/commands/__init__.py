"""The parts of the `munshi` command that have a file of their own."""
