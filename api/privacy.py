"""`/privacy`: erasure with its proof, export, holds, consents, retention, breaches, records of processing."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.operations.privacy import consents, erasure, export, holds, registers, retention
from tools.operations.privacy.people import SCOPE

CustomerId = Annotated[str, Path(min_length=1, max_length=64)]
Named = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(max_length=2_000)]
Said = Annotated[str, Field(min_length=1, max_length=2_000)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErasureAsked(_Asked):
    """Whom to erase, and why."""

    customer_id: Named
    reason: Text = ""


class HoldAsked(_Asked):
    """Whose data to hold or release, and why."""

    customer_id: Named
    reason: Said


class ConsentAsked(_Asked):
    """What a customer said of a purpose; a consent takes the version of the notice he was shown."""

    customer_id: Named
    purpose: Annotated[str, Field(min_length=1, max_length=64)]
    said: Literal["given", "withdrawn"]
    notice: Annotated[str, Field(max_length=200)] = ""
    days: Annotated[float | None, Field(gt=0, le=36_500)] = None


class BreachAsked(_Asked):
    """What happened, when the lender became aware, how many it touches (0: not known yet), what was done."""

    what: Said
    aware_at: dt.datetime
    people: Annotated[int, Field(ge=0, le=10_000_000_000)] = 0
    measures: Text = ""
    reported_at: dt.datetime | None = None


class Record(BaseModel):
    """One record of the privacy ledger, with what it holds."""

    model_config = ConfigDict(extra="allow")

    record_id: str
    kind: str
    at: str
    by: str


class Records(BaseModel):
    """Records, the earliest first."""

    records: list[Record]


class Erasure(BaseModel):
    """What became of each table and record, and the proof: what was searched, where anything was found."""

    erasure_id: str
    reason: str
    books: list[dict[str, Any]]
    kept_data: dict[str, dict[str, int]]
    proof: dict[str, Any]
    complete: bool


class Consents(BaseModel):
    """What stands for each purpose, and everything the customer said."""

    customer_id: str
    purposes: list[dict[str, Any]]
    history: list[dict[str, Any]]


class Periods(BaseModel):
    """How long each kind of record is kept, why, and how many are past it."""

    periods: list[dict[str, Any]]


class Forgotten(BaseModel):
    """How many records of each kind were erased, and how many stay under a legal hold."""

    erased: dict[str, int]
    held: dict[str, int]


class Processing(BaseModel):
    """The records of processing."""

    workspace: str
    records: list[dict[str, Any]]


def erase_customer(asked: ErasureAsked, caller: Asking) -> Response:
    """Erase a customer and prove it; takes as long as the books are large."""
    done = erasure.erase(caller.service.workspace, caller.principal, asked.customer_id, reason=asked.reason)
    return as_json(Erasure(**done))


def list_erasures(caller: Asking) -> Response:
    """What was erased, with the proofs."""
    return _records(registers.erasures(caller.service.workspace, caller.principal))


def export_customer(customer_id: CustomerId, caller: Asking) -> Response:
    """Everything that is kept of a customer, as a zip; masked without ``pii:read``."""
    content = export.export(caller.service.workspace, caller.principal, customer_id)
    return Response(content, media_type="application/zip",
                    headers={"Content-Disposition": 'attachment; filename="export.zip"'})  # fmt: skip


def hold_customer(asked: HoldAsked, caller: Asking) -> Response:
    """Put a customer's data under a legal hold."""
    return as_json(Record(**holds.hold(caller.service.workspace, caller.principal, asked.customer_id,
                                       reason=asked.reason)))  # fmt: skip


def release_customer(asked: HoldAsked, caller: Asking) -> Response:
    """Release a customer's data from a legal hold."""
    return as_json(Record(**holds.release(caller.service.workspace, caller.principal, asked.customer_id,
                                          reason=asked.reason)))  # fmt: skip


def list_holds(caller: Asking) -> Response:
    """Who is under a legal hold."""
    return _records(holds.listed(caller.service.workspace, caller.principal))


