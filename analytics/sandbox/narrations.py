"""Statement text: each bank's forms, filled in for whole groups of postings at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.sandbox.arrays import Ints
from analytics.sandbox.catalogue import Catalogue
from analytics.sandbox.columns import lookup
from analytics.sandbox.plan import NO_LINK

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class TextPools:
    """Texts that narrations draw on, by party, customer, loan, city and month."""

    party: pa.Array
    vpa: pa.Array
    ifsc: pa.Array
    upper: pa.Array
    upper20: pa.Array
    upper8: pa.Array
    vpa12: pa.Array
    bank4: pa.Array
    account4: pa.Array
    card: pa.Array
    mandate: pa.Array
    loan_mandate: pa.Array
    city: pa.Array
    city8: pa.Array
    month: pa.Array


@dataclass(frozen=True)
class TextRows:
    """What the narrations of some postings say: indices into the pools, and texts of their own."""

    bank: Ints
    form: Ints
    party: Ints
    customer: Ints
    loan: Ints
    city: Ints
    month: Ints
    rrn: pa.Array
    utr: pa.Array
    remark: pa.Array


def forms_of(cat: Catalogue) -> list[str]:
    """Return the names of all narration forms, in a fixed order."""
    return sorted({form for forms in cat.forms.values() for form in forms})


def narrate(rows: TextRows, pools: TextPools, cat: Catalogue) -> pa.Array:
    """Write the narrations of postings, in their order."""
    forms, banks = forms_of(cat), list(cat.forms)
    group = (rows.bank * len(forms) + rows.form).astype(np.int16)
    order = np.argsort(group, kind="stable")
    edges = np.flatnonzero(np.diff(group[order], prepend=-1, append=np.int16(-1)))
    parts = []
    for low, high in pairwise(edges):
        bank, form = divmod(int(group[order[low]]), len(forms))
        text = cat.forms[banks[bank]][forms[form]]
        parts.append(_fill(text, rows, pools, order[low:high]))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return pa.concat_arrays(parts).take(pa.array(place)) if parts else pa.array([], pa.string())


def _fill(form: str, rows: TextRows, pools: TextPools, at: Ints) -> pa.Array:
    """Fill one form for some rows; odd pieces of the split form are field names."""
    pieces = [
        FIELDS[piece](rows, pools, at) if odd % 2 else pa.scalar(piece)
        for odd, piece in enumerate(_FIELD.split(form))
        if odd % 2 or piece
    ]
    filled = [
        pc.fill_null(piece, "") if isinstance(piece, pa.Array) and piece.null_count else piece for piece in pieces
    ]
    return pc.binary_join_element_wise(*filled, "")


def _of_party(pool: str) -> Callable[[TextRows, TextPools, Ints], pa.Array]:
    return lambda rows, pools, at: lookup(getattr(pools, pool), rows.party[at])


def _of_customer(pool: str) -> Callable[[TextRows, TextPools, Ints], pa.Array]:
    return lambda rows, pools, at: lookup(getattr(pools, pool), rows.customer[at])


def _mandate(rows: TextRows, pools: TextPools, at: Ints) -> pa.Array:
    loan = rows.loan[at]
    both = pa.concat_arrays([pools.mandate, pools.loan_mandate])
    return lookup(both, np.where(loan == NO_LINK, rows.customer[at], loan + len(pools.mandate)))


FIELDS: Mapping[str, Callable[[TextRows, TextPools, Ints], pa.Array]] = {
    "PARTY": _of_party("upper"),
    "PARTY20": _of_party("upper20"),
    "PARTY8": _of_party("upper8"),
    "vpa": _of_party("vpa"),
    "VPA12": _of_party("vpa12"),
    "ifsc": _of_party("ifsc"),
    "BANK4": _of_party("bank4"),
    "account4": _of_customer("account4"),
    "card": _of_customer("card"),
    "mandate": _mandate,
    "city": lambda rows, pools, at: lookup(pools.city, rows.city[at]),
    "CITY8": lambda rows, pools, at: lookup(pools.city8, rows.city[at]),
    "month": lambda rows, pools, at: lookup(pools.month, rows.month[at]),
    "rrn": lambda rows, _pools, at: rows.rrn.take(pa.array(at)),
    "utr": lambda rows, _pools, at: rows.utr.take(pa.array(at)),
    "remark": lambda rows, _pools, at: rows.remark.take(pa.array(at)),
    "cheque": lambda rows, _pools, at: pc.utf8_slice_codeunits(rows.rrn.take(pa.array(at)), 6, 12),
}
