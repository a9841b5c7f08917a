"""Client rules on rows that are in no books, sent with an inference or in a file: as on the customer they are of."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
from test_inference import both, sent, somebody  # noqa: F401  fixtures

from api.service import Service
from tools.batch.worker import service_model

RULES = """
rules:
  - id: F1
    model: both
    when: probability > 0.0001 AND active_days_3m >= 0
    then: {band: very low, reasons: {income_stability: income that comes and goes}}
    text: Everybody who uses the account.
  - {id: S1, model: credit, when: region = 'South', then: {decision: refer}, text: A person looks at the South.}
"""
BECAUSE = {"reason": "trial"}


@pytest.fixture(scope="module")
def acting(ask) -> Iterator[int]:
    version = ask("POST", "/api/v1/rules", "analyst", json={"content": RULES, **BECAUSE}).json()["version"]
    ask("POST", f"/api/v1/rules/{version}/simulate", "analyst")
    for deed in ("approve", "activate"):
        assert ask("POST", f"/api/v1/rules/{version}/{deed}", json=BECAUSE).status_code == 200
    yield version
    ask("POST", f"/api/v1/rules/{version}/retire", json=BECAUSE)


def test_rows_sent_along_are_ruled_as_the_customer_is(ask, somebody, sent, acting: int) -> None:  # noqa: F811
    books, rows = both(ask, "credit-score", somebody, sent)
    same = ("rule", "text", "rules_version", "model_band")
    assert books["band"] == rows["band"] == "very low"
    assert (books["ruled"]["rule"], books["ruled"]["rules_version"]) == ("F1", acting)
    assert [rows["ruled"][each] for each in same] == [books["ruled"][each] for each in same]
    assert books["reasons"] == rows["reasons"]
    assert rows["ruled"]["decision"] is None
    assert [warning for warning in rows["warnings"] if "S1 looks at region, not known of what was sent" in warning]


def test_an_explanation_and_a_what_if_of_rows_have_the_band_of_the_rules(ask, somebody, sent, acting) -> None:  # noqa: F811
    del acting
    explained = both(ask, "explain", somebody, sent)
    assert [each["facts"]["band"]["value"] for each in explained] == ["very low", "very low"]
    assert all("because rule F1" in each["facts"]["rule_said"]["value"] for each in explained)
    tried = both(ask, "what-if", somebody, sent, changes={"days_past_due": 0})
    for each in tried:
        assert (each["what_if"]["band_before"], each["what_if"]["band_after"]) == ("very low", "very low")


def test_a_file_has_the_models_band_decision_and_rule_beside_the_band(ask, service: Service, acting: int) -> None:
    del acting
    version, model = service_model(service.workspace, service.local, "credit")
    names = ", ".join(f'f."{name}"' for name in model.features)
    sql = f"""SELECT f.customer_id, {names}, s.model_band FROM books.features.customer_monthly AS f
              JOIN semantic.borrowers AS s USING (customer_id, as_of) ORDER BY customer_id LIMIT 30"""
    borrowers = service.workspace.query(service.local, sql).dicts()
    made = io.StringIO()
    writer = csv.DictWriter(made, ["customer_id", *model.features], extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(borrowers)
    made.write("broken," + ",".join("?" for _ in model.features) + "\n")
    taken = ask("POST", "/api/v1/batch/credit", content=made.getvalue().encode(), headers={"Content-Type": "text/csv"})
    job = ended(ask, taken.json()["job_id"])
    assert (job["state"], job["rows"], job["rows_wrong"], job["version"]) == ("done", 31, 1, version)
    result = ask("GET", f"/api/v1/jobs/{job['job_id']}/result?format=csv").text
    *rows, broken = csv.DictReader(io.StringIO(result))
    assert list(broken)[-3:] == ["model_band", "decision", "rule"]
    assert (broken["band"], broken["rule"]) == ("", "")
    assert [row["model_band"] for row in rows] == [each["model_band"] for each in borrowers]
    assert {row["band"] for row in rows if row["rule"] == "F1"} == {"very low"}
    assert all((row["rule"] == "F1") is (row["model_band"] != "very low") for row in rows)


def ended(ask, job_id: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while (told := ask("GET", f"/api/v1/jobs/{job_id}").json())["state"] in ("queued", "running"):
        assert time.monotonic() < until, told
        time.sleep(0.05)
    return dict(told)
