"""Where benchmarks keep their workspaces: a home of their own beside the operator's, so that his receipts stay his."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from governance.settings import Settings, load_settings

ROOT = Path(__file__).parent.parent
FOLDER = "benchmarks"
DEMO = "demo"


def settings() -> Settings:
    """Return the operator's settings with the benchmarks' home: ``<home>/benchmarks``; the embedded mind answers."""
    own = load_settings()
    return own.model_copy(update={"home": own.home.absolute() / FOLDER, "model": "embedded"})


def environment(place: Settings) -> dict[str, str]:
    """Return the environment in which a child process sees ``place``."""
    return {
        **os.environ,
        "MUNSHI_HOME": str(place.home),
        "MUNSHI_KEY_FILE": str(place.key_file),
        "MUNSHI_MODEL": "embedded",
    }


def demo_workspace(place: Settings) -> str:
    """Return the name of the sandbox workspace of 2,000 customers, made where there is none."""
    from tools.operations.fill import make_sandbox
    from tools.operations.scored import is_scored

    if not is_scored(DEMO, place):
        print("Making the sandbox workspace the questions are asked of …", file=sys.stderr)
        make_sandbox(name=DEMO, settings=place)
    return DEMO
