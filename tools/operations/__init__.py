"""What an operator does to a workspace: make, fill, build, back up, restore, destroy, examine."""
