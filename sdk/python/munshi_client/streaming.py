"""A stream of server-sent events, read line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from munshi_client.errors import problem_of
from munshi_client.models import Answer, Step

STREAM = "text/event-stream"
Event = Step | Answer
_KINDS: dict[str, type[Step] | type[Answer]] = {"step": Step, "answer": Answer}


class Events:
    """Gathers lines into events."""

    def __init__(self) -> None:
        self._name = ""
        self._data: list[str] = []

    def of(self, line: str) -> Iterator[Event]:
        """Take a line; yield the event that it ends.

        Raises
        ------
        Problem
            The event says what is wrong.
        """
        if line:
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                self._name = value
            elif field == "data":
                self._data.append(value)
            return
        name, data = self._name, "\n".join(self._data)
        self._name, self._data = "", []
        if name == "problem":
            told = json.loads(data)
            raise problem_of(int(told.get("status", 500)), told)
        if name in _KINDS:
            yield _KINDS[name].model_validate_json(data)
