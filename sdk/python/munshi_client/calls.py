"""One call: how it travels, when it is tried again, what its answer says. Nothing here waits or connects."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter

from munshi_client.errors import Problem, problem_of

#: Statuses by which a server says that it did nothing yet and may be asked again.
AGAIN = frozenset({429, 503})
#: Besides them where the call may be sent again whatever became of it.
AGAIN_IF_SAFE = frozenset({500, 502, 504})
T = TypeVar("T")


@dataclass
class Call:
    """A request to be.

    Attributes
    ----------
    safe
        It may be sent again where nobody knows whether it arrived.
    once
        It carries an idempotency key, which makes it safe.
    """

    method: str
    path_template: str
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, Any] | None = None
    content: bytes | None = None
    content_type: str | None = None
    safe: bool = False
    once: bool = False
    idempotency_key: str | None = None
    accept: str = "application/json"

    def __post_init__(self) -> None:
        if self.once and self.idempotency_key is None:
            self.idempotency_key = str(uuid.uuid4())

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.safe or self.idempotency_key is not None

    def request(self) -> dict[str, Any]:
        """What `httpx` sends; members that are None are left out."""
        filled = {name: quote(str(value), safe="") for name, value in self.path.items()}
        made: dict[str, Any] = {"method": self.method, "url": self.path_template.lstrip("/").format(**filled),
                                "params": plain(dropped(self.query)), "headers": {"Accept": self.accept}}  # fmt: skip
        if self.content is not None:
            made["content"], made["headers"]["Content-Type"] = self.content, self.content_type
        elif self.form is not None:
            made["data"] = plain(dropped(self.form))
        elif self.body is not None:
            made["content"] = json.dumps(plain(dropped(self.body))).encode()
            made["headers"]["Content-Type"] = "application/json"
        if self.idempotency_key is not None:
            made["headers"]["Idempotency-Key"] = self.idempotency_key
        return made


def dropped(members: Mapping[str, Any]) -> dict[str, Any]:
    """Members without those that were not given."""
    return {name: value for name, value in members.items() if value is not None}


def plain(value: Any) -> Any:
    """A value as JSON has it: decimals in plain digits, moments in ISO."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_unset=True)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value


def waits(call: Call, attempt: int, status: int | None, headers: Mapping[str, str]) -> float | None:
    """Seconds until it may be tried again; None where it may not.

    Parameters
    ----------
    status
        Of the answer; None where there was none.
    """
    again = call.repeatable if status is None else status in AGAIN or (call.repeatable and status in AGAIN_IF_SAFE)
    if not again:
        return None
    told = headers.get("retry-after", "")
    if told.isdigit():
        return float(told)
    return min(0.25 * 2.0**attempt, 8.0) * random.uniform(0.5, 1.0)


def read(response: httpx.Response, kind: type[T]) -> T:
    """What an answer says, as the type it has.

    Raises
    ------
    Problem
        It says what is wrong.
    """
    if response.status_code >= 400:
        raise problem_in(response)
    if kind is type(None):
        return None
    if kind is bytes:
        return response.content  # type: ignore[return-value]
    return response.json() if kind is object else TypeAdapter(kind).validate_json(response.content)


def problem_in(response: httpx.Response) -> Problem:
    """The problem that an answer tells."""
    try:
        members = response.json()
    except ValueError:
        members = {}
    told = members if isinstance(members, dict) else {}
    return problem_of(response.status_code, told, response.headers.get("x-request-id", ""))
