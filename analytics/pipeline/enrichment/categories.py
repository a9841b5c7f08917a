"""What a posting was for: the rules of `data/categories.yaml`, the party's trade, the merchant category code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from analytics.pipeline.enrichment.forms import read
from analytics.pipeline.enrichment.parties import crosswalk

if TYPE_CHECKING:
    import ibis

Value = Any
#: What may have to hold → its test over a row.
CONDITIONS: Mapping[str, Callable[[ibis.Table, Any], Value]] = {
    "sense": lambda rows, wanted: rows.sense.isin(wanted),
    "direction": lambda rows, wanted: rows.direction == wanted,
    "mode": lambda rows, wanted: rows["mode"].isin(wanted),
    "kind": lambda rows, wanted: rows.party_kind.isin(wanted),
    "party": lambda rows, wanted: rows.party_category.isin(wanted),
    "note": lambda rows, wanted: rows.note.re_search(wanted),
}
MCC_CONFIDENCE = 0.9
FIELDS = ("merchant", "category", "subcategory", "category_confidence", "category_rule")


def categorised(rows: ibis.Table, told: ibis.Table) -> ibis.Table:
    """Add merchant, category, subcategory, confidence and the rule that decided.

    Parameters
    ----------
    rows
        Parsed postings with the columns of their parties (``party_*``).
    told
        The postings as the source gave them: its merchant, category, subcategory and merchant category code win.
    """
    import ibis

    rules = read("categories")
    note = ibis.coalesce(rows.remark, rows.narration, "").upper()
    rows = _codes_are_no_persons(rows.mutate(note=note, mcc_number=_code_number(rows, told)))
    which = ibis.cases(*[(_holds(rows, rule[1]), at) for at, rule in enumerate(rules, 1)], else_=0)
    rows = rows.mutate(rule_number=which.cast("int32"))
    columns = list(zip(*rules, strict=True))
    ruled, coded = rows.rule_number > 0, rows.mcc_number > 0
    by_party = rows.party_category != ""
    codes = list(crosswalk().items())

    def chosen(rule: int, party: Value, code: list[Any]) -> Value:
        empty = type(code[0])()
        return ibis.cases(
            (ruled, _at(rows.rule_number, [empty, *columns[rule]])),
            (by_party & (rows.party_rule != "learned") & (rows.party_confidence >= MCC_CONFIDENCE), party),
            (coded, _at(rows.mcc_number, [empty, *code])),
            else_=party,
        )

    values = {
        "category": chosen(2, rows.party_category, [pair[0] for _, pair in codes]),
        "subcategory": chosen(3, rows.party_subcategory, [pair[1] for _, pair in codes]),
        "category_confidence": chosen(4, rows.party_confidence, [MCC_CONFIDENCE for _ in codes]),
        "category_rule": chosen(0, rows.party_rule, [f"mcc:{code}" for code, _ in codes]),
        "merchant": rows.party_merchant,
    }
    return _source_wins(rows.mutate(**values), told).drop("note", "rule_number", "mcc_number")


def _holds(rows: ibis.Table, conditions: Mapping[str, Any]) -> Value:
    return reduce(and_, [CONDITIONS[name](rows, wanted) for name, wanted in conditions.items()])


def _at(number: Value, values: list[Any]) -> Value:
    import ibis

    return ibis.literal(values, f"array<{'string' if isinstance(values[0], str) else 'float64'}>")[number]


def _code_number(rows: ibis.Table, told: ibis.Table) -> Value:
    """Return which range of the crosswalk holds the source's merchant category code; 0 for none."""
    import ibis

    if "mcc" not in told.columns:
        return ibis.literal(0, "int32")
    pairs = [code.partition("-") for code in crosswalk()]
    return ibis.cases(
        *[(rows.mcc.between(low, high or low), at) for at, (low, _, high) in enumerate(pairs, 1)], else_=0
    ).cast("int32")


def _codes_are_no_persons(rows: ibis.Table) -> ibis.Table:
    """Take who has a merchant category code for a merchant, though he bears a person's name."""
    import ibis

    coded = (rows.party_kind == "person") & (rows.mcc_number > 0)
    instead = {"party_kind": "merchant", "party_category": "", "party_rule": "abstain"}
    return rows.mutate(**{name: ibis.ifelse(coded, value, rows[name]) for name, value in instead.items()})


def _source_wins(rows: ibis.Table, told: ibis.Table) -> ibis.Table:
    import ibis

    kept = [name for name in ("merchant", "category", "subcategory") if name in told.columns]
    rows = rows.mutate(**{f"told_{name}": rows[f"source_{name}"].nullif("") for name in kept})
    values = {name: ibis.coalesce(rows[f"told_{name}"], rows[name]) for name in kept if name != "subcategory"}
    if "category" in kept:
        by_source = rows.told_category.notnull()
        own = rows.told_subcategory if "subcategory" in kept else ibis.literal("")
        values["subcategory"] = ibis.ifelse(by_source, ibis.coalesce(own, ""), rows.subcategory)
        values["category_confidence"] = ibis.ifelse(by_source, 1.0, rows.category_confidence)
        values["category_rule"] = ibis.ifelse(by_source, "source", rows.category_rule)
    return rows.mutate(**values).drop(*[f"told_{name}" for name in kept], *[f"source_{name}" for name in kept])
