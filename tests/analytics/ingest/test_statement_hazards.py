"""What real statements hold: each hazard, with what becomes of it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from decimal import Decimal

import pytest
from statement_reader import Read, Reader

from analytics.ingest.mapping import ColumnMapping
from governance.errors import SourceError

HEADING = "Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance\n"
ROWS = """01/04/24,UPI-ONE,R1,01/04/24,100.00,,900.00
02/04/24,UPI-TWO,R2,02/04/24,,50.00,950.00
03/04/24,UPI-THREE,R3,03/04/24,25.00,,925.00
"""


def only(found: Read) -> dict[str, object]:
    assert (len(found.postings), found.rejected) == (1, [])
    return dict(found.postings[0])


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ('"1,23,456.78"', "-123456.78"),
        ("₹1234.50", "-1234.50"),
        ("Rs. 1234.5", "-1234.50"),
        ("INR 12", "-12.00"),
        ("1234.00 Dr", "-1234.00"),
        ("(1234.00)", "-1234.00"),
        ("\u22121234.00", "-1234.00"),
        ("1\u00a0234.00", "-1234.00"),
        ("1\u2009234.00", "-1234.00"),
        ("  77.10  ", "-77.10"),
        ("7.5000", "-7.50"),
    ],
)
def test_a_withdrawal_however_it_is_written(read: Reader, written: str, amount: str) -> None:
    row = only(read(f"{HEADING}01/04/24,UPI-ONE,R1,01/04/24,{written},,900.00\n"))
    assert row["amount"] == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("01/04/24", dt.datetime(2024, 4, 1)),
        ("1/4/2024", dt.datetime(2024, 4, 1)),
        ("01-04-2024 13:45", dt.datetime(2024, 4, 1, 13, 45)),
        ("01.04.2024 1:45:10 PM", dt.datetime(2024, 4, 1, 13, 45, 10)),
        ("2024-04-01 12:05 am", dt.datetime(2024, 4, 1, 0, 5)),
    ],
)
def test_a_date_however_it_is_written(read: Reader, written: str, day: dt.datetime) -> None:
    assert only(read(f"{HEADING}{written},UPI-ONE,R1,,100.00,,900.00\n"))["posted_at"] == day


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("31/02/24,UPI,R,,1.00,,9.00", "Date is not a date that exists"),
        ("29/02/23,UPI,R,,1.00,,9.00", "Date is not a date that exists"),
        (",UPI,R,,1.00,,9.00", "Date is empty"),
        ("01/04/24,UPI,R,32/04/24,1.00,,9.00", "Value Dt is not a date that exists"),
        ("01/04/24,UPI,R,,1.00,2.00,9.00", "both hold an amount"),
        ("01/04/24,UPI,R,,,,9.00", "Neither Withdrawal Amt. nor Deposit Amt."),
        ("01/04/24,UPI,R,,0.00,0.00,9.00", "Neither Withdrawal Amt. nor Deposit Amt."),
        ("01/04/24,UPI,R,,one,,9.00", "Withdrawal Amt. is not an amount"),
        ("01/04/24,UPI,R,,1.005,,9.00", "Withdrawal Amt. is not an amount"),
        ("01/04/24,UPI,R,,1.00,,much", "Closing Balance is not an amount"),
        ("01/04/24,UPI,R,,,-5.00,9.00", "Deposit Amt. is negative"),
        ("01/04/24,UPI", "Neither Withdrawal Amt. nor Deposit Amt."),
    ],
)
def test_a_row_that_fits_nothing_is_rejected_with_its_line_and_reason(read: Reader, row: str, reason: str) -> None:
    found = read(f"{HEADING}{ROWS}{row}\n")
    assert len(found.postings) == 3
    (rejected,) = found.rejected
    assert rejected["line"] == 5
    assert reason in rejected["reason"]
    assert json.loads(rejected["content"]) == row.split(",")
    assert "UPI" not in rejected["reason"]


def test_wrapped_lines_are_joined_and_a_broken_address_is_made_whole(read: Reader) -> None:
    wrapped = (
        "01/04/24,UPI-SHOP-shop@ax,R1,01/04/24,100.00,,900.00\n,is-UTIB0000248,,,,,\n"
        "02/04/24,NEFT CR-INFO,R2,02/04/24,,50.00,950.00\n,LTD SALARY,,,,,\n,APRIL,,,,,\n"
    )
    found = read(HEADING + wrapped)
    assert found.column("narration") == ["UPI-SHOP-shop@axis-UTIB0000248", "NEFT CR-INFO LTD SALARY APRIL"]
    assert found.rejected == []


def test_wrapped_text_with_nothing_above_or_a_rejected_row_above_is_rejected(read: Reader) -> None:
    found = read(f"{HEADING},STRAY TEXT,,,,,\n{ROWS}01/04/24,BAD,R,,one,,9.00\n,MORE OF IT,,,,,\n")
    assert [(row["line"], row["reason"].split()[0]) for row in found.rejected] == [
        (2, "Text"),
        (6, "Withdrawal"),
        (7, "Continues"),
    ]
    assert len(found.postings) == 3


def test_footers_totals_pages_and_repeated_headings_are_counted_not_rejected(read: Reader) -> None:
    pages = f"{ROWS}Page 1 of 2,,,,,,\n{HEADING}04/04/24,UPI-FOUR,R4,04/04/24,5.00,,920.00\nTotal,,,,130.00,50.00,\n"
    end = "\n***************,,,,,,\nSTATEMENT SUMMARY :-,,,,,,\nany words of the bank,,,,,,\n"
    found = read(HEADING + pages + end)
    assert len(found.postings) == 4
    assert found.rejected == []
    assert found.parsed.notes == (
        "4 lines about the statement itself were left out (totals, page numbers, balances, legends).",
        "1 lines say that the statement ends.",
        "1 repeated headings were left out.",
    )


def test_a_posting_whose_words_look_like_a_footer_stays(read: Reader) -> None:
    row = only(read(f"{HEADING}01/04/24,TOTAL GAS Page 1 of 2,R1,01/04/24,100.00,,900.00\n"))
    assert row["narration"] == "TOTAL GAS Page 1 of 2"


def test_newest_first_is_turned(read: Reader) -> None:
    found = read(HEADING + "".join(reversed(ROWS.splitlines(keepends=True))))
    assert found.column("ordinal") == [3, 2, 1]
    assert found.continuous


def test_newest_first_within_one_day_is_told_by_the_balances(read: Reader) -> None:
    day = "01/04/24,C,R,,25.00,,925.00\n01/04/24,B,R,,,50.00,950.00\n01/04/24,A,R,,100.00,,900.00\n"
    assert read(HEADING + day).continuous


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(read: Reader, encoding: str, line_end: str) -> None:
    text = (HEADING + ROWS.replace("UPI-TWO", "CAFÉ “TWO”")).replace("\n", line_end)
    found = read(text.encode(encoding))
    assert found.column("narration") == ["UPI-ONE", "CAFÉ “TWO”", "UPI-THREE"]
    assert found.continuous


def test_a_gzipped_statement_is_unpacked(read: Reader) -> None:
    assert read(gzip.compress((HEADING + ROWS).encode()), name="statement.csv.gz").continuous


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_delimiters(read: Reader, delimiter: str) -> None:
    assert read((HEADING + ROWS).replace(",", delimiter)).continuous


def test_quoted_cells(read: Reader) -> None:
    rows = (
        '"01/04/24","ONE, AND A HALF","R1","01/04/24","1,00.00","","900.00"\n'
        '02/04/24,"TWO ""B"", C",R2,02/04/24,,50.00,950.00\n'
        '03/04/24,"THREE\nB",R3,"03/04/24","25.00",,925.00\n'
        '04/04/24,FOUR 5" PIPE,R4,04/04/24,5.00,,920.00\n'
    )
    found = read(HEADING + rows)
    assert found.column("narration") == ["ONE, AND A HALF", 'TWO "B", C', "THREE B", 'FOUR 5" PIPE']
    assert found.column("line") == [2, 3, 4, 6]
    assert found.continuous


def test_commas_nobody_quoted_stay_in_the_narration(read: Reader) -> None:
    row = only(read(f"{HEADING}01/04/24,UPI-ONE, TWO, THREE,R1,01/04/24,100.00,,900.00\n"))
    assert (row["narration"], row["amount"], row["reference"]) == ("UPI-ONE, TWO, THREE", Decimal(-100), "R1")


def test_cells_that_a_spreadsheet_would_run_stay_text(read: Reader) -> None:
    for text in ('=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)"):
        quoted = '"' + text.replace('"', '""') + '"'
        assert only(read(f"{HEADING}01/04/24,{quoted},R1,01/04/24,100.00,,900.00\n"))["narration"] == text


def test_nulls_and_huge_cells(read: Reader) -> None:
    long = "x" * 900_000
    found = read(f"{HEADING}{ROWS}04/04/24,UPI\0{long},R4,04/04/24,5.00,,920.00\n")
    assert found.column("narration")[3] == f"UPI{long}"


def test_a_preamble_of_sixty_lines(read: Reader) -> None:
    preamble = "".join(f"Line {number} of the bank's words,,,\n" for number in range(60))
    assert read(preamble + HEADING + ROWS).continuous


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "workbook of Excel 97"),
        (b"x" * (5 << 20), "line of more than"),
        (b"no statement at all\n", "no row of headings"),
        (gzip.compress(b"Date,Narration\n" * 100)[:40], "cut short or damaged"),
        (gzip.compress(b"\n" * (300 << 20)), "times its size"),
    ],
    ids=["empty", "pdf", "xls", "endless line", "words", "cut gzip", "gzip bomb"],
)
def test_what_is_no_statement_is_refused_in_words(read: Reader, content: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read(content)


def test_whose_it_is_must_be_told(read: Reader) -> None:
    with pytest.raises(SourceError, match="--account ID --customer ID"):
        read(HEADING + ROWS, account=None, customer=None)


def test_a_large_file_reads_as_a_small_one(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = (
        '04/04/24,"QUOTED, TEXT",R4,04/04/24,5.00,,920.00\n,wrapped,,,,,\n31/02/24,BAD,R5,,1.00,,9.00\n'
        "29/02/24,LEAP,R6,29/02/24,0.00,7.00,927.00\n05/04/24, SPACED ,R7,05/04/24,0.50,0.00,926.50\n"
        "06/04/24,BOTH,R8,,1.00,2.00,9.00\nPage 2,,,,,,\n07/04/24,NONE,R9,07/04/24,0.00,,926.50\n"
    )
    slow = read(HEADING + ROWS + odd)
    monkeypatch.setattr("analytics.ingest.tables.WORTH_IT", 0)
    fast = read(HEADING + ROWS + odd)
    assert fast.postings == slow.postings
    assert fast.rejected == slow.rejected
    assert fast.parsed.notes == slow.parsed.notes
    assert (len(slow.postings), len(slow.rejected)) == (6, 3)


def test_a_mapping_reads_the_side_from_a_word_and_the_account_from_a_column(read: Reader) -> None:
    text = (
        "When;Who;What;How much;In or out\n2024-04-01;111122223333;TEA;10;Expense\n2024-04-02;SAVINGS;PAY;99.5;Income\n"
    )
    columns = {"date": "When", "account": "Who", "narration": "What", "amount": "How much", "sign": "In or out"}
    found = read(text, mapping=ColumnMapping(columns, ("YYYY-MM-DD",)), account=None)
    assert found.column("amount") == [Decimal(-10), Decimal("99.50")]
    assert found.column("account_id")[1] == "C1/SAVINGS"
    assert "111122223333" not in found.column("account_id")[0]


def test_an_unknown_table_says_what_is_guessed_and_needed(read: Reader) -> None:
    with pytest.raises(SourceError, match=r"date ← 'When' .* still needs an amount.*--preview.*--mapping FILE"):
        read("When,What for,Colour\n2024-04-01,TEA,red\n2024-04-02,PAY,blue\n")
