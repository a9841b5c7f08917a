"""Words that ask politely and change nothing."""

from __future__ import annotations

COURTESIES = frozenset(
    ("please", "kindly", "can", "could", "would", "you", "me", "us", "i", "we", "the", "a", "an", "show", "tell",
     "give", "list", "get", "now", "munshi", "hi")
)  # fmt: skip
