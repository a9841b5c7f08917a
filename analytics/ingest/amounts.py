"""Amounts as statements write them, as expressions on text."""

from __future__ import annotations

from typing import Any

MONEY_TYPE = "decimal(18, 2)"
#: Digits with at most two decimals: what most cells are.
PLAIN = r"^-?\d{1,16}(\.\d{1,2})?$"
_NUMBER = r"^\d{1,16}(\.\d{0,2}0*)?$|^\.\d{1,2}0*$"
_DECIMAL_COMMA = r"^[^,]*,\d{1,2}\D*$"
_DEBIT = r"(?i)\(?dr\.?\)?$|^-|^\(.*\)$|-$"
_CREDIT = r"(?i)\(?cr\.?\)?$|^\+"
_DRESS = r"(?i)^rs\.?|^inr|inr$|\(?[dc]r\.?\)?$|^[-+]|-$|[₹,() ]"


def money(text: Any) -> Any:
    """Return the signed amount a cell says, NULL where it says none.

    Lakh commas, ``₹``, ``Rs.`` and ``INR`` are left out; ``(1,234.00)``, ``-1,234.00`` and ``1,234.00 Dr`` are
    negative. A comma before the last one or two figures parts the decimals (``1.234,56``): groups end in three.
    """
    import ibis

    plain = text.re_search(PLAIN)
    text = ibis.ifelse(text.re_search(_DECIMAL_COMMA), text.replace(".", "").replace(",", "."), text)
    bare = text.re_replace(r"(?i)^(-|\+)?\s*(₹|rs\.?|inr)\s*(-|\+)?", "").re_replace(_DRESS, "").re_replace(_DRESS, "")
    read = ibis.ifelse(bare.re_search(_NUMBER), bare, ibis.null("string")).cast(MONEY_TYPE)
    dressed = ibis.ifelse(says_debit(text), -read, read)
    return ibis.cases((text == "", None), (plain, text.cast(MONEY_TYPE)), else_=dressed).cast(MONEY_TYPE)


def says_debit(text: Any) -> Any:
    """Whether the cell itself says that money went out."""
    return text.re_search(_DEBIT) | text.re_search(r"(?i)^(₹|rs\.?|inr)\s*-")


def says_side(text: Any) -> Any:
    """Whether the cell itself says which side it stands on."""
    return says_debit(text) | text.re_search(_CREDIT) | text.re_search(r"(?i)^(₹|rs\.?|inr)\s*\+")
