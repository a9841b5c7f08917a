"""Whether a question leans on the one before, and what its words point at there: "them", "it", "such"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.planner.context import Context
from assistant.planner.followups import leans_back
from assistant.planner.intents.loans import THEY
from assistant.planner.listed import lists_what_was_counted
from assistant.planner.parts.measures import noun_of
from assistant.planner.parts.ranks import find_rank
from assistant.planner.reading import Reading
from assistant.planner.spans import Span

#: Words that make a question whole without a figure.
_WHOLE = ("risky", "risky_borrowers", "high_risk", "safest", "defaulters", "overdue", "risk", "definition", "normative",
          "personal", "profile")  # fmt: skip


#: The most customers of a list that a question can go on with.
MOST_LISTED = 500
#: Words of the longest question that names a number and nothing else.
BARE = 3


def leans(reading: Reading, context: Context, *, loans: bool) -> bool:
    """Whether a question goes on from the one before; "them" after a count points at those who were counted.

    Parameters
    ----------
    loans
        Whether loans were listed or counted before.
    """
    pointing = any(span.text in THEY and not span.customer for span in reading.spans)
    counted = pointing and (loans or not context.listed)
    counted = counted or _bare_number(reading, context) or _of_its_table(reading, context)
    counted = counted or _of_its_first(reading, context)
    return bool(
        counted or leans_back(reading) or _leaves_out_what(reading, context) or lists_what_was_counted(reading, context)
    )


def _of_its_table(reading: Reading, context: Context) -> bool:
    """Whether the end of a table is asked for that stands there: "which city spent the least" after spend by city."""
    base = context.base
    rank = find_rank(reading)
    if base is None or base.intent != "metrics" or not base.dimensions or rank.kind is None:
        return False
    pairs = pairwise(reading.spans)
    groups = [
        second for first, second in pairs if first.text == "which" and {*second.names("dimension")} & {*base.dimensions}
    ]
    rest = [span for span in reading.spans if span not in (*groups, *rank.spans)]
    figures = {name for span in rest for name in span.names("metric")}
    return bool(groups) and figures <= {*base.metrics} and not any(s.has("value") or s.has("time") for s in rest)


def _of_its_first(reading: Reading, context: Context) -> bool:
    """Whether "in that category" points at the first group of a ranked table."""
    dimensions = {*context.base.dimensions} if context.base and context.base.order else set()
    pairs = pairwise(reading.spans)
    return any(first.text in ("that", "this") and {*second.names("dimension")} & dimensions for first, second in pairs)


def _bare_number(reading: Reading, context: Context) -> bool:
    """Whether no more is said than "how many loans?" after another figure of some of them: it is of the same."""
    base = context.base
    said = [span for span in reading.spans if span.cue("count") or not span.has("soft")]
    if base is None or base.intent != "metrics" or len(said) > BARE:
        return False
    if not (base.filters or base.metrics[0] in reading.words.table("measures").get("class_of", {})):
        return False
    nouns = [span for span in said if noun_of(reading, span) == "open_loans"]
    return bool(nouns and reading.cues("count")) and all(span in nouns or span.cue("count") for span in said)


def those_listed(reading: Reading, context: Context | None) -> Reading | None:
    """Return the question without the words for the customers of the list before; None where there are none."""
    if context is None or not 1 < len(context.listed) <= MOST_LISTED:
        return None
    said = [s for s in reading.spans if (s.text in THEY and not s.customer) or s.cue("list_anaphor")]
    rest = [span for span in reading.spans if span not in said]
    return Reading(rest, reading.words, reading.notes) if said and rest else None


def closes_pointing(reading: Reading) -> Span | None:
    """Return the word that a question ends in where it points at what was listed: "the total outstanding on those"."""
    if len(reading.spans) < 2:
        return None
    before, last = reading.spans[-2:]
    return last if last.text in THEY and not last.customer and before.text.split()[-1] in _OF else None


def narrows(reading: Reading, context: Context) -> bool:
    """Whether a question takes a part of what was asked before, or is of "it" that was explained before."""
    explained = context.frame.intent == "knowledge" and any(span.text == "it" for span in reading.spans)
    return explained or bool(reading.spans and reading.spans[0].text in _NARROWING)


#: Words that take a part of what was asked before, or the same of something else.
_NARROWING = (
    "only", "just", "sirf", "same for", "the same for", "same", "remove", "of the same", "restrict to", "limit to",
    "filter to", "narrow to", "make it", "make that", "do the same for", "repeat for",
)  # fmt: skip
#: Words before what a question ends in.
_OF = ("of", "on", "for", "in", "from", "with", "to", "among", "against")
#: Words that point at a concept that was asked about before.
_IT = re.compile(r"\b(?:it|such|ours|that|this|(?:of )?(?:them|those|these))\b", re.IGNORECASE)


def of_concept(question: str, spans: Sequence[Span], concept: Span | None) -> str:
    """Return the question with a concept in the place of the word that points at it; empty where none does.

    "How much are we carrying in it", "how many such loans": each is a question of its own then.
    """
    if concept is None or any(span.has("metric") and not span.has("dimension") for span in spans):
        return ""
    said, count = _IT.subn(f" {concept.text} ", question, count=1)
    return said if count else ""


#: Words that point at the place before; after "is" and "are" they only say that there is something.
_THERE = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!many )(?<!be )\bthere(?=,|[?. ]*$| on average| in )"
    r"|\b(?:wahan|wahaan)(?: pe| par| ka| ke| ki)?\b|\bin (?:that|the same) (?:city|state|region|place|zone)\b",
    re.IGNORECASE,
)
_PLACES = ("city", "state", "region")


def of_place(question: str, context: Context) -> str:
    """Return the question with the place of the one before for "there"; as it is where that was of no one place."""
    filters = context.base.filters if context.base and context.base.intent == "metrics" else ()
    places = [str(f.value) for f in filters if f.field in _PLACES and f.op == "="]
    if len(places) != 1 or context.customer:
        return question
    return _THERE.sub(f"in {places[0]}", question, count=1)


def _leaves_out_what(reading: Reading, context: Context) -> bool:
    """Whether no figure is named after a question for figures: "which merchants got the most" is of those then."""
    if context.base is None or context.base.intent != "metrics" or reading.cues(*_WHOLE):
        return False
    whole = ("metric", "modelled", "topic", "activity", "customer", "later")
    if any(span.has(kind) for span in reading.spans for kind in whole):  # type: ignore[arg-type]
        return False
    return any(span.has("dimension") or span.has("value") for span in reading.spans)
