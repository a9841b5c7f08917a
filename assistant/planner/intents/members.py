"""Customers by several things at once, each with its own time: "a bounce in May but none in June"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.planner.frame import Frame, World
from assistant.planner.intents.metrics import read_metrics
from assistant.planner.parts.limits import Said, comparisons_said, in_units_of
from assistant.planner.parts.measures import counted, noun_of
from assistant.planner.parts.nouns import CUSTOMER
from assistant.planner.parts.values import filter_of, labels, value_meaning
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from knowledge.query import Each, Filter, Operator, Period, Who

_MEMBERS = ("customers", "borrowers")
#: Dimension of a thing that is held → the figure that counts it, and what is shown of it in a list.
_HELD = {"product": "open_loans", "account_kind": "accounts"}
_SHOWN = {"open_loans": "outstanding", "accounts": "accounts", "loans_disbursed": "disbursed_amount"}
#: Nouns of things that are held.
_THINGS = ("open_loans", "accounts")
_RISK = {
    "overdue": "overdue_loans",
    "high_risk": "high_risk_borrowers",
    "risky": "high_risk_borrowers",
    "risky_borrowers": "high_risk_borrowers",
}
_TELLING = ("with", "having", "have", "has", "had", "hold", "holding", "without")
_EVER = ("ever", "at any time", "in the past")
_EITHER = ("or", "nor", "ya")


@dataclass
class _Clause:
    """One thing that is true, or not, of every member."""

    metric: str
    spans: list[Span]
    denied: bool
    filters: list[Filter] = field(default_factory=list)
    period: Period | None = None
    limit: tuple[Operator, object] | None = None

    def who(self) -> Who:
        """The clause as a condition on the members."""
        op, value = self.limit or (("=", 0) if self.denied else (">", 0))
        return Who.model_validate(
            {"metric": self.metric, "op": op, "value": value, "filters": tuple(self.filters), "period": self.period}
        )


def read_several(reading: Reading, world: World) -> Frame | None:
    """Read a question for customers by several things done or held: each is true of them, none a figure to show."""
    return _read(reading, world, least=2)


def read_members(reading: Reading, world: World) -> Frame | None:
    """Read a question for customers by several things, or by one that they have not; None where it is none.

    What stands before the noun, and what restricts the customers themselves, is read as a question of its own.
    """
    return _read(reading, world, least=1)


def _read(reading: Reading, world: World, *, least: int) -> Frame | None:
    noun = next(
        (span for span in reading.spans if noun_of(reading, span) in _MEMBERS or _counts_them(reading, span)), None
    )
    noun = noun or next((span for span in reading.spans if span.text.startswith("who")), None)
    if noun is None or not world.words.of_house:
        return None
    kind = noun_of(reading, noun)
    tail = [span for span in reading.spans if span.start >= (noun.end if kind else noun.start)]
    clauses, rest = _clauses(reading, world, tail)
    if len(clauses) < least:
        return None
    adjective = _called(reading, noun)
    clauses = [*adjective, *clauses]
    said = [span for clause in adjective for span in clause.spans]
    before = [s for s in reading.spans if s.end <= (noun.end if kind else noun.start) and s not in said]
    head = Reading([*before, *rest], reading.words)
    alone = len(clauses) == 1 and not clauses[0].denied
    of_them = not kind and any(span.has("metric") for span in before)  # "the average FOIR of customers who bounced"
    if alone and not of_them and (noun.text.startswith("who") or not _told_by(tail)):
        return None
    if any(_too_early(clause, world) for clause in clauses):
        return None
    counting = counted(reading, noun) or not (head.cues("listing") or _told_by(tail) == "who")
    frame = read_metrics(head, world) or _bare(head, noun, kind or "customers")
    if head.unexplained():
        reading.notes.extend(head.notes)
        return None
    _date_alike(clauses, world)
    reading.use(*(span for span in reading.spans if span not in head.unexplained()))
    who = tuple(clause.who() for clause in clauses)
    if frame.metrics not in (("customers",), ("borrowers",)):
        return replace(frame, who=who)
    return _of_them(frame, clauses, counting=counting or bool(frame.dimensions))


def _counts_them(reading: Reading, span: Span) -> bool:
    """Whether a word says what was done along with who did it: "customers logged in"."""
    return any(name in reading.words.table("measures")["membership"] for name in span.names("metric"))


def _called(reading: Reading, noun: Span) -> list[_Clause]:
    """Return what the word before the noun says of the members: overdue borrowers."""
    before = reading.before(noun)
    if before is None or not before.cue("overdue"):
        return []
    return [_Clause("overdue_loans", [before], denied=False)]


def _told_by(tail: Sequence[Span]) -> str:
    """Return the word that begins what tells the members: "who", "with"; empty where none stands there."""
    first = next(iter(tail), None)
    word = first.text.split()[0] if first is not None else ""
    return "who" if word in ("who", "whose", "that", "jinka", "jinke") else word if word in _TELLING else ""


def _too_early(clause: _Clause, world: World) -> bool:
    """Whether the thing would have been done before the postings begin."""
    own = world.metric(clause.metric).view == "transactions"
    return bool(own and world.begins and clause.period and clause.period.end <= world.begins)


def _bare(head: Reading, noun: Span, kind: str) -> Frame:
    """Return the members alone, where nothing is asked of them but who they are: "which borrowers"."""
    head.use(noun, *head.cues("split", "all", "listing"))
    return Frame("metrics", metrics=(kind,))


def _of_them(frame: Frame, clauses: Sequence[_Clause], *, counting: bool) -> Frame:
    """Return the count of the members, or their list with the first thing that is true of them."""
    told = next((clause for clause in clauses if not clause.denied), None)
    others = tuple(clause.who() for clause in clauses if clause is not told)
    if told is None or frame.metrics == ("borrowers",):
        whole = replace(frame, who=tuple(clause.who() for clause in clauses))
        return whole if counting else replace(whole, dimensions=(CUSTOMER,))
    condition = told.who()
    shown = told.metric if counting or told.limit else _SHOWN.get(told.metric, told.metric)
    return replace(
        frame,
        metrics=(shown,),
        dimensions=frame.dimensions if counting else (CUSTOMER,),
        filters=(*frame.filters, *told.filters, Filter(field=shown, op=condition.op, value=condition.value)),
        period=told.period,
        each=Each(over=CUSTOMER, statistic="count") if counting else None,
        who=others,
    )


def _clauses(reading: Reading, world: World, tail: Sequence[Span]) -> tuple[list[_Clause], list[Span]]:
    """Return what the words behind the noun say of the members, and the words that say nothing of the kind."""
    clauses: list[_Clause] = []
    rest: list[Span] = []
    denied = fresh = False
    waiting: Span | None = None  # a denial that has found nothing to deny yet
    limits = {said.spans[0]: said for said in comparisons_said(Reading(tail, reading.words))}
    within = {span for said in limits.values() for span in said.spans[1:]}
    ahead: Said | None = None
    for span in tail:
        if span in within:
            continue
        if span in limits:
            ahead = _limited(world, clauses, limits[span], tail)
            continue
        thing = _thing(reading, world, span) or _limited_figure(reading, world, span, ahead, limits)
        if thing is not None:
            metric, filters = thing
            clauses.append(_Clause(metric, [span, *_labels(reading, span, filters)], denied, filters=filters))
            fresh, waiting = False, None
            ahead = ahead and _limit(world, clauses[-1], ahead)
        elif span.cue("none", "exclude"):
            denied, fresh, waiting = True, bool(clauses), span
            continue
        elif span.time and span.time.period and clauses:
            _at(clauses, span, denied=denied, again=fresh)
            fresh, waiting = False, None
        elif clauses and _narrows(reading, world, clauses[-1], span):
            pass
        elif span.text in _EITHER and denied:
            continue
        elif not set(span.text.split()) <= set(reading.words.table("measures")["joining"]):
            rest += [waiting, span] if waiting else [span]  # "but not salaried": of the customers themselves
            denied, waiting = denied and waiting is None, None
        if span.text in ("and", "but", "aur") and clauses:
            denied = False
        if span.text == "again":
            fresh = True
        if span.text in _EVER and clauses and clauses[-1].metric == "open_loans":
            clauses[-1].metric = "loans_disbursed"
    held = {id(span) for clause in clauses for span in clause.spans}
    rest += [waiting] if waiting else []
    return clauses, [*(span for span in rest if id(span) not in held), *(ahead.spans if ahead else ())]


def _limited(world: World, clauses: Sequence[_Clause], said: Said, tail: Sequence[Span]) -> Said | None:
    """Give a limit to the thing before it; it waits for the next where that stands right behind: "over 2 bounces"."""
    after = next((span for span in tail if span.start >= said.spans[-1].end and not span.has("soft")), None)
    waits = after is not None and (after.has("activity") or after.has("metric"))
    if waits or not clauses or clauses[-1].limit:
        return said
    return _limit(world, clauses[-1], said)


def _limit(world: World, clause: _Clause, said: Said) -> Said | None:
    value = in_units_of(said, world.metric(clause.metric).unit)
    if value is None or isinstance(value, tuple) or clause.denied:
        return said
    clause.limit = (said.op, value)
    clause.spans += said.spans
    return None


def _thing(reading: Reading, world: World, span: Span) -> tuple[str, list[Filter]] | None:
    """Return the figure that a thing done or held is told by, with what it is restricted to."""
    members: dict[str, str] = reading.words.table("measures")["membership"]
    activity = next(iter(span.names("activity")), "") or next(
        (members[n] for n in span.names("metric") if n in members), ""
    )
    if activity in world.vocabulary.metrics:
        return activity, []
    risk = next((metric for cue, metric in _RISK.items() if span.cue(cue)), "")
    if risk in world.vocabulary.metrics:
        return risk, []
    meaning = value_meaning(reading, world, span, lambda name: name in _HELD)
    if meaning is not None:
        return _HELD[meaning.name], [filter_of(meaning.name, [meaning.value])]
    held = next((name for name in (noun_of(reading, span), *span.names("metric")) if name in _THINGS), "")
    return (held, []) if held else None


def _limited_figure(
    reading: Reading, world: World, span: Span, ahead: Said | None, limits: Mapping[Span, Said]
) -> tuple[str, list[Filter]] | None:
    """Return any other figure of a customer's own, where a limit on it stands beside it: "whose PD is above 25 %"."""
    after = reading.after(span)
    if not (ahead or after in limits) or noun_of(reading, span):
        return None
    named = (name for name in span.names("metric") if world.applies(CUSTOMER, (name,)))
    risk = ("average_pd",) if span.cue("risk") and "average_pd" in world.vocabulary.metrics else ()
    found = next(iter((*named, *risk)), "")
    return (found, []) if found else None


