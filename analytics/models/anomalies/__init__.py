"""Postings that stand out: for this customer first, then by an isolation forest, then by named rules."""
