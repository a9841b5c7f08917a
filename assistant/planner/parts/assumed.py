"""The metric that goes without saying, and the one that is meant where another was said."""

from __future__ import annotations

from assistant.planner.frame import World
from assistant.planner.parts.measures import Measures, counts_loans, noun_table
from assistant.planner.parts.nouns import PEOPLE
from assistant.planner.parts.ranks import Rank
from assistant.planner.parts.when import When
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.text import phrase
from knowledge.query import Filter


def say_otherwise(reading: Reading, measures: Measures, filters: tuple[Filter, ...]) -> None:
    """Put the metric that is meant in the place of the one that was said.

    "How many home loans were disbursed" counts loans; the average ticket of a loan product is the size of its loans.
    """
    fields = {*measures.dimensions, *(condition.field for condition in filters)}
    for name, span in list(measures.metrics.items()):
        counting = "product" in fields and any(_how_many(other) for other in reading.spans)
        active = noun_table(reading).get("open_loans", {}).get("active", {}).get(name) if counting else None
        instead = reading.words.table("measures")["instead"].get(name, {})
        meant = active or next((metric for field, metric in instead.items() if field in fields), None)
        if meant:
            del measures.metrics[name]
            measures.metrics[meant] = span


def count_what_is_named(reading: Reading, world: World, measures: Measures) -> None:
    """Put the figure that a value is of in the place of a noun that has no such value, and take "type" as its kinds.

    Customers "who are saving for a house" are counted among those with a goal.
    """
    for name, span in list(measures.metrics.items()):
        instead: dict[str, str] = reading.words.table("measures")["instead"].get(name, {})
        values = {field for other in reading.free() for field in other.names("value")}
        meant = [metric for field, metric in instead.items() if field in values and not world.applies(field, [name])]
        if meant and meant[0] in world.vocabulary.metrics:
            measures.metrics = {(meant[0] if each == name else each): at for each, at in measures.metrics.items()}
            reading.use(span)
    kinds: dict[str, str] = reading.words.table("measures").get("types", {})
    kind = next((kinds[name] for name in measures.metrics if name in kinds), "")
    before = [reading.before(span) for name, span in measures.metrics.items() if name in kinds]
    said = [*reading.cues("type"), *(span for span in before if span and span.text in ("each", "every", "of each"))]
    if said and kind in world.vocabulary.dimensions:
        measures.add_dimension(reading, kind, said[0])


def of_scored(measures: Measures) -> None:
    """Read the exposure beside a number of scored borrowers as theirs."""
    if {"outstanding", "scored_borrowers"} <= measures.metrics.keys():
        measures.metrics = {
            ("exposure_at_default" if name == "outstanding" else name): span for name, span in measures.metrics.items()
        }


def _how_many(span: Span) -> bool:
    """Whether a number is asked for; "kitna" may as well ask how much."""
    return span.cue("count") and span.text not in ("kitna", "kitni")


def assume_metric(reading: Reading, measures: Measures, filters: tuple[Filter, ...], rank: Rank, when: When) -> Rank:
    """Fill in the metric that goes without saying; return the rank, which a risk word may imply.

    A risk word with a split means the average PD; "how much on fuel" and "top merchants" mean spend; "how many home
    loans" means loans.
    """
    if measures.metrics:
        return rank
    risk = [span for span in reading.cues("risk", "risky", "safest") if measures.dimensions or filters]
    if risk:
        measures.add_metric(reading, "average_pd", risk[0])
        return (
            rank
            if rank.kind or not measures.dimensions
            else Rank("least" if risk[0].cue("safest") else "most", rank.limit, rank.spans)
        )
    values = [condition.field for condition in filters]
    loans = next((span for span in reading.spans if counts_loans(reading, span)), None)
    if loans:
        measures.metrics["open_loans"] = loans
        return rank
    named = next((span for span in reading.spans if _names_rows(reading, span)), None)
    counted = next((reading.words.table("measures")["counted"].get(field) for field in values), None)
    if named and counted:
        measures.metrics[counted] = named
        return rank
    counted = _counted_by(reading, measures, values, ranked=rank.kind is not None)
    if counted:
        measures.metrics[counted] = reading.spans[0]
        return rank
    split = bool(when.grain or when.period or (measures.dimensions and (rank.kind or filters)))
    for cue, fields in (("count", values), ("much", [*values, *measures.dimensions])):
        defaults = reading.words.table("measures")["counted" if cue == "count" else "default"]
        metric = next((name for field, name in defaults.items() if field in fields), "")
        said = next((span for span in reading.spans if span.cue(cue)), None)
        if metric and (said or (cue == "much" and split and _all_spending(reading, filters))):
            measures.metrics[metric] = said or reading.spans[0]
            return rank
    return rank


def _counted_by(reading: Reading, measures: Measures, fields: list[str], *, ranked: bool) -> str:
    """Return what is counted where only groups are named and their sizes are asked for: "KYC status breakup"."""
    counts: dict[str, str] = reading.words.table("measures")["counted"]
    found = next((counts[name] for name in measures.dimensions if name in counts), "")
    if ranked and any(field in PEOPLE for field in fields):
        return found  # "gig workers are most in which segment"
    split = any(span.text.startswith("split") for span in reading.spans)
    if not (split or reading.cues("distribution", "wise", "chart")) and len(measures.dimensions) < 2:
        return ""
    if found:
        reading.take_cue("distribution", "wise", "chart")
    return found


def _names_rows(reading: Reading, span: Span) -> bool:
    """Whether a value is said with the word for its rows: "gold cards"."""
    said = phrase(span.text)
    return (
        not reading.words.of_house and span.has("value") and len(said) > 1 and said[-1:] in reading.words.noun_phrases
    )


def _all_spending(reading: Reading, filters: tuple[Filter, ...]) -> bool:
    """Whether no filter names money that is not spent, such as refunds."""
    values = [value for f in filters for value in (f.value if isinstance(f.value, tuple) else (f.value,))]
    return not set(values) & set(reading.words.table("measures")["no_spending"])
