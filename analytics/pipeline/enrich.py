"""Row by row: what a narration says, who stands behind it, what it was for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.pipeline.enrichment.categories import categorised
from analytics.pipeline.enrichment.corrections import corrected
from analytics.pipeline.enrichment.narration import bank_names, worded
from analytics.pipeline.enrichment.parties import parties_of
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


def party_keys(rows: ibis.Table) -> ibis.Table:
    """Return each pair of ``counterparty`` and ``vpa`` of parsed postings once, empty texts for NULL."""
    keyed = _keyed(rows)
    return keyed.select(counterparty=keyed.key_name, vpa=keyed.key_vpa).distinct()


def with_parties(rows: ibis.Table, parties: ibis.Table) -> ibis.Table:
    """Join what `analytics.pipeline.enrichment.parties.parties_of` found out back to the parsed postings."""
    import ibis

    keyed, found = _keyed(rows), parties.rename(found_name="counterparty", found_vpa="vpa")
    both = keyed.left_join(found, (keyed.key_name == found.found_name) & (keyed.key_vpa == found.found_vpa))
    texts = ("kind", "category", "subcategory", "rule")
    filled = {f"party_{name}": ibis.coalesce(both[f"party_{name}"], "") for name in texts}
    confidence = ibis.coalesce(both.party_confidence, 0.0)
    return both.mutate(**filled, party_confidence=confidence).drop("key_name", "key_vpa", "found_name", "found_vpa")


def finished(rows: ibis.Table, parties: ibis.Table, corrections: ibis.Table | None) -> ibis.Table:
    """Say what parsed postings were for.

    Parameters
    ----------
    rows
        What `parsed` returns.
    parties
        What `analytics.pipeline.enrichment.parties.parties_of` says of their `party_keys`.
    corrections
        Rows of `analytics.schema.CORRECTIONS`.
    """
    told = rows
    kept = [name for name in ("merchant", "category", "subcategory") if name in rows.columns]
    rows = rows.rename({f"source_{name}": name for name in kept})
    rows = categorised(with_parties(rows, parties), told)
    rows = rows.drop(*[name for name in rows.columns if name.startswith("party_")])
    return rows if corrections is None else corrected(rows, corrections)


def enriched(
    postings: ibis.Table, corrections: ibis.Table | None = None, parties: ibis.Table | None = None
) -> ibis.Table:
    """Do the whole row-by-row step: narrations, parties, categories, corrections.

    Parameters
    ----------
    postings
        Rows like `analytics.schema.RAW_POSTINGS`.
    corrections
        Rows of `analytics.schema.CORRECTIONS`.
    parties
        Who the names are, where that is known already; else the distinct names are looked up here and now.

    Returns
    -------
    ibis.Table
        The columns of `parsed`, with ``merchant``, ``category``, ``subcategory``, ``category_confidence`` (0 to 1) and
        ``category_rule``. Unknown is '' with the rule ``abstain``. What the source told has the rule ``source``.
    """
    rows = parsed(postings)
    return finished(rows, _parties(rows) if parties is None else parties, corrections)


class Enrichment:
    """The step in pieces, for one who keeps what comes between: `read`, then `look_up` its `keys`, then `finish`."""

    read = staticmethod(parsed)
    keys = staticmethod(party_keys)
    look_up = staticmethod(parties_of)
    finish = staticmethod(finished)


def _parties(rows: ibis.Table) -> ibis.Table:
    """Look up the distinct names; reading the table once makes it known to the connection of ``rows``."""
    import ibis

    from analytics.engine import steps_apart

    with steps_apart():
        keys = party_keys(rows).to_pyarrow()
    table = ibis.memtable(parties_of(keys))
    rows.get_backend().to_pyarrow(table.limit(1))
    return table


def _keyed(rows: ibis.Table) -> ibis.Table:
    import ibis

    return rows.mutate(key_name=ibis.coalesce(rows.counterparty, ""), key_vpa=ibis.coalesce(rows.vpa, ""))


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
