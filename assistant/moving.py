"""A plan carried to another month: its periods moved along; what is kept of the newest month alone says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assistant.dates import periods
from assistant.planner.calendar import DAY, EARLIEST, add_months, containing
from assistant.planner.plan import Call
from assistant.privacy import DAY as DATE
from governance.errors import ToolRetry
from tools.periods import newest_month

if TYPE_CHECKING:
    from knowledge.vocabulary import Vocabulary

#: Definition of a ranking → the figure of each customer that is kept for every month end.
_KEPT_FIGURES: Mapping[str, str] = MappingProxyType(
    {"probability_of_default": "average_pd", "expected_loss": "expected_loss"}
)
#: Arguments of a ranking → the dimension that says the same of figures.
_PLACES: Mapping[str, str] = MappingProxyType({"city": "city", "state": "state", "region": "region", "band": "band"})
_RANKED = 100
#: What stands between a question and the months it was run again as of.
AS_OF = " – as of "


@dataclass(frozen=True)
class Moved:
    """A plan as of another month.

    Attributes
    ----------
    was, now
        Month ends the plan was of, and is of.
    """

    calls: tuple[Call, ...]
    was: dt.date
    now: dt.date


def moved_on(question: str, plan: Sequence[Mapping[str, Any]], then: dt.date, now: dt.date) -> tuple[Call, ...]:
    """A plan of earlier books on newer ones: "last month" is the newest month again; dates the question names stay.

    Parameters
    ----------
    then, now
        Data clocks of the two.
    """
    (was, _), (newest, _) = newest_month(then), newest_month(now)
    months = (newest.year - was.year) * 12 + newest.month - was.month
    if not months or next(periods(question), None) is not None:
        return tuple(Call(call["tool"], dict(call["args"])) for call in plan)
    return tuple(Call(call["tool"], _days_moved(dict(call["args"]), months)) for call in plan)


def _days_moved(value: Any, months: int) -> Any:
    """Arguments with every day in them moved along."""
    if isinstance(value, Mapping):
        return {name: _days_moved(each, months) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_days_moved(each, months) for each in value]
    if isinstance(value, str) and DATE.fullmatch(value) and value != EARLIEST.isoformat():
        return add_months(dt.date.fromisoformat(value), months).isoformat()
    return value


@dataclass(frozen=True)
class _Move:
    """Where to."""

    months: int
    now: dt.date
    was: dt.date
    vocabulary: Vocabulary

    def days(self, period: Mapping[str, Any]) -> dict[str, str]:
        """A period of a plan, its days moved along."""
        return {name: self.day(period[name]).isoformat() for name in ("start", "end")}

    def day(self, written: Any) -> dt.date:
        """One day, moved along."""
        found = dt.date.fromisoformat(str(written))
        return found if found == EARLIEST else add_months(found, self.months)

    def whole(self, metrics: Sequence[str], end: dt.date) -> dict[str, str]:
        """The period of figures that named none: all time up to a month end for flows, its month for states."""
        declared = [self.vocabulary.metrics.get(name) for name in metrics]
        flows = any(each is not None and each.time_kind == "flow" for each in declared)
        month = containing("month", end)
        return {"start": (EARLIEST if flows else month.start).isoformat(), "end": month.end.isoformat()}


def month_of(plan: Sequence[Mapping[str, Any]], clock: dt.date) -> dt.date:
    """The month end that a plan is of: that of the last period it names, else the data clock's month."""
    named = [call["args"].get("period") for call in plan]
    ends = [dt.date.fromisoformat(str(each["end"])) - DAY for each in named if each]
    return _month_end(max(ends, default=clock))


def months_before(clock: dt.date, begins: dt.date, most: int = 36) -> tuple[dt.date, ...]:
    """The month ends that can be asked for, the newest first."""
    newest = _month_end(clock)
    found = (_month_end(add_months(newest.replace(day=1), -back)) for back in range(most))
    return tuple(each for each in found if each >= begins)


