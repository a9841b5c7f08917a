"""Guess which column of an unknown table tells what: from its heading, and from what its values can be read as."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analytics.ingest.adding_up import adding_up, number
from analytics.ingest.dates import FORMATS
from analytics.ingest.layout import CREDITS, DEBITS
from analytics.ingest.mapping import ColumnMapping

#: Role → headings it goes under.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "transaction date", "posting date", "txn date", "booking date", "posted at", "timestamp"),
    "value_date": ("value date", "valuta", "value dt", "effective date"),
    "narration": ("narration", "description", "note", "details", "particulars", "remarks", "memo"),
    "reference": ("reference", "ref no", "utr", "rrn", "cheque number", "reference number"),
    "debit": ("debit", "withdrawal", "debit amount", "money out", "paid out", "withdrawal amount", "out"),
    "credit": ("credit", "deposit", "credit amount", "money in", "paid in", "deposit amount", "in"),
    "amount": ("amount", "transaction amount", "value", "sum", "amt", "amount inr"),
    "sign": ("income/expense", "dr/cr", "type", "debit/credit", "transaction type", "direction", "credit debit flag"),
    "balance": ("balance", "closing balance", "running balance", "balance after", "available balance"),
    "currency": ("currency", "ccy", "currency code"),
    "category": ("category", "primary category"),
    "subcategory": ("subcategory", "sub category", "detailed category"),
    "account": ("account", "account number", "account id", "account no", "wallet"),
    "customer": ("customer", "customer id", "client id", "cif", "user id"),
    "merchant": ("merchant", "merchant name", "payee", "shop"),
    "counterparty": ("counterparty", "beneficiary", "other party", "from/to", "paid to"),
    "posting_id": ("transaction id", "txn id", "posting id", "entry id", "record id"),
    "mcc": ("mcc", "merchant category code"),
    "city": ("city", "location", "place"),
    "vpa": ("vpa", "upi id", "upi address"),
}  # fmt: skip
#: How alike a heading and a synonym must be, of 100, and how sure a column must be.
ALIKE, SURE = 84.0, 0.6
#: Share of a column's values that must be of one sort.
ALMOST_ALL = 0.8
#: An amount as a person writes it.
_AMOUNT = re.compile(r"^[-+(]?\s*(₹|rs\.?|inr)?\s*[-+]?\d[\d,]*(\.\d+)?\)?\s*(dr\.?|cr\.?)?$|^-$", re.IGNORECASE)
_TYPED = ("date", "value_date", "amount", "debit", "credit", "balance", "sign", "currency")


@dataclass(frozen=True)
class Column:
    """A column of the head: its place, its heading, the values below that are not empty."""

    place: int
    heading: str
    values: tuple[str, ...]

    def share(self, reads: Callable[[str], bool]) -> float:
        """Share of the values that can be read so."""
        return sum(map(reads, self.values)) / len(self.values) if self.values else 0.0


@dataclass(frozen=True)
class Guess:
    """A guessed mapping, its heading line, and how sure it is all in all."""

    mapping: ColumnMapping
    heading_line: int
    heading: tuple[str, ...]
    delimiter: str
    score: float


def guess(rows: Sequence[Sequence[str]], delimiter: str = "") -> Guess | None:
    """Guess the mapping of a table from its first rows; None where no row can be a heading."""
    line = _heading_line(rows)
    if line is None:
        return None
    heading = rows[line - 1]
    columns = [_column(place, name, rows[line:]) for place, name in enumerate(heading) if name.strip()]
    found = _assigned(columns, rows[line:])
    by_place = {column.place: column for column in columns}
    dated = [by_place[place].values for role, (place, _, _) in found.items() if role in ("date", "value_date")]
    formats, doubt = _formats([value for values in dated for value in values])
    reasons = {role: why for role, (_, _, why) in found.items()}
    if doubt and "date" in reasons:
        reasons["date"] += f"; {doubt}"
    mapping = ColumnMapping(
        columns={role: heading[place].strip() for role, (place, _, _) in found.items()},
        dates=formats or ("DD/MM/YYYY", "DD/MM/YY", "DD-Mon-YYYY", "YYYY-MM-DD"),
        currency=_currency(found, by_place),
        confidence={role: round(sure, 2) for role, (_, sure, _) in found.items()},
        reasons=reasons,
    )
    return Guess(mapping, line, tuple(heading), delimiter, sum(sure for _, sure, _ in found.values()))


def _heading_line(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the row of words with most cells that stands above rows of values."""
    best, most = None, 1
    for line, row in enumerate(rows[:-1], start=1):
        named = [cell for cell in row if cell.strip()]
        dated = any(_is_date(cell.strip()) for below in rows[line : line + 5] for cell in below)
        if dated and len(named) > most and all(map(_is_word, named)):
            best, most = line, len(named)
    return best


def _is_word(cell: str) -> bool:
    return bool(re.search("[A-Za-z]", cell)) and not _is_date(cell.strip()) and not _is_amount(cell.strip())


def _column(place: int, heading: str, rows: Sequence[Sequence[str]]) -> Column:
    values = (row[place].strip() for row in rows if len(row) > place)
    return Column(place, heading, tuple(value for value in values if value))


