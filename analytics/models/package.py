"""A model as files to take elsewhere: the document, an ONNX graph or joblib, with a manifest of digests beside it.

The books themselves hold data only (ADR 6). joblib is code that runs on loading: nothing is loaded whose digest is not
the manifest's, and the manifest's own digest is what the audit log keeps of an export.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from governance.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.models.credit import CreditModel

MANIFEST = "manifest.json"


def _document(model: CreditModel) -> bytes:
    return model.to_bytes()


def _onnx(model: CreditModel) -> bytes:
    from analytics.models.onnx_export import to_onnx

    return to_onnx(model)


def _joblib(model: CreditModel) -> bytes:
    import io

    import joblib

    buffer = io.BytesIO()
    joblib.dump({"document": model.to_bytes(), "features": list(model.features), "kind": "munshi credit model"}, buffer)
    return buffer.getvalue()


#: Format → file name and what makes its bytes.
FORMATS: Mapping[str, tuple[str, Callable[[CreditModel], bytes]]] = MappingProxyType(
    {"document": ("model.zip", _document), "onnx": ("model.onnx", _onnx), "joblib": ("model.joblib", _joblib)}
)


@dataclass(frozen=True)
class Package:
    """What was written or read: the manifest and its digest."""

    manifest: Mapping[str, Any]
    digest: str


def write(model: CreditModel, name: str, folder: Path, form: str) -> Package:
    """Write a model and its manifest into a folder.

    Raises
    ------
    ModelError
        There is no such format, or the learner has no ONNX form.
    """
    if form not in FORMATS:
        raise ModelError(f"There is no format '{form}'.{did_you_mean(form, FORMATS)}")
    file, made = FORMATS[form]
    content = made(model)
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {
        "model": name, "version": model.version, "trained_as_of": model.trained_as_of.isoformat(), "format": form,
        "learner": model.learner.kind, "features": list(model.features), "file": file, "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    (folder / file).write_bytes(content)
    told = json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n"
    (folder / MANIFEST).write_bytes(told)
    return Package(manifest, hashlib.sha256(told).hexdigest())


def verified(folder: Path, *, digest: str | None = None) -> tuple[Package, bytes]:
    """Return a package's manifest and its file's bytes, once both are what they are said to be.

    Parameters
    ----------
    digest
        Of the manifest, as the export told it; checked where given.

    Raises
    ------
    ModelError
        Something is missing, or not what it was when it was written.
    """
    try:
        told = (folder / MANIFEST).read_bytes()
        manifest = json.loads(told)
        content = (folder / str(manifest["file"])).read_bytes()
        wanted = str(manifest["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{folder} holds no exported model: {MANIFEST} or its file is missing or unreadable."
        ) from error
    found = hashlib.sha256(told).hexdigest()
    if digest is not None and found != digest:
        raise ModelError(
            f"{folder / MANIFEST} was changed after the export. Export the model again; load nothing of it."
        )
    if hashlib.sha256(content).hexdigest() != wanted or "/" in str(manifest["file"]):
        raise ModelError(
            f"{folder / str(manifest['file'])} is not what its manifest says: it was changed after the export. "
            "Export the model again; load nothing of it."
        )
    return Package(manifest, found), content


def load(folder: Path, *, digest: str | None = None) -> CreditModel:
    """Return the model of a document or joblib package, its digest checked before anything is read.

    Raises
    ------
    ModelError
        The package was changed, or holds a graph: run that with onnxruntime.
    """
    from analytics.models.credit import CreditModel

    package, content = verified(folder, digest=digest)
    if package.manifest["format"] == "onnx":
        raise ModelError("An ONNX package is a graph, not a model of ours: run it with onnxruntime.")
    if package.manifest["format"] == "joblib":
        import io

        import joblib

        content = joblib.load(io.BytesIO(content))["document"]
    return CreditModel.from_bytes(content)
