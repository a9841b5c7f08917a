"""Alert rules held against the books: what is measured, when an alert is raised, who works it, what the mail says."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
from smtp_server import Postbox, receiving_mail

from governance.alerts import THE_BOOKS, Alerts
from governance.control import ControlStore
from governance.errors import NotThere, ToolRefused, ToolRetry
from governance.mails import WAITS, Mails
from governance.principal import Principal, local_principal
from governance.settings import Settings
from tools.alerts.checking import check
from tools.mail.sending import allowed, send_due
from tools.operations import alerts
from tools.toolbox import Toolbox
from tools.webhooks.events import event_of
from tools.workspace import Workspace

LOCAL = local_principal("demo")
OVERDUE = {"name": "overdue", "metric": "overdue_loans", "above": "0"}


@pytest.fixture(scope="module")
def postbox() -> Iterator[Postbox]:
    with receiving_mail() as box:
        yield box


@pytest.fixture(scope="module")
def opened(demo_settings: Settings, postbox: Postbox) -> Iterator[Workspace]:
    mail = {"mail_host": "127.0.0.1", "mail_port": postbox.port, "mail_tls": "off", "mail_from": "munshi@bank.example",
            "mail_to": "risk@bank.example, @audit.example", "address": "https://munshi.bank.example"}  # fmt: skip
    with Workspace.open("demo", demo_settings.model_copy(update=mail)) as workspace:
        yield workspace


@pytest.fixture
def workspace(opened: Workspace, tmp_path_factory: pytest.TempPathFactory, postbox: Postbox) -> Workspace:
    """The shared books with control data of this test's own."""
    control = f"sqlite:///{tmp_path_factory.mktemp('control')}/control.sqlite"
    opened.control = ControlStore(control, "demo", opened.keys)
    postbox.got.clear()
    postbox.refusing = False
    return opened


def outcomes(workspace: Workspace) -> dict[str, str]:
    return {each.rule: each.outcome for each in check(workspace)}


def only(workspace: Workspace, state: str = "all") -> dict:
    (found,) = alerts.listed(workspace, LOCAL, state=state)
    return found


def events(workspace: Workspace) -> list[dict]:
    found = (event_of(entry) for entry in workspace.control.audit_entries())
    return [json.loads(each.body) for each in found if each is not None]


def test_a_rule_that_holds_raises_one_alert_until_it_is_settled(workspace: Workspace) -> None:
    alerts.add_rule(workspace, LOCAL, OVERDUE)
    assert outcomes(workspace) == {"overdue": "raised"}
    assert outcomes(workspace) == {"overdue": "holds"}
    alert = only(workspace, "open")
    metric = Toolbox(workspace, LOCAL).query_metrics(metrics=["overdue_loans"]).facts["overdue_loans"]
    assert alert["value"] == str(metric.value)
    (event,) = events(workspace)
    assert (event["type"], event["data"]["alert"]) == ("alert.raised", alert["alert_id"])
    assert alert["value"] not in json.dumps(event["data"]).replace(alert["alert_id"], "")
    alerts.remove_rule(workspace, LOCAL, "overdue")
    alerts.add_rule(workspace, LOCAL, OVERDUE | {"above": "100000"})
    assert outcomes(workspace) == {"overdue": "settled"}
    settled = only(workspace, "resolved")
    assert [(each["did"], each["by"]) for each in settled["history"]] == [("raised", THE_BOOKS), ("settled", THE_BOOKS)]


def test_a_month_is_held_against_the_mean_of_those_before(workspace: Workspace) -> None:
    clock = workspace.data_clock(LOCAL)
    start = dt.date(clock.year - 1, clock.month, 1)
    rows = workspace.query(
        LOCAL,
        "SELECT date_trunc('month', posted_at) AS m, sum(-amount) FROM semantic.transactions WHERE NOT is_own_transfer "
        f"AND (amount < 0 OR reversal_of IS NOT NULL) AND posted_at >= DATE '{start}' GROUP BY 1 ORDER BY 1",
    ).rows
    *before, now = [Decimal(row[1]) for row in rows if row[0].date() <= clock.replace(day=1)][-4:]
    mean = sum(before) / 3
    told = {"name": "out", "metric": "outflow", "months": 3}
    growth = now / mean - 1
    rises = {"rises": str(growth / 2)} if growth > 0 else {"falls": str(-growth / 2)}
    found = alerts.add_rule(workspace, LOCAL, told | rises)["now"]
    assert found["holds"]
    assert Decimal(found["value"]) == now
    assert Decimal(found["usual"]) == pytest.approx(mean)
    barely = {"rises": str(growth * 2)} if growth > 0 else {"falls": str(min(-growth * 2, Decimal("0.99")))}
    assert not alerts.add_rule(workspace, LOCAL, told | barely | {"name": "out-2"})["now"]["holds"]


