"""Fitted models as bytes: JSON and arrays in a zip, each part with its SHA-256; nothing in it is executed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from governance.errors import ModelError


def packed(described: Mapping[str, Any], arrays: Mapping[str, Any]) -> bytes:
    """Return a zip of a JSON description and arrays, with a SHA-256 of each; the same content gives the same bytes."""
    parts = {"model.json": json.dumps(described, ensure_ascii=False, sort_keys=True).encode()}
    for name, values in arrays.items():
        buffer = io.BytesIO()
        np.save(buffer, np.asarray(values), allow_pickle=False)
        parts[f"{name}.npy"] = buffer.getvalue()
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    parts["sha256.json"] = json.dumps(digests, sort_keys=True).encode()
    archive_bytes = io.BytesIO()
    with zipfile.ZipFile(archive_bytes, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content)
    return archive_bytes.getvalue()


def unpacked(stored: bytes, what: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Undo `packed`.

    Raises
    ------
    ModelError
        The bytes are not such a zip, or a part does not have its digest.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(stored)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        digests = json.loads(parts.pop("sha256.json"))
        if digests != {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}:
            raise ModelError(
                f"The stored bytes of {what} were changed after it was written. Build the workspace again."
            )
        described = json.loads(parts.pop("model.json"))
        arrays = {
            name.removesuffix(".npy"): np.load(io.BytesIO(raw), allow_pickle=False) for name, raw in parts.items()
        }
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ModelError(f"The stored bytes are not {what}. Build the workspace again.") from error
    return described, arrays
