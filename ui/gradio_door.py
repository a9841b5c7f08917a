"""The one place that imports gradio: with its telemetry off, and without the chores it does for its own developers."""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType

#: Read by gradio and its hub client as they load.
_QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "1"}
#: Module → what it does at every import for gradio's own developers: type stubs written beside the components, and
#: docstrings filled from a template. Half of the import's time.
_CHORES: dict[str, Callable[[ModuleType], None]] = {
    "gradio.component_meta": lambda module: setattr(module, "create_or_modify_pyi", _nothing),
    "gradio.events": lambda module: setattr(module.EventListener, "set_doc", _nothing),
}


def _nothing(*_: object, **__: object) -> None:
    """Stands for a chore that is left undone."""


class _Loader(importlib.abc.Loader):
    """Loads the module as its own loader would, then takes its chore out."""

    def __init__(self, own: importlib.abc.Loader) -> None:
        self._own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._own.exec_module(module)
        _CHORES[module.__name__](module)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules that have chores."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in _CHORES:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if found is not None and found.loader is not None:
            found.loader = _Loader(found.loader)
        return found


@contextmanager
def _without_chores() -> Iterator[None]:
    """While gradio is imported, its chores are left undone."""
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
