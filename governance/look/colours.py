"""Colours of the screen: the house's, a client's over them, and whether text can be read on its ground."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Scheme = Literal["light", "dark"]
Colours = Mapping[str, str]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
#: Least contrast of text on its ground: WCAG 2.2, level AA.
LEAST = 4.5
HEX = re.compile(r"#[0-9a-f]{6}")
#: How far a colour made lighter moves at a time, and how much of the accent tints the ground behind it.
STEP, TINT = 0.04, 0.08


@dataclass(frozen=True)
class Unreadable:
    """A pair of colours that is too alike."""

    scheme: Scheme
    text: str
    ground: str
    text_colour: str
    ground_colour: str
    ratio: float

    def __str__(self) -> str:
        return (
            f"{self.scheme}: {self.text} {self.text_colour} on {self.ground} {self.ground_colour} has a contrast of "
            f"{self.ratio:.2f}, {LEAST - self.ratio:.2f} short of {LEAST}"
        )


@cache
def _declared() -> Mapping[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "colours.yaml").read_text("utf-8"))
    return found


def house(scheme: Scheme) -> Colours:
    """The house's own colours by name."""
    colours: Colours = _declared()[scheme]
    return colours


def pairs() -> list[tuple[str, str]]:
    """Names of text colours, each with a ground that it stands on."""
    return [(text, ground) for text, ground in _declared()["read"]]


def complete(scheme: Scheme, own: Colours, accent: str = "") -> Colours:
    """The house's colours with a client's over them; what follows from his accent is made of it.

    Parameters
    ----------
    own
        What he set for this scheme.
    accent
        His accent for either scheme, used where ``own`` sets none; on the dark ground it is made lighter until it can
        be read.
    """
    base = {**house(scheme), **own}
    if "accent" in own:
        base["accent"] = own["accent"]
    elif accent:
        base["accent"] = _lightened(accent, base["paper"]) if scheme == "dark" else accent
    else:
        return base
    made = {
        "accent-soft": _mixed(base["paper"], base["accent"], TINT),
        "on-accent": max(("#ffffff", "#0f1216"), key=lambda each: contrast(each, base["accent"])),
    }
    return {**base, **{name: colour for name, colour in made.items() if name not in own}}


def unreadable(scheme: Scheme, colours: Colours) -> list[Unreadable]:
    """The pairs that fail, the worst first."""
    found = [
        Unreadable(scheme, text, ground, colours[text], colours[ground], contrast(colours[text], colours[ground]))
        for text, ground in pairs()
    ]
    return sorted((each for each in found if each.ratio < LEAST), key=lambda each: each.ratio)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance of sRGB)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _lightened(colour: str, ground: str) -> str:
    share = 0.0
    while contrast(_mixed(colour, "#ffffff", share), ground) < LEAST + 2 and share < 1:
        share = min(share + STEP, 1.0)
    return _mixed(colour, "#ffffff", share)


def _mixed(one: str, other: str, share: float) -> str:
    mixed = (round(low + (high - low) * share) for low, high in zip(_parts(one), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
