"""Lines into cells, and cells into JSON, as expressions."""

from __future__ import annotations

from typing import Any

#: Spaces and signs that look like others → what they look like.
LOOKALIKES = {
    "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2007": " ", "\u2009": " ", "\u200a": " ", "\u202f": " ",
    "\u2212": "-", "\ufeff": " ", "\u200b": " ",
}  # fmt: skip
#: Stand for a doubled quote and for a delimiter within quotes, while a line is cut.
_QUOTE, _DELIMITER = "\x1e", "\x1f"


def plain_characters(text: Any) -> Any:
    """Write strange spaces and minus signs as the usual ones."""
    return text.translate("".join(LOOKALIKES), "".join(LOOKALIKES.values()))


def split_line(text: Any, delimiter: str, *, quotes: bool) -> Any:
    """Cut a line into an array of cells.

    Parameters
    ----------
    quotes
        Whether cells may be quoted; a line without quotes is cut straight away.
    """
    import ibis

    simple = text.split(delimiter)
    if not quotes:
        return simple
    between = f'"{delimiter}"'
    marks = text.length() - text.replace('"', "").length()
    inner = text.length() - text.replace(between, "").length()
    every = (marks == 2 + inner / (len(between)) * 2) & text.startswith('"') & text.endswith('"')
    segments = text.split('"')
    before, quoted, after = segments[0], segments[1], segments[2]
    one = (
        (marks == 2)
        & ((before == "") | before.endswith(delimiter))
        & ((after == "") | after.startswith(delimiter))
        & ~((before == "") & (after == ""))
    )
    return ibis.cases(
        (marks == 0, simple),
        (marks % 2 == 1, simple),  # a quote that is no cell's, as in 5" PIPE
        (every, text.substr(1, text.length() - 2).split(between)),
        (one, _around(before, quoted, after, delimiter)),
        else_=_any_quotes(text, delimiter),
    )


def _around(before: Any, quoted: Any, after: Any, delimiter: str) -> Any:
    """Cells of a line with one quoted cell: what stands before it, it, what stands after."""
    import ibis

    none = ibis.literal([], type="array<string>")
    left = ibis.ifelse(before == "", none, before.substr(0, before.length() - 1).split(delimiter))
    right = ibis.ifelse(after == "", none, after.substr(1).split(delimiter))
    return left.concat(ibis.array([quoted])).concat(right)


def _any_quotes(text: Any, delimiter: str) -> Any:
    import ibis

    parts = text.replace('""', _QUOTE).split('"')
    inside = parts.map(lambda part, i: ibis.ifelse(i % 2 == 1, part.replace(delimiter, _DELIMITER), part))
    return (
        inside.join("")
        .split(delimiter)
        .map(
            lambda cell: ibis.ifelse(cell == _QUOTE, "", cell.replace(_DELIMITER, delimiter).replace(_QUOTE, '"'))
        )
    )  # fmt: skip


def as_json(cells: Any) -> Any:
    """Write an array of cells as a JSON list."""
    safe = cells.map(
        lambda cell: cell.replace("\\", "\\\\").replace('"', '\\"').re_replace(r"[\x00-\x1f]", " ")
    )  # fmt: skip
    return '["' + safe.join('","') + '"]'
