"""`/worklist`: whom somebody should see to, what came of it, and what acting was worth."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.operations import worklist

ItemId = Annotated[str, Path(pattern=r"^wk_[0-9a-f]{10}$")]
KindName = Annotated[str, Query(max_length=64, description="of which list")]
Standing = Annotated[Literal["open", "done", "all"], Query(description="of which state")]
Whose = Annotated[str, Query(max_length=64, description="a user, me, or nobody")]
Limit = Annotated[int, Query(ge=1, le=10_000, description="how many at the most")]
Text = Annotated[str, Field(max_length=2_000)]


class ItemDeed(BaseModel):
    """Something done with an item; ``at`` in seconds since 1970."""

    at: float
    by: str
    did: str
    note: str


class ItemTold(BaseModel):
    """An item; ``told`` is what the list said of it on ``as_of``. Moments are seconds since 1970."""

    item_id: str
    kind: str
    subject: str
    customer_id: str
    state: Literal["open", "done"]
    as_of: str
    made_by: str
    created_at: float
    changed_at: float
    assignee: str | None
    assignee_name: str | None
    outcome: str | None
    undoable: bool
    told: dict[str, Any]
    history: list[ItemDeed]


class ItemList(BaseModel):
    """Items within the caller's sight; those held out are counted and not told."""

    items: list[ItemTold]
    count: int
    held_out: int
    mine: int


class FillAsked(BaseModel):
    """Which list, how many of its first rows, its arguments, and the share that is left alone."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Field(max_length=64)]
    limit: Annotated[int, Field(ge=1, le=worklist.MOST)] = 50
    arguments: dict[str, Any] = Field(default_factory=dict)
    hold_out: Annotated[float | None, Field(ge=0, lt=1)] = None


class Filled(BaseModel):
    """What was put on the worklist."""

    kind: str
    as_of: str
    listed: int
    held_out: int
    there_already: int
    share_held_out: float
    seed: int


class AssignAsked(BaseModel):
    """To whom: a user's name or id, ``me``, or ``nobody``."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[str, Field(max_length=128)] = "me"


class NoteAsked(BaseModel):
    """What to write down."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=2_000)]


class OutcomeAsked(BaseModel):
    """What came of it: one of the outcomes that its list declares."""

    model_config = ConfigDict(extra="forbid")

    outcome: Annotated[str, Field(max_length=32)]
    text: Text = ""


class SideTold(BaseModel):
    """One side of a comparison, with the 95 % interval of its share."""

    customers: int
    met: int
    share: float | None
    low: float | None
    high: float | None


class WorthTold(BaseModel):
    """Those listed beside those left alone; ``why`` where there is no difference to tell yet."""

    label: str
    after_days: int
    worked: SideTold
    held: SideTold
    difference: float | None
    low: float | None
    high: float | None
    waiting: int
    why: str


class ListWorth(BaseModel):
    """What was done with a list, and what that was worth."""

    kind: str
    label: str
    items: int
    done: int
    held_out: int
    outcomes: dict[str, int]
    worth: WorthTold | None


class WorthList(BaseModel):
    """One line for each list."""

    lists: list[ListWorth]


def list_worklist(
    caller: Asking, kind: KindName = "", state: Standing = "open", assignee: Whose = "", limit: Limit = 100
) -> Response:
    """Items within the caller's sight."""
    found = worklist.listed(
        caller.service.workspace, caller.principal, kind=kind, state=state, assignee=assignee, limit=limit
    )
    return as_json(ItemList(**{**found, "items": [_told(each) for each in found["items"]]}))


def fill_worklist(asked: FillAsked, caller: Asking) -> Response:
    """Put the first rows of a list on the worklist; a share of them is left alone."""
    done = worklist.fill(
        caller.service.workspace, caller.principal, asked.kind, limit=asked.limit, arguments=asked.arguments,
        hold_out=asked.hold_out,
    )  # fmt: skip
    return as_json(Filled(**done))


def assign_item(item_id: ItemId, asked: AssignAsked, caller: Asking) -> Response:
    """Give an item to somebody, or back."""
    return as_json(_told(worklist.assign(caller.service.workspace, caller.principal, item_id, to=asked.to)))


def note_item(item_id: ItemId, asked: NoteAsked, caller: Asking) -> Response:
    """Write something down with an item."""
    return as_json(_told(worklist.note(caller.service.workspace, caller.principal, item_id, text=asked.text)))


def resolve_item(item_id: ItemId, asked: OutcomeAsked, caller: Asking) -> Response:
    """Say what came of an item."""
    done = worklist.resolve(caller.service.workspace, caller.principal, item_id, outcome=asked.outcome, text=asked.text)
    return as_json(_told(done))


def undo_item(item_id: ItemId, caller: Asking) -> Response:
    """Take back what was done last with an item."""
    return as_json(_told(worklist.undo(caller.service.workspace, caller.principal, item_id)))


def worth_of_acting(caller: Asking) -> Response:
    """For each list, its outcomes and the difference that acting made."""
    found = worklist.worth(caller.service.workspace, caller.principal)
    return as_json(WorthList(lists=[ListWorth(**each) for each in found]))


def _told(item: dict[str, Any]) -> ItemTold:
    return ItemTold(**{name: item[name] for name in ItemTold.model_fields})


WORKLIST_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/worklist", worklist.WORK, list_worklist, "Whom somebody should see to", answer=ItemList),
    Endpoint("POST", "/worklist/fill", worklist.FILL, fill_worklist, "Put a list on the worklist", answer=Filled,
             example={"kind": "risky_borrowers", "limit": 50, "hold_out": 0.1}),
    Endpoint("GET", "/worklist/worth", worklist.WORK, worth_of_acting, "What acting was worth", answer=WorthList),
    Endpoint("POST", "/worklist/{item_id}/assign", worklist.WORK, assign_item, "Assign an item", answer=ItemTold,
             example={"to": "me"}, statuses=(404,)),
    Endpoint("POST", "/worklist/{item_id}/note", worklist.WORK, note_item, "Note something with an item",
             answer=ItemTold, example={"text": "called, nobody there"}, statuses=(404,)),
    Endpoint("POST", "/worklist/{item_id}/resolve", worklist.WORK, resolve_item, "Say what came of an item",
             answer=ItemTold, example={"outcome": "paid"}, statuses=(404,)),
    Endpoint("POST", "/worklist/{item_id}/undo", worklist.WORK, undo_item, "Undo what was done last with an item",
             answer=ItemTold, statuses=(404,)),
)  # fmt: skip
