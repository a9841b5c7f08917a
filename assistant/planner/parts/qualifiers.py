"""A figure that only says which things another figure is of: "average DPD of overdue loans"."""

from __future__ import annotations

from assistant.planner.frame import World
from assistant.planner.parts.measures import Measures, coordinated, noun_of
from assistant.planner.parts.ratios import divided
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from knowledge.query import Filter

_BEHIND = ("on", "of", "for", "in", "among", "across", "were", "was", "are", "is", "due")
_GIVEN = (
    "give",
    "gave",
    "given",
    "disburse",
    "disbursed",
    "lend",
    "lent",
    "diye",
    "diya",
    "sanction",
    "book",
    "booked",
)


#: First words of a clause for what was done with things: "did we lend", "were booked".
_CLAUSE = frozenset({"did", "do", "have", "has", "was", "were", "got", "we"})
_LATE = Filter(field="days_past_due", op=">", value=0)


def take_qualifiers(reading: Reading, world: World, measures: Measures) -> tuple[Filter, ...]:
    """Take from the figures those that say which things are meant; return the conditions they stand for."""
    if not world.words.of_house:
        return ()
    _number_given(reading, measures)
    if divided(reading, list(measures.metrics.values())):
        return ()
    special = [name for name in measures.metrics if name in world.words.table("measures")["kinds_of_spend"]]
    if special and "spend" in measures.metrics and not coordinated(reading, list(measures.metrics.values())):
        del measures.metrics["spend"]  # "spent on gambling" is one figure
    table = world.words.table("measures")
    apart = not coordinated(reading, list(measures.metrics.values()))
    for ratio in [name for name in measures.metrics if name in table["parts_of"]]:
        for part in table["parts_of"][ratio]:
            if apart and part in measures.metrics and len(measures.metrics) > 1:
                del measures.metrics[part]
    conditions = [_LATE] if _overdue_loans(reading, world, measures) else []
    for name, span in list(measures.metrics.items()):
        first = next(iter(measures.metrics))
        if name == first or name not in table["qualifies"] or not _behind(reading, span):
            continue
        if world.metric(name).view != world.metric(first).view:
            continue  # "outstanding of loans disbursed in 2025": the year is the loans', not the outstanding's
        del measures.metrics[name]
        if table["qualifies"][name]:
            conditions.append(Filter.model_validate(table["qualifies"][name]))
    return tuple(conditions)


def _overdue_loans(reading: Reading, world: World, measures: Measures) -> bool:
    """Whether "overdue" stands before the loans it is said of: "overdue personal loans"; it is used then."""
    said = measures.metrics.get("overdue_amount")
    after = said and reading.after(said)
    others = [name for name in measures.metrics if name != "overdue_amount"] or ["open_loans"]
    loans = after is not None and (after.has("value", "product") or noun_of(reading, after) == "open_loans")
    if (
        said is None
        or said.text != "overdue"
        or not loans
        or any(world.metric(n).view != "loan_status" for n in others)
    ):
        return False
    del measures.metrics["overdue_amount"]
    return True


def _behind(reading: Reading, span: Span) -> bool:
    before = next((other for other in reading.spans if other.end == span.start), None)
    words = span.text.split()
    clause = words[0] in _CLAUSE or bool(
        {"was", "were"} & set(words)
    )  # "at what rate did we lend": which loans are meant
    return clause or (before is not None and (before.text.split()[-1] in _BEHIND or _names_loans(reading, before)))


def _names_loans(reading: Reading, span: Span) -> bool:
    return noun_of(reading, span) == "open_loans" or (span.has("value", "product") and span.text.endswith("loans"))


def _number_given(reading: Reading, measures: Measures) -> None:
    """Read "how many loans did we give" as their number, not what was lent."""
    counted = [span for span in reading.spans if _names_loans(reading, span)]
    said = measures.metrics.get("disbursed_amount")
    asked = any(span.cue("count") and span.text in ("how many", "number of", "kitne") for span in reading.spans)
    both = any(span.text == "how much" for span in reading.spans)  # the amount is asked for as well
    if said and counted and asked and not both and any(word in _GIVEN for word in said.text.split()):
        measures.metrics = {
            ("loans_disbursed" if name == "disbursed_amount" else name): span for name, span in measures.metrics.items()
        }
        measures.nouns = [noun for noun in measures.nouns if noun[0] != "open_loans"]
        reading.use(*(span for span in counted if noun_of(reading, span)), *(span for span in reading.cues("count")))
