"""Fitted models as bytes: a zip of a JSON description and the learner's document, with a digest of the latter."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from analytics.models.learners import LEARNERS
from governance.errors import ModelError

if TYPE_CHECKING:
    from analytics.models.learners import Learner

T = TypeVar("T")

#: What zip, JSON and the learners' readers raise on bytes they cannot read.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, RuntimeError, OSError,
    KeyError, ValueError, TypeError, AttributeError, IndexError,
)  # fmt: skip
_EPOCH = (1980, 1, 1, 0, 0, 0)


def packed(described: Mapping[str, Any], learner: Learner) -> bytes:
    """Return description and learner as bytes; the same ones for the same model."""
    document = learner.dump()
    about = {
        "kind": learner.kind,
        "features": list(learner.names),
        "sha256": hashlib.sha256(document).hexdigest(),
        **described,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("model.json", json.dumps(about).encode()), ("learner", document)):
            archive.writestr(zipfile.ZipInfo(name, date_time=_EPOCH), content)
    return buffer.getvalue()


def unpacked(stored: bytes, make: Callable[[Mapping[str, Any], Learner], T]) -> T:
    """Undo `packed`.

    Parameters
    ----------
    make
        (description, learner) → the model.

    Raises
    ------
    ModelError
        The bytes are not such a model, or the learner's document is not the one that was described.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(stored)) as archive:
            described, document = json.loads(archive.read("model.json")), archive.read("learner")
        digest = hashlib.sha256(document).hexdigest()
        if described.get("sha256", digest) != digest:  # models of before there were digests have none
            raise ModelError("The stored model was altered after it was fitted: its digest does not hold. Train again.")
        return make(described, LEARNERS[described["kind"]].load(described["features"], document))
    except _UNREADABLE as error:
        raise ModelError("The stored bytes are not a model that can be read. Build the workspace again.") from error
