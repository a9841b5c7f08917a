"""Row by row: what a narration says, who stands behind it, what it was for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.pipeline.enrichment.narration import bank_names, worded
from analytics.pipeline.enrichment.unformed import mode_and_sense, name_and_city, town

if TYPE_CHECKING:
    import ibis

#: Columns that the narration tells; what a source tells itself is kept.
TOLD = ("mode", "counterparty", "vpa", "ifsc", "reference", "bank", "remark", "city")


def parsed(postings: ibis.Table) -> ibis.Table:
    """Read the narrations.

    Parameters
    ----------
    postings
        Rows like `analytics.schema.RAW_POSTINGS`; only ``narration`` and ``amount`` are asked for.

    Returns
    -------
    ibis.Table
        The rows with ``mode``, ``direction``, ``counterparty``, ``vpa``, ``ifsc``, ``reference``, ``bank``, ``remark``
        and ``city``, what the source told first, and with ``sense``: what the wording tells of the posting beyond its
        rail (``refund``, ``mandate_debit``, ``bounce_charge`` …), or ''. ``counterparty`` is the name as printed, often
        cut; where a VPA is all there is, its part before the @. ``vpa`` may be cut likewise, without its @.
    """
    said = _with_unformed(worded(postings))
    values = {name: _first_told(postings, name, said[f"said_{name}"]) for name in TOLD}
    direction = _first_told(postings, "direction", _direction(postings.amount))
    return said.select(*_untouched(postings), **values, direction=direction, sense=said.said_sense)


def _with_unformed(said: ibis.Table) -> ibis.Table:
    """Fill the gaps: rows without a form, names for VPAs, names for banks, whole names of towns."""
    import ibis

    unknown = said.said_form == 0
    mode, sense = mode_and_sense(said.said_upper)
    said = said.mutate(
        said_mode=ibis.ifelse(unknown, mode, said.said_mode), said_sense=ibis.ifelse(unknown, sense, said.said_sense)
    )
    name, city = name_and_city(said.said_text, said.said_mode == "card")
    by_vpa = said.said_vpa.split("@")[0]
    code = ibis.coalesce(said.said_ifsc, said.said_bank)
    return said.mutate(
        said_mode=ibis.coalesce(said.said_mode, "other"),
        said_counterparty=ibis.coalesce(ibis.ifelse(unknown, name, said.said_counterparty), by_vpa),
        said_bank=bank_names(code).nullif(""),
        said_city=town(ibis.ifelse(unknown, city, said.said_city)),
    )


def _direction(amount: Any) -> Any:
    import ibis

    return ibis.ifelse(amount < 0, "debit", "credit")


def _first_told(postings: ibis.Table, name: str, parsed: Any) -> Any:
    import ibis

    return ibis.coalesce(postings[name].nullif(""), parsed) if name in postings.columns else parsed


def _untouched(postings: ibis.Table) -> list[str]:
    return [name for name in postings.columns if name not in (*TOLD, "direction", "sense")]