def _assigned(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> dict[str, tuple[int, float, str]]:
    """Give each role the column it is surest of: role → place, confidence, reason. Arithmetic wins over names."""
    options = sorted(
        ((*_confidence(role, column), role, column.place) for role in SYNONYMS for column in columns), reverse=True
    )
    found = _told_by_sums(columns, rows)
    taken = {place for place, _, _ in found.values()}
    settled = {"amount", "debit", "credit"} if found else set()
    for sure, why, role, place in options:
        if sure >= SURE and role not in found and role not in settled and place not in taken:
            found[role] = (place, sure, why)
            taken.add(place)
    if "amount" in found and {"debit", "credit"} <= set(found):
        del found["amount"]
    if "narration" not in found:
        found |= _longest_texts([column for column in columns if column.place not in taken])
    return found


def _told_by_sums(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> dict[str, tuple[int, float, str]]:
    figures = [column.place for column in columns if column.share(lambda value: number(value) is not None) > ALMOST_ALL]
    summed = adding_up([row for row in rows if any(_is_date(cell.strip()) for cell in row)], figures)
    if summed is None:
        return {}
    return {role: (place, summed.share, summed.reason) for role, place in summed.places.items()}


def _longest_texts(columns: Sequence[Column]) -> dict[str, tuple[int, float, str]]:
    """Take the column with the longest texts for the narration, where no heading speaks of one."""
    worded = [column for column in columns if column.share(_is_word) > ALMOST_ALL]
    longest = max(worded, key=lambda column: sum(map(len, column.values)), default=None)
    return {} if longest is None else {"narration": (longest.place, SURE, "its texts are the longest")}


def _confidence(role: str, column: Column) -> tuple[float, str]:
    from rapidfuzz import fuzz

    heading = re.sub(r"[_\W]+", " ", re.sub(r"\([^)]*\)", " ", column.heading)).strip().lower()
    synonyms = [re.sub(r"[_\W]+", " ", name) for name in SYNONYMS[role]]
    alike = max(fuzz.ratio(heading, name) for name in synonyms)
    if role not in _TYPED:
        return (alike / 100 if alike >= ALIKE else 0.0), f"its heading is like '{role}' ({alike:.0f} of 100)"
    share = column.share(_READS[role])
    if share < 0.5:
        return 0.0, ""
    by_values = 0.65 if role == "date" else 0.5  # nothing else looks like a date
    sure = by_values * share + (1 - by_values) * (alike / 100 if alike >= ALIKE else 0.0)
    why = f"{share:.0%} of its values read as {_AS[role]}"
    return sure, why + (f"; its heading is like '{role}' ({alike:.0f} of 100)" if alike >= ALIKE else "")


def _is_date(value: str) -> bool:
    return any(re.match(form.whole, value) for form in FORMATS.values())


def _is_amount(value: str) -> bool:
    return bool(_AMOUNT.match(value))


def _is_side(value: str) -> bool:
    return bool(re.match(DEBITS, value.lower()) or re.match(CREDITS, value.lower()))


def _is_currency(value: str) -> bool:
    return bool(re.fullmatch("[A-Za-z]{3}", value))


_READS: Mapping[str, Callable[[str], bool]] = {
    "date": _is_date, "value_date": _is_date, "amount": _is_amount, "debit": _is_amount, "credit": _is_amount,
    "balance": _is_amount, "sign": _is_side, "currency": _is_currency,
}  # fmt: skip
_AS = dict.fromkeys(("date", "value_date"), "a date") | {"sign": "a side", "currency": "a currency"}
_AS |= dict.fromkeys(("amount", "debit", "credit", "balance"), "an amount")


def _formats(values: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Return the formats some value is written in; where day and month could be swapped, say why it was read so."""
    fitting = {name: [value for value in values if re.match(form.whole, value)] for name, form in FORMATS.items()}
    found = [name for name, fits in fitting.items() if fits]
    doubt = ""
    for day_first, month_first in (("DD/MM/YYYY", "MM/DD/YYYY"), ("DD/MM/YY", "MM/DD/YY")):
        if day_first not in found:
            continue
        parts = [re.match(FORMATS[day_first].whole, value) for value in fitting[day_first]]
        first, second = (max(int(part[group]) for part in parts if part) for group in (1, 2))
        american = second > 12 >= first
        found.remove(day_first if american else month_first)
        if first <= 12 and second <= 12:
            doubt = "day and month could be swapped: read as day first"
    others = ("DD-Mon-YYYY", "DD-Mon-YY", "Mon DD, YYYY", "YYYY-MM-DD")
    short = "MM/DD/YY" if "MM/DD/YYYY" in found else "DD/MM/YY"
    return tuple(dict.fromkeys((*found, short, *others))) if found else (), doubt


def _currency(found: Mapping[str, tuple[int, float, str]], columns: Mapping[int, Column]) -> str:
    if "currency" not in found:
        return "INR"
    values = columns[found["currency"][0]].values
    return max(set(values), key=values.count).upper() if values else "INR"
