"""What can be done: one typed function per capability."""
