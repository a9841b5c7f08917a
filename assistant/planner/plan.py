"""From frames to tool calls, and back: a call of an earlier turn is the frame that the next question builds on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, cast

from assistant.planner.frame import COHORT_FILTERS, RANKING_FILTERS, Definition, Frame, Intent
from assistant.planner.parts.values import filter_of
from knowledge.query import Each, Filter, Order, Period, Who


@dataclass(frozen=True)
class Call:
    """One tool call."""

    tool: str
    args: Mapping[str, Any]


def call_of(frame: Frame) -> Call:
    """Return the call that answers ``frame``; arguments at their defaults are left out."""
    makers = {
        "ranking": _ranking, "metrics": _metrics, "profile": _profile, "explain": _explain, "model": _model,
        "knowledge": _knowledge, "status": _status, "sql": _sql, "forecast": _forecast,
        "what_if": _what_if, "compare": _compare, "stress": _stress,
        **dict.fromkeys(LISTERS, _list),
    }  # fmt: skip
    return makers[frame.intent](frame)


#: What a model lists → the tool that gives it.
LISTERS: Mapping[str, str] = MappingProxyType(
    {
        "leavers": "likely_leavers",
        "anomalies": "unusual_transactions",
        "segments": "customer_segments",
        "goals": "customer_goals",
    }
)


def _list(frame: Frame) -> Call:
    chosen = {
        "limit": frame.limit,
        "customer_id": frame.customer,
        "since": frame.period.start.isoformat() if frame.period else None,
        "until": frame.period.end.isoformat() if frame.period else None,
        **{condition.field: _listed(condition.value) for condition in frame.filters},
    }
    return Call(LISTERS[frame.intent], {name: value for name, value in chosen.items() if value})


def _of_list(intent: Intent) -> Callable[[Mapping[str, Any]], Frame]:
    def frame(args: Mapping[str, Any]) -> Frame:
        plain = ("limit", "customer_id", "since", "until")
        filters = tuple(
            filter_of(field, [value] if isinstance(value, str) else list(value))
            for field, value in args.items()
            if field not in plain and value
        )
        dates = {"start": args.get("since"), "end": args.get("until")}
        return Frame(
            intent, filters=filters, limit=args.get("limit"), customer=str(args.get("customer_id") or ""),
            period=Period.model_validate(dates) if all(dates.values()) else None,
        )  # fmt: skip

    return frame


def _forecast(frame: Frame) -> Call:
    of_one = (Filter(field="customer_id", value=frame.customer),) if frame.customer else ()
    chosen: dict[str, Any] = {
        "measure": frame.metrics[0],
        "skip": frame.ahead[0],
        "months": frame.ahead[1],
        "filters": [_condition(condition) for condition in (*frame.filters, *of_one)],
    }
    return Call("forecast_spend", {name: value for name, value in chosen.items() if value})


def _of_forecast(args: Mapping[str, Any]) -> Frame:
    return Frame(
        "forecast",
        metrics=(str(args.get("measure", "spend")),),
        filters=tuple(Filter.model_validate(_hashable(condition)) for condition in args.get("filters") or ()),
        ahead=(int(args.get("skip", 0)), int(args.get("months", 3))),
    )


def _ranking(frame: Frame) -> Call:
    filters = {condition.field: _listed(condition.value) for condition in frame.filters}
    chosen = {
        "limit": frame.limit,
        "by": frame.by if frame.by != "probability_of_default" else None,
        **{field: filters.get(field) for field in RANKING_FILTERS},
    }
    return Call("top_risky_borrowers", {name: value for name, value in chosen.items() if value})


def _listed(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, tuple) else [str(value)]


def _metrics(frame: Frame) -> Call:
    chosen: dict[str, Any] = {
        "metrics": list(frame.metrics),
        "dimensions": list(frame.dimensions),
        "filters": [_condition(condition) for condition in frame.filters],
        "grain": frame.grain,
        "any_filters": [_condition(condition) for condition in frame.any_filters],
        "who": [_who(who) for who in frame.who],
        "period": _dates(frame.period),
        "compare_to": frame.compare_to,
        "against": _dates(frame.against),
        "share": frame.share,
        "ratio": frame.ratio,
        "together": frame.together,
        "each": frame.each and {"over": frame.each.over, "statistic": frame.each.statistic},
        "order": [{"field": order.field, "direction": order.direction} for order in frame.order],
        "limit": frame.limit,
        "skip": frame.skip,
    }
    return Call("query_metrics", {name: value for name, value in chosen.items() if value})


def _who(who: Who) -> dict[str, Any]:
    told = {
        "metric": who.metric,
        "op": who.op,
        "value": _plain(who.value),
        "filters": [_condition(condition) for condition in who.filters],
        "period": _dates(who.period),
        "over": who.over if who.over != "customer_id" else None,
    }
    return {name: value for name, value in told.items() if value not in (None, [])}


def _dates(period: Period | None) -> dict[str, str] | None:
    return None if period is None else {"start": period.start.isoformat(), "end": period.end.isoformat()}


def _condition(condition: Filter) -> dict[str, Any]:
    value = condition.value
    plain = [_plain(each) for each in value] if isinstance(value, tuple) else _plain(value)
    told = {"field": condition.field, "op": condition.op}
    return told if value is None else {**told, "value": plain}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _profile(frame: Frame) -> Call:
    return Call("customer_profile", {"customer_id": frame.customer})


def _explain(frame: Frame) -> Call:
    model = {"model": frame.model} if _other_model(frame) else {}
    return Call("explain_prediction", {"customer_id": frame.customer, **model})


def _what_if(frame: Frame) -> Call:
    chosen = {"changes": dict(frame.changes), "under": frame.under, "model": _other_model(frame)}
    return Call("what_if", {"customer_id": frame.customer, **{name: value for name, value in chosen.items() if value}})


def _stress(frame: Frame) -> Call:
    places = {condition.field: _listed(condition.value) for condition in frame.filters}
    return Call("stress_test", {"changes": dict(frame.changes), **places})


def _compare(frame: Frame) -> Call:
    cohort = {condition.field: _listed(condition.value) for condition in frame.filters}
    chosen = {"other": frame.beside, **cohort, "model": _other_model(frame)}
    given = {name: value for name, value in chosen.items() if value}
    return Call("compare_customers", {"customer_id": frame.customer, **given})


def _other_model(frame: Frame) -> str:
    return "" if frame.model == "credit" else frame.model


def _model(frame: Frame) -> Call:
    return Call("model_card", {"model": frame.model})


def _knowledge(frame: Frame) -> Call:
    return Call("search_knowledge", {"question": frame.text})


def _status(frame: Frame) -> Call:
    del frame
    return Call("workspace_status", {})


def _sql(frame: Frame) -> Call:
    return Call("run_sql", {"sql": frame.text})


def frame_of(call: Call) -> Frame | None:
    """Return the frame that ``call`` answers, or None for a tool the planner does not use."""
    return _READERS[call.tool](call.args) if call.tool in _READERS else None


def _of_ranking(args: Mapping[str, Any]) -> Frame:
    by = cast("Definition", args.get("by", "probability_of_default"))
    return Frame("ranking", filters=_filters(args, RANKING_FILTERS), by=by, limit=args.get("limit"))


def _filters(args: Mapping[str, Any], fields: Sequence[str]) -> tuple[Filter, ...]:
    given = {field: args[field] for field in fields if args.get(field)}
    return tuple(filter_of(field, [value] if isinstance(value, str) else list(value)) for field, value in given.items())


def _of_what_if(args: Mapping[str, Any]) -> Frame:
    return Frame(
        "what_if", customer=str(args["customer_id"]), changes=tuple((args.get("changes") or {}).items()),
        under=args.get("under"), model=str(args.get("model", "credit")),
    )  # fmt: skip


def _of_stress(args: Mapping[str, Any]) -> Frame:
    return Frame("stress", changes=tuple(args["changes"].items()), filters=_filters(args, RANKING_FILTERS))


def _of_comparison(args: Mapping[str, Any]) -> Frame:
    return Frame(
        "compare", customer=str(args["customer_id"]), beside=str(args.get("other") or ""),
        filters=_filters(args, COHORT_FILTERS), model=str(args.get("model", "credit")),
    )  # fmt: skip


def _of_metrics(args: Mapping[str, Any]) -> Frame:
    return Frame(
        "metrics",
        metrics=tuple(_listed(_tuple(args["metrics"]))),
        dimensions=tuple(_listed(_tuple(args.get("dimensions") or ()))),
        filters=tuple(Filter.model_validate(_hashable(condition)) for condition in args.get("filters") or ()),
        any_filters=tuple(Filter.model_validate(_hashable(condition)) for condition in args.get("any_filters") or ()),
        who=tuple(_of_whom(who) for who in args.get("who") or ()),
        period=_period(args.get("period")),
        against=_period(args.get("against")),
        share=bool(args.get("share")),
        ratio=bool(args.get("ratio")),
        together=bool(args.get("together")),
        each=Each.model_validate(args["each"]) if args.get("each") else None,
        skip=int(args.get("skip") or 0),
        compare_to=args.get("compare_to"),
        grain=args.get("grain"),
        order=tuple(Order.model_validate(order) for order in args.get("order") or ()),
        limit=args.get("limit"),
    )


def _of_whom(given: Mapping[str, Any]) -> Who:
    filters = tuple(Filter.model_validate(_hashable(condition)) for condition in given.get("filters") or ())
    return Who.model_validate({**given, "filters": filters})


def _period(given: Any) -> Period | None:
    return Period.model_validate(given) if given else None


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _hashable(condition: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _tuple(value) for name, value in condition.items()}


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Frame]] = {
    "top_risky_borrowers": _of_ranking,
    "query_metrics": _of_metrics,
    "customer_profile": lambda args: Frame("profile", customer=str(args["customer_id"])),
    "explain_prediction": lambda args: Frame(
        "explain", customer=str(args["customer_id"]), model=str(args.get("model", "credit"))
    ),
    "what_if": _of_what_if,
    "stress_test": _of_stress,
    "compare_customers": _of_comparison,
    "model_card": lambda args: Frame("model", model=str(args.get("model", "credit"))),
    "search_knowledge": lambda args: Frame("knowledge", text=str(args["question"])),
    "workspace_status": lambda _: Frame("status"),
    "run_sql": lambda args: Frame("sql", text=str(args["sql"])),
    "forecast_spend": _of_forecast,
    **{tool: _of_list(cast("Intent", intent)) for intent, tool in LISTERS.items()},
}
