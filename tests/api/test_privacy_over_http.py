"""Consents, holds, export, retention, breaches and records over HTTP; consents beneath the tools."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from api.service import Service
from governance.control import RECEIPTS
from governance.errors import ToolRetry
from governance.principal import privacy_officer
from governance.privacy.consents import withheld
from governance.privacy.records import PrivacyLedger
from tools.operations.privacy import consents, holds, registers, retention
from tools.operations.privacy.export import as_csv

AT = "/api/v1/privacy"
OFFICER = privacy_officer("demo")


@pytest.fixture(scope="module")
def leaver(service: Service) -> str:
    """Somebody who is at risk of leaving, has a goal, and owes."""
    sql = (
        "SELECT customer_id FROM semantic.leavers SEMI JOIN semantic.goals USING (customer_id) "
        "SEMI JOIN semantic.borrowers USING (customer_id) ORDER BY customer_id LIMIT 1"
    )
    return service.workspace.query(service.local, sql).rows[0][0]


@pytest.fixture
def withdrawn(ask, leaver: str):
    body = {"customer_id": leaver, "purpose": "marketing", "said": "withdrawn"}
    assert ask("POST", f"{AT}/consents", "compliance", json=body).status_code == 201
    yield leaver
    given = {**body, "said": "given", "notice": "2026-04"}
    assert ask("POST", f"{AT}/consents", "compliance", json=given).status_code == 201


def rows_of(ask, tool: str, **arguments) -> tuple[list, list[str]]:
    answer = ask("POST", f"/api/v1/tools/{tool}", json=arguments).json()
    return answer["table"]["rows"], answer["warnings"]


def test_who_withdrew_is_left_out_of_every_marketing_list_and_counted(ask, service: Service, withdrawn: str) -> None:
    said = "1 customer is left out: the consent to offers and retention (marketing) is withdrawn or has expired."
    for tool, arguments in (
        ("likely_leavers", {"limit": 1000}),
        ("customer_goals", {"limit": 1000}),
        ("run_sql", {"sql": "SELECT customer_id FROM leavers"}),
        ("run_sql", {"sql": "SELECT customer_id FROM scores_latest WHERE model = 'churn'"}),
        ("run_sql", {"sql": "SELECT customer_id FROM scores_history WHERE model = 'churn'"}),
    ):
        rows, warnings = rows_of(ask, tool, **arguments)
        assert rows
        assert withdrawn not in json.dumps(rows), (tool, arguments)
        assert said in warnings, (tool, arguments)
    for path in ("churn-score", "goals"):
        refused = ask("POST", f"/api/v1/inference/{path}", json={"customer_id": withdrawn})
        assert refused.status_code == 403, path
        assert "withdrew the consent to offers and retention" in refused.json()["detail"]
    assert service.workspace.withheld().customers["marketing"] == {withdrawn}


def test_credit_service_and_legal_duties_go_on(ask, withdrawn: str) -> None:
    rows, warnings = rows_of(ask, "top_risky_borrowers", limit=1000)
    assert withdrawn in [row[1] for row in rows]
    assert not any("left out: the consent" in each for each in warnings)
    sql = f"SELECT customer_id FROM scores_latest WHERE model = 'credit' AND customer_id = '{withdrawn}'"
    assert rows_of(ask, "run_sql", sql=sql) == ([[withdrawn]], [])
    assert ask("POST", "/api/v1/inference/credit-score", json={"customer_id": withdrawn}).status_code == 200


def test_given_again_he_is_back(ask, leaver: str) -> None:
    rows, warnings = rows_of(ask, "likely_leavers", limit=1000)
    assert leaver in json.dumps(rows)
    assert not any("left out: the consent" in each for each in warnings)
    told = ask("GET", f"{AT}/consents/{leaver}", "compliance").json()
    states = {each["purpose"]: each["state"] for each in told["purposes"]}
    assert states == {"marketing": "given", "credit_assessment": "never asked", "servicing": "never asked",
                      "fraud_prevention": "never asked", "legal_obligation": "never asked"}  # fmt: skip
    assert [each["kind"] for each in told["history"]][-2:] == ["withdrawn", "given"]
    assert told["history"][-1]["notice"] == "2026-04"


def test_a_consent_expires_without_anybody_saying_so(service: Service, leaver: str) -> None:
    made = consents.record(service.workspace, OFFICER, leaver, "marketing", "given", notice="v1", days=30)
    assert made["expires"]
    ledger = PrivacyLedger(service.workspace.control)
    now, later = (PrivacyLedger(service.workspace.control, lambda days=days: ledger.clock() + days * 86_400)
                  for days in (29, 31))  # fmt: skip
    assert not withheld(now, "").customers
    assert withheld(now, "").until < float("inf")
    assert withheld(later, "").customers == {"marketing": {leaver}}
    consents.record(service.workspace, OFFICER, leaver, "marketing", "given", notice="v1")


@pytest.mark.parametrize(
    ("purpose", "said", "more", "match"),
    [
        ("marketting", "withdrawn", {}, "Did you mean 'marketing'"),
        ("credit_assessment", "withdrawn", {}, "rests on contract and legal duty, not on consent"),
        ("marketing", "given", {}, "which notice"),
        ("marketing", "withdrawn", {"days": 3}, "does not"),
    ],
)
def test_what_is_no_consent_is_told_so(service: Service, leaver: str, purpose, said, more, match) -> None:
    with pytest.raises(ToolRetry, match=match):
        consents.record(service.workspace, OFFICER, leaver, purpose, said, **more)


@pytest.mark.parametrize("role", ["viewer", "analyst", "risk_manager", "data_steward", "admin", "service", "customer"])
def test_compliance_alone_erases_and_exports(ask, leaver: str, role: str) -> None:
    assert ask("POST", f"{AT}/erasures", role, json={"customer_id": leaver}).status_code == 403
    assert ask("GET", f"{AT}/exports/{leaver}", role).status_code == 403


def test_who_owes_is_not_erased(ask, leaver: str) -> None:
    refused = ask("POST", f"{AT}/erasures", "compliance", json={"customer_id": leaver})
    assert refused.status_code == 403
    assert "not repaid" in refused.json()["detail"]
    assert ask("POST", f"{AT}/erasures", "compliance", json={"customer_id": "C_none"}).status_code == 404


def test_an_export_holds_his_rows_alone_and_says_what_each_file_is(ask, service: Service, leaver: str) -> None:
    sent = ask("GET", f"{AT}/exports/{leaver}", "compliance")
    assert (sent.status_code, sent.headers["content-type"]) == (200, "application/zip")
    full = contents(sent.content)
    masked = contents(export_masked(service, leaver))
    query = service.workspace.query
    counted = query(service.local, f"SELECT count(*) FROM books.core.transactions WHERE customer_id = '{leaver}'").rows
    assert len(json.loads(full["core.transactions.json"])) == counted[0][0] > 0
    assert len(list(csv.reader(io.StringIO(full["core.transactions.csv"])))) == counted[0][0] + 1
    for name, content in full.items():
        if name.endswith(".json"):
            assert {row.get("customer_id", leaver) for row in json.loads(content)} == {leaver}, name
            assert f"`{name}`" in full["README.md"], name
    (person,) = json.loads(full["core.customers.json"])
    (hidden,) = json.loads(masked["core.customers.json"])
    assert hidden["full_name"] == f"{person['full_name'][0]}•••"
    for value in (person["full_name"], person["phone"], person["email"], person["tax_pan"]):
        assert value in full["core.customers.csv"].replace("'+", "+")
        assert value not in "".join(masked.values())
    assert {"scores.history.json", "core.loans.json", "core.instalments.json", "consents.json"} <= set(full)


def contents(packed: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def export_masked(service: Service, customer: str) -> bytes:
    from tools.operations.privacy.export import export

    return export(service.workspace, OFFICER, customer)


def test_no_cell_of_an_export_runs_in_a_spreadsheet() -> None:
    assert as_csv([{"a": "=1+1", "b": -2, "c": ["@x"]}]) == 'a,b,c\r\n\'=1+1,-2,"[""@x""]"\r\n'


def test_what_is_past_its_period_goes_except_what_is_held(service: Service, leaver: str) -> None:
    workspace = service.workspace
    for receipt, question in (("r_old", "how many?"), ("r_held", f"why {leaver}?"), ("r_new", "how many?")):
        workspace.control.keep_receipt(receipt, f"c_{receipt}", "local", "answered", {"question": question, "plan": []})
    import datetime as dt

    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=801)
    with workspace.control.writing() as connection:
        old = RECEIPTS.c.receipt_id.in_(["r_old", "r_held"])
        connection.execute(RECEIPTS.update().where(old).values(created_at=long_ago))
    past = {each["name"]: each["past"] for each in retention.show(workspace, OFFICER)}
    assert past["receipts"] == 2
    holds.hold(workspace, OFFICER, leaver, reason="a case")
    assert retention.run(workspace, OFFICER) == {"erased": {"receipts": 1}, "held": {"receipts": 1}}
    holds.release(workspace, OFFICER, leaver, reason="settled")
    assert retention.run(workspace, OFFICER) == {"erased": {"receipts": 1}, "held": {}}
    assert workspace.control.receipt("r_new").content["question"] == "how many?"


def test_a_breach_has_seventy_two_hours(ask, service: Service) -> None:
    import datetime as dt

    def logged(hours: float, **more) -> dict:
        aware = dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours)
        body = {"what": "a report went astray", "aware_at": aware.isoformat(), "people": 3, **more}
        sent = ask("POST", f"{AT}/breaches", "compliance", json=body)
        assert sent.status_code == 201, sent.text
        return sent.json()

    reported = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).isoformat()
    states = [logged(hours, **more)["state"] for hours, more in (
        (71, {}), (73, {}), (71, {"reported_at": reported}), (80, {"reported_at": reported}))]  # fmt: skip
    assert states == ["open", "overdue", "reported", "reported late"]
    listed = ask("GET", f"{AT}/breaches", "compliance").json()["records"]
    assert [each["state"] for each in listed] == states
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    with pytest.raises(ToolRetry, match="neither moment may lie ahead"):
        registers.add_breach(service.workspace, OFFICER, what="x", aware_at=ahead, people=0)


def test_records_of_processing_and_periods_are_told(ask) -> None:
    told = ask("GET", f"{AT}/records", "compliance").json()
    assert {each["purpose"] for each in told["records"]} >= {"marketing", "credit_assessment"}
    assert all(each["basis"] and each["source"] for each in told["records"])
    periods = ask("GET", f"{AT}/retention", "compliance").json()["periods"]
    assert all(each["source"] for each in periods)
    assert {each["name"] for each in periods} >= {"receipts", "audit", "books"}
