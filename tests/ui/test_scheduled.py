"""Schedules: when they fall due, that each runs once as whoever made it, what is kept, mailed and told."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from postgres_server import PostgresServer
from pydantic import SecretStr
from smtp_server import Postbox, receiving_mail

from governance.control import ControlStore
from governance.errors import NotThere, ToolRefused, ToolRetry
from governance.identity.rights import Rights
from governance.identity.store import Identity
from governance.principal import Principal, local_principal
from governance.schedules import LEASE, Schedules
from governance.settings import Settings
from tools.mail.sending import send_due
from tools.operations import schedules
from tools.schedules.when import DAYS, when
from tools.webhooks.events import event_of
from tools.workspace import Workspace
from ui.paper.run_file import run_file
from ui.scheduled import run_due
from ui.timekeeper import Timekeeper

LOCAL = local_principal("demo")
INDIA = ZoneInfo("Asia/Kolkata")
QUESTION = "How many customers do we have?"


@pytest.fixture(scope="module")
def postbox() -> Iterator[Postbox]:
    with receiving_mail() as box:
        yield box


@pytest.fixture(scope="module")
def opened(demo_settings: Settings, postbox: Postbox) -> Iterator[Workspace]:
    mail = {"mail_host": "127.0.0.1", "mail_port": postbox.port, "mail_tls": "off", "mail_from": "munshi@bank.example",
            "mail_to": "@bank.example", "mail_attachments": True}  # fmt: skip
    with Workspace.open("demo", demo_settings.model_copy(update=mail)) as workspace:
        yield workspace


@pytest.fixture
def workspace(opened: Workspace, tmp_path_factory: pytest.TempPathFactory, postbox: Postbox) -> Workspace:
    control = f"sqlite:///{tmp_path_factory.mktemp('control')}/control.sqlite"
    opened.control = ControlStore(control, "demo", opened.keys)
    postbox.got.clear()
    return opened


def at(text: str) -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=INDIA).timestamp()


def later(workspace: Workspace, days: float = 8.0) -> Schedules:
    """The store as it is some days on."""
    now = dt.datetime.now(dt.UTC).timestamp() + days * 86_400
    return Schedules(workspace.control, lambda: now)


@pytest.mark.parametrize(
    ("text", "after", "due"),
    [
        ("every Monday 09:00", "2026-07-01T10:00", "2026-07-06T09:00"),
        ("every monday at 9:00", "2026-07-06T08:59", "2026-07-06T09:00"),
        ("every Monday 09:00", "2026-07-06T09:00", "2026-07-13T09:00"),
        ("every day 07:30", "2026-12-31T08:00", "2027-01-01T07:30"),
        ("every weekday 07:30", "2026-07-03T08:00", "2026-07-06T07:30"),
        ("every month on the 31st 08:00", "2026-01-31T09:00", "2026-02-28T08:00"),
        ("every month on 1 at 08:00", "2026-07-01T09:00", "2026-08-01T08:00"),
        ("every month end 18:00", "2028-02-01T00:00", "2028-02-29T18:00"),
    ],
)
def test_it_falls_due_as_people_say_it(text: str, after: str, due: str) -> None:
    assert when(text).next_after(at(after)) == at(due)


@given(st.sampled_from(DAYS), st.integers(0, 23), st.integers(0, 59), st.integers(0, 2_000_000_000))
def test_what_is_due_lies_ahead_on_its_day_and_hour(day: str, hour: int, minute: int, moment: int) -> None:
    due = when(f"every {day} {hour:02}:{minute:02}", "Europe/Berlin").next_after(moment)
    told = dt.datetime.fromtimestamp(due, ZoneInfo("Europe/Berlin"))
    assert moment < due <= moment + 8 * 86_400
    assert told.strftime("%A").lower() == day
    assert (told.hour, told.minute) in ((hour, minute), (hour + 1, minute))  # the hour that summer time leaves out


NO_TIMES = ("", "Monday 09:00", "every Monday", "every Monday 24:00", "every month on the 0th 8:00",
            "every Mondy 09:00", "every 5 minutes", "every month on the 32nd 08:00")  # fmt: skip


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(ToolRetry, match="every Monday 09:00"):
        when(text)


def test_a_question_is_asked_once_as_its_maker_and_what_was_missed_is_said(workspace: Workspace) -> None:
    made = schedules.add(workspace, LOCAL, "every day 07:30", question=QUESTION)
    assert run_due(workspace) == []
    later_store = later(workspace, 3.5)
    (run,) = run_due(workspace, later_store)
    assert (run.state, run.missed) == (
        "ok",
        when("every day 07:30").due_between(made["next_at"], later_store.clock()) - 1,
    )
    assert run.missed >= 2
    assert "customers" in run.said
    assert workspace.control.receipt(run.receipt_id).principal == "local"
    assert run_due(workspace, later_store) == []
    (told,) = schedules.listed(workspace, LOCAL)
    assert told["next_at"] > later_store.clock()
    assert [each["run_id"] for each in told["runs"]] == [run.run_id]
    assert run_file(workspace, LOCAL, run.run_id).content.startswith(b"%PDF")


def test_of_two_that_see_it_due_one_runs_it(workspace: Workspace) -> None:
    schedules.add(workspace, LOCAL, "every day 07:30", question=QUESTION)
    store = later(workspace)
    (due,) = store.due()
    first = store.claim(due)
    assert first is not None
    assert store.claim(due) is None
    taken_over = later(workspace, 8.1).claim(due)  # the first died
    assert taken_over is not None
    assert store.keep(due, first, "ok", next_at=due.next_at + 86_400, missed=0, said="too late") is None
    assert store.keep(due, taken_over, "ok", next_at=due.next_at + 86_400, missed=0, said="in time") is not None
    assert [each.said for each in store.runs(due.schedule_id)] == ["in time"]
    assert store.claim(due) is None  # it was run


def test_what_ends_every_process_that_runs_it_is_given_up(workspace: Workspace) -> None:
    made = schedules.add(workspace, LOCAL, "every day 07:30", question=QUESTION)["schedule_id"]
    for days in (8.0, 8.1, 8.2):
        store = later(workspace, days)
        assert store.claim(store.due()[0]) is not None
    (run,) = run_due(workspace, later(workspace, 8.3))
    assert (run.state, "3 processes" in run.said) == ("failed", True)
    assert run_due(workspace, later(workspace, 8.4)) == []
    assert [each.run_id for each in later(workspace).runs(made)] == [run.run_id]


def test_it_runs_with_the_rights_its_maker_has_then_and_a_failure_stops_no_other(workspace: Workspace) -> None:
    identity = Identity(workspace.control)
    kim = identity.users.add("Kim", "a long enough password", Rights("analyst", None, {"region": ("West",)}))
    who = identity.principal_of_user(kim)
    gone = identity.users.add("Gone", "a long enough password", Rights("analyst"))
    schedules.add(workspace, identity.principal_of_user(gone), "every day 07:00", question=QUESTION)
    schedules.add(workspace, who, "every day 07:10", question=QUESTION)
    schedules.add(workspace, LOCAL, "every day 07:20", question="Zorgle the frobnicator")
    schedules.add(workspace, LOCAL, "every day 07:30", question=QUESTION)
    identity.users.disable(gone.name)
    runs = run_due(workspace, later(workspace))
    assert [each.state for each in runs] == ["failed", "ok", "failed", "ok"]
    assert all(each.said for each in runs)
    assert runs[1].said != runs[3].said  # of the West alone
    events = [event_of(entry) for entry in workspace.control.audit_entries()]
    told = [json.loads(each.body)["data"] for each in events if each is not None]
    assert [each["outcome"] for each in told] == ["failed", "ok", "failed", "ok"]
    assert QUESTION not in json.dumps(told)
    with pytest.raises(NotThere):
        schedules.result(workspace, LOCAL, runs[1].run_id)


def test_a_report_is_kept_and_mailed_as_was_agreed(workspace: Workspace, postbox: Postbox, monkeypatch) -> None:
    monkeypatch.setattr("ui.paper.board.board_pack", lambda *_: _Pack())
    schedules.add(workspace, LOCAL, "every Monday 09:00", report="board", to=["cro@bank.example"])
    schedules.add(workspace, LOCAL, "every Monday 09:01", report="board", to=["cro@bank.example"], attach=True)
    runs = run_due(workspace, later(workspace))
    assert [run_file(workspace, LOCAL, each.run_id).content for each in runs] == [b"%PDF set"] * 2
    assert send_due(workspace) == 2
    plain, with_file = postbox.got
    assert [each.get_content_type() for each in plain.iter_attachments()] == []
    (file,) = with_file.iter_attachments()
    assert file.get_content() == b"%PDF set"
    text = plain.get_content()
    assert runs[0].run_id in text
    assert "As of" not in text


class _Pack:
    told = {"as_of": "30 Jun 2026", "notice": ""}  # noqa: RUF012

    def as_pdf(self) -> bytes:
        return b"%PDF set"


def test_what_may_not_be_scheduled_is_refused(workspace: Workspace) -> None:
    for wrong in (
        {}, {"question": QUESTION, "report": "board"}, {"report": "bored"}, {"question": "x" * 2_001},
        {"question": QUESTION, "to": ["me@elsewhere.example"]}, {"question": QUESTION, "zone": "Mars/Base"},
    ):  # fmt: skip
        with pytest.raises(ToolRetry):
            schedules.add(workspace, LOCAL, "every day 07:30", **wrong)
    with pytest.raises(ToolRetry, match="a person"):
        schedules.add(workspace, Principal("key/1", "demo", "analyst"), "every day 07:30", question=QUESTION)
    with pytest.raises(ToolRefused):
        schedules.add(workspace, Principal("v", "demo", "viewer"), "every day 07:30", question=QUESTION)
    forbidden = workspace.settings.model_copy(update={"mail_attachments": False})
    workspace.settings, kept = forbidden, workspace.settings
    try:
        with pytest.raises(ToolRetry, match="MUNSHI_MAIL_ATTACHMENTS"):
            schedules.add(workspace, LOCAL, "every day 07:30", question=QUESTION, attach=True)
    finally:
        workspace.settings = kept


def test_it_rests_and_goes_when_its_maker_says(workspace: Workspace) -> None:
    made = schedules.add(workspace, LOCAL, "every day 07:30", question=QUESTION)["schedule_id"]
    schedules.pause(workspace, LOCAL, made, active=False)
    assert run_due(workspace, later(workspace)) == []
    assert schedules.pause(workspace, LOCAL, made, active=True)["active"]
    with pytest.raises(NotThere):
        schedules.remove(workspace, Principal("ana", "demo", "analyst"), made)
    schedules.remove(workspace, LOCAL, made)
    assert schedules.listed(workspace, LOCAL) == []


def test_of_several_servers_each_run_is_done_once_and_when_one_dies_another_goes_on(
    demo_settings: Settings, postgres: PostgresServer
) -> None:  # fmt: skip
    shared = demo_settings.model_copy(update={"control_url": SecretStr(postgres.made("schedules"))})
    with Workspace.open("demo", shared) as one, Workspace.open("demo", shared) as two:
        ids = [schedules.add(one, LOCAL, "every day 07:30", question=QUESTION)["schedule_id"] for _ in range(6)]
        first, second = (Timekeeper(each, pause=0.02) for each in (one, two))
        store = Schedules(one.control)
        for keeper in (first, second):
            keeper.start()
        try:
            all_due(store, ids, 1.0)
            until_run(store, ids, 1)
            first.stop()
            dead = Schedules(one.control, lambda: time.time() - LEASE)  # it claimed what it runs no more
            with one.control.together():
                all_due(store, ids, 2.0)
                assert dead.claim(dead.one(ids[0])) is not None
            until_run(store, ids, 2)
        finally:
            for keeper in (first, second):
                keeper.stop()
        assert [len(store.runs(each)) for each in ids] == [2] * 6
        ran = [each for each in one.control.audit_entries() if each["action"] == "schedules:ran"]
        assert (len(ran), one.control.verify_audit()) == (12, 18)


def all_due(store: Schedules, ids: list[str], moment: float) -> None:
    for each in ids:
        store.set_active(each, True, moment)


def until_run(store: Schedules, ids: list[str], times: int) -> None:
    end = time.monotonic() + 60
    while any(len(store.runs(each)) < times for each in ids):
        assert time.monotonic() < end, [len(store.runs(each)) for each in ids]
        time.sleep(0.05)


def test_the_servers_clock_does_what_is_due(workspace: Workspace) -> None:
    made = schedules.add(workspace, LOCAL, "every day 07:30", question=QUESTION)["schedule_id"]
    Schedules(workspace.control).set_active(made, True, 1.0)
    keeper = Timekeeper(workspace, pause=0.05)
    keeper.start()
    try:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=60)
        while not schedules.listed(workspace, LOCAL)[0]["runs"]:
            assert dt.datetime.now(dt.UTC) < until
    finally:
        keeper.stop()
    (run,) = schedules.listed(workspace, LOCAL)[0]["runs"]
    assert (run["state"], run["missed"] > 300) == ("ok", True)
