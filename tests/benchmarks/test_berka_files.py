"""Berka's files at another size: as many rows as asked, ids apart, balances that go on."""

from __future__ import annotations

from pathlib import Path

import pyarrow.csv as csv
import pytest

from analytics.ingest import SOURCES
from benchmarks.berka_files import SHAPES, tiled


@pytest.mark.parametrize("shape", SHAPES)
def test_the_files_are_whole_and_as_long_as_asked(shape: str, tmp_path: Path, shared_data: Path) -> None:
    rows = 300_000 if shape == SHAPES[0] else 100_000
    accounts = tiled(tmp_path, shape, rows, shared_data / "berka")
    read = SOURCES["berka"].read(tmp_path)
    assert (read["transactions"].num_rows, read["accounts"].num_rows) == (rows, accounts)
    assert len(set(read["transactions"]["transaction_id"].to_pylist())) == rows


def test_a_history_put_behind_itself_goes_on(tmp_path: Path, shared_data: Path) -> None:
    tiled(tmp_path, SHAPES[0], 245_510, shared_data / "berka")
    rows = csv.read_csv(tmp_path / "trans.csv").to_pandas()
    sums = rows.assign(signed=rows.amount.where(rows.type == "PRIJEM", -rows.amount)).groupby("account_id").signed.sum()
    last = rows.sort_values("date").groupby("account_id").date.last()
    assert last.max().isoformat() == "1999-03-31"
    ends = rows[rows.date == last[rows.account_id].to_numpy()].groupby("account_id").balance.agg(list)
    near = [min(abs(balance - sums[account]) for balance in balances) for account, balances in ends.items()]
    assert sum(gap < 1 for gap in near) > 0.5 * len(near), (
        "most accounts end with what they took in less what they gave"
    )