def test_a_list_counts_the_rows_that_meet_its_conditions(workspace: Workspace) -> None:
    table = Toolbox(workspace, LOCAL).top_risky_borrowers(limit=100_000).table
    place = [column.name for column in table.columns].index("probability_of_default")
    expected = sum(1 for row in table.rows if row[place] > 0.2)
    where = [{"field": "probability_of_default", "op": ">", "value": 0.2}]
    told = {"name": "risky", "list": "top_risky_borrowers", "where": where, "above": str(expected - 1)}
    found = alerts.add_rule(workspace, LOCAL, told)["now"]
    assert (found["value"], found["holds"]) == (str(expected), True)


def test_only_rows_that_the_check_before_did_not_see_are_new(workspace: Workspace) -> None:
    told = {"name": "odd", "list": "unusual_transactions", "new": True, "above": "1"}
    assert alerts.add_rule(workspace, LOCAL, told)["now"]["holds"] is False
    assert outcomes(workspace) == {"odd": "quiet"}
    store = Alerts(workspace.control)
    kept = store.rule("odd")
    assert len(kept.remembered["seen"]) > 3
    store.remember(kept, {"seen": kept.remembered["seen"][3:]})
    assert outcomes(workspace) == {"odd": "raised"}
    assert only(workspace)["value"] == "3"
    assert outcomes(workspace) == {"odd": "holds"}  # until somebody looked
    assert "C_" not in json.dumps(store.rule("odd").remembered)


def test_it_is_worked_with_a_history_and_taken_back(workspace: Workspace) -> None:
    alerts.add_rule(workspace, LOCAL, OVERDUE)
    check(workspace)
    alert_id = only(workspace)["alert_id"]
    compliance = Principal("vera", "demo", "compliance")
    assert alerts.acknowledge(workspace, compliance, alert_id, note="mine")["state"] == "acknowledged"
    with pytest.raises(ToolRetry, match="is acknowledged"):
        alerts.acknowledge(workspace, LOCAL, alert_id)
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    assert alerts.snooze(workspace, LOCAL, alert_id, until=tomorrow)["state"] == "snoozed"
    assert outcomes(workspace) == {"overdue": "holds"}
    Alerts(workspace.control).move(alert_id, "snoozed", by="test", did="snoozed", until=1.0)
    assert outcomes(workspace) == {"overdue": "woken"}
    assert alerts.resolve(workspace, LOCAL, alert_id, note="a holiday")["state"] == "resolved"
    assert outcomes(workspace) == {"overdue": "quiet"}  # a person resolved it on these books
    told = alerts.reopen(workspace, LOCAL, alert_id)
    assert [each["by"] for each in told["history"]] == [THE_BOOKS, "vera", "local", "test", THE_BOOKS, "local", "local"]
    assert told["history"][1]["note"] == "mine"
    assert workspace.control.verify_audit() > 5


