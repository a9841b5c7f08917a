"""The fields of a narration, as Ibis expressions: which form it has, its parts, and which part is what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from analytics.pipeline.enrichment.forms import (
    ABSENT,
    FIELDS,
    FROM_RIGHT,
    FROM_SHAPE,
    SEPARATORS,
    STRETCHING,
    Form,
    forms,
    read,
)  # fmt: skip

if TYPE_CHECKING:
    import ibis

#: A bank's reference: up to six letters, then nine or more figures and letters.
REFERENCE = r"-([A-Z]{0,6}[0-9][A-Z0-9]{8,21})(?:-|$)"
UNEVEN = "  |[\t\r\n]|^ | $"
IFSC = "^[A-Z]{4}0[A-Z0-9]{6}$"
#: What a statement prints where it has no name.
NAMELESS = ("", "NA", "NULL", "UPI", "NONE", "-")
NOWHERE = (ABSENT, ABSENT)
Text = Any


def worded(postings: ibis.Table) -> ibis.Table:
    """Add what the narrations say.

    Parameters
    ----------
    postings
        Rows with a ``narration``.

    Returns
    -------
    ibis.Table
        The rows with ``said_mode``, ``said_sense`` and ``said_<field>`` for each of `FIELDS`; NULL where the text does
        not tell.
    """
    import ibis

    declared = forms()
    rows = postings.mutate(said_text=_single_spaced(postings.narration))
    rows = rows.mutate(said_upper=rows.said_text.upper())
    rows = rows.mutate(said_form=_form_number(rows.said_upper, declared))
    rows = rows.mutate(said_body=_body(rows.said_text, rows.said_form, declared))
    rows = rows.mutate(said_parts=_parts(rows.said_body, rows.said_form, declared))
    rows = rows.mutate(said_count=rows.said_parts.length(), said_shape=_shape(rows.said_body, rows.said_form, declared))
    rows = rows.mutate(**_places(rows, declared))
    rows = rows.mutate(**{f"raw_{field}": _field(rows, field, declared) for field in FIELDS})
    known = rows.said_form > 0
    said = {
        "mode": ibis.ifelse(known, _looked_up(rows.said_form, ["", *(form.mode for form in declared)]), None),
        "sense": ibis.ifelse(known, _looked_up(rows.said_form, ["", *(form.sense for form in declared)]), ""),
        "counterparty": _name(rows.raw_counterparty),
        "vpa": _filled(_unbroken(rows.raw_vpa).lower()),
        "ifsc": _if(_unbroken(rows.raw_ifsc).upper(), lambda text: text.re_search(IFSC)),
        "reference": _if(_unbroken(rows.raw_reference), lambda text: text.re_search("[0-9]")),
        "bank": _trimmed(rows.raw_bank).upper(),
        "remark": _filled(_trimmed(rows.raw_remark)),
        "city": _filled(_trimmed(rows.raw_city)),
    }
    return rows.mutate(**{f"said_{name}": value for name, value in said.items()})


def _single_spaced(narration: Text) -> Text:
    import ibis

    text = ibis.coalesce(narration, "")
    return ibis.ifelse(text.re_search(UNEVEN), text.re_replace("[ \t\r\n]+", " ").strip(), text)


def _form_number(upper: Text, declared: tuple[Form, ...]) -> Text:
    """Return the number of the first form that fits, from 1; 0 where none does. By first letter, so few are tried."""
    import ibis

    letters: dict[str, list[tuple[Text, int]]] = {}
    for number, form in enumerate(declared, 1):
        letters.setdefault(form.starts[0], []).append((_fits(upper, form), number))
    fitting = [(upper.startswith(letter), ibis.cases(*pairs, else_=0)) for letter, pairs in letters.items()]
    return ibis.cases(*fitting, else_=0).cast("int32")


def _fits(upper: Text, form: Form) -> Text:
    if "#" in form.starts:
        digits = form.starts.count("#")
        return upper.re_search("^" + form.starts.replace("#" * digits, f"[0-9]{{{digits}}}"))
    begins = upper.startswith(form.starts)
    return begins & upper.contains(form.holds) if form.holds else begins


def _looked_up(number: Text, values: Iterable[Any]) -> Text:
    """Return the value that stands at each number; an array in the query, not a branch for each."""
    import ibis

    listed = list(values)
    return ibis.literal(listed, f"array<{'string' if isinstance(listed[0], str) else 'int64'}>")[number]


def _chosen(number: Text, declared: tuple[Form, ...], key: Callable[[Form], Any], made: Callable[[Any], Text]) -> Text:
    """Return, for each form, what is made for its key; NULL for forms whose key is empty."""
    import ibis

    numbers: dict[Any, list[int]] = {}
    for place, form in enumerate(declared, 1):
        if key(form):
            numbers.setdefault(key(form), []).append(place)
    code = {place: at for at, places in enumerate(numbers.values(), 1) for place in places}
    which = _looked_up(number, [0, *(code.get(place, 0) for place in range(1, len(declared) + 1))])
    return ibis.cases(*[(which == at, made(each)) for at, each in enumerate(numbers, 1)])


def _body(text: Text, number: Text, declared: tuple[Form, ...]) -> Text:
    """Return the text between how the form begins and what it drops."""
    import ibis

    body = text.substr(_looked_up(number, [0, *(form.body for form in declared)]))
    cut = _chosen(number, declared, lambda form: form.tail, lambda tail: body.split(tail)[0])
    return ibis.coalesce(cut, body)


def _parts(body: Text, number: Text, declared: tuple[Form, ...]) -> Text:
    def parted(key: tuple[str, tuple[str, ...]]) -> Text:
        text = body
        for other in key[1]:
            text = text.replace(other, key[0])
        return text.split(key[0])

    return _chosen(number, declared, lambda form: (form.separator, form.also), parted)


def _shape(body: Text, number: Text, declared: tuple[Form, ...]) -> Text:
    """Return the number of the part that is known by its shape."""
    marks = {
        "vpa": lambda: body.find("@"),
        "mask": lambda: body.upper().find("XXXX"),
        "reference": lambda: body.upper().find("-" + body.upper().re_extract(REFERENCE, 1)) + 1,
    }

    def before(shape: str) -> Text:
        left = body.substr(0, marks[shape]())
        return left.length() - left.replace("-", "").length()

    return _chosen(number, declared, lambda form: form.shape, before).cast("int64")


def _places(rows: ibis.Table, declared: tuple[Form, ...]) -> dict[str, Text]:
    """Return where each field lies among the parts: ``from_<field>``, and ``to_<field>`` where it stretches."""
    ends = {"from": FIELDS, "to": STRETCHING}
    return {
        f"{end}_{field}": _place(rows, [ABSENT, *(form.spans.get(field, NOWHERE)[side] for form in declared)])
        for side, (end, fields) in enumerate(ends.items())
        for field in fields
    }


def _place(rows: ibis.Table, codes: list[int]) -> Text:
    """Turn the forms' codes of a place into places of the row's own parts."""
    import ibis

    code = _looked_up(rows.said_form, codes)
    return ibis.cases(
        (code < FROM_SHAPE // 2, code),
        (code < FROM_SHAPE + FROM_SHAPE // 2, rows.said_shape + (code - FROM_SHAPE)),
        else_=rows.said_count + (code - FROM_RIGHT),
    ).cast("int64")


def _field(rows: ibis.Table, field: str, declared: tuple[Form, ...]) -> Text:
    import ibis

    start = rows[f"from_{field}"]
    part = ibis.ifelse((start >= 0) & (start < rows.said_count), rows.said_parts[start], None)
    return _joined(rows, start, rows[f"to_{field}"], part, declared) if field in STRETCHING else part


def _joined(rows: ibis.Table, start: Text, end: Text, first: Text, declared: tuple[Form, ...]) -> Text:
    """Return the parts from ``start`` to before ``end``, with what stood between them."""
    import ibis

    several = rows.said_parts[start:end]
    code = _looked_up(rows.said_form, [0, *(SEPARATORS.index(form.separator) for form in declared)])
    whole = ibis.cases(*[(code == at, several.join(separator)) for at, separator in enumerate(SEPARATORS)])
    return ibis.cases(((start < 0) | (end <= start), None), (end == start + 1, first), else_=whole)


def _trimmed(text: Text) -> Text:
    import ibis

    return ibis.ifelse(text.startswith(" ") | text.endswith(" "), text.strip(), text)


def _unbroken(text: Text) -> Text:
    """Join what a page's edge has broken."""
    import ibis

    return ibis.ifelse(text.contains(" "), text.replace(" ", ""), text)


def _filled(text: Text) -> Text:
    return text.nullif("")


def _if(text: Text, holds: Callable[[Text], Text]) -> Text:
    import ibis

    return ibis.ifelse(holds(text), text, None)


def _name(text: Text) -> Text:
    """Return a name as the statement prints it, without what stands there for want of one."""
    import ibis

    bare = _trimmed(text)
    nameless = reduce(or_, [bare.upper() == word for word in NAMELESS])
    return ibis.ifelse((bare.length() <= max(map(len, NAMELESS))) & nameless, None, bare)


def bank_names(code: Text) -> Text:
    """Return banks' names by the first four letters of an IFSC; what is no such code stays as it is."""
    import ibis

    names = read("banks")
    known = ibis.map(ibis.literal(list(names)), ibis.literal(list(names.values())))
    return ibis.ifelse(code.notnull(), known.get(code.substr(0, 4), code), None)
