"""Text from data that reads like an order to a model: shown on screen as it is, but nothing an answer may rest on."""

from __future__ import annotations

import re

#: How orders to a model are written; each has to be told apart from what documents and narrations say of themselves.
ORDER = re.compile(
    r"""(?ix)
      \b(?:ignore|disregard|forget|override|bypass)\b .{0,40}
        \b(?:instructions?|prompts?|guardrails?|(?:previous|earlier|prior|above)\s+(?:rules?|text|orders?))\b
    | \b(?:system|developer|hidden)\s+(?:prompt|message|instructions?)\b
    | \b(?:reply|respond|print|output|repeat)\s+
        (?:only|exactly|verbatim|the\s+(?:words?|following)|with\s+the\s+words?)\b
    | \byou\s+are\s+(?:now|no\s+longer)\b
    | \b(?:developer|debug|god|admin)\s+mode\b
    | \b(?:call|use|run|invoke)\s+(?:the\s+)?(?:tool|function|run_sql|query_metrics|customer_profile)\b
    | \b(?:send|post|forward|upload|append)\b .{0,60} https?:
    | !\[ [^\]]* \]\s*\( | </? (?:system|assistant|user|instructions?|tool) \b | <\|
    | \bnew\s+instructions?\b | \bas\s+an\s+ai\b
    """
)
_SENTENCE = re.compile(r"(?<=[.!?>])\s+|\n+")


def is_order(text: str) -> bool:
    """Whether a text reads like an order to a model."""
    return ORDER.search(text) is not None


def without_orders(text: str) -> str:
    """Return a text without its sentences that read like orders."""
    if not is_order(text):
        return text
    return " ".join(sentence for sentence in _SENTENCE.split(text) if not is_order(sentence))