def test_what_cannot_be_measured_is_said_and_raises_nothing(workspace: Workspace) -> None:
    alerts.add_rule(workspace, LOCAL, OVERDUE)
    store = Alerts(workspace.control)
    store.add_rule("old", {"name": "old", "metric": "no_more", "above": "1"}, {}, by="local")
    (one,) = [each for each in alerts.check(workspace, LOCAL) if each["rule"] == "old"]
    assert one["outcome"] == "cannot say"
    assert "no_more" in one["why"]
    told = {each["name"]: each["last"]["outcome"] for each in alerts.rules(workspace, LOCAL)}
    assert told == {"overdue": "raised", "old": "cannot say"}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"name": "x"}, "a metric or a list"),
        ({"name": "x", "metric": "spend"}, "one of above"),
        ({"name": "x", "metric": "spend", "above": "1", "below": "2"}, "one of above"),
        ({"name": "x", "list": "customers", "above": "1"}, "top_risky_borrowers"),
        ({"name": "x", "list": "likely_leavers", "rises": "0.2"}, "above or below"),
        ({"name": "x", "metric": "spend", "new": True, "above": "1"}, "of lists"),
        ({"name": "No Name", "metric": "spend", "above": "1"}, "name"),
        ({"name": "x", "metric": "spent", "above": "1"}, "Did you mean"),
        ({"name": "x", "metric": "spend", "above": "1", "filters": [{"field": "planet", "value": "Mars"}]}, "planet"),
        ({"name": "x", "list": "likely_leavers", "above": "1", "where": [{"field": "hue", "value": 1}]}, "hue"),
        ({"name": "x", "list": "likely_leavers", "above": "1",
          "where": [{"field": "city", "op": ">", "value": 3}]}, "cannot be compared"),
        ({"name": "x", "metric": "spend", "above": "1", "title": "call 9876543210 PAN ABCPE1234F"}, "personal data"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_with_what_is_right(workspace: Workspace, told: dict, why: str) -> None:
    with pytest.raises(ToolRetry, match=why):
        alerts.add_rule(workspace, LOCAL, told)
    assert alerts.rules(workspace, LOCAL) == []


def test_who_may_not_does_not(workspace: Workspace) -> None:
    analyst, west = Principal("ana", "demo", "analyst"), Principal("w", "demo", "risk_manager", {"region": ("West",)})
    assert alerts.listed(workspace, analyst) == []
    for by, do in (
        (analyst, lambda by: alerts.add_rule(workspace, by, OVERDUE)),
        (analyst, lambda by: alerts.check(workspace, by)),
        (west, lambda by: alerts.listed(workspace, by)),
        (Principal("v", "demo", "viewer"), lambda by: alerts.listed(workspace, by)),
        (Principal("o", "other", "risk_manager"), lambda by: alerts.listed(workspace, by)),
    ):
        with pytest.raises(ToolRefused):
            do(by)
    assert alerts.open_count(workspace, west) == 0
    with pytest.raises(NotThere):
        alerts.resolve(workspace, LOCAL, "al_0000000000")


def test_the_mail_holds_counts_and_a_link_and_nothing_of_the_books(workspace: Workspace, postbox: Postbox) -> None:
    alerts.add_rule(workspace, LOCAL, OVERDUE | {"title": "Overdue loans"})
    check(workspace)
    assert send_due(workspace) == 1
    (mail,) = postbox.got
    text = mail.get_content()
    assert postbox.recipients[-1] == ["risk@bank.example"]
    assert mail["Subject"] == "1 new alert · demo · Munshi"
    assert "https://munshi.bank.example/#/work" in text
    assert "- overdue" in text
    value = only(workspace)["value"]
    assert value not in text.split()
    assert send_due(workspace) == 0
    assert Mails(workspace.control).states() == [("alerts", "sent", "")]


def test_a_mail_that_is_turned_away_is_tried_again_and_given_up_in_the_end(
    workspace: Workspace, postbox: Postbox
) -> None:  # fmt: skip
    now = [time.time()]
    mails = Mails(workspace.control, lambda: now[0])
    mails.put("alerts", ["risk@bank.example"], "s", "t")
    postbox.refusing = True
    assert send_due(workspace) == 1
    assert mails.states() == [("alerts", "waiting", "SMTPSenderRefused")]
    postbox.refusing = False
    for attempt in range(1, len(WAITS) + 1):
        now[0] += 100_000.0
        mail = mails.claim()
        assert mail is not None
        assert mails.claim() is None  # nobody else takes it meanwhile
        assert mail.attempts == attempt
        mails.settle(mail, "OSError")
    assert mails.states() == [("alerts", "failed", "OSError")]


def test_mail_goes_to_nobody_who_was_not_named(workspace: Workspace) -> None:
    assert allowed(workspace.settings, ["Risk@bank.example", "kim@audit.example"])
    for each in ("kim@bank.example", "kim@audit.example.evil.example", "risk", ""):
        with pytest.raises(ToolRetry, match="MUNSHI_MAIL_TO"):
            allowed(workspace.settings, [each])


def test_a_publish_of_the_books_checks_the_rules(own_demo: Settings) -> None:
    with Workspace.open("demo", own_demo) as workspace:
        alerts.add_rule(workspace, LOCAL, OVERDUE)
        with workspace.lake.writer("a publish"):
            assert alerts.listed(workspace, LOCAL) == []
        assert only(workspace)["rule"] == "overdue"
