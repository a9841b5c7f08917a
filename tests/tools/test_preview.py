"""A file looked at before anything is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from governance.errors import SourceError
from tools.operations.preview import MASKED, preview_file

STATEMENT = """Account No : 50100123456789
Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
01/04/24,UPI-ASHOK TEST,R1,01/04/24,100.00,,900.00
02/04/24,UPI-TWO,R2,02/04/24,,50.00,999.00
31/02/24,UPI-THREE,R3,,1.00,,998.00
"""
TABLE = "When,Note,Amount,Type\n2024-04-01,TEA,10,Expense\n2024-04-02,PAY,50,Income\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "file.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_preview_says_what_is_read_rejected_and_broken_without_personal_data(tmp_path: Path) -> None:
    found = preview_file(written(tmp_path, STATEMENT))
    assert (found.source, found.needs) == ("hdfc", ())
    assert (found.told["rows_read"], found.told["rows_kept"], found.told["rows_rejected"]) == (3, 2, 1)
    assert {row["narration"] for row in found.rows} == {MASKED}
    assert [each["line"] for each in found.rejected] == [5]
    assert (found.balance.compared, found.balance.breaks, found.balance.lines) == (1, 1, (4,))
    said = json.dumps(vars(found), default=str)
    assert "ASHOK" not in said
    assert "50100123456789" not in said


def test_a_guess_is_shown_saved_and_confirmed(tmp_path: Path) -> None:
    path, saved = written(tmp_path, TABLE), tmp_path / "mapping.json"
    guessed = preview_file(path, save_mapping=saved)
    assert set(guessed.guessed["reasons"]) == {"date", "narration", "amount", "sign"}
    assert len(guessed.needs) == 2  # whose it is, and a confirmation
    confirmed = preview_file(path, mapping_file=saved, account="A1", customer="C1")
    assert confirmed.needs == ()
    assert [row["amount"] for row in confirmed.rows] == [row["amount"] for row in guessed.rows]
    assert {row["account_id"] for row in confirmed.rows} == {"A1"}


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("{", "not a readable mapping"),
        ("[]", "is not a mapping"),
        ('{"columns": {"dat": "When"}}', "no role 'dat'. Did you mean"),
        ('{"columns": {"date": "When"}, "dates": ["YY"]}', "no date format 'YY'"),
        ('{"columns": {"date": "When"}, "debits": "("}', "`debits` is not a pattern"),
        ('{"columns": {"date": "When"}, "debits": "(?=x)"}', "looks around"),
        ('{"columns": {"date": "When"}}', "names no column for an amount"),
        ('{"columns": {"date": "Day", "amount": "Amount"}}', "no row with the headings"),
    ],
)
def test_a_mapping_that_will_not_do_says_why(tmp_path: Path, mapping: str, words: str) -> None:
    (tmp_path / "mapping.json").write_text(mapping, "utf-8")
    with pytest.raises(SourceError, match=words):
        preview_file(written(tmp_path, TABLE), mapping_file=tmp_path / "mapping.json")
