"""A customer is erased from everything under the home, and that is proved; nobody else's answers change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.traces import Identifiers, identifiers
from governance.alerts import Alerts
from governance.control import entry_of
from governance.errors import NotThere, ToolRefused, ToolRetry
from governance.feedback import FeedbackBook
from governance.identity.rights import Rights
from governance.identity.store import Identity
from governance.principal import Principal, local_principal, privacy_officer
from governance.privacy.records import PrivacyLedger
from governance.reviews import Reviews
from governance.schedules import Schedules
from governance.settings import Settings
from governance.worklist import NewItem, Worklist
from tools.arrivals import Arrival, Arrivals
from tools.batch.jobs import Jobs
from tools.batch.pieces import Pieces
from tools.operations.backups import back_up
from tools.operations.privacy import consents, holds, registers
from tools.operations.privacy.erasure import erase
from tools.operations.privacy.proof import prove
from tools.toolbox import Toolbox
from tools.workspace import Workspace

OFFICER = privacy_officer("demo")
#: A customer with postings and a loan that is repaid, whom no flag holds, and who shares nothing with anybody.
REPAID = """
    SELECT c.customer_id FROM books.core.customers AS c JOIN books.core.loans AS l USING (customer_id)
    WHERE len(coalesce(c.contact_flags, [])) = 0 AND c.customer_id IN (SELECT customer_id FROM books.core.transactions)
    GROUP BY ALL HAVING count(*) = count(l.closed_on) ORDER BY 1 LIMIT 2
