"""Where the lines of the access log go: JSON, one for each request, by route and caller's id; no address, no body."""

from __future__ import annotations

import logging
import sys
from logging.handlers import WatchedFileHandler
from pathlib import Path

from api.frontage import access_log

OFF, STDERR = "off", "stderr"
LINE = '{"at": "%(asctime)s.%(msecs)03d", "request": %(message)s}'


def write_access_log(to: str) -> None:
    """Send the lines somewhere, once.

    Parameters
    ----------
    to
        ``off``, ``stderr``, or a file, which may be moved away at any time.
    """
    for each in list(access_log.handlers):
        access_log.removeHandler(each)
        each.close()
    access_log.setLevel(logging.NOTSET if to == OFF else logging.INFO)
    if to == OFF:
        return
    handler = logging.StreamHandler(sys.stderr) if to == STDERR else _file(Path(to))
    handler.setFormatter(logging.Formatter(LINE, "%Y-%m-%dT%H:%M:%S"))
    access_log.addHandler(handler)


def _file(path: Path) -> WatchedFileHandler:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = WatchedFileHandler(path, encoding="utf-8", delay=True)
    path.touch(mode=0o600)
    return handler
