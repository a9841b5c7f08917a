"""Postings as they happen at a fixed rate: enriched, held against what is usual, kept on disk; the time of each."""

from __future__ import annotations

import datetime as dt
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks import place
from benchmarks.load import Load, at_rate, cpu_seconds, served, synced
from benchmarks.report import Cell, Report, Target
from governance.principal import local_principal
from tools.workspace import Workspace

SERVER = "benchmarks.serving_munshi"
RATE, CONNECTIONS, SECONDS, ROUNDS, P99_MS = 100, 16, 15.0, 3, 40.0
#: Accounts postings are sent of, one after the other: so many customers are met for the first time.
ACCOUNTS = 1_500
#: Narrations, each with a reference of its own, and most with a name of its own.
NARRATIONS = (
    "UPI/DR/{ref}/SWIGGY/YESB/swiggy@ybl/food", "POS 423456XXXXXX7890 {name} STORES PUNE",
    "UPI/DR/{ref}/{name} KUMAR/SBIN/{name}@oksbi/rent", "ACH D- BAJAJ FINANCE-EMI-{ref}",
    "NEFT CR-HDFC0000001-{name} LTD-SALARY-REF{ref}", "ATM WDL {ref} MG ROAD BENGALURU",
)  # fmt: skip
SYLLABLES = ("RA", "ME", "SHU", "KA", "NI", "TO", "VI", "BA", "LA", "DE")


def run() -> Report:
    """Send postings of many customers at the rate, each due at its moment whether or not others were answered."""
    here = place.settings()
    place.demo_workspace(here)
    accounts, first = _accounts()
    rows: list[tuple[Cell, ...]] = []
    with served([sys.executable, "-m", SERVER], place.environment(here)) as (port, pid, told):
        load = Load(port, "/api/v1/transactions", _postings(accounts, first), told.split()[0], pid)
        first_taken = at_rate(load, 1, 1.0, 0.5)[0]
        used = [cpu_seconds(pid)]
        everything: list[float] = []
        for number in range(ROUNDS):
            taken = at_rate(_shifted(load, number + 1), CONNECTIONS, RATE, SECONDS)
            used.append(cpu_seconds(pid))
            everything += taken
            rows.append((f"round {number + 1}", len(taken), *_percentiles(taken), _each(used[-2:], len(taken))))
    rows.append(("all", len(everything), *_percentiles(everything), _each([used[0], used[-1]], len(everything))))
    disk = synced(here.home)
    return Report(
        "realtime", f"postings at {RATE} a second, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS:g} s",
        ("when", "postings", "p50 ms", "p95 ms", "p99 ms", "longest ms", "processor ms each"), rows,
        targets=(Target("p99 of a posting, from the moment it was due", _percentiles(everything)[2], P99_MS, "ms"),),
        notes=(
            "each: key, account in sight, category, anomaly, the month's figures, sealed and on disk, audited",
            f"the first posting of a process, in which models and rows are read, took {first_taken:.1f} s",
            f"of {min(ACCOUNTS, len(accounts)):,} accounts in turn: the first round meets each for the first time",
            "a posting that waits for a connection counts from when it was due",
            f"this disk keeps 4 KiB in {_percentiles(disk)[0]:.1f} ms, p99 {_percentiles(disk)[2]:.1f} ms: each "
            "posting waits for it twice",
        ),
    )  # fmt: skip


def _accounts() -> tuple[Sequence[str], dt.date]:
    """Open savings accounts, and the day after the newest posting."""
    with Workspace.open(place.DEMO, place.settings()) as workspace:
        me = local_principal(workspace.name)
        sql = (f"SELECT account_id FROM semantic.accounts WHERE kind = 'savings' AND closed_on IS NULL "
               f"ORDER BY account_id LIMIT {ACCOUNTS}")  # fmt: skip
        found = [row[0] for row in workspace.query(me, sql).rows]
        return found, workspace.data_clock(me) + dt.timedelta(days=1)


def _postings(accounts: Sequence[str], first: dt.date) -> Callable[[int], Mapping[str, Any]]:
    run_id = secrets.token_hex(4)

    def posting(number: int) -> Mapping[str, Any]:
        at = dt.datetime.combine(first, dt.time(9)) + dt.timedelta(seconds=number)
        narration = NARRATIONS[number % len(NARRATIONS)].format(ref=618_212_000_000 + number, name=_name(number))
        sign = "" if " CR-" in narration else "-"
        return {"transaction_id": f"B-{run_id}-{number}", "account_id": accounts[number % len(accounts)],
                "posted_at": at.isoformat(), "amount": f"{sign}{100 + number % 900}.50",
                "narration": narration}  # fmt: skip

    return posting


def _name(number: int) -> str:
    """A name that few postings share."""
    return "".join(SYLLABLES[int(digit)] for digit in str(number * 7_919 % 100_000))


def _shifted(load: Load, number: int) -> Load:
    """The same load with postings of its own."""
    begin = number * int(RATE * SECONDS * 2)
    make = load.body
    assert callable(make)
    return Load(load.port, load.path, lambda at: make(begin + at), load.key, load.pid)


def _percentiles(taken: Sequence[float]) -> tuple[float, float, float, float]:
    found = [float(each) * 1000 for each in np.percentile(taken, [50, 95, 99, 100])]
    return found[0], found[1], found[2], found[3]


def _each(used: Sequence[float | None], count: int) -> float | None:
    begun, ended = used
    return None if begun is None or ended is None else (ended - begun) / count * 1000
