"""Narrations: parts built into a text are read back, each hazard of real statements, a generator of strangers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from narration_writer import written

from analytics.pipeline.enrich import TOLD, parsed
from analytics.pipeline.enrichment.forms import forms, read
from analytics.pipeline.enrichment.narration import NAMELESS


class Engine:
    """Rows in, what the parser says of them out; the query is compiled once for each set of columns."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": "1"})
        self.backend = ibis.duckdb.from_connection(self.connection)
        self.queries: dict[tuple[str, ...], str] = {}

    def read(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        filled = [{"amount": Decimal(-1), **row, "at": at} for at, row in enumerate(rows)]
        names = tuple(dict.fromkeys(name for row in filled for name in row))
        types = {"amount": pa.decimal128(18, 2), "at": pa.int64()}
        schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
        self.connection.register("arriving", pa.Table.from_pylist(filled, schema))
        self.connection.execute("CREATE OR REPLACE TABLE narrations AS SELECT * FROM arriving")
        if names not in self.queries:
            self.queries[names] = self.backend.compile(parsed(self.backend.table("narrations")).order_by("at"))
        found: list[dict[str, Any]] = self.connection.sql(self.queries[names]).to_arrow_table().to_pylist()
        return found


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="module")
def examples(engine: Engine) -> dict[str, dict[str, Any]]:
    found = engine.read([{"narration": narration} for narration in NARRATIONS])
    return dict(zip(NARRATIONS, found, strict=True))


#: Narration → what it says.
NARRATIONS: dict[str, dict[str, Any]] = {
    "UPI-SWIGGY LIMITED-swiggy@axis-UTIB0000248-104123456789-Payment": {
        "mode": "upi", "counterparty": "SWIGGY LIMITED", "vpa": "swiggy@axis", "ifsc": "UTIB0000248",
        "bank": "Axis Bank", "reference": "104123456789", "remark": "Payment",
    },
    "UPI-JEAN-PAUL D-SOUZA-jp22@okaxis-HDFC0000123-512345678901-trip - day 2": {
        "counterparty": "JEAN-PAUL D-SOUZA", "vpa": "jp22@okaxis", "remark": "trip - day 2",
    },
    "UPI-ANITA RAO-anita. rao@ok sbi-SBIN0000 300-51234567 8901-NA": {
        "vpa": "anita.rao@oksbi", "ifsc": "SBIN0000300", "reference": "512345678901",
    },
    "NEFT CR-CITI0000002-INFOSYS LIMITED-CITIN24123456789-SALARY SEP 24": {
        "mode": "neft", "counterparty": "INFOSYS LIMITED", "ifsc": "CITI0000002", "bank": "Citibank",
        "reference": "CITIN24123456789", "remark": "SALARY SEP 24",
    },
    "ACH D- BAJAJ FINANCE LTD-P400XYZ123": {
        "mode": "nach", "sense": "mandate_debit", "counterparty": "BAJAJ FINANCE LTD", "reference": "P400XYZ123",
    },
    "POS 416021XXXXXX1234 DMART": {"mode": "pos", "counterparty": "DMART"},
    "WDL TFR UPI/DR/621427195933/WESTSIDE /HDFC/westside.4/UPI 0097 AT 09006 PUNE": {
        "mode": "upi", "counterparty": "WESTSIDE", "bank": "HDFC Bank", "vpa": "westside.4",
        "reference": "621427195933", "remark": "UPI 0097",
    },
    "UPI/509912345687/Gift/priya99@ybl/YESB/": {
        "mode": "upi", "counterparty": "priya99", "vpa": "priya99@ybl", "remark": "Gift", "bank": "Yes Bank",
    },
    "MMT/IMPS/509912345687/half rent/may/RAVI K/UTIB": {
        "mode": "imps", "counterparty": "RAVI K", "remark": "half rent/may", "bank": "Axis Bank",
    },
    "BY TRF. IMPS TRF FROM SUNITA DEVI 509912345687": {"mode": "imps", "counterparty": "SUNITA DEVI"},
    "upi/p2a/509912345687/mohan lal/rent/hdfc": {"mode": "upi", "sense": "to_person", "counterparty": "mohan lal"},
    "UPI/1MG TECHNOLOGIES/509912345687/meds": {"mode": "upi", "counterparty": "1MG TECHNOLOGIES", "remark": "meds"},
    "NWD-416021XXXXXX1234-S1ACMU12-AHMEDABA": {"mode": "atm", "sense": "atm_withdrawal", "city": "Ahmedabad"},
    "ACH D RTN- HOME CREDIT-MND001": {"mode": "nach", "sense": "mandate_return", "counterparty": "HOME CREDIT"},
    "ECSRTNCHGS55 JAN 26": {"mode": "other", "sense": "bounce_charge", "counterparty": None},
    "UPI LITE TOP UP 500": {"mode": "upi", "sense": "lite_load"},
    "NETC FASTAG RECHARGE 123456": {"mode": "netbanking", "sense": "fastag"},
    "AEPS/509912345687/PATNA/BC": {"mode": "cash", "sense": "bc_cash", "city": "Patna"},
    "GST @18% ON CHARGES": {"mode": "other", "sense": "bank_charge"},
    "TDS DEDUCTED ON INTEREST": {"mode": "other", "sense": "tds"},
    "CREDIT INTEREST CAPITALISED JUN 26": {"mode": "other", "sense": "interest"},
    "AMAZON PAY INDIA PRI PUNE IN": {"mode": "card", "counterparty": "AMAZON PAY INDIA PRI", "city": "Pune"},
    "SALARY FROM ACME CORP": {"mode": "other", "counterparty": "ACME CORP"},
    "": {"mode": "other", "counterparty": None, "vpa": None},
    "UPI-": {"mode": "upi", "counterparty": None},
    "UPI/////": {"mode": "upi", "counterparty": None, "reference": None},
    "@@--//@@": {"mode": "other", "vpa": None},
}  # fmt: skip


