"""A currency's code that knows how a client writes its amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.look.theme import Grouping


class Currency(str):
    """An ISO code; all that takes a code takes it, and what writes money asks it how.

    Parameters
    ----------
    code
        ISO code.
    grouping
        How digits are grouped, and which scales shorten large amounts; None as the currency's country does.
    sign
        What stands before an amount; empty for the currency's own.
    """

    grouping: Grouping | None
    sign: str

    def __new__(cls, code: str, grouping: Grouping | None = None, sign: str = "") -> Currency:
        """Dress a code."""
        made = super().__new__(cls, code)
        made.grouping, made.sign = grouping, sign
        return made


def is_indian(currency: str, otherwise: bool) -> bool:
    """Whether amounts go by lakh and crore; ``otherwise`` where the client did not say."""
    grouping = getattr(currency, "grouping", None)
    return otherwise if grouping is None else grouping == "indian"


def sign_of(currency: str, otherwise: str) -> str:
    """The client's sign for money; ``otherwise`` where he has none."""
    sign = getattr(currency, "sign", "")
    if not sign:
        return otherwise
    return f"{sign} " if sign[-1].isalnum() else sign
