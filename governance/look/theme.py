"""What a client says of its own face: a YAML file, checked whole, every fault named."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from governance.errors import ConfigurationError
from governance.look.colours import HEX, SCHEMES, Colours, Scheme, complete, house, unreadable
from governance.look.logo import Logo, checked_logo

Language = Literal["en", "hi"]
Grouping = Literal["indian", "international"]
#: Language → what it is called in itself.
LANGUAGES: Mapping[Language, str] = {"en": "English", "hi": "हिन्दी"}
FONT = r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OwnColours(_Declared):
    """The client's colours.

    Attributes
    ----------
    accent
        Its one colour, for both schemes.
    light, dark
        Names of `governance/look/colours.yaml` → colours, where one scheme wants its own.
    """

    accent: str = ""
    light: Mapping[str, str] = Field(default_factory=dict)
    dark: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _spelt(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        return {
            name: {key.replace("_", "-"): _lower(value) for key, value in told.items()}
            if isinstance(told, Mapping)
            else _lower(told)
            for name, told in given.items()
        }

    @model_validator(mode="after")
    def _told_apart(self) -> OwnColours:
        wrong = [] if not self.accent or HEX.fullmatch(self.accent) else [f"accent {self.accent} is no #rrggbb"]
        for scheme in SCHEMES:
            own = getattr(self, scheme)
            wrong += [f"{scheme}: there is no colour '{name}'" for name in own if name not in house(scheme)]
            wrong += [f"{scheme}: {name} {value} is no #rrggbb" for name, value in own.items() if not _hex(value)]
        if not wrong:
            wrong = [str(pair) for scheme in SCHEMES for pair in unreadable(scheme, self.of(scheme))]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def of(self, scheme: Scheme) -> Colours:
        """Every colour of a scheme."""
        return complete(scheme, self.light if scheme == "light" else self.dark, self.accent)


class Theme(_Declared):
    """A client's own face; what it does not say is the house's.

    Attributes
    ----------
    name
        Stands in place of Munshi's.
    logo
        The picture, base64.
    fonts
        Names of fonts that readers have, the best first; nothing is fetched.
    language
        Of the interface, where a person chose none.
    numbers
        How digits are grouped; by default as the currency's country does.
    currency_sign
        Stands before money, in place of the currency's own.
    """

    name: str = Field(default="", max_length=60)
    logo: str = ""
    colours: OwnColours = OwnColours()
    fonts: tuple[str, ...] = Field(default=(), max_length=8)
    language: Language = "en"
    numbers: Grouping | None = None
    currency_sign: str = Field(default="", max_length=6)

    @field_validator("fonts")
    @classmethod
    def _fonts_are_names(cls, fonts: tuple[str, ...]) -> tuple[str, ...]:
        import re

        wrong = [each for each in fonts if re.fullmatch(FONT, each) is None]
        if wrong:
            raise ValueError(
                f"no names of fonts: {', '.join(wrong)}. Letters, digits, spaces, dots and hyphens make one"
            )
        return fonts

    @field_validator("name", "currency_sign")
    @classmethod
    def _printable(cls, text: str) -> str:
        if not text.isprintable() or set(text) & set("<>&\"'{}"):
            raise ValueError("holds a character that does not belong in a name")
        return text.strip()

    @cached_property
    def picture(self) -> Logo | None:
        """The logo, looked through."""
        return checked_logo(base64.b64decode(self.logo)) if self.logo else None


def read_theme(text: str, folder: Path | None = None) -> Theme:
    """Read a theme as a client writes it.

    Parameters
    ----------
    folder
        Where a logo named by a relative path lies; without one only a picture within the file is taken.

    Raises
    ------
    ConfigurationError
        It is not written as themes are; the message lists every fault.
    """
    import yaml

    try:
        told = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ConfigurationError(f"The theme is no YAML: {error}") from None
    if not isinstance(told, Mapping):
        raise ConfigurationError(f"A theme says names and values, this is a {type(told).__name__}. {_KNOWN}")
    given = {**told, **({"logo": _encoded(str(told["logo"]), folder)} if told.get("logo") else {})}
    try:
        theme = Theme.model_validate(given)
    except ValidationError as error:
        raise ConfigurationError(f"The theme is refused: {_said(error)}. {_KNOWN}") from None
    return theme


def _said(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}" for each in error.errors()
    )


def _encoded(logo: str, folder: Path | None) -> str:
    """The logo's bytes in base64, from the file it names or as it stands there; looked through."""
    if logo.startswith("data:image/"):
        content = _decoded(logo.partition(",")[2])
    elif folder is None:
        raise ConfigurationError("logo: write the picture itself as data:image/svg+xml;base64,… or data:image/png;…")
    else:
        place = (folder / logo).resolve()
        if not place.is_file():
            raise ConfigurationError(f"logo: there is no file {logo} beside the theme.")
        content = place.read_bytes()
    return base64.b64encode(checked_logo(content).content).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise ConfigurationError("logo: what stands behind the comma is no base64.") from None


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _hex(value: str) -> bool:
    return HEX.fullmatch(value) is not None


_KNOWN = f"A theme may say: {', '.join(Theme.model_fields)}."
