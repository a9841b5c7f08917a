"""Loads, once the server answers, what the first explanation, forecast and question about a rule would wait for."""

from __future__ import annotations

import importlib
import logging
import threading
from typing import TYPE_CHECKING

from governance.errors import MunshiError

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Some seconds of imports in all, in the order in which they are likely to be wanted.
LATER = ("langchain_core.language_models", "pandas", "analytics.explain.customer", "xgboost", "chromadb")
_log = logging.getLogger("munshi.preloading")


class Preloading:
    """Work beside serving that ends by itself; a question asked meanwhile waits for no more than it needs.

    Parameters
    ----------
    workspace
        Whose small tables are copied into memory first.
    principal
        As whom its books are read.
    """

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        self._workspace = workspace
        self._principal = principal
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._load, name="preload", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after what is at hand."""
        self._stopping.set()
        self.wait(30)

    def wait(self, seconds: float) -> None:
        """Return when everything is loaded, or so much time has passed."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _load(self) -> None:
        try:
            self._workspace.warm(self._principal)
        except MunshiError as error:  # whoever asks first is told why; what does not need the books goes on
            _log.error("warming: %s", type(error).__name__)
        for name in LATER:
            if self._stopping.is_set():
                return
            importlib.import_module(name)
        importlib.import_module("analytics.models.forecast.ensemble").statsforecast()
