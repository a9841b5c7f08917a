"""What is checked of the books, each check one declaration."""
