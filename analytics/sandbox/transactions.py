"""The ledger as the canonical transactions table: order, balances, texts, and when each row became known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.sandbox.aftermath import Books
from analytics.sandbox.anomalies import ANOMALIES
from analytics.sandbox.arrays import SECONDS, Columns, Ints
from analytics.sandbox.catalogue import Catalogue, Party
from analytics.sandbox.columns import days, digits, lookup, moments, money, same
from analytics.sandbox.identity import card_numbers, customer_ids, shuffled
from analytics.sandbox.narrations import TextPools, TextRows, forms_of, narrate
from analytics.sandbox.people import People
from analytics.sandbox.plan import NO_LINK
from analytics.sandbox.profile import SandboxProfile
from analytics.sandbox.tables import account_ids, full_names
from analytics.schema import TRANSACTIONS, arrow_schema

SLICE = 400_000
_CLOCK_BITS = 36
#: Odds that a row becomes known late, by narration form; others have LATE_ODDS.
LATE_ODDS = 0.025
LATE_FORMS = {"upi_refund": 0.3, "card_refund": 0.35, "cheque": 0.5, "cash_deposit": 0.1, "card_purchase": 0.08}
MAX_DELAY = 3 * SECONDS
_PLACED = ("pos", "atm", "cash_deposit", "cheque", "card_purchase", "upi_merchant", "upi_credit")


@dataclass(frozen=True)
class Ordered:
    """The ledger by account and time. ``row`` is each posting's number in the ledger, ``number`` its public one."""

    columns: Columns
    row: Ints
    second: Ints
    balance: Ints
    position: Ints


def build_transactions(
    books: Books, people: People, chunk: int, profile: SandboxProfile, cat: Catalogue, rng: np.random.Generator
) -> tuple[pa.Table, Ints]:
    """Return the transactions table, and the ledger row each of its rows came from."""
    ordered = _order(books)
    writer = _Writer(ordered, people, chunk, profile, cat, rng)
    batches = [writer.slice(low, min(low + SLICE, len(ordered.row))) for low in range(0, len(ordered.row), SLICE)]
    return pa.Table.from_batches(batches, schema=arrow_schema(TRANSACTIONS)), ordered.row


def planted_anomalies(books: Books, order: Ints, transactions: pa.Table) -> pa.Table:
    """Return which transactions are anomalies, and of which kind."""
    code = books.ledger.columns()["anomaly"][order].astype(np.int64)
    rows = np.flatnonzero(code)
    table = transactions.select(["transaction_id", "customer_id"]).take(pa.array(rows))
    return table.append_column("kind", lookup(ANOMALIES, code[rows])).combine_chunks()


def _order(books: Books) -> Ordered:
    """Sort by account and second, make seconds strictly increasing within an account, run the balances."""
    columns = books.ledger.columns()
    account = columns["customer"].astype(np.int64) * 3 + columns["account"]
    clock = columns["day"].astype(np.int64) * SECONDS + columns["second"]
    key = (account << _CLOCK_BITS) + clock
    row = np.argsort(key, kind="stable")
    steps = np.arange(len(row))
    strict = np.maximum.accumulate(key[row] - steps) + steps
    account = account[row]
    amount = columns["amount"][row].astype(np.int64)
    running = np.cumsum(amount)
    starts = np.searchsorted(account, account)
    opening = np.zeros(0, np.int64) if books.openings is None else books.openings.ravel()
    balance = running - (running - amount)[starts] + opening[account]
    position = np.empty(len(row), np.int64)
    position[row] = steps
    columns = {name: values[row] for name, values in columns.items()}
    return Ordered(columns, row, strict & ((1 << _CLOCK_BITS) - 1), balance, position)


