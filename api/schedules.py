"""`/schedules`: questions and reports by the clock, run as whoever made them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.operations import schedules
from tools.schedules.when import ZONE

ScheduleId = Annotated[str, Path(pattern=r"^sc_[0-9a-f]{10}$")]
RunId = Annotated[str, Path(pattern=r"^rn_[0-9a-f]{10}$")]


class RunTold(BaseModel):
    """One run; ``missed`` due times before it were made up for by it. Moments are seconds since 1970."""

    run_id: str
    schedule_id: str
    due_at: float
    ran_at: float
    state: Literal["ok", "failed"]
    missed: int
    said: str
    receipt_id: str
    file_name: str


class ScheduleTold(BaseModel):
    """A schedule of the caller's own."""

    schedule_id: str
    made_by: str
    created_at: float
    active: bool
    next_at: float
    when: str
    zone: str
    question: str
    report: str
    to: list[str]
    attach: bool
    runs: list[RunTold]


class ScheduleList(BaseModel):
    """The caller's schedules."""

    schedules: list[ScheduleTold]


class ScheduleAsked(BaseModel):
    """When, what, and whom it is mailed to."""

    model_config = ConfigDict(extra="forbid")

    when: Annotated[str, Field(max_length=80)]
    question: Annotated[str, Field(max_length=schedules.LONGEST_QUESTION)] = ""
    report: Literal["", "board"] = ""
    to: Annotated[list[Annotated[str, Field(max_length=254)]], Field(max_length=20)] = Field(default_factory=list)
    attach: bool = False
    zone: Annotated[str, Field(max_length=64)] = ZONE


class PauseAsked(BaseModel):
    """Whether it runs."""

    model_config = ConfigDict(extra="forbid")

    active: bool = False


def list_schedules(caller: Asking) -> Response:
    """The caller's own schedules, each with its runs."""
    found = schedules.listed(caller.service.workspace, caller.principal)
    return as_json(ScheduleList(schedules=[ScheduleTold(**each) for each in found]))


def add_schedule(asked: ScheduleAsked, caller: Asking) -> Response:
    """Schedule a question or a report."""
    made = schedules.add(
        caller.service.workspace, caller.principal, asked.when, question=asked.question, report=asked.report,
        to=asked.to, attach=asked.attach, zone=asked.zone,
    )  # fmt: skip
    return as_json(ScheduleTold(**made), status=201)


def remove_schedule(schedule_id: ScheduleId, caller: Asking) -> Response:
    """Take a schedule out, with what its runs gave."""
    schedules.remove(caller.service.workspace, caller.principal, schedule_id)
    return Response(status_code=204)


def pause_schedule(schedule_id: ScheduleId, asked: PauseAsked, caller: Asking) -> Response:
    """Let a schedule rest, or run again."""
    done = schedules.pause(caller.service.workspace, caller.principal, schedule_id, active=asked.active)
    return as_json(ScheduleTold(**done))


def scheduled_result(schedule_id: ScheduleId, run_id: RunId, caller: Asking) -> Response:  # noqa: ARG001
    """What a run gave; the answer of a question is its receipt's: `GET /receipts/{receipt_id}/export/{form}`."""
    run = schedules.result(caller.service.workspace, caller.principal, run_id)
    return as_json(RunTold(**schedules.described_run(run)))


SCHEDULE_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/schedules", schedules.SCOPE, list_schedules, "One's own schedules", answer=ScheduleList),
    Endpoint("POST", "/schedules", schedules.SCOPE, add_schedule, "Schedule a question or a report",
             answer=ScheduleTold, status=201,
             example={"when": "every Monday 09:00", "question": "How many customers do we have?"}),
    Endpoint("DELETE", "/schedules/{schedule_id}", schedules.SCOPE, remove_schedule, "Remove a schedule", status=204,
             statuses=(404,)),
    Endpoint("POST", "/schedules/{schedule_id}/pause", schedules.SCOPE, pause_schedule, "Pause or resume a schedule",
             answer=ScheduleTold, example={"active": False}, statuses=(404,)),
    Endpoint("GET", "/schedules/{schedule_id}/runs/{run_id}", schedules.SCOPE, scheduled_result, "What a run gave",
             answer=RunTold, statuses=(404,)),
)  # fmt: skip
