"""Embeddings of an operator's choice: an OpenAI-compatible endpoint, or sentence-transformers on this machine."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from governance.errors import ConfigurationError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

BUILT_IN, OPENAI, SENTENCE_TRANSFORMERS = "built-in", "openai", "sentence-transformers"
#: Texts sent in one request, seconds it may take, vectors kept in memory.
BATCH, SECONDS, MOST_KEPT = 64, 20.0, 100_000


class EmbeddingFailed(Exception):
    """No vectors came; the message says why and holds nothing of the texts."""


class Embedder(Protocol):
    """Makes vectors of texts."""

    @property
    def name(self) -> str:
        """What tells its vectors from another's."""

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a row of length one for each text.

        Raises
        ------
        EmbeddingFailed
        """


class OpenAIEmbedder:
    """Vectors of a server that speaks OpenAI's protocol for embeddings.

    Parameters
    ----------
    hide
        Takes personal data out of a text before it leaves.
    """

    def __init__(self, model: str, base_url: str, api_key: str, hide: Callable[[str], str]) -> None:
        self._model = model
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._api_key = api_key
        self._hide = hide

    @property
    def name(self) -> str:
        """The model."""
        return f"{OPENAI}:{self._model}"

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Send the texts that no vector is kept of, in batches."""
        import numpy as np

        if not texts:
            return np.zeros((0, 1), dtype=np.float32)
        kept = _kept(self._url, self._model)
        hidden = [self._hide(text) for text in texts]
        wanted = list(dict.fromkeys(text for text in hidden if _digest(text) not in kept))
        fresh: dict[str, Any] = {}
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            fresh |= {_digest(text): row for text, row in zip(batch, self._asked(batch), strict=True)}
        rows = [fresh.get(_digest(text), kept.get(_digest(text))) for text in hidden]
        kept.update(fresh)
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
        if len({len(row) for row in (*rows, next(iter(kept.values())))}) > 1:
            raise EmbeddingFailed("it gave vectors of different lengths")
        return _of_length_one(np.array(rows, dtype=np.float32))

    def _asked(self, texts: Sequence[str]) -> list[Any]:
        import httpx
        import numpy as np

        headers = {"Authorization": f"Bearer {self._api_key}"} if self._api_key else {}
        try:
            answer = httpx.post(
                self._url, json={"model": self._model, "input": list(texts)}, headers=headers, timeout=SECONDS
            )
            answer.raise_for_status()
            rows = {int(each["index"]): each["embedding"] for each in answer.json()["data"]}
            found = [np.array(rows[place], dtype=np.float32) for place in range(len(texts))]
        except httpx.HTTPStatusError as error:
            raise EmbeddingFailed(f"it answered {error.response.status_code}") from None
        except httpx.HTTPError as error:
            raise EmbeddingFailed(f"it was not reached ({type(error).__name__})") from None
        except (ValueError, KeyError, TypeError) as error:
            raise EmbeddingFailed(f"its answer holds no vectors ({type(error).__name__})") from None
        if any(row.ndim != 1 or not row.size or not np.isfinite(row).all() for row in found):
            raise EmbeddingFailed("its answer holds no vectors")
        return found


class SentenceTransformersEmbedder:
    """Vectors of a model that runs in this process."""

    def __init__(self, model: str) -> None:
        self._name = model
        self._model = _transformer(model)

    @property
    def name(self) -> str:
        """The model."""
        return f"{SENTENCE_TRANSFORMERS}:{self._name}"

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Encode the texts."""
        import numpy as np

        return _of_length_one(np.asarray(self._model.encode(list(texts)), dtype=np.float32))


def embedder(setting: str, base_url: str, api_key: str, hide: Callable[[str], str]) -> Embedder | None:
    """Return what the operator set; None for the built-in embedding.

    Raises
    ------
    ConfigurationError
        There is no such kind, no model is named, or its package is not installed.
    """
    kind, _, model = setting.partition(":")
    if setting == BUILT_IN:
        return None
    if kind not in (OPENAI, SENTENCE_TRANSFORMERS) or not model:
        raise ConfigurationError(
            f"MUNSHI_EMBEDDINGS is '{setting}'; it may be {BUILT_IN}, {OPENAI}:MODEL or {SENTENCE_TRANSFORMERS}:MODEL."
        )
    if kind == OPENAI:
        return OpenAIEmbedder(model, base_url, api_key, hide)
    return SentenceTransformersEmbedder(model)


@cache
def _transformer(model: str) -> Any:
    try:
        loaded = import_module("sentence_transformers")
    except ImportError:
        raise ConfigurationError(
            f"MUNSHI_EMBEDDINGS is '{SENTENCE_TRANSFORMERS}:{model}', but the package is not installed: "
            "`pip install 'munshi[minilm]'`. Or leave it unset for the built-in embedding."
        ) from None
    try:
        return loaded.SentenceTransformer(model)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"The model '{model}' of MUNSHI_EMBEDDINGS cannot be loaded ({type(error).__name__}): name one that is on "
            "this machine, by its folder or out of the cache."
        ) from None


@cache
def _kept(url: str, model: str) -> OrderedDict[str, Any]:
    """Digest of a text → its vector, for one endpoint and model; the oldest go first."""
    del url, model
    return OrderedDict()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _of_length_one(rows: Vectors) -> Vectors:
    import numpy as np

    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
