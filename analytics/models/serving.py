"""What serves, and what was trained before it, read back out of the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from analytics.models import registry
from governance.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from analytics.models.protocol import Scorer
    from analytics.models.supervised import SupervisedModel
    from analytics.pipeline.books import BooksWriter


def _supervised(stored: bytes) -> SupervisedModel:
    from analytics.models.supervised import SupervisedModel

    return SupervisedModel.from_bytes(stored)


def scorer(stored: bytes) -> Scorer:
    """Return a stored model that scores customers: one of ours, which are zips, or one that came as a graph.

    Raises
    ------
    ModelError
        The bytes are neither, or were altered.
    """
    from analytics.models.foreign import ForeignModel

    return _supervised(stored) if stored.startswith(b"PK") else ForeignModel.from_bytes(stored)


#: Model that scores customers → what reads its stored bytes.
READERS: Mapping[str, Callable[[bytes], SupervisedModel]] = MappingProxyType(
    {"credit": _supervised, "churn": _supervised}
)
#: What may score month ends of before the champion was trained; a retired version was rejected or rolled back.
BEFORE = ("vintage", "previous")


def load(writer: BooksWriter, name: str, version: str) -> SupervisedModel:
    """Return a stored version.

    Raises
    ------
    ModelError
        No such model or version, or its bytes or features cannot be read any more.
    """
    from analytics.features.application import EVERY

    if name not in READERS:
        raise ModelError(f"Nothing reads a stored model '{name}'.{did_you_mean(name, READERS)}")
    model = READERS[name](registry.payload(writer, name, version))
    gone = sorted(set(model.features) - set(EVERY))
    if gone:
        raise ModelError(f"{name} {version} reads features that are gone: {', '.join(gone[:3])}. Train it again.")
    return model


def serving_versions(writer: BooksWriter, name: str) -> list[SupervisedModel]:
    """Return the champion and what was trained before it, the newest first; empty where none serves.

    Raises
    ------
    ModelError
        The champion cannot be read any more.
    """
    champion = registry.champion(writer, name)
    if champion is None:
        return []
    older = [
        each
        for each in registry.versions(writer, name)
        if each.trained_as_of < champion.trained_as_of and each.alias in BEFORE
    ]
    return [load(writer, name, each.version) for each in (champion, *older)]
