"""Nearest passages by vector. The only importer of chromadb."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BUILDING = threading.Lock()


@cache
def _client() -> Any:
    """Start the in-memory client, one for the whole process, that reports to nobody."""
    import chromadb

    return chromadb.EphemeralClient(settings=chromadb.Settings(anonymized_telemetry=False))


class PassageIndex:
    """One workspace's vectors, in a collection of its own.

    Parameters
    ----------
    workspace_id
        Tells the workspace from every other in the process. Its earlier index is dropped.
    ids
        Identifiers of the passages, each once.
    vectors
        One row for each passage, of length one.
    """

    def __init__(self, workspace_id: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        name = f"passages-{hashlib.sha256(workspace_id.encode()).hexdigest()[:40]}"
        with _BUILDING:
            client = _client()
            if name in {collection.name for collection in client.list_collections()}:
                client.delete_collection(name)
            self._collection = client.create_collection(
                name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 200}}
            )
            batch = client.get_max_batch_size()
            for start in range(0, len(ids), batch):
                self._collection.add(ids=list(ids[start : start + batch]), embeddings=vectors[start : start + batch])

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[str]:
        """Return the ids of the ``limit`` nearest passages, nearest first; equally near ones by id."""
        found = self._collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        near = zip(found["distances"][0], found["ids"][0], strict=True)
        return [passage_id for _, passage_id in sorted((round(distance, 6), name) for distance, name in near)]