class _Writer:
    """Writes slices of the ordered ledger as Arrow record batches."""

    def __init__(
        self, ordered: Ordered, people: People, chunk: int, profile: SandboxProfile, cat: Catalogue,
        rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self._ordered, self._people, self._cat, self._rng = ordered, people, cat, rng
        self._base = chunk * 10**9
        self._ids = pa.array(customer_ids(people.number, profile.customers))
        self._accounts = pa.array(account_ids(self._ids.to_pylist()))
        self._parties = _parties_with_self(people, cat)
        self._pools = _text_pools(self._parties, people, cat)
        self._last_second = ((profile.last_month.toordinal() - 719163) + 1) * SECONDS - 1
        self._form = np.array([forms_of(cat).index(kind.form) for kind in cat.kinds])
        self._late = np.array([LATE_FORMS.get(kind.form, LATE_ODDS) for kind in cat.kinds])
        self._party_columns = {
            name: pa.array([getattr(party, name) for party in self._parties], pa.string())
            for name in ("name", "merchant", "vpa", "ifsc", "mcc", "category", "subcategory", "bank")
        }

    def slice(self, low: int, high: int) -> pa.RecordBatch:
        """Write rows ``low`` to ``high``."""
        part = {name: values[low:high] for name, values in self._ordered.columns.items()}
        second = self._ordered.second[low:high]
        columns = {
            **self._keys(part, low, high),
            **self._times(part, second),
            **self._money(part, self._ordered.balance[low:high]),
            **self._texts(part, second),
            **self._classes(part),
        }
        schema = arrow_schema(TRANSACTIONS)
        return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)

    def _transaction_ids(self, position: Ints) -> pa.Array:
        return pc.binary_join_element_wise(pa.scalar("T"), digits(position + self._base, 12), "")

    def _keys(self, part: Columns, low: int, high: int) -> dict[str, pa.Array]:
        customer = part["customer"].astype(np.int64)
        target = part["reverses"].astype(np.int64)
        reversing = np.flatnonzero(target != NO_LINK)
        where = np.full(len(customer), -1, np.int64)
        where[reversing] = np.arange(len(reversing))
        reversed_ids = self._transaction_ids(self._ordered.position[target[reversing]])
        return {
            "transaction_id": self._transaction_ids(np.arange(low, high)),
            "account_id": lookup(self._accounts, customer * 3 + part["account"]),
            "customer_id": lookup(self._ids, customer),
            "reversal_of": lookup(reversed_ids, where),
            "currency": same("INR", high - low),
            "source": same("sandbox", high - low),
        }

    def _times(self, part: Columns, second: Ints) -> dict[str, pa.Array]:
        """Posting, value and knowing: most rows are known at once, some hours or days later."""
        late = self._rng.random(len(second)) < self._late[part["kind"]]
        delay = late * np.minimum(1_800 + self._rng.exponential(50_000, len(second)), MAX_DELAY)
        known = np.maximum(np.minimum(second + delay.astype(np.int64), self._last_second), second)
        slow = np.isin(
            part["kind"], [self._cat.kind_index[name] for name in ("card_purchase", "cheque", "refund_card")]
        )
        return {
            "posted_at": moments(second),
            "known_at": moments(known),
            "value_date": days(second // SECONDS + slow),
        }

    def _money(self, part: Columns, balance: Ints) -> dict[str, pa.Array]:
        amount = part["amount"].astype(np.int64)
        return {
            "amount": money(amount),
            "balance_after": money(balance),
            "direction": lookup(["credit", "debit"], (amount < 0).astype(np.int64)),
        }

    def _texts(self, part: Columns, second: Ints) -> dict[str, pa.Array]:
        kinds, kind = self._cat.kinds, part["kind"].astype(np.int64)
        customer, party = part["customer"].astype(np.int64), part["party"].astype(np.int64)
        city = np.where(part["city"] < 0, self._people.city[customer], part["city"]).astype(np.int64)
        rrn = self._references(second)
        utr = pc.binary_join_element_wise(pa.scalar("N"), rrn, "")
        remark = self._remarks(kind)
        month = (second // SECONDS).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        rows = TextRows(
            self._people.bank[customer], self._form[kind], party, customer, part["loan"].astype(np.int64), city, month,
            rrn, utr, remark,
        )  # fmt: skip
        by_utr = np.array([row.mode in ("neft", "rtgs") for row in kinds])[kind]
        by_rrn = np.array([row.mode in ("upi", "imps", "pos", "card", "netbanking", "wallet") for row in kinds])[kind]
        with_vpa = np.array([row.mode == "upi" for row in kinds])[kind]
        with_ifsc = np.array([row.mode in ("upi", "imps", "neft", "rtgs", "nach") for row in kinds])[kind]
        placed = np.array([row.form in ("pos", "atm", "cash_deposit", "cheque", "card_purchase") for row in kinds])[
            kind
        ]
        null = pa.scalar(None, pa.string())
        return {
            "narration": narrate(rows, self._pools, self._cat),
            "counterparty": lookup(self._party_columns["name"], party),
            "vpa": lookup(self._party_columns["vpa"], np.where(with_vpa, party, -1)),
            "ifsc": lookup(self._party_columns["ifsc"], np.where(with_ifsc, party, -1)),
            "bank": lookup(self._party_columns["bank"], np.where(with_ifsc, party, -1)),
            "reference": pc.if_else(pa.array(by_utr), utr, pc.if_else(pa.array(by_rrn), rrn, null)),
            "remark": remark,
            "city": lookup([place.city for place in self._cat.places], np.where(placed, city, -1)),
        }

    def _references(self, second: Ints) -> pa.Array:
        """Retrieval reference numbers: year's digit, day of the year, hour, six random digits."""
        day = (second // SECONDS).astype("datetime64[D]")
        year = day.astype("datetime64[Y]")
        of_year = (day - year.astype("datetime64[D]")).astype(np.int64) + 1
        head = ((year.astype(np.int64) + 1970) % 10 * 1000 + of_year) * 100 + second % SECONDS // 3600
        return digits(head * 1_000_000 + self._rng.integers(0, 1_000_000, len(second)), 12)

    def _remarks(self, kind: Ints) -> pa.Array:
        """Return the kind's own remark, or any of the usual ones."""
        usual = list(self._cat.remarks)
        own = [row.remark for row in self._cat.kinds]
        fixed = np.array([-1 if text == "" else len(usual) + k for k, text in enumerate(own)])[kind]
        free = np.array([text == "any" for text in own])[kind]
        index = np.where(free, self._rng.integers(0, len(usual), len(kind)), fixed)
        return lookup([*usual, *own], index)

    def _classes(self, part: Columns) -> dict[str, pa.Array]:
        kinds, kind, party = self._cat.kinds, part["kind"].astype(np.int64), part["party"].astype(np.int64)
        count = len(kind)
        offset = len(self._parties)
        result = {}
        for name in ("category", "subcategory"):
            own = pa.array([getattr(row, name) for row in kinds])
            told = np.array([getattr(row, name) != "" for row in kinds])[kind]
            both = pa.concat_arrays([self._party_columns[name], own])
            result[name] = lookup(both, np.where(told, kind + offset, party))
        return {
            **result,
            "mode": lookup([row.mode for row in kinds], kind),
            "mcc": lookup(self._party_columns["mcc"], party),
            "merchant": lookup(self._party_columns["merchant"], party),
            "category_confidence": pa.array(np.ones(count)),
            "category_rule": same("sandbox", count),
            "recurring_kind": lookup([row.recurring or None for row in kinds], kind),
            "is_own_transfer": pa.array(np.array([row.own_transfer for row in kinds])[kind]),
        }


def _parties_with_self(people: People, cat: Catalogue) -> list[Party]:
    """Return all parties, and after them the chunk's customers as they appear at their other bank."""
    names = full_names(people, cat)
    selves = [
        Party(
            f"{given} {family}",
            None,
            f"{given.lower()}.{family.lower()}@oksbi",
            f"SBIN00{k % 9973:05d}",
            None,
            "transfer",
            "self",
        )
        for k, (given, family) in enumerate(names)
    ]
    return [*cat.parties, *selves]


def _text_pools(parties: list[Party], people: People, cat: Catalogue) -> TextPools:
    upper = [party.name.upper() for party in parties]
    debit = card_numbers(people.number, people.bank, 4)
    tails = [f"{value:04d}" for value in shuffled(people.number, 9_973, 6)]
    months = [np.datetime64(k, "M").item().strftime("%b %y").upper() for k in range(12 * 100)]
    cities = [place.city.upper() for place in cat.places]
    return TextPools(
        party=pa.array([party.name for party in parties]),
        vpa=pa.array([party.vpa for party in parties]),
        ifsc=pa.array([party.ifsc for party in parties]),
        upper=pa.array(upper),
        upper20=pa.array([name[:20] for name in upper]),
        upper8=pa.array([name[:8] for name in upper]),
        vpa12=pa.array([party.vpa.partition("@")[0][:12] for party in parties]),
        bank4=pa.array([party.ifsc[:4] for party in parties]),
        account4=pa.array(tails),
        card=pa.array([f"{number[:6]}XXXXXX{number[-4:]}" for number in debit]),
        mandate=pa.array([f"M{value:08d}" for value in shuffled(people.number, 99_999_989, 7)]),
        loan_mandate=pa.array([f"P400SHF{k:06d}" for k in range(1_000_000 // 50)]),
        city=pa.array(cities),
        city8=pa.array([city[:8] for city in cities]),
        month=pa.array(months),
    )
