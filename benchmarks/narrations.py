"""What the enrichment gets right: rails, parties, categories and recurring payments, and what a row costs."""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING, Any

from analytics.pipeline.enrich import enriched, parsed
from analytics.pipeline.enrichment.directory import declared
from benchmarks import place
from benchmarks.narration_household import agreement
from benchmarks.narration_merchants import elsewhere, held_out
from benchmarks.narration_recurring import WANTED, recurring_payments
from benchmarks.report import Cell, Report, Target

if TYPE_CHECKING:
    import pyarrow as pa

CUSTOMERS, MONTHS = 300, 24
#: Lenders that nothing was tried on before they were measured.
SEEDS = (101, 102, 103)
#: Rows the cost is measured over.
ROWS = 1_000_000
HOUSEHOLD = place.ROOT.parent / "shared" / "data" / "household_inr" / "daily_household_transactions.csv.gz"
#: A name agrees when, in capitals and single-spaced, one begins the other over at least so many letters.
CUT = 7


def run() -> Report:
    """Simulate a lender, hide all but narration, amount and time, and compare with what was simulated."""
    lenders = [_Books(seed) for seed in SEEDS]
    books = lenders[0]
    rows: list[list[Cell]] = [
        *(row for seed, each in zip(SEEDS, lenders, strict=True) for row in _parsing(each, seed)),
        *_categories(books),
        *recurring_payments(lenders),
        *held_out(),
        *elsewhere(),
        *_household(),
        *_cost(books),
    ]
    limits = {
        **{f"rail, direction and counterparty, seed {seed}": 0.98 for seed in SEEDS},
        "held out: macro-F1 of what is answered": 0.90,
        **{f"{kind}: {measure}": 0.95 for kind in WANTED for measure in ("precision", "recall")},
    }  # fmt: skip
    found = {str(name): value for name, value, _ in rows}
    targets = [Target(name, float(found[name] or 0), limit, "", at_least=True) for name, limit in limits.items()]
    targets.append(Target("µs of processor a row, parsing", float(found["parsing, µs a row"] or 0), 4.0, ""))
    notes = (
        f"counterparty: in capitals and single-spaced equal, or one begins the other over ≥ {CUT} letters; where the "
        "narration names a VPA alone, the VPA counts; what the narration does not hold counts as wrong",
        "recall of recurring payments is over parties paid at least three times; intervals by customers drawn anew",
        "held out: every merchant once a seed with all that share its first word, from names and from what is learned; "
        "names cut to 20 letters; one taken for a person counts as wrong",
    )
    return Report("narrations", "what narrations say, beside what was simulated", ("what", "figure", "of"), rows,
                  targets, notes)  # fmt: skip


class _Books:
    """A simulated lender, and what the pipeline makes of its narrations."""

    def __init__(self, seed: int) -> None:
        import ibis

        self.backend = ibis.duckdb.connect(threads=1)
        self.backend.con.register("simulated", _simulated(seed))
        self.backend.con.execute("CREATE TABLE truth AS SELECT * FROM simulated")
        hidden = self.backend.table("truth").select("transaction_id", "customer_id", "posted_at", "narration", "amount")
        self.backend.con.execute(f"CREATE TABLE found AS {self.backend.compile(enriched(hidden))}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self.backend.con.execute(sql).fetchall())

    def seconds(self, expression: Any, columns: str) -> float:
        """Return the processor time of computing columns of an expression over all rows."""
        sums = ", ".join(f"sum(length({column}))" for column in columns.split())
        sql = f"SELECT {sums} FROM ({self.backend.compile(expression)})"
        started = time.process_time()
        self.rows(sql)
        return time.process_time() - started


def _simulated(seed: int) -> pa.Table:
    import pyarrow as pa

    from analytics.sandbox import SandboxProfile, simulate

    return pa.concat_tables(each.tables["transactions"] for each in simulate(SandboxProfile(CUSTOMERS, MONTHS, seed)))


BOTH = "truth t JOIN found f USING (transaction_id)"
SPOKEN = "upper(regexp_replace(trim(coalesce({0}, '')), ' +', ' ', 'g'))"
NAMED = f"""(least(length(a), length(b)) >= {CUT} AND (starts_with(a, b) OR starts_with(b, a)) OR a = b
    OR f.vpa = t.vpa AND f.counterparty = split_part(f.vpa, '@', 1))"""


def _parsing(books: _Books, seed: int) -> list[list[Cell]]:
    names = f"{SPOKEN.format('t.counterparty')} a, {SPOKEN.format('f.counterparty')} b"
    count, rail, direction, name, every = books.rows(
        f"""SELECT count(*), avg((t.mode = f.mode)::INT), avg((t.direction = f.direction)::INT), avg({NAMED}::INT),
        avg((t.mode = f.mode AND t.direction = f.direction AND {NAMED})::INT)
        FROM (SELECT t, f, {names} FROM {BOTH})"""
    )[0]
    pairs = {"rail": rail, "direction": direction, "counterparty": name, "rail, direction and counterparty": every}
    return [[f"{what}, seed {seed}", share, f"{count:,} simulated rows"] for what, share in pairs.items()]


def _categories(books: _Books) -> list[list[Cell]]:
    right, both, silent = books.rows(
        f"""SELECT avg((t.category = f.category)::INT),
        avg((t.category = f.category AND t.subcategory = f.subcategory)::INT),
        avg((f.category = '')::INT) FROM {BOTH}"""
    )[0]
    whom = "simulated rows, merchants partly declared"
    return [["category", right, whom], ["category and subcategory", both, whom], ["category left open", silent, whom]]


def _household() -> list[list[Cell]]:
    if not HOUSEHOLD.exists():
        return []
    count, answered, agreed = agreement(HOUSEHOLD)
    of = f"{count:,} notes of a household with a label of the crosswalk"
    return [["household: answered", answered, of], ["household: agreement of what is answered", agreed, of]]


def _cost(books: _Books) -> list[list[Cell]]:
    times = -(-ROWS // books.rows("SELECT count(*) FROM truth")[0][0])
    books.backend.con.execute(f"CREATE TABLE many AS SELECT narration, amount FROM truth, range({times})")
    many = books.backend.table("many")
    count = books.rows("SELECT count(*) FROM many")[0][0]
    columns = "mode direction counterparty vpa ifsc reference bank remark city sense"
    best = min(books.seconds(parsed(many), columns) for _ in range(3))
    started = time.process_time()
    distinct = len(set(chain.from_iterable(books.rows("SELECT DISTINCT counterparty FROM found"))))
    whole = enriched(many)
    looked_up = time.process_time() - started
    joined = books.seconds(whole, f"{columns} merchant category subcategory category_rule")
    of = f"{count:,} rows, one thread, processor time"
    return [
        ["parsing, µs a row", best / count * 1e6, of],
        ["the whole step, µs a row", joined / count * 1e6, of],
        ["looking names up, s", looked_up, f"{distinct:,} distinct names, {len(declared().names)} known, fit included"],
    ]