"""
OWING = "SELECT customer_id FROM semantic.borrowers ORDER BY rank LIMIT 1"


def settings_in(home: Path) -> Settings:
    return Settings(home=home / "munshi", key_file=home / "config" / "master.key", master_key=None, model="embedded",
                    tracking="off")  # fmt: skip


class Before:
    """What was there before, to be held against what is there after."""

    def __init__(self, workspace: Workspace) -> None:
        self.customer, self.other = [row[0] for row in workspace.query(OFFICER, REPAID).rows]
        self.who = identifiers(workspace.reader(OFFICER).query, self.customer)
        self.answers = answers(workspace, self.other)
        self.proof = prove(workspace, self.who)


def answers(workspace: Workspace, customer: str) -> str:
    """What is told of a customer, and of the borrowers, as JSON without the time it took."""
    toolbox = Toolbox(workspace, local_principal("demo"))
    told = [toolbox.customer_profile(customer_id=customer), toolbox.top_risky_borrowers(limit=50),
            toolbox.run_sql(sql=f"SELECT * FROM transactions WHERE customer_id = '{customer}' ORDER BY transaction_id"),
            toolbox.query_metrics(metrics=["npa_ratio"], grain="month")]  # fmt: skip
    return json.dumps([each.model_dump(mode="json") for each in told], sort_keys=True)


def leave_traces(workspace: Workspace, customer: str, name: str) -> None:
    """Everything beside the books that can name a customer does."""
    control = workspace.control
    control.keep_receipt("r_his", "c_1", "local", "answered", {"question": f"why {customer}?", "plan": []})
    control.keep_receipt("r_other", "c_2", "local", "answered", {"question": "how many customers?", "plan": []})
    FeedbackBook(control).give("r_his", "kim", up=False, correction="wrong")
    reviews = Reviews(control)
    reviews.decide(reviews.case_id(customer), "uphold", {"customer_id": customer}, by="kim", reason="checked")
    arrivals = Arrivals(control)
    for who, posting in ((customer, "p1"), ("C_other", "p2")):
        said = {"narration": name} if who == customer else {}
        arrivals.add(Arrival(posting, who, said, {}, {}), "mark", told=entry_of("kim", "posting", "taken", {}))
    item = NewItem(customer, customer, "work", {"city": "Pune"})
    Worklist(control).add("risky_borrowers", [item], as_of="2026-06-30", by="kim")
    what = {"question": f"why {customer}?", "report": "", "to": [], "attach": False}
    Schedules(control).add("every day 07:30", "Asia/Kolkata", what, next_at=1e12, by="kim")
    rule = {"name": "his", "metric": "spend", "above": "1", "filters": [{"field": "customer_id", "value": customer}]}
    Alerts(control).add_rule("his", rule, {}, by="kim")
    Identity(control).api_keys.create("his own", Rights("customer", None, {"customer_id": (customer,)}))
    pieces = Pieces(workspace.folder, "b_00000000000000aa", workspace.keys)
    pieces.write("given", 0, f"customer_id\n{customer}\n".encode())
    Jobs(control).add("b_00000000000000aa", "kim", model="credit", version="1", form="csv", size=1, pieces=1)
    consents.record(workspace, OFFICER, customer, "marketing", "withdrawn")
    workspace.vocabulary_of(OFFICER)  # writes the cache of values
    with workspace.lake.writer("somebody else's statement names him") as writer:
        writer.execute(
            "UPDATE books.core.transactions SET narration = ? WHERE transaction_id = (SELECT min(transaction_id) FROM "
            "books.core.transactions WHERE customer_id NOT IN (?, ?))",
            [f"UPI/300108/{name.upper()}/rent", customer, workspace.query(OFFICER, REPAID).rows[1][0]],
        )


@pytest.fixture(scope="module")
def opened(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = tmp_path_factory.mktemp("erased") / "home"
    shutil.copytree(shared_home, home)
    with Workspace.open("demo", settings_in(home).model_copy(update={"statement_seconds": 300})) as workspace:
        yield workspace
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def before(opened: Workspace) -> Before:
    customer = opened.query(OFFICER, REPAID).rows[0][0]
    name = opened.query(OFFICER, f"SELECT full_name FROM books.core.customers WHERE customer_id = '{customer}'").rows
    leave_traces(opened, customer, name[0][0])
    return Before(opened)


@pytest.fixture(scope="module")
def done(opened: Workspace, before: Before) -> dict:
    """The erasure, and the one that is run again since a file under the home named him still."""
    notes = opened.settings.home / "notes.txt"
    notes.write_text(f"call {before.customer.lower()} back")
    first = erase(opened, OFFICER, before.customer, reason=f"{before.customer} wrote on 3 June")
    notes.unlink()
    return {**first, "again": erase(opened, OFFICER, before.customer)}


def test_before_it_the_same_search_finds_him_everywhere(before: Before) -> None:
    found = "\n".join(before.proof.found)
    for place in ("data file of core.customers", "data file of core.transactions", "data file of features.monthly",
                  "catalog: ducklake_inlined_data", "control data: receipts", "control data: review_decisions",
                  "control data: arrivals", "control data: api_keys", "control data: worklist",
                  "control data: privacy_records",
                  "batch/b_00000000000000aa", "values-", "workspaces/demo/control.sqlite"):  # fmt: skip
        assert place in found, place
    assert not before.proof.clean


def test_after_it_nothing_under_the_home_names_him(done: dict, opened: Workspace) -> None:
    proof = done["proof"]
    assert (proof["found"], proof["unopened"], done["complete"]) == (["notes.txt"], [], False)
    again = done["again"]
    assert (again["proof"]["found"], again["proof"]["unopened"], again["complete"]) == ([], [], True)
    assert (again["books"], again["proof"]["identifiers"]) == ([], {"customer id": 1})
    on_disk = [path for path in opened.settings.home.rglob("*") if path.is_file()]
    assert proof["data_files"] == sum(path.suffix == ".parquet" for path in on_disk) >= 10
    assert proof["catalog_tables"] > 40
    assert proof["identifiers"].keys() >= {"customer id", "name", "phone", "email", "tax number", "account", "loan"}
    assert proof["decrypted_bytes"] > 10_000_000


def test_what_beside_the_books_named_him_is_gone_and_the_rest_is_there(done: dict, opened: Workspace) -> None:
    assert done["kept_data"] == {
        "receipts": {"deleted": 1}, "feedback": {"deleted": 1}, "review_decisions": {"redacted": 1},
        "arrivals": {"deleted": 1}, "privacy_records": {"redacted": 1}, "api_keys": {"deleted": 1},
        "worklist": {"deleted": 1}, "schedules": {"deleted": 1}, "alert_rules": {"deleted": 1},
        "jobs": {"deleted": 1}, "caches": {"deleted": done["kept_data"]["caches"]["deleted"]},
    }  # fmt: skip
    assert opened.control.receipt("r_other").content["question"] == "how many customers?"
    assert [each.posting_id for each in Arrivals(opened.control).waiting()] == ["p2"]
    assert next(iter(Reviews(opened.control).all().values())).case["customer_id"].startswith("ERASED_")


def test_loan_records_stay_under_a_token_and_everything_else_goes(
    done: dict, before: Before, opened: Workspace
) -> None:
    kept = {each["table"] for each in done["books"] if each["kept_under_token"]}
    assert {"core.loans", "core.instalments", "core.accounts"} <= kept <= {
        "core.loans", "core.instalments", "core.loan_status", "core.accounts"}  # fmt: skip
    loans = opened.query(
        OFFICER,
        "SELECT l.customer_id, l.principal, a.currency, a.card_number FROM books.core.loans AS l "
        "JOIN books.core.accounts AS a USING (account_id) WHERE l.loan_id LIKE 'ERASED_%'",
    ).rows
    assert loans
    assert all(who.startswith("ERASED_") and amount > 0 and currency == "INR" and card is None
               for who, amount, currency, card in loans)  # fmt: skip
    for table in ("customers", "transactions", "sessions"):
        assert opened.query(OFFICER, f"SELECT count(*) FROM books.core.{table} WHERE customer_id LIKE 'ERASED_%' "
                            f"OR customer_id = '{before.customer}'").rows == [(0,)]  # fmt: skip


def test_somebody_elses_statement_keeps_its_row_with_a_token_in_his_place(done: dict, opened: Workspace) -> None:
    assert {each["table"]: each["redacted"] for each in done["books"]}["core.transactions"] >= 1
    assert opened.query(OFFICER, "SELECT count(*) FROM books.core.transactions WHERE narration SIMILAR TO "
                        "'UPI/300108/ERASED_[0-9a-f]{12}/rent'").rows == [(1,)]  # fmt: skip


def test_another_customers_answers_are_the_same(done: dict, before: Before, opened: Workspace) -> None:
    assert done["again"]["complete"]
    assert answers(opened, before.other) == before.answers


def test_the_proof_is_kept_and_audited_and_names_nobody(done: dict, before: Before, opened: Workspace) -> None:
    kept = registers.erasures(opened, OFFICER)
    assert [each["record_id"] for each in kept] == [done["erasure_id"], done["again"]["erasure_id"]]
    assert [(each["proof"]["clean"], each["customer_id"]) for each in kept] == [(False, None), (True, None)]
    assert kept[0]["reason"].startswith("ERASED_")
    outcomes = [each["outcome"] for each in opened.control.audit_entries() if each["action"] == "privacy:erase"]
    assert outcomes[:4] == ["begun", "incomplete", "begun", "done"]
    assert opened.control.verify_audit() == len(opened.control.audit_entries())
    assert not before.who.named_in(json.dumps([*kept, opened.control.audit_entries()], default=str))


def test_that_he_withdrew_can_still_be_shown_to_who_brings_his_id(
    done: dict, before: Before, opened: Workspace
) -> None:
    (row,) = PrivacyLedger(opened.control).of(before.customer, "withdrawn")
    assert row.purpose == "marketing"
    assert row.customer_id.startswith("ERASED_")
    assert done["again"]["complete"]


def test_he_is_not_there_a_second_time(done: dict, before: Before, opened: Workspace) -> None:
    assert done["again"]["complete"]
    with pytest.raises(NotThere, match="There is no customer"):
        erase(opened, OFFICER, before.customer)


def test_a_backup_of_before_and_a_file_nobody_can_open_leave_the_proof_open(
    done: dict, before: Before, opened: Workspace
) -> None:
    assert done["again"]["complete"]
    stray, other = opened.lake.data / "stray.parquet", opened.folder / "unknown.sealed"
    backup, mentions = opened.settings.home / "old.tar", opened.settings.home / "notes.txt"
    back_up("demo", backup, settings=opened.settings)
    with opened.lake.writer("what comes later") as writer:
        writer.execute("INSERT INTO books.meta.workspace VALUES ('later', 'yes')")
    for path in (stray, other):
        path.write_bytes(b"who knows")
    mentions.write_text(f"call {before.customer.lower()} back")
    try:
        proof = prove(opened, before.who)
    finally:
        for path in (stray, other, backup, mentions):
            path.unlink()
    assert any("old.tar: a backup made before" in place for place in proof.found)
    assert "notes.txt" in proof.found
    assert len(proof.unopened) == 2
    assert not proof.clean


def test_who_owes_or_is_held_is_refused_with_the_reason(opened: Workspace, before: Before) -> None:
    owing = opened.query(OFFICER, OWING).rows[0][0]
    with pytest.raises(ToolRefused, match=r"(a loan that is|loans that are) not repaid"):
        erase(opened, OFFICER, owing)
    holds.hold(opened, OFFICER, before.other, reason="case 12/2026")
    with pytest.raises(ToolRefused, match="legal hold: case 12/2026"):
        erase(opened, OFFICER, before.other)
    assert [each["customer_id"] for each in holds.listed(opened, OFFICER)] == [before.other]
    with pytest.raises(ToolRetry, match="already"):
        holds.hold(opened, OFFICER, before.other, reason="again")
    holds.release(opened, OFFICER, before.other, reason="settled")
    with pytest.raises(ToolRetry, match="under no legal hold"):
        holds.release(opened, OFFICER, before.other, reason="again")
    refused = [each for each in opened.control.audit_entries() if each["outcome"] == "refused"]
    assert [each["details"] for each in refused][-2:] == ['{"why": "open loan"}', '{"why": "hold"}']


@pytest.mark.parametrize(
    "by", [local_principal("demo"), Principal("kim", "demo", "compliance", {"city": ("Pune",)}),
           Principal("kim", "other", "compliance")])  # fmt: skip
def test_who_may_not_or_sees_a_part_is_refused(opened: Workspace, before: Before, by: Principal) -> None:
    with pytest.raises(ToolRefused):
        erase(opened, by, before.other)


def test_words_are_found_whole_whatever_their_case() -> None:
    who = Identifiers({"customer id": ("C_00DF",), "account": ("17",), "name": ("Asha Rao",)})
    assert [who.named_in(text) for text in ("for ASHA RAO, c_00df", "C_00DF1 and Asha Raote")] == [True, False]
    assert [who.in_bytes(content) for content in (b"\x00c_00df\xff", b"XC_00DF")] == [True, False]
    assert (who.short, who.redacted("c_00df,C_00DF", "T")) == (("17",), "T,T")
    assert not Identifiers({}).named_in("anything")
    assert not Identifiers({}).in_bytes(b"anything")
