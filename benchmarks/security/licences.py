"""Licences of everything that is installed with Munshi: ``python -m benchmarks.security.licences [--write]``.

Read from the installed metadata of the distributions that the lock names. What may be combined with Apache-2.0 code and
handed on is listed; a licence that is not listed fails, as does one that would bind Munshi's own code.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
PAGE = ROOT / "docs" / "security" / "licences.md"

#: What the metadata say → the licence's SPDX name; the first that stands in the text.
SPOKEN: tuple[tuple[str, str], ...] = (
    (r"affero( general public)?|agpl", "AGPL"),
    (r"lesser general public|lgpl", "LGPL"),
    (r"general public licen|\bgpl", "GPL"),
    (r"apache", "Apache-2.0"),
    (r"mozilla public|mpl", "MPL-2.0"),
    (r"python software foundation|psf", "PSF-2.0"),
    (r"isc\b", "ISC"),
    (r"mit-0|mit no attribution", "MIT-0"),
    (r"mit-cmu|historical permission|hpnd", "MIT-CMU"),
    (r"\bmit\b", "MIT"),
    (r"0bsd|zero-clause", "0BSD"),
    (r"bsd", "BSD"),
    (r"zlib", "Zlib"),
    (r"cc0", "CC0-1.0"),
    (r"cnri", "CNRI-Python"),
    (r"unlicense", "Unlicense"),
)
#: May be combined and handed on as they are.
PERMISSIVE = frozenset({
    "Apache-2.0", "MIT", "MIT-0", "MIT-CMU", "BSD", "0BSD", "ISC", "PSF-2.0", "Zlib", "CC0-1.0", "CNRI-Python",
    "Unlicense",
})  # fmt: skip
#: Bind their own files alone: used as they are, unchanged, as libraries.
WEAK = frozenset({"MPL-2.0", "LGPL"})
#: Distributions whose metadata do not say it, and where it stands.
LOOKED_UP: Mapping[str, tuple[str, str]] = {
    "axe-playwright-python": ("MIT, axe-core within it MPL-2.0", "its LICENSE file and the head of axe.min.js"),
}


@dataclass(frozen=True)
class Licensed:
    """A distribution and what it is under; ``fault`` says why it may not be here."""

    name: str
    version: str
    said: str
    licences: tuple[str, ...]

    @property
    def fault(self) -> str | None:
        """Why this is not allowed; None where it is."""
        if not self.licences:
            return f"says nothing of its licence that is known here ('{self.said}')"
        either = re.search(r"\bor\b|/", self.said, re.IGNORECASE) is not None
        bad = [each for each in self.licences if each not in PERMISSIVE | WEAK]
        if bad and not (either and len(bad) < len(self.licences)):
            return f"is under {', '.join(bad)}, which would bind what it is combined with"
        return None


def names(said: str) -> tuple[str, ...]:
    """The licences that a text names."""
    rest, found = said.lower(), []
    for pattern, name in SPOKEN:
        if re.search(pattern, rest):
            found.append(name)
            rest = re.sub(pattern, " ", rest)
    return tuple(found)


def said_by(made: Distribution) -> str:
    """What a distribution says of its licence: the expression, else the classifiers, else the first line."""
    meta = made.metadata
    classified = [
        text.rsplit("::", 1)[-1].strip() for text in meta.get_all("Classifier") or () if text.startswith("Lic")
    ]
    first = next(iter(_field(meta, "License").splitlines()), "")
    classified = [text for text in classified if text != "OSI Approved"]
    return _field(meta, "License-Expression") or " / ".join(classified) or first


def _field(meta: PackageMetadata, name: str) -> str:
    return meta[name].strip() if name in meta else ""


def locked(lock: str) -> list[str]:
    """The distributions that a lock names."""
    return sorted(set(re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==", lock, flags=re.MULTILINE)))


def read(wanted: Iterable[str]) -> Iterator[Licensed]:
    """What each installed distribution is under; those for other systems are not installed."""
    for name in wanted:
        try:
            made = distribution(name)
        except PackageNotFoundError:
            continue
        said = LOOKED_UP[name][0] if name in LOOKED_UP else said_by(made)
        yield Licensed(name, made.version, said, names(said))


def page(found: Iterable[Licensed]) -> str:
    """The table, as it stands in the documents; without versions, which the lock has."""
    rows = [f"| {each.name} | {each.said} | {', '.join(each.licences)} |" for each in found]
    return "\n".join((
        "# Licences of the dependencies", "",
        "Generated from installed metadata (`python -m benchmarks.security.licences --write`); `make check` fails on a",
        "licence that is unknown, or would bind the code it is combined with. MPL-2.0 and LGPL bind their own files",
        "alone: these libraries are used as they are.", "",
        "| distribution | it says | read as |", "|---|---|---|", *rows, "",
    ))  # fmt: skip


def main(arguments: list[str]) -> int:
    """Judge every distribution; write the page where asked; 1 where one may not be here."""
    found = list(read(locked(LOCK.read_text("utf-8"))))
    if "--write" in arguments:
        PAGE.write_text(page(found), "utf-8")
    faults = [f"{each.name} {each.version} {each.fault}" for each in found if each.fault]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"licences: {len(faults)} faults in {len(found)} installed distributions")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
