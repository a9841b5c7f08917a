"""The one place that imports gradio: with its telemetry off, and without the chores it does for its own developers."""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType

#: Read by gradio and its hub client as they load.
_QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "1"}
_STUB_WRITER = "gradio.component_meta"


class _Loader(importlib.abc.Loader):
    """Loads the module as its own loader would, then takes the stub writer out."""

    def __init__(self, own: importlib.abc.Loader) -> None:
        self._own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._own.exec_module(module)
        module.__dict__["create_or_modify_pyi"] = lambda *_: None


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the module that writes ``.pyi`` files beside gradio's components at every import."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _STUB_WRITER:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if found is not None and found.loader is not None:
            found.loader = _Loader(found.loader)
        return found


@contextmanager
def _without_chores() -> Iterator[None]:
    """Half of gradio's import is parsing its own sources to write type stubs; nobody here reads them."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


os.environ.update(_QUIET)
with _without_chores():
    import gradio as gr

__all__ = ["gr"]
