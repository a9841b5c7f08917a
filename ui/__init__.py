"""The human faces: the chat screen and the `munshi` command."""