def record_consent(asked: ConsentAsked, caller: Asking) -> Response:
    """Write down that a customer gave or withdrew his consent."""
    made = consents.record(caller.service.workspace, caller.principal, asked.customer_id, asked.purpose, asked.said,
                           notice=asked.notice, days=asked.days)  # fmt: skip
    return as_json(Record(**made), status=201)


def show_consents(customer_id: CustomerId, caller: Asking) -> Response:
    """What a customer said of each purpose."""
    return as_json(Consents(**consents.of(caller.service.workspace, caller.principal, customer_id)))


def show_retention(caller: Asking) -> Response:
    """How long each kind of record is kept."""
    return as_json(Periods(periods=retention.show(caller.service.workspace, caller.principal)))


def run_retention(caller: Asking) -> Response:
    """Erase what is past its period."""
    return as_json(Forgotten(**retention.run(caller.service.workspace, caller.principal)))


def log_breach(asked: BreachAsked, caller: Asking) -> Response:
    """Log a breach of personal data."""
    return as_json(
        Record(**registers.add_breach(caller.service.workspace, caller.principal, **dict(asked))), status=201
    )


def list_breaches(caller: Asking) -> Response:
    """The breach log."""
    return _records(registers.breaches(caller.service.workspace, caller.principal))


def show_processing(caller: Asking) -> Response:
    """The records of processing."""
    return as_json(Processing(**registers.records(caller.service.workspace, caller.principal)))


def _records(found: list[dict[str, Any]]) -> Response:
    return as_json(Records(records=[Record(**each) for each in found]))


_WHO = {"customer_id": "C_00DF", "reason": "a letter of 3 June"}
_ZIP = {200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
              "description": "A zip"}}  # fmt: skip
PRIVACY_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("POST", "/privacy/erasures", SCOPE, erase_customer, "Erase a customer, and prove it", answer=Erasure,
             example=_WHO, statuses=(404, 409)),
    Endpoint("GET", "/privacy/erasures", SCOPE, list_erasures, "What was erased, with the proofs", answer=Records),
    Endpoint("GET", "/privacy/exports/{customer_id}", SCOPE, export_customer, "Everything kept of a customer, as a zip",
             statuses=(404,), responses=_ZIP),
    Endpoint("POST", "/privacy/holds", SCOPE, hold_customer, "Put a customer's data under a legal hold", answer=Record,
             example=_WHO, statuses=(404,)),
    Endpoint("POST", "/privacy/holds/release", SCOPE, release_customer, "Release a customer's data from a legal hold",
             answer=Record, example=_WHO, statuses=(404,)),
    Endpoint("GET", "/privacy/holds", SCOPE, list_holds, "Who is under a legal hold", answer=Records),
    Endpoint("POST", "/privacy/consents", SCOPE, record_consent, "Write down a consent given or withdrawn",
             answer=Record, status=201, statuses=(404,),
             example={"customer_id": "C_00DF", "purpose": "marketing", "said": "withdrawn"}),
    Endpoint("GET", "/privacy/consents/{customer_id}", SCOPE, show_consents, "A customer's consents", answer=Consents,
             statuses=(404,)),
    Endpoint("GET", "/privacy/retention", SCOPE, show_retention, "How long records are kept", answer=Periods),
    Endpoint("POST", "/privacy/retention", SCOPE, run_retention, "Erase what is past its period", answer=Forgotten),
    Endpoint("POST", "/privacy/breaches", SCOPE, log_breach, "Log a breach of personal data", answer=Record, status=201,
             example={"what": "a report went to the wrong branch", "aware_at": "2026-06-01T09:00:00Z", "people": 12}),
    Endpoint("GET", "/privacy/breaches", SCOPE, list_breaches, "The breach log", answer=Records),
    Endpoint("GET", "/privacy/records", SCOPE, show_processing, "The records of processing", answer=Processing),
)  # fmt: skip
