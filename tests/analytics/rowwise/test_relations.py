"""Expressions evaluated row by row give what the engine gives, and what is not known raises before a row comes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest

from analytics.engine import passing_backend
from analytics.rowwise.relations import RowByRow

TEXTS = (
    None,
    "",
    " ",
    "abc",
    "a-b-c",
    "-",
    " a\tb ",
    "UPI/DR/61821 X@ybl",
    "A1B22-C333",
    "line\nline",
    "$(x",
    "z" * 40,
)
NUMBERS = (None, 0, 1, 3, -2)
TRUTHS = (None, True, False)
SCHEMA = pa.schema([("text", pa.string()), ("number", pa.int64()), ("truth", pa.bool_()),
                    ("money", pa.decimal128(18, 2)), ("name", pa.string())])  # fmt: skip
ROWS = [{"text": text, "number": number, "truth": truth, "name": f"n{at % 5}",
         "money": None if at % 4 == 0 else Decimal(at * 7 % 901 - 400).scaleb(-2)}
        for at, (text, number, truth) in enumerate(itertools.product(TEXTS, NUMBERS, TRUTHS))]  # fmt: skip

Made = Callable[[ibis.Table], Any]
EXPRESSIONS: dict[str, Made] = {
    "three-valued and": lambda t: t.truth & (t.number > 0),
    "three-valued or": lambda t: t.truth | (t.number > 0),
    "not": lambda t: ~t.truth,
    "cases": lambda t: ibis.cases((t.number > 1, "many"), (t.truth, t.text), else_=None),
    "among": lambda t: t.text.isin(("abc", "-")),
    "between": lambda t: t.text.between("a", "b"),
    "known first": lambda t: ibis.coalesce(t.text.nullif(""), t.name),
    "greatest": lambda t: ibis.greatest(t.number, t.text.length().nullif(0)),
    "arithmetic": lambda t: t.number + 2 - t.number * 3,
    "times": lambda t: t.money * -1,
    "minus": lambda t: -t.money,
    "upper": lambda t: t.text.upper().lower().capitalize(),
    "strip": lambda t: t.text.strip(),
    "parts": lambda t: t.text.split("-")[t.number],
    "some parts": lambda t: t.text.replace("/", "-").split("-")[1:3].join("+"),
    "count of parts": lambda t: t.text.split("-").length(),
    "substring": lambda t: t.text.substr(1, 3),
    "the rest": lambda t: t.text.substr(ibis.ifelse(t.number > 0, t.number, 0)),
    "up to a sign": lambda t: t.text.substr(0, t.text.find("@")),
    "begins": lambda t: t.text.startswith("a") | t.text.endswith("c") | t.text.contains("$("),
    "search at the end": lambda t: t.text.re_search("[a-z]$"),
    "search of digits": lambda t: t.text.re_search(r"\b\d{2,}"),
    "any sign but a new line": lambda t: t.text.re_search("^l.*e.line"),
    "replace": lambda t: t.text.re_replace("[ \t]+|[0-9]", "+"),
    "extract": lambda t: t.text.re_extract("([A-Z]+)([0-9]+)", 2),
    "looked up": lambda t: ibis.map(ibis.literal(["abc", "-"]), ibis.literal(["x", "y"])).get(t.text, t.name),
    "length": lambda t: t.text.length(),
    "cast": lambda t: t.truth.cast("int32") + ibis.literal(1.5).cast("decimal(18, 2)").cast("float64"),
}


def engine_over(rows: list[dict[str, Any]]) -> ibis.Table:
    backend: Any = passing_backend(threads=1, memory="256MB")
    backend.con.register("arriving", pa.Table.from_pylist(rows, schema=SCHEMA))
    backend.con.execute("CREATE TABLE held AS SELECT * FROM arriving")
    found: ibis.Table = backend.table("held")
    return found


@pytest.fixture(scope="module")
def held() -> ibis.Table:
    return engine_over(ROWS)


@pytest.mark.parametrize("made", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_a_value_is_the_engines(held: ibis.Table, made: Made) -> None:
    table = held.select("text", "number", "truth", "money", found=made(held))
    wanted = table.to_pyarrow().to_pylist()
    found = RowByRow(table).rows(ROWS)
    assert [repr(row) for row in found] == [repr(row) for row in wanted]
    assert len({repr(row["found"]) for row in found}) > 1


def test_groups_of_what_passes_a_filter_are_the_engines(held: ibis.Table) -> None:
    rows = held.filter(held.number.notnull()).mutate(big=held.money > 1)
    table = rows.group_by("name").aggregate(
        rows=rows.count(), sum=rows.money.sum(), some=rows.money.sum(where=rows.big), least=-rows.money.min(),
        most=rows.number.max(where=rows.truth), known=rows.text.count(), true=rows.truth.sum(),
    )  # fmt: skip
    table = table.mutate(twice=table.sum.fill_null(0) * 2).filter(lambda t: t.rows > 3)
    wanted = {row["name"]: row for row in table.to_pyarrow().to_pylist()}
    compiled = RowByRow(table)
    assert {row["name"]: repr(row) for row in compiled.rows(ROWS)} == {name: repr(row) for name, row in wanted.items()}
    read = compiled.read(ROWS)
    assert compiled.over(read) == compiled.over(read)
    assert compiled.over(read[:7]) == compiled.rows(ROWS[:7])
    assert compiled.rows([]) == []


def test_a_left_join_finds_one_row_or_none_and_nothing_for_null(held: ibis.Table) -> None:
    other = held.select("name", also=held.text).rename(key="also", theirs="name")
    table = held.left_join(other, held.text == other.key).select("text", "number", "theirs")
    asked = []

    def lookup(right: Any, key: Any) -> Any:
        assert (set(right.schema.names), list(key)) == ({"theirs", "key"}, ["key"])
        return lambda wanted: asked.append(wanted) or ({"theirs": "x"} if wanted == ("abc",) else None)

    found = RowByRow(table, lookup).rows(ROWS)
    assert {(row["text"], row["theirs"]) for row in found} == {(text, "x" if text == "abc" else None) for text in TEXTS}
    assert (None,) not in asked
    with pytest.raises(NotImplementedError, match="by key: hand in what does"):
        RowByRow(table)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda t: t.select(x=t.number.sqrt()), "Sqrt is not evaluated row by row"),
        (lambda t: t.select(x=t.text.cast("int64")), "cast of string to int64"),
        (lambda t: t.select(x=t.text.re_replace("(a)", r"\1")), "groups put back"),
        (lambda t: t.order_by("text"), "Sort gives rows that are not"),
        (lambda t: t.inner_join(t.view(), "name").select("name"), "inner join"),
        (lambda t: t.aggregate(x=t.number.std()), "StandardDev is not evaluated"),
    ],
)
def test_what_is_not_known_raises_before_a_row_comes(held: ibis.Table, made: Made, said: str) -> None:
    with pytest.raises(NotImplementedError, match=said):
        RowByRow(made(held))
