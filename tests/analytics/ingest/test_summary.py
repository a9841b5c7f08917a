"""What statements say they add up to, wherever they say it; postings that sound alike are left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from statement_reader import Reader
from test_layouts import STATEMENTS

from analytics.pipeline.summaries import mismatches, sums_of

HEADING = "Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance\n"
ROWS = (
    '01/04/24,CLOSING BALANCE SHEET PRINT - TOTAL DEBITS 5,1,01/04/24,"1,250.50",,"1,000.00"\n'
    '03/04/24,SALARY,2,03/04/24,,"85,000.00","86,000.00"\n'
)
WHOLE = {"opening_balance": "2250.50", "closing_balance": "86000.00", "debits": "1250.50", "credits": "85000.00",
         "debit_count": "1", "credit_count": "1"}  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "Opening Balance,Dr Count,Cr Count,Debits,Credits,Closing Bal,\n"
             '"2,250.50",1,1,"1,250.50","85,000.00","86,000.00",\n', WHOLE),
        ("Opening Balance : 2250.50 Cr,,,,,,\n", ",Grand Total,,,1250.50,85000.00,\n",
         {name: WHOLE[name] for name in ("opening_balance", "debits", "credits")}),
        ("", ",OPENING BALANCE,,,,,-12.00\nTotal Debits: Rs. 9.00,,,,,,\nNumber of credits,4,,,,,\n",
         {"opening_balance": "-12.00", "debits": "9.00", "credit_count": "4"}),
        ("", "Closing balance includes funds earmarked for hold,,,,,,\nPage Total,,,,1250.50,1.00,\n", {}),
        ("", "Opening balance as on 01/04/2024: nothing,,,,,,\n", {}),
    ],
)  # fmt: skip
def test_a_summary_is_read_where_it_stands(read: Reader, before: str, after: str, told: dict[str, str]) -> None:
    found = read(before + HEADING + ROWS + after)
    assert found.parsed.guessed.get("summary", {}) == told
    assert len(found.postings) == 2


@pytest.mark.parametrize("name", ["hdfc", "axis"])
def test_the_layouts_own_summaries_agree_with_their_rows(read: Reader, name: str) -> None:
    parsed = read(STATEMENTS[name], account=None, customer=None).parsed
    assert {"debits", "credits"} <= set(parsed.guessed["summary"])
    assert mismatches(parsed.guessed["summary"], sums_of(parsed.postings)) == []


def test_a_row_that_is_not_there_is_told(read: Reader) -> None:
    after = ',,,,,,\nTotal Debits,"1,300.50",,,,,\nDr Count,2,,,,,\nClosing Balance,"86,000.00",,,,,\n'
    parsed = read(HEADING + ROWS + after).parsed
    wrong = mismatches(parsed.guessed["summary"], sums_of(parsed.postings))
    assert [(each.what, str(each.told), str(each.found)) for each in wrong] == [
        ("debits", "1300.50", "1250.50"), ("debit_count", "2", "1"),
    ]  # fmt: skip


def test_it_is_a_finding_until_the_row_is_mended(tmp_path: Path, settings: Any) -> None:
    from tools.operations.intake import ingest_file
    from tools.operations.preview import preview_file
    from tools.operations.quality import quality
    from tools.operations.quarantine import mend, quarantined

    path = tmp_path / "april.csv"
    bad = '32/04/24,SHOP,3,04/04/24,"50.00",,"85,950.00"\n'
    path.write_text(HEADING + ROWS + bad + 'Total Debits,"1,300.50",,,,,\n', "utf-8")
    (line,) = preview_file(path, account="A1", customer="C1").summary
    assert (line.what, line.told, line.found, line.agrees) == ("the sum of the debits", "1300.50", "1250.50", False)
    ingest_file(path, "shop", account="A1", customer="C1", settings=settings)
    found = quality("shop", settings=settings)
    (doubt,) = [each for each in found["findings"] if each["kind"] == "summary_mismatch"]
    assert "the sum of the debits is not what its rows add up to" in doubt["sentence"]
    assert {each["name"]: each["status"] for each in found["checks"]}["summaries_agree"] == "warn"
    (waiting,) = quarantined("shop", settings=settings)
    mend("shop", waiting["file_id"], waiting["line"], {"Date": "04/04/24"}, settings=settings)
    assert "summary_mismatch" not in {each["kind"] for each in quality("shop", settings=settings)["findings"]}
