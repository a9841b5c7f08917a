"""The pages on law and threats name files that exist, and say what their declarations say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

import api.idempotency
import governance.feedback
import governance.identity.tables
import governance.privacy.records
import governance.reviews
import governance.verified
import tools.arrivals
from analytics.schema import TABLES
from api.app import ENDPOINTS
from governance.compliance import ROOT, obligations, page
from governance.control import METADATA
from governance.privacy.declared import processing, purposes, retention
from governance.sealed import SEALED
from knowledge.vocabulary import load_vocabulary

THREATS = ROOT / "docs" / "security" / "threat-model.md"
MODULES = (api.idempotency, governance.feedback, governance.identity.tables, governance.privacy.records,
           governance.reviews, governance.verified, tools.arrivals)  # fmt: skip
#: The controls table of the domain's laws: each is served by an obligation.
LAWS = ("RBI Digital Lending", "RBI asset", "RBI expected", "RBI model risk", "DPDP Act", "DPDP Rules", "GDPR",
        "Consumer Credit", "EU AI Act", "Regulation B", "PCI DSS", "SOC 2")  # fmt: skip
ELEMENTS = ("Screen", "API", "MCP", "Planner", "Models", "Lake", "Keys", "Audit", "Uploads", "Webhooks")


def test_the_page_is_what_the_declarations_say() -> None:
    written = (ROOT / "docs" / "compliance" / "README.md").read_text("utf-8")
    assert written == page(), "write it anew: python -m governance.compliance > docs/compliance/README.md"


def test_every_obligation_leads_to_code_and_to_a_test_that_exist() -> None:
    for each in obligations():
        for path in (*each.code, *each.tests):
            assert (ROOT / path).is_file(), (each.law, each.item, path)
        assert all(Path(path).name.startswith("test_") for path in each.tests), each


@pytest.mark.parametrize("law", LAWS)
def test_every_law_is_there(law: str) -> None:
    assert [each for each in obligations() if each.law.startswith(law)]


@pytest.mark.parametrize("element", ELEMENTS)
def test_every_element_has_threats_with_controls_code_and_tests(element: str) -> None:
    section = THREATS.read_text("utf-8").split(f"\n## {element}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if re.match(r"\| [STRIDE ]+ \|", line)]
    assert rows
    for row in rows:
        assert row.count("](../../") >= 2, row
        assert "](../../tests/" in row, row


def test_the_threat_model_names_files_that_exist() -> None:
    paths = re.findall(r"\]\((\.\./\.\./[^)]+)\)", THREATS.read_text("utf-8"))
    assert len(paths) > 80
    assert [path for path in paths if not (THREATS.parent / path).resolve().is_file()] == []


def test_webhooks_get_their_threats_when_they_are_there() -> None:
    there = any("webhook" in each.path for each in ENDPOINTS)
    assert there is ("there are no webhooks yet" not in THREATS.read_text("utf-8"))


def test_no_table_has_room_for_what_authenticates_a_payment() -> None:
    columns = {column.name for table in TABLES for column in table.columns}
    assert not columns & {"cvv", "cvc", "cvv2", "pin", "pin_block", "track_data", "otp", "password"}


def test_every_sealed_column_is_declared_and_no_other() -> None:
    assert MODULES
    found = {(name, column.name) for name, table in METADATA.tables.items() for column in table.columns
             if isinstance(column.type, sa.LargeBinary)}  # fmt: skip
    assert found == {(name, each.column) for name, each in SEALED.items()}


def test_purposes_periods_and_records_lean_on_each_other() -> None:
    assert {each.purpose for each in processing()} == set(purposes())
    assert {each.kept for each in processing()} <= set(retention())
    assert {view.purpose for view in load_vocabulary().views.values() if view.purpose} == {
        name for name, each in purposes().items() if each.withdrawable
    }
    assert all(each.days >= 365 for each in retention().values() if each.by == "run"), "DPDP Rules 2025, rule 8(3)"
    assert {name for name, each in retention().items() if each.by == "run"} <= set(SEALED)
