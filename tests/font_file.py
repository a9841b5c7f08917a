"""A font made here, whose letters are blank: it writes Devanagari for who reads a PDF's text, on any machine."""

from __future__ import annotations

import struct
from itertools import chain

#: Letters and marks of Devanagari, and the space; each has a sign of its own.
WRITTEN = (0x20, *range(0x0900, 0x0980))


def devanagari_font(family: str) -> bytes:
    """Return a TrueType font of that family."""
    count = len(WRITTEN) + 1
    tables = {
        b"OS/2": struct.pack(">HhHHh10hh10s4I4sHHH3h2H", 4, 500, 400, 5, 0, *(0,) * 10, 0, b"\0" * 10, 0x8001, 0, 0, 0,
                             b"none", 0x40, 0x20, 0x097F, 800, -200, 0, 1000, 200)
                + struct.pack(">2I2h3H", 0, 0, 500, 700, 0, 32, 1),
        b"cmap": _cmap(),
        b"glyf": b"\0" * 4,
        b"head": struct.pack(">IIIIHHQQ4hHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, 1000, 0, 0, 0, 0, 500, 700, 0, 8,
                             2, 0, 0),
        b"hhea": struct.pack(">I3hH11hH", 0x10000, 800, -200, 0, 500, 0, 0, 500, 1, 0, 0, 0, 0, 0, 0, 0, 1),
        b"hmtx": struct.pack(">Hh", 500, 0) + b"\0\0" * (count - 1),
        b"loca": b"\0\0" * (count + 1),
        b"maxp": struct.pack(">IH", 0x10000, count) + b"\0" * 26,
        b"name": _names(family),
        b"post": struct.pack(">IIhh5I", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }  # fmt: skip
    return _assembled(tables)


def _cmap() -> bytes:
    """Signs in the order of the letters, after the one for what is missing."""
    runs = [(0x20, 0x20, 1), (0x0900, 0x097F, 2), (0xFFFF, 0xFFFF, 0)]
    deltas = [(glyph - first) & 0xFFFF for first, _, glyph in runs[:-1]] + [1]
    columns = [[last for _, last, _ in runs], [0], [first for first, _, _ in runs], deltas, [0] * len(runs)]
    body = struct.pack(f">{len(runs) * 4 + 1}H", *chain.from_iterable(columns))
    table = struct.pack(">7H", 4, 14 + len(body), 0, len(runs) * 2, 4, 1, 2) + body
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + table


def _names(family: str) -> bytes:
    told = {1: family, 2: "Regular", 4: family, 6: family.replace(" ", "")}
    records, text = b"", b""
    for name, said in told.items():
        written = said.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, name, len(written), len(text))
        text += written
    return struct.pack(">3H", 0, len(told), 6 + len(records)) + records + text


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    place, index, body = 12 + 16 * len(tables), b"", b""
    for tag, content in sorted(tables.items()):
        index += struct.pack(">4s3I", tag, 0, place + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    return struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 32) + index + body
