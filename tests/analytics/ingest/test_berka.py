"""Berka: what its files become, and what is said when they are not as they should be."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ingest import SOURCES
from analytics.ingest.loan_terms import add_months, annual_rate
from analytics.schema import CORE, arrow_schema
from governance.errors import SourceError

BERKA = Path(__file__).parents[4] / "shared" / "data" / "berka"
with_berka = pytest.mark.skipif(not BERKA.is_dir(), reason="the Berka files are not beside the repository")

#: The challenge's own layout: semicolons, quotes, YYMMDD, birth numbers.
ORIGINAL: Mapping[str, str] = {
    "account": '"account_id";"district_id";"frequency";"date"\n1;18;"POPLATEK MESICNE";930101\n2;1;"TYDNE";930226\n',
    "client": '"client_id";"birth_number";"district_id"\n1;"706213";18\n2;"450204";1\n3;"046009";1\n',
    "disp": '"disp_id";"client_id";"account_id";"type"\n1;1;1;"OWNER"\n2;2;2;"OWNER"\n3;3;2;"DISPONENT"\n',
    "district": '"A1";"A2";"A3";"A4"\n1;"Hl.m. Praha";"Prague";1204953\n18;"Pisek";"south Bohemia";70699\n',
    "loan": (
        '"loan_id";"account_id";"date";"amount";"duration";"payments";"status"\n'
        '10;1;940131;12000;12;1000.00;"A"\n11;2;970801;24000;24;1000.00;"D"\n'
    ),
    "order": (
        '"order_id";"account_id";"bank_to";"account_to";"amount";"k_symbol"\n'
        '1;1;"YZ";"87144583";2452.00;"LEASING"\n2;2;"ST";"89597016";3372.70;" "\n'
    ),
    "trans": (
        '"trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank";"account"\n'
        '100;1;930101;"PRIJEM";"VKLAD";700.00;700.00;"";"";\n'
        '101;1;930105;"VYDAJ";"PREVOD NA UCET";24.52;675.48;" ";"YZ";87144583\n'
        '102;1;930131;"VYDAJ";"VYBER";14.60;660.88;"SLUZBY";"";\n'
        '103;1;930131;"PRIJEM";"";3.50;664.38;"UROK";"";0\n'
        '104;2;930301;"VYBER";"VYBER";1000;-336;"";"";\n'
        '105;2;930302;"VYDAJ";"VYBER KARTOU";100;-436;"";"";\n'
        '106;2;930305;"PRIJEM";"PREVOD Z UCTU";5000;4564;"DUCHOD";"AB";111\n'
        '107;2;930306;"VYDAJ";"PREVOD NA UCET";500;4064;"POJISTNE";"ST";89597016\n'
        '108;2;930307;"VYDAJ";"PREVOD NA UCET";500;3564;"UVER";"ST";5\n'
        '109;2;930308;"VYDAJ";"PREVOD NA UCET";500;3064;"SIPO";"ST";6\n'
        '110;2;930331;"VYDAJ";"VYBER";9;3055;"SANKC. UROK";"";\n'
    ),
}


def read(folder: Path) -> Mapping[str, pa.Table]:
    return SOURCES["berka"].read(folder)


def refusal(folder: Path) -> str:
    with pytest.raises(SourceError) as caught:
        read(folder)
    return str(caught.value)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    for stem, text in ORIGINAL.items():
        (tmp_path / f"{stem}.csv").write_text(text)
    return tmp_path


def change(folder: Path, stem: str, old: str, new: str) -> None:
    path = folder / f"{stem}.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_every_canonical_table_has_its_schema(original: Path) -> None:
    tables = read(original)
    for table in CORE:
        assert tables[table.name].schema == arrow_schema(table)
    assert tables["instalments"].num_rows == tables["sessions"].num_rows == 0


def test_postings(original: Path) -> None:
    rows = read(original)["transactions"].to_pylist()
    told = ("amount", "direction", "mode", "category", "subcategory", "recurring_kind", "category_rule", "counterparty")
    assert [tuple(row[column] for column in told) for row in rows] == [
        (Decimal("700.00"), "credit", "cash", "cash", "deposit", None, "berka:operation:VKLAD", None),
        (
            Decimal("-24.52"),
            "debit",
            "netbanking",
            "loan_payment",
            "lease",
            "emi",
            "berka:order:LEASING",
            "87144583/YZ",
        ),
        (Decimal("-14.60"), "debit", "other", "fees", "statement_fee", None, "berka:symbol:SLUZBY", None),
        (Decimal("3.50"), "credit", "other", "interest", "savings_interest", None, "berka:symbol:UROK", None),
        (Decimal("-1000.00"), "debit", "cash", "cash", "withdrawal", None, "berka:operation:VYBER", None),
        (Decimal("-100.00"), "debit", "card", "cash", "card_withdrawal", None, "berka:operation:VYBER KARTOU", None),
        (Decimal("5000.00"), "credit", "netbanking", "income", "pension", "salary", "berka:symbol:DUCHOD", "111/AB"),
        (
            Decimal("-500.00"),
            "debit",
            "netbanking",
            "insurance",
            "premium",
            "insurance",
            "berka:symbol:POJISTNE",
            "89597016/ST",
        ),
        (Decimal("-500.00"), "debit", "netbanking", "loan_payment", "emi", "emi", "berka:symbol:UVER", "5/ST"),
        (Decimal("-500.00"), "debit", "netbanking", "rent", "household_payments", "rent", "berka:symbol:SIPO", "6/ST"),
        (Decimal("-9.00"), "debit", "other", "fees", "overdraft_penalty", None, "berka:symbol:SANKC. UROK", None),
    ]
    assert rows[0]["posted_at"] == rows[0]["known_at"] == dt.datetime(1993, 1, 1)
    assert {(row["account_id"], row["customer_id"], row["currency"]) for row in rows} == {
        ("1", "1", "CZK"),
        ("2", "2", "CZK"),
    }


def test_customers_are_owners_and_the_others(original: Path) -> None:
    tables = read(original)
    told = ("customer_id", "gender", "birth_date", "city", "state", "region", "joined_on", "full_name", "contact_flags")
    assert [tuple(row[column] for column in told) for row in tables["customers"].to_pylist()] == [
        ("1", "F", dt.date(1970, 12, 13), "Pisek", "south Bohemia", "Bohemia", dt.date(1993, 1, 1), None, []),
        ("2", "M", dt.date(1945, 2, 4), "Hl.m. Praha", "Prague", "Prague", dt.date(1993, 2, 26), None, []),
        ("3", "F", dt.date(1904, 10, 9), "Hl.m. Praha", "Prague", "Prague", dt.date(1993, 2, 26), None, []),
    ]
    assert tables["accounts"]["customer_id"].to_pylist() == ["1", "2"]


def test_loans_and_their_outcomes(original: Path) -> None:
    tables = read(original)
    finished, running = tables["loans"].to_pylist()
    assert (finished["customer_id"], finished["principal"], finished["emi_amount"]) == (
        "1",
        Decimal(12000),
        Decimal(1000),
    )
    assert (finished["annual_rate"], finished["tenor_months"], finished["product"]) == (0.0, 12, "personal_loan")
    assert (finished["closed_on"], running["closed_on"]) == (dt.date(1995, 1, 31), None)
    assert [tuple(row.values()) for row in tables["loan_outcomes"].to_pylist()] == [
        ("10", False, dt.date(1995, 1, 31), True),
        ("11", True, dt.date(1998, 12, 31), False),
    ]
    assert tables["loan_histories"]["part"].to_pylist() == ["whole", "whole"]


def test_iso_dates_and_gzip_say_the_same(original: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("iso")
    for stem, text in ORIGINAL.items():
        iso = text.replace(";", ",").replace('"', "")
        for day in ("930101", "930226", "940131", "970801", "930105", "930131"):
            iso = iso.replace(f",{day},", f",19{day[:2]}-{day[2:4]}-{day[4:]},").replace(
                f",{day}\n", f",19{day[:2]}-{day[2:4]}-{day[4:]} 00:00:00\n"
            )
        if stem == "trans":
            iso = "\n".join(line for line in iso.splitlines() if ",9303" not in line)
        (folder / f"{stem}.csv.gz").write_bytes(gzip.compress(iso.encode()))
    theirs, ours = read(original), read(folder)
    for name in ("customers", "accounts", "loans", "loan_outcomes"):
        assert ours[name].equals(theirs[name])
    assert ours["transactions"].equals(theirs["transactions"].slice(0, 4))


def test_the_extract_says_which_loans_it_covers(original: Path) -> None:
    (original / "trans.csv").unlink()
    assert "trans_partial.parquet" in refusal(original)
    rows = {
        "trans_id": [1, 2], "account_id": [2, 1], "date": [dt.date(1997, 7, 1), dt.date(1993, 1, 2)],
        "type": ["PRIJEM", "VYDAJ"], "operation": ["VKLAD", None], "amount": [10.1, 3.0], "balance": [10.1, -3.0],
        "k_symbol": [None, None], "bank": [None, None], "account": pa.array([None, None], pa.int64()),
        "part": ["preloan_1997_1998", "opening_1993_1994"],
    }  # fmt: skip
    pq.write_table(pa.table(rows), original / "trans_partial.parquet")
    tables = read(original)
    assert tables["loan_histories"]["part"].to_pylist() == ["opening_1993_1994", "preloan_1997_1998"]
    assert tables["transactions"]["amount"].to_pylist() == [Decimal("10.10"), Decimal("-3.00")]


#: file, what stands there, what is written instead → what the message must say.
BROKEN = [
    ("trans", "930105", "930230", ["trans.csv, line 3", "date", "'930230'", "YYMMDD"]),
    ("trans", "24.52", "24.525", ["trans.csv, line 3", "amount", "two decimals"]),
    ("trans", "24.52", "lots", ["trans.csv, line 3", "'lots'"]),
    ("trans", "24.52", "", ["trans.csv, line 3", "amount is empty"]),
    ("trans", '"VYDAJ"', '"OUT"', ["trans.csv, line 3", "'OUT'", "PRIJEM, VYBER, VYDAJ"]),
    ("trans", "101;1;", "101;9;", ["trans.csv, line 3", "'9'", "account"]),
    ("trans", '"k_symbol"', '"symbol"', ["trans.csv lacks the column k_symbol", "symbol"]),
    ("trans", ";24.52;", ";24;52;", ["trans.csv, line 3", "11 fields", "expected 10"]),
    ("loan", '"A"', '"E"', ["loan.csv, line 2", "'E'", "A, B, C, D"]),
    ("loan", ";12;", ";a year;", ["loan.csv, line 2", "duration", "whole number"]),
    ("loan", "10;1;", "10;7;", ["loan.csv, line 2", "'7'"]),
    ("account", "930226", "931301", ["account.csv, line 3", "date"]),
    ("disp", '1;1;1;"OWNER"', '1;1;1;"DISPONENT"', ["account.csv, line 2", "OWNER", "disp.csv"]),
    ("client", '"birth_number"', '"born"', ["client.csv", "birth_number", "born"]),
    ("client", "706213", "709913", ["client.csv, line 2", "birth_number"]),
    ("district", '"A3"', '"A33"', ["district.csv lacks the column A3"]),
]


@pytest.mark.parametrize(("stem", "old", "new", "said"), BROKEN)
def test_what_is_wrong_is_named(original: Path, stem: str, old: str, new: str, said: list[str]) -> None:
    change(original, stem, old, new)
    message = refusal(original)
    assert [part for part in said if part not in message] == [], message


def test_missing_folder_and_files(tmp_path: Path, original: Path) -> None:
    assert "no such folder" in refusal(tmp_path / "nowhere")
    (original / "loan.csv").unlink()
    message = refusal(original)
    assert "loan.csv.gz or loan.csv" in message
    assert "account.csv" in message


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08broken", b'"a";"\xff\xfe"\n1;2\n'])
def test_unreadable_bytes(original: Path, content: bytes) -> None:
    (original / "loan.csv").unlink()
    (original / "loan.csv.gz").write_bytes(content)
    assert "loan.csv.gz" in refusal(original)


@given(rate=st.floats(0.001, 3.0), tenor=st.integers(2, 360), principal=st.floats(100.0, 1e8))
def test_the_rate_is_the_one_the_instalment_was_made_with(rate: float, tenor: int, principal: float) -> None:
    monthly = rate / 12
    emi = principal * monthly / (1 - (1 + monthly) ** -tenor)
    solved = annual_rate(np.array([principal]), np.array([emi]), np.array([tenor]))
    assert solved[0] == pytest.approx(rate, rel=1e-6)


def test_a_month_later_is_the_same_day_or_the_last() -> None:
    assert add_months(dt.date(1995, 1, 31), 1) == dt.date(1995, 2, 28)
    assert add_months(dt.date(1995, 12, 15), 13) == dt.date(1997, 1, 15)


@with_berka
def test_the_files_beside_the_repository() -> None:
    tables = read(BERKA)
    counts = {"customers": 5369, "accounts": 4500, "transactions": 79302, "loans": 682, "loan_outcomes": 682}
    assert {name: tables[name].num_rows for name in counts} == counts
    outcomes = tables["loan_outcomes"].to_pandas()
    assert outcomes.groupby(["complete", "bad"]).size().to_dict() == {
        (True, False): 203, (True, True): 31, (False, False): 403, (False, True): 45,
    }  # fmt: skip
    preloan = pc.equal(tables["loan_histories"]["part"], "preloan_1997_1998").fill_null(False)
    assert pc.sum(preloan).as_py() == 354
    covered = tables["loan_histories"].filter(preloan)["loan_id"].to_pylist()
    assert outcomes[outcomes.loan_id.isin(covered)].bad.sum() == 30
    assert tables["transactions"]["customer_id"].null_count == 0
    assert not any(tables["loans"]["annual_rate"].to_pylist())
