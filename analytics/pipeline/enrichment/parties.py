"""Who stands behind a name: a known merchant, a trade by its words, a person, a trade by its letters, or nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analytics.pipeline.enrichment.directory import (
    Directory,
    Party,
    by_address,
    by_cut,
    by_likeness,
    by_name,
    declared,
    key_of,
)  # fmt: skip
from analytics.pipeline.enrichment.forms import read
from analytics.pipeline.enrichment.people import is_name, of_business, person
from analytics.pipeline.enrichment.trades import SURE, Trade, trade_of, trade_of_cut, trade_of_glued

if TYPE_CHECKING:
    import pyarrow as pa

#: A merchant's category and the trade that companies of it often have in their name: the merchant decides.
AKIN = {("loan_app", "loan_payment"), ("subscriptions", "entertainment"), ("insurance", "health")}
FIELDS = ("kind", "merchant", "mcc", "category", "subcategory", "confidence", "rule")


def parties_of(keys: pa.Table, directory: Directory | None = None) -> pa.Table:
    """Tell who the distinct names are.

    Parameters
    ----------
    keys
        ``counterparty`` and ``vpa``, each pair once.
    directory
        Merchants to know; all declared ones by default.

    Returns
    -------
    pyarrow.Table
        The keys with ``party_kind``, ``party_merchant``, ``party_mcc``, ``party_category``, ``party_subcategory``,
        ``party_confidence`` and ``party_rule``: ``alias:<merchant>``, ``fuzzy:<merchant>``, ``word:<trade word>``,
        ``person``, ``learned`` or ``abstain``.
    """
    import pyarrow as pa

    known = directory or declared()
    names, vpas = keys["counterparty"].to_pylist(), keys["vpa"].to_pylist()
    found = [by_rule(name or "", vpa or "", known) for name, vpa in zip(names, vpas, strict=True)]
    unknown = [at for at, party in enumerate(found) if party.kind == "unknown" and names[at]]
    for at, party in zip(unknown, _learned([names[at] for at in unknown], known), strict=True):
        found[at] = party
    types = {"confidence": pa.float64()}
    for field in FIELDS:
        column = pa.array([getattr(party, field) for party in found], types.get(field, pa.string()))
        keys = keys.append_column(f"party_{field}", column)
    return keys


def by_rule(name: str, vpa: str, known: Directory) -> Party:
    """Return who a name is by declared rules alone, the surest first."""
    local, _, handle = vpa.lower().partition("@")
    trade = trade_of(name) or _cut_trade(name)
    return (
        by_address(local, known)
        or _by_name(name, trade, known)
        or _by_spelling(name, trade, known)
        or _in_trade(trade)
        or _person(name, local, handle)
        or by_cut(_letters(local) if not handle else "", known)
        or by_cut(name.strip(), known)
        or by_likeness(name, known)
        or _in_trade(_glued_trade(name, local))
        or Party()
    )


def _by_name(name: str, trade: Trade | None, known: Directory) -> Party | None:
    """Return the merchant that the name holds, unless words beside it surely tell another trade."""
    found = by_name(name, known)
    if found is None:
        return None
    party, taken = found
    if trade is None or trade.confidence < SURE or trade.word in taken:
        return party
    is_other = trade.category != party.category and (party.category, trade.category) not in AKIN
    return _in_trade(trade) if is_other else party


def _by_spelling(name: str, trade: Trade | None, known: Directory) -> Party | None:
    """Return the merchant that is cut or spelled so, where the name's words tell its trade too."""
    if trade is None:
        return None
    found = by_cut(name.strip(), known) or by_likeness(name, known)
    return found if found and found.category == trade.category else None


def _in_trade(trade: Trade | None) -> Party | None:
    if trade is None:
        return None
    rule = f"word:{trade.word}"
    return Party("merchant", None, trade.mcc, trade.category, trade.subcategory, trade.confidence, rule)


def _cut_trade(name: str) -> Trade | None:
    last = name.lower().split()[-1:]
    return None if not last or is_name(last[0]) or of_business(last) else trade_of_cut(name)


def _glued_trade(name: str, local: str) -> Trade | None:
    """Return the trade that an address, or a name in one word, ends with."""
    texts = [_letters(local), key_of(name) if len(name.split()) == 1 else ""]
    return next((trade for text in texts if text and (trade := trade_of_glued(text))), None)


def _letters(local: str) -> str:
    return re.sub(r"[^a-z0-9]", "", re.sub(r"[.]\d+$", "", local))


def _person(name: str, local: str, handle: str) -> Party | None:
    sure = person(name, local, handle)
    return Party("person", None, None, "transfer", "", sure, "person") if sure else None


def _learned(names: Sequence[str], known: Directory) -> list[Party]:
    if not names:
        return []
    from analytics.pipeline.enrichment.learned import trades

    return [_of_trade(*guess) for guess in trades(names, frozenset(known.names))]


def _of_trade(category: str, subcategory: str, confidence: float) -> Party:
    known = Party("merchant", None, None, category, subcategory, confidence, "learned")
    return known if category else Party(confidence=confidence)


def crosswalk() -> dict[str, Any]:
    """Return ``first-last`` ranges of merchant category codes with category and subcategory."""
    codes: dict[str, Any] = read("mcc")
    return codes
