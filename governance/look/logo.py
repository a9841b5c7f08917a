"""A client's logo: a picture that shows, and nothing that runs, loads or leads elsewhere."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import ConfigurationError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405  # a type

MOST_BYTES, MOST_PIXELS = 100_000, 2_000
_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "http://www.w3.org/2000/svg"
#: What a drawing is made of; everything else is refused.
ELEMENTS = frozenset(
    (
        "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "defs",
        "linearGradient", "radialGradient", "stop", "clipPath", "mask", "title", "desc", "use", "symbol",
    )
)  # fmt: skip
#: A reference within the same drawing: ``#name`` or ``url(#name)``.
_WITHIN = re.compile(r"#[\w.-]+")
_CALLS = re.compile(r"url\s*\(\s*['\"]?(?!#)|@import|javascript:|expression\s*\(|data:|https?:|//", re.IGNORECASE)


@dataclass(frozen=True)
class Logo:
    """A picture that was looked through."""

    media: str
    content: bytes

    @property
    def is_png(self) -> bool:
        """Whether it is made of points."""
        return self.media == "image/png"

    def as_data(self) -> str:
        """The picture as an address that holds it."""
        return f"data:{self.media};base64,{base64.b64encode(self.content).decode()}"


def checked_logo(content: bytes) -> Logo:
    """Look a picture through; an SVG is written anew from what was allowed.

    Raises
    ------
    ConfigurationError
        It is neither SVG nor PNG, too large, or holds something that does more than show.
    """
    if len(content) > MOST_BYTES:
        raise ConfigurationError(f"The logo has {len(content):,} bytes; at most {MOST_BYTES:,} are taken.")
    if content.startswith(_PNG):
        return _checked_png(content)
    return Logo("image/svg+xml", _checked_svg(content))


def _checked_png(content: bytes) -> Logo:
    wide, high = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
    if not content[12:16] == b"IHDR" or not 0 < wide <= MOST_PIXELS or not 0 < high <= MOST_PIXELS:
        raise ConfigurationError(f"The logo is no PNG of at most {MOST_PIXELS} by {MOST_PIXELS} points.")
    return Logo("image/png", content)


def _checked_svg(content: bytes) -> bytes:
    from xml.etree import ElementTree  # nosec B405  # it only writes; defusedxml reads

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(content, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise ConfigurationError(f"The logo is neither a PNG nor an SVG that can be read: {error}.") from None
    if _named(root) != "svg":
        raise ConfigurationError(f"The logo is no SVG: it begins with <{_named(root)}>.")
    faults = [fault for each in root.iter() for fault in _faults(each)]
    if faults:
        raise ConfigurationError(f"The logo holds what a picture must not: {'; '.join(dict.fromkeys(faults))}.")
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root)


def _named(element: Element) -> str:
    space, _, name = str(element.tag).rpartition("}")
    return name if space in ("", f"{{{_SVG}") else f"{space.lstrip('{')} {name}"


def _faults(element: Element) -> list[str]:
    name = _named(element)
    if name not in ELEMENTS:
        return [f"the element <{name}>"]
    return [
        f"{key.rpartition('}')[2]} of <{name}>" for key, value in element.attrib.items() if _is_fault(key, value)
    ] + ([f"a text in <{name}> that calls elsewhere"] if element.text and _CALLS.search(element.text) else [])


def _is_fault(key: str, value: str) -> bool:
    name = key.rpartition("}")[2].lower()
    if name == "href":
        return _WITHIN.fullmatch(value.strip()) is None
    return name.startswith("on") or _CALLS.search(value) is not None
