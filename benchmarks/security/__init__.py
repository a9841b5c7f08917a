"""Checks of what is delivered: secrets in the tree, licences and advisories of dependencies."""
