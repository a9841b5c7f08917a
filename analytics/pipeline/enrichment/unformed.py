"""Narrations that no form fits: the rail by its words, and what is left of the text as the name."""

from __future__ import annotations

from typing import Any

from analytics.pipeline.enrichment.forms import read

#: A purchase by card ends with the town and the country.
CARD = r"^(.*) ([A-Za-z]+) [Ii][Nn]$"
#: What is not a name: rails, verbs, long numbers, signs.
NOT_A_NAME = (
    r"(?i)\b(upi|imps|neft|rtgs|nach|ach|ecs|pos|ecom|atm|inb|netbanking|trf|tfr|transfer|wdl|withdrawal|dep|deposit|"
    r"payment|paid|received|credit|debit|cr|dr|to|from|by|via|ref|no|txn|salary)\b|[0-9xX*]{4,}|[/:*_|#-]+"
)


def mode_and_sense(upper: Any) -> tuple[Any, Any]:
    """Return the rail and what the posting is, by the words of a text in upper case; NULL and '' where none is held."""
    import ibis

    declared = read("words")
    which = ibis.cases(*[(upper.re_search(held), at) for at, (held, _, _) in enumerate(declared, 1)], else_=0)
    modes, senses = ["", *(row[1] for row in declared)], ["", *(row[2] for row in declared)]
    return ibis.literal(modes)[which].nullif(""), ibis.literal(senses)[which]


def name_and_city(text: Any, by_card: Any) -> tuple[Any, Any]:
    """Return the name and the town that a text without a form holds."""
    import ibis

    name = ibis.ifelse(by_card, text.re_extract(CARD, 1), text.re_replace(NOT_A_NAME, " "))
    bare = name.re_replace(" +", " ").strip()
    return bare.nullif(""), ibis.ifelse(by_card, text.re_extract(CARD, 2), None).nullif("")


def town(text: Any) -> Any:
    """Return a town's whole name for one that may be cut to eight letters."""
    import ibis

    names = {key: name for name in read("places") for key in (name.upper(), name.upper()[:8])}
    known = ibis.map(ibis.literal(list(names)), ibis.literal(list(names.values())))
    return ibis.ifelse(text.notnull(), known.get(text.upper(), text.capitalize()), None)
