"""Environments of their own for what Munshi is measured beside: made with pip once, kept in the benchmarks' home."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import place


def peer_python(name: str, packages: Sequence[str], variable: str) -> Path:
    """Return the interpreter that ``packages`` are installed for; made where there is none.

    Parameters
    ----------
    name
        Folder of the environment.
    variable
        Environment variable that may name an interpreter that has them already.
    """
    named = os.environ.get(variable)
    if named:
        return Path(named)
    python = place.settings().home / name / "bin" / "python"
    if not python.exists():
        print(f"Making the environment that {name} run in …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(python.parent.parent)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *packages], check=True)
    return python
