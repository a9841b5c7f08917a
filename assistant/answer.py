"""What a question gets back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tools.result import Source, Table

Status = Literal["answered", "abstained", "refused", "failed"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Step(_Frozen):
    """One tool call: what was asked of which tool, and how long it took."""

    tool: str
    args: Mapping[str, Any]
    ms: float


class Usage(_Frozen):
    """What the answer cost. Tokens are counted as characters / 4 for every model alike."""

    model_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    ms: float = 0.0


class Answer(_Frozen):
    """An answer, every number of it grounded; ``munshi ask --json`` prints it."""

    receipt_id: str
    question: str
    interpretation: str = ""
    alternatives: tuple[str, ...] = ()
    text: str
    table: Table | None = None
    tables: tuple[Table, ...] = ()
    chart: Mapping[str, Any] | None = None
    steps: tuple[Step, ...] = ()
    sql: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    as_of: dt.date | None = None
    model_versions: Mapping[str, str] = Field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    status: Status = "answered"
    follow_ups: tuple[str, ...] = ()
    grounded: bool = True
    usage: Usage = Usage()
    mind: str = "embedded"
    conversation_id: str = ""
