"""A fitted forecast as bytes: JSON and xgboost's documents in a zip, with a digest that is checked on loading."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from governance.errors import ModelError

_DESCRIBED, _DIGEST = "model.json", "sha256"
STRANGE = "The stored bytes are not a forecast model. Build the workspace again."
CHANGED = "The stored forecast model is not the one that was written: its SHA-256 differs. Build the workspace again."


def pack(described: Mapping[str, Any], documents: Mapping[str, bytes]) -> bytes:
    """Return a zip, the same for the same content."""
    content = {_DESCRIBED: json.dumps(described, ensure_ascii=False).encode(), **documents}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in {**content, _DIGEST: _digest(content).encode()}.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), each)
    return buffer.getvalue()


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Undo `pack`.

    Raises
    ------
    ModelError
        Not such a zip, or its digest does not agree.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
        digest = content.pop(_DIGEST).decode()
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ModelError(STRANGE) from error
    if digest != _digest(content):
        raise ModelError(CHANGED)
    described = json.loads(content.pop(_DESCRIBED))
    return described, content


def _digest(content: Mapping[str, bytes]) -> str:
    hashed = hashlib.sha256()
    for name in sorted(content):
        hashed.update(f"{name}:{len(content[name])}:".encode())
        hashed.update(content[name])
    return hashed.hexdigest()
