"""Obligations → control → code → test, as a page: ``python -m governance.compliance > docs/compliance/README.md``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

ROOT = Path(__file__).parents[1]
DECLARED = ROOT / "docs" / "compliance" / "obligations.yaml"
HEAD = """# Obligations, controls, code, tests

Generated from [obligations.yaml](obligations.yaml) (`python -m governance.compliance`); a test holds this page to it,
and every path to a file that exists. Software supports these duties and is never compliant by itself: the last column
says what stays with the lender. What each law says, with its status and dates, is in `knowledge/documents/`.
"""


class Obligation(BaseModel):
    """What a law asks, and what serves it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    law: str
    item: str
    asks: str
    control: str
    code: tuple[str, ...] = Field(min_length=1)
    tests: tuple[str, ...] = Field(min_length=1)
    part: str = ""


def obligations() -> list[Obligation]:
    """Return every obligation, in the order of the file."""
    import yaml

    rows: list[Any] = yaml.safe_load(DECLARED.read_text("utf-8"))
    return [Obligation.model_validate(row) for row in rows]


def page() -> str:
    """The whole page."""
    return "\n".join((HEAD, *_laws(), ""))


def _laws() -> Iterator[str]:
    for law, items in groupby(obligations(), key=lambda each: each.law):
        yield f"## {law}\n"
        yield "| item | asks | control | code | tests | stays with the lender |"
        yield "|---|---|---|---|---|---|"
        for each in items:
            code, tests = (
                "<br>".join(f"[{path}](../../{path})" for path in paths) for paths in (each.code, each.tests)
            )
            yield f"| {each.item} | {each.asks} | {each.control} | {code} | {tests} | {each.part} |"
        yield ""


if __name__ == "__main__":
    print(page(), end="")
