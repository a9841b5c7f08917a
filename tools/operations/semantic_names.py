"""What names of tables and columns say in English: singular and plural, labels, what a number may be."""

from __future__ import annotations

import re

#: Parts of names → what the number behind them is: whether it adds up, and its unit where the name tells it.
MONEY = ("amount", "price", "cost", "payment", "payments", "balance", "salary", "revenue", "fee", "income",
         "budget", "principal", "turnover", "sales", "value", "wage", "paid", "debt", "credit", "debit")  # fmt: skip
ADDS_UP = ("amount", "cost", "payment", "payments", "revenue", "fee", "quantity", "qty", "count", "volume",
           "sales",
           "total", "number", "paid", "hours", "minutes", "inhabitants", "population", "principal",
           "units")  # fmt: skip
STATES = ("rate", "ratio", "percent", "percentage", "pct", "share", "avg", "average", "mean", "balance", "score",
          "age", "salary", "temperature", "level", "index", "duration", "price", "rating", "year", "latitude",
          "longitude", "wage", "income", "tenor", "months", "days", "limit", "height", "weight")  # fmt: skip
CODES = ("type", "status", "code", "kind", "class", "category", "flag", "level", "grade", "group", "stage", "state")
PERSONAL = re.compile(
    r"(^|_)(first|last|full|middle|sur)_?name$|^name$|e_?mail|phone|mobile|(^|_)(ssn|pan|aadhaar|passport|iban)($|_)"
    r"|address|street|birth|dob|card_number|password"
)
WRITTEN_PERSONALLY = re.compile(r"[^@\s]+@[^@\s]+\.\w+|\+?\d[\d ()-]{8,}\d")
_IRREGULAR = {"person": "people", "child": "children", "datum": "data", "series": "series", "news": "news"}


def plural(word: str) -> str:
    """Return the plural of a name's last word: loan → loans, city → cities, box → boxes."""
    head, _, last = word.rpartition("_")
    if last in _IRREGULAR:
        made = _IRREGULAR[last]
    elif last.endswith("y") and last[-2:-1] not in "aeiou":
        made = f"{last[:-1]}ies"
    elif last.endswith(("s", "x", "ch", "sh")):
        made = f"{last}es"
    else:
        made = f"{last}s"
    return f"{head}_{made}" if head else made


def singular(word: str) -> str:
    """Return the singular of a name's last word, itself where it is one."""
    head, _, last = word.rpartition("_")
    made = next((one for one, many in _IRREGULAR.items() if many == last), "")
    if not made and last.endswith("ies") and len(last) > 4:
        made = f"{last[:-3]}y"
    elif not made and last.endswith(("sses", "xes", "ches", "shes")):
        made = last[:-2]
    elif not made and last.endswith("s") and not last.endswith(("ss", "us", "is")):
        made = last[:-1]
    made = made or last
    return f"{head}_{made}" if head else made


def label(name: str) -> str:
    """Return a name as a person writes it: ``loan_amount`` → Loan amount."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def parts(name: str) -> set[str]:
    """Return the words of a name."""
    return set(name.split("_"))