@pytest.mark.parametrize("narration", NARRATIONS)
def test_a_narration_is_read(examples: dict[str, dict[str, Any]], narration: str) -> None:
    found = examples[narration]
    assert {name: found[name] for name in NARRATIONS[narration]} == NARRATIONS[narration]


def test_what_the_source_tells_wins(engine: Engine) -> None:
    row = {"narration": "POS 416021XXXXXX1234 DMART", "mode": "card", "counterparty": "Avenue", "vpa": ""}
    found = engine.read([row])[0]
    assert (found["mode"], found["counterparty"], found["vpa"]) == ("card", "Avenue", None)


def test_the_sign_of_the_amount_is_the_direction(engine: Engine) -> None:
    rows = [{"narration": "UPI/X/1/Y", "amount": Decimal(amount)} for amount in ("-0.01", "0.01")]
    assert [row["direction"] for row in engine.read(rows)] == ["debit", "credit"]


def test_other_columns_pass_through(engine: Engine) -> None:
    found = engine.read([{"narration": "UPI/X/1/Y", "posting_id": "P1"}])[0]
    assert found["posting_id"] == "P1"
    assert not [name for name in found if name.startswith(("said_", "raw_", "from_", "to_"))]
    assert set(TOLD) <= set(found)


def test_no_form_is_out_of_reach() -> None:
    """A form whose beginning an earlier form takes would never be used."""
    held = [(form.starts, form.holds) for form in forms()]
    shadowed = [
        (late, early)
        for at, late in enumerate(held)
        for early in held[:at]
        if late[0].startswith(early[0]) and (not early[1] or early[1] == late[1])
    ]
    assert not shadowed


def test_the_modes_are_the_books_modes() -> None:
    modes = {
        "upi",
        "neft",
        "imps",
        "rtgs",
        "nach",
        "card",
        "pos",
        "atm",
        "cheque",
        "cash",
        "netbanking",
        "wallet",
        "other",
    }
    assert {form.mode for form in forms()} | {row[1] for row in read("words")} <= modes


NAME = st.from_regex(r"[A-Z]{2,12}([ -][A-Z]{2,10}){0,3}", fullmatch=True).filter(lambda name: name not in NAMELESS)
NOTE = st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,2}", fullmatch=True)
LOCAL = st.from_regex(r"[a-z]{3,10}[0-9.]{0,3}[a-z0-9]", fullmatch=True)
RRN = st.from_regex(r"[3-6][0-9]{11}", fullmatch=True)
IFSC = st.from_regex(r"(HDFC|SBIN|ICIC|UTIB)0[0-9]{6}", fullmatch=True)
PARTS = st.fixed_dictionaries({"name": NAME, "note": NOTE, "local": LOCAL, "rrn": RRN, "ifsc": IFSC})
BUILT = {
    "UPI-{name}-{local}@ybl-{ifsc}-{rrn}-{note}": ("name", "note", "vpa", "rrn", "ifsc"),
    "UPI/{rrn}/{note}/{local}@ybl/YESB/": ("note", "vpa", "rrn"),
    "UPI/P2M/{rrn}/{name}/{note}/HDFC": ("name", "note", "rrn"),
    "NEFT CR-{ifsc}-{name}-N{rrn}-{note}": ("name", "note", "utr", "ifsc"),
    "MMT/IMPS/{rrn}/{note}/{name}/SBIN": ("name", "note", "rrn"),
    "IMPS-{rrn}-{name}-SBIN-XXXXXXX1234-{note}": ("name", "note", "rrn"),
    "BY TRF. IMPS TRF FROM {name} {rrn}": ("name", "rrn"),
}
COLUMN = {
    "name": "counterparty",
    "note": "remark",
    "vpa": "vpa",
    "rrn": "reference",
    "utr": "reference",
    "ifsc": "ifsc",
}


@pytest.mark.parametrize("built", BUILT)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(PARTS, min_size=1, max_size=40))
def test_parts_built_into_a_narration_are_read_back(engine: Engine, built: str, drawn: list[dict[str, str]]) -> None:
    found = engine.read([{"narration": built.format(**parts)} for parts in drawn])
    for parts, row in zip(drawn, found, strict=True):
        truth = {**parts, "vpa": f"{parts['local']}@ybl", "utr": f"N{parts['rrn']}"}
        assert {part: row[COLUMN[part]] for part in BUILT[built]} == {part: truth[part] for part in BUILT[built]}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=80), min_size=1, max_size=20))
def test_any_text_is_read_without_an_error(engine: Engine, texts: list[str]) -> None:
    kept = [text.replace("\0", "") for text in texts]
    assert len(engine.read([{"narration": text} for text in kept])) == len(kept)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_strangers_narrations_are_read(engine: Engine, seed: int) -> None:
    """330 narrations of a generator that shares nothing with the parser: rail, direction, counterparty and VPA."""
    truth = written(330, seed)
    signs = {"credit": Decimal(1), "debit": Decimal(-1)}
    found = engine.read([{"narration": one.narration, "amount": signs[one.direction]} for one in truth])
    right = [
        (row["mode"], row["direction"]) == (one.mode, one.direction)
        and (one.counterparty is None or (row["counterparty"] or "").upper() == one.counterparty.upper())
        and (one.vpa is None or row["vpa"] == one.vpa)
        for one, row in zip(truth, found, strict=True)
    ]
    assert sum(right) >= 0.95 * len(truth)