def _labels(reading: Reading, span: Span, filters: Sequence[Filter]) -> list[Span]:
    return [label for condition in filters for label in labels(reading, span, condition.field)]


def _at(clauses: list[_Clause], span: Span, *, denied: bool, again: bool) -> None:
    """Give the time to the last thing; one that has its own, or is denied since, is said once more of this time."""
    last = clauses[-1]
    assert span.time is not None
    if last.period is None and not (again and denied and not last.denied):
        last.period = span.time.period
        last.spans.append(span)
        return
    said_no = denied if again else last.denied
    clauses.append(_Clause(last.metric, [span], said_no, filters=list(last.filters), period=span.time.period))


def _narrows(reading: Reading, world: World, clause: _Clause, span: Span) -> bool:
    """Take a value that restricts the thing itself: "spent on travel"."""

    def own(name: str) -> bool:
        return world.applies(name, [clause.metric]) and not world.applies(name, ["customers"])

    meaning = value_meaning(reading, world, span, own)
    if meaning is None:
        return False
    clause.filters.append(filter_of(meaning.name, [meaning.value]))
    clause.spans.append(span)
    return True


def _date_alike(clauses: Sequence[_Clause], world: World) -> None:
    """Give things done the time that is said once for all of them: "bounced and paid penalties in June"."""
    flows = [clause for clause in clauses if world.metric(clause.metric).time_kind == "flow"]
    said = [clause.period for clause in flows if clause.period]
    if len(said) != 1:
        return
    for clause in flows:
        clause.period = said[0]
