"""The semantic layers that a workspace's own database has had: sealed in one file beside the catalog.

Each holds from a snapshot of the books on, so that an answer is replayed by the layer it was made with.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from knowledge.layer import Layer, read_layer, vocabulary_of

if TYPE_CHECKING:
    from pathlib import Path

    from governance.keys import WorkspaceKeys
    from knowledge.vocabulary import Vocabulary

FILE = "semantic.sealed"


class Layers:
    """The layers kept in a folder.

    Parameters
    ----------
    folder
        Where the file lies, or would.
    keys
        The workspace's keys.
    """

    def __init__(self, folder: Path, keys: WorkspaceKeys) -> None:
        self._path = folder / FILE
        self._keys = keys
        self._read: tuple[float, dict[int, str]] = (0.0, {})
        self._made: dict[str, tuple[Layer, Vocabulary]] = {}

    def layer(self, snapshot: int | None = None) -> Layer | None:
        """Return the layer that holds at a snapshot, by default now; None where there is none."""
        found = self._at(snapshot)
        return found[0] if found else None

    def vocabulary(self, snapshot: int | None = None) -> Vocabulary | None:
        """Return the vocabulary of the layer that holds at a snapshot, by default now; None where there is none."""
        found = self._at(snapshot)
        return found[1] if found else None

    def keep(self, snapshot: int, text: str) -> None:
        """Let a layer hold from a snapshot on."""
        kept = {**self._texts(), snapshot: text}
        draft = self._path.with_suffix(".draft")
        draft.write_bytes(self._keys.seal(json.dumps(kept), about=FILE))
        draft.replace(self._path)

    def _at(self, snapshot: int | None) -> tuple[Layer, Vocabulary] | None:
        texts = self._texts()
        known = [since for since in texts if snapshot is None or since <= snapshot]
        if not known:
            return None
        text = texts[max(known)]
        if text not in self._made:
            layer = read_layer(text)
            self._made[text] = layer, vocabulary_of(layer)
        return self._made[text]

    def _texts(self) -> dict[int, str]:
        """Snapshot → the layer that holds from it on; read again where the file is another."""
        try:
            written = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        if self._read[0] != written:
            content = json.loads(self._keys.unseal(self._path.read_bytes(), about=FILE))
            self._read = written, {int(since): str(text) for since, text in content.items()}
        return self._read[1]
