"""What people corrected, each a rule of its own that wins over every other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis

#: Scope → the text of a row it is compared with, the narrowest last: where several fit, the narrowest wins.
SCOPES = ("merchant", "counterparty", "narration", "transaction")
IDENTIFIERS = ("transaction_id", "posting_id")


def corrected(rows: ibis.Table, corrections: ibis.Table) -> ibis.Table:
    """Apply corrections to categorised postings.

    Parameters
    ----------
    rows
        Postings with merchant, category, subcategory, ``category_confidence`` and ``category_rule``.
    corrections
        Rows of `analytics.schema.CORRECTIONS`; of equals, the newest wins. Texts are compared without regard to case.
    """
    import ibis

    ruled = corrections.mutate(
        matched=corrections.matches.upper().strip(),
        place=ibis.row_number().over(
            group_by=["scope", corrections.matches.upper().strip()],
            order_by=[corrections.made_at.desc(), corrections.correction_id.desc()],
        ),
    )
    ruled = ruled.filter(ruled.place == 0)
    for scope in SCOPES:
        name = _column(rows, scope)
        if name:
            rows = _applied(rows, ruled.filter(ruled.scope == scope), name)
    return rows


def _column(rows: ibis.Table, scope: str) -> str | None:
    if scope != "transaction":
        return scope
    return next((name for name in IDENTIFIERS if name in rows.columns), None)


def _applied(rows: ibis.Table, ruled: ibis.Table, name: str) -> ibis.Table:
    import ibis

    fixes = ruled.select(
        "matched", new_rule="correction:" + ruled.correction_id, new_merchant=ruled.merchant,
        new_category=ruled.category, new_subcategory=ruled.subcategory,
    )  # fmt: skip
    keyed = rows.mutate(matching=rows[name].upper().strip())
    both = keyed.left_join(fixes, keyed.matching == fixes.matched)
    changed = both.new_rule.notnull()

    def instead(new: Any, old: Any) -> Any:
        return ibis.ifelse(changed, new, old)

    return both.mutate(
        merchant=ibis.coalesce(both.new_merchant.nullif(""), both.merchant),
        category=ibis.coalesce(both.new_category.nullif(""), both.category),
        subcategory=instead(ibis.coalesce(both.new_subcategory, ""), both.subcategory),
        category_confidence=instead(1.0, both.category_confidence),
        category_rule=instead(both.new_rule, both.category_rule),
    ).select(*rows.columns)
