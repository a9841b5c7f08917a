"""Goals and life events: changes in what a customer's postings show, each with evidence and confidence."""
