"""The planner's word tables, read from the YAML files in this folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent


@cache
def table(name: str) -> Any:
    """Return the content of ``<name>.yaml``."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((_FOLDER / f"{name}.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506
