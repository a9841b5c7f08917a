"""`/keys`: the API keys of the workspace, for who may manage them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.operations import access

KeyId = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")]
Once = Annotated[str | None, Header(alias="Idempotency-Key", max_length=128)]
SHOWN_ONCE = "shown once, with the first reply"


class KeyAsked(BaseModel):
    """The key to make."""

    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, Field(min_length=1, max_length=128)]
    role: str = "service"
    scopes: list[str] | None = None
    partitions: dict[str, list[str]] = Field(default_factory=dict)
    days: Annotated[float, Field(gt=0, le=3_650)] = 365.0
    per_minute: Annotated[int | None, Field(ge=1, le=1_000_000)] = None


class RotationAsked(BaseModel):
    """How long the old key stays good."""

    model_config = ConfigDict(extra="forbid")

    grace_days: Annotated[float, Field(ge=0, le=90)] = 1.0


class KeyListed(BaseModel):
    """A key without its secret; moments are seconds since 1970."""

    key_id: str
    label: str
    role: str
    scopes: list[str]
    partitions: dict[str, list[str]]
    per_minute: int | None
    created_at: float
    expires_at: float | None
    revoked_at: float | None
    last_used_at: float | None


class KeyMade(KeyListed):
    """A new key; ``key`` is what to send as ``Authorization: Bearer``, and is kept nowhere."""

    key: str


class KeyList(BaseModel):
    """All keys, also those that are no longer good."""

    keys: list[KeyListed]


def list_keys(caller: Asking) -> Response:
    """All keys."""
    return as_json(KeyList(keys=[KeyListed(**each) for each in access.list_keys(caller.service.identity)]))


def create_key(asked: KeyAsked, caller: Asking, once: Once = None) -> Response:
    """Make a key. Under the same Idempotency-Key none is made again, and the secret is not told again."""
    service, handle = caller.service, None
    rights = access.rights_of(asked.role, asked.scopes, asked.partitions)
    if once is not None:
        handle, reply = service.replies.begin(caller.principal, once, "POST /keys", asked.model_dump())
        if reply is not None:
            return _made(reply, {"Idempotency-Replayed": "true"})
    try:
        made = access.create_key(service.workspace, service.identity, caller.principal, asked.label, rights,
                                 days=asked.days, per_minute=asked.per_minute)  # fmt: skip
    except BaseException:
        if handle is not None:
            service.replies.drop(handle)
        raise
    if handle is not None:
        service.replies.keep(handle, {**made, "key": SHOWN_ONCE})
    return _made(made)


def rotate_key(key_id: KeyId, asked: RotationAsked, caller: Asking) -> Response:
    """Make a key's successor with the same rights."""
    service = caller.service
    return _made(access.rotate_key(service.workspace, service.identity, caller.principal, key_id,
                                   grace_days=asked.grace_days))  # fmt: skip


def revoke_key(key_id: KeyId, caller: Asking) -> Response:
    """Let a key in no more; its tokens neither."""
    service = caller.service
    return as_json(KeyListed(**access.revoke_key(service.workspace, service.identity, caller.principal, key_id)))


def _made(made: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return as_json(KeyMade(**made), headers, status=201)


_MANAGE = "identity:manage"
KEY_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/keys", _MANAGE, list_keys, "All API keys", answer=KeyList),
    Endpoint("POST", "/keys", _MANAGE, create_key, "Make an API key", answer=KeyMade, status=201, statuses=(409,),
             example={"label": "scoring at the branch", "role": "service"}),
    Endpoint("POST", "/keys/{key_id}/rotate", _MANAGE, rotate_key, "Make a key's successor", answer=KeyMade, status=201,
             example={"grace_days": 1}),
    Endpoint("POST", "/keys/{key_id}/revoke", _MANAGE, revoke_key, "Let a key in no more", answer=KeyListed),
)  # fmt: skip