def moved(
    plan: Sequence[Mapping[str, Any]], to: dt.date, clock: dt.date, vocabulary: Vocabulary, *, again: bool = False
) -> Moved:
    """Carry a plan to the month of ``to``.

    Parameters
    ----------
    plan
        Calls as a receipt keeps them: ``{"tool": …, "args": …}``.
    again
        Whether the plan was carried to another month already: what it was told beside then is left out.

    Raises
    ------
    ToolRetry
        Nothing was called, it is of that month already, the month has not been, or a call is of the newest month
        alone; the message says which.
    """
    was, now = month_of(plan, clock), _month_end(to)
    if not plan:
        raise ToolRetry("This answer called no tool: there is nothing to run as of another month.")
    if now > _month_end(clock):
        raise ToolRetry(
            f"The books end on {clock:%d %b %Y}: of {now:%b %Y} they say nothing yet. Choose a month before."
        )
    if now == was:
        raise ToolRetry(f"This answer is as of {now:%d %b %Y} already. Choose another month.")
    months = (now.year - was.year) * 12 + now.month - was.month
    move = _Move(months, now, was, vocabulary)
    asked = [_without_beside(call) for call in plan] if again else plan
    return Moved(tuple(_moved_call(call, move) for call in asked), was, now)


def _without_beside(call: Mapping[str, Any]) -> Mapping[str, Any]:
    alone = {name: value for name, value in call["args"].items() if name != "against"}
    return {**call, "args": alone} if call["tool"] == "query_metrics" and _one_figure(alone) else call


def _moved_call(call: Mapping[str, Any], move: _Move) -> Call:
    mover = _MOVERS.get(call["tool"])
    if mover is None:
        name = call["tool"].replace("_", " ").capitalize()
        raise ToolRetry(
            f"{name} {_WHY.get(call['tool'], _NEWEST)}, so this answer cannot be run as of {move.now:%d %b %Y}. "
            "Figures can be, and lists of risky borrowers: ask for one of those."
        )
    return mover(dict(call["args"]), move)


def _figures(args: dict[str, Any], move: _Move) -> Call:
    """Figures of the other month; one figure alone is told beside what it was."""
    period, metrics = args.get("period"), args["metrics"]
    then = {**args, "period": move.days(period) if period else move.whole(metrics, move.now)}
    if args.get("against"):
        then["against"] = move.days(args["against"])
    if args.get("who"):
        then["who"] = [each | ({"period": move.days(each["period"])} if each.get("period") else {})
                       for each in args["who"]]  # fmt: skip
    if _one_figure(args):
        then["against"] = period or move.whole(metrics, move.was)
    return Call("query_metrics", then)


def _one_figure(args: Mapping[str, Any]) -> bool:
    several = ("dimensions", "grain", "compare_to", "against", "each", "share", "ratio", "together", "who")
    return not any(args.get(name) for name in several) and (
        isinstance(args["metrics"], str) or len(args["metrics"]) == 1
    )


def _ranking(args: dict[str, Any], move: _Move) -> Call:
    """The same ranking by the scores that are kept for each month end."""
    by = args.get("by", "probability_of_default")
    left = sorted(set(args) - {"by", "limit", *_PLACES})
    if by not in _KEPT_FIGURES or left:
        raise ToolRetry(
            f"A ranking by {', '.join([by, *left]).replace('_', ' ')} is kept for the newest month alone. By "
            "probability of default or expected loss, of a city, state, region or band, it has other months."
        )
    figure = _KEPT_FIGURES[by]
    places = [{"field": _PLACES[name], "op": "in", "value": [args[name]] if isinstance(args[name], str) else args[name]}
              for name in _PLACES if args.get(name)]  # fmt: skip
    told = {"metrics": [figure], "dimensions": ["customer_id"], "filters": places,
            "period": move.whole([figure], move.now), "order": [{"field": figure, "direction": "desc"}],
            "limit": args.get("limit", _RANKED)}  # fmt: skip
    return Call("query_metrics", told)


_MOVERS: Mapping[str, Callable[[dict[str, Any], _Move], Call]] = MappingProxyType(
    {"query_metrics": _figures, "top_risky_borrowers": _ranking}
)
_NEWEST = "is made for the newest month end alone"
#: Tool → why it has no other month, where that is not for being made anew each month.
_WHY: Mapping[str, str] = MappingProxyType(
    {
        "unusual_transactions": "keeps what stood out in the newest months alone",
        "run_sql": "says its dates itself: edit the statement and run it",
        "search_knowledge": "reads documents, which have their own dates",
        "model_card": "tells of the model that serves now",
        "workspace_status": "tells how the books stand now",
        "forecast_spend": "looks ahead from the newest posting",
    }
)


def _month_end(day: dt.date) -> dt.date:
    return containing("month", day).end - DAY
