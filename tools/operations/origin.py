"""Where postings came from, as a build keeps it: a source's files with their digests, or a simulation's terms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_folder(source: str, folder: Path) -> list[Mapping[str, Any]]:
    """Return the files that lie in a source's folder, by name."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return [
        {"file_id": digest(path), "name": path.name, "source": source, "bytes": path.stat().st_size} for path in files
    ]


def of_simulation(**terms: int) -> list[Mapping[str, Any]]:
    """Return what a simulation was made of: the same terms make the same lender."""
    said = json.dumps(terms, sort_keys=True)
    return [{"file_id": hashlib.sha256(said.encode()).hexdigest(), "name": "simulation", "source": "sandbox", **terms}]
