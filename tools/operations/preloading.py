"""Loads, beside serving, what the first explanation, forecast and question about a rule would wait for."""

from __future__ import annotations

import importlib
import threading

#: Some seconds of imports in all, in the order in which they are likely to be wanted.
LATER = ("pandas", "analytics.explain.customer", "xgboost", "chromadb")


def preload() -> threading.Thread:
    """Start loading; a question asked meanwhile waits for no more than it needs."""
    loading = threading.Thread(target=_load, name="preload", daemon=True)
    loading.start()
    return loading


def _load() -> None:
    for name in LATER:
        importlib.import_module(name)
    importlib.import_module("analytics.models.forecast.ensemble").statsforecast()
