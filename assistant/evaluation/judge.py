"""Whether an answer holds what is true."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.answer import Answer
from assistant.evaluation.golden import Golden, Rows, on_books
from assistant.evaluation.rows import holds_rows, stacked

#: How a gold ends that is the first of an order.
FIRST = re.compile(r"\blimit 1\s*;?\s*$", re.IGNORECASE)
Verdict = Literal["right", "wrong", "declined"]


@dataclass(frozen=True)
class Judged:
    """One question with its verdict.

    Attributes
    ----------
    why
        What was wrong, or what a decline said.
    grounded
        Whether no sentence of the answer had to be left out.
    ms, tokens
        What the answer took.
    """

    golden: Golden
    verdict: Verdict
    why: str = ""
    grounded: bool = True
    ms: float = 0.0
    tokens: int = 0

    @property
    def answered(self) -> bool:
        """Whether the asker got an answer, right or wrong."""
        return self.verdict == "wrong" or (self.verdict == "right" and not self.golden.decline)


def judge(golden: Golden, answer: Answer, query: Callable[[str], Rows]) -> Judged:
    """Compare an answer with what is true.

    Parameters
    ----------
    golden
        What was asked and what is true.
    answer
        What came back.
    query
        Runs a SELECT on the books.
    """
    verdict, why = _verdict(golden, answer, query)
    usage = answer.usage
    tokens = usage.prompt_tokens + usage.completion_tokens
    return Judged(golden, verdict, why, grounded=answer.grounded, ms=usage.ms, tokens=tokens)


def _verdict(golden: Golden, answer: Answer, query: Callable[[str], Rows]) -> tuple[Verdict, str]:
    if answer.status != "answered":
        return ("right", "") if golden.decline else ("declined", answer.text)
    if golden.decline:
        return "wrong", "answered what has no answer here"
    fault = next(_faults(golden, answer, query), "")
    return ("wrong" if fault else "right"), fault


def _faults(golden: Golden, answer: Answer, query: Callable[[str], Rows]) -> Iterator[str]:
    if golden.sql:
        yield from _table_faults(golden, answer, query)
    text = answer.text.replace("\u202f", " ").replace("\u00a0", " ")
    yield from (f"does not say {said!r}" for said in golden.says if not re.search(said, text, re.IGNORECASE))
    yield from (f"says {said!r}" for said in golden.never if re.search(said, text, re.IGNORECASE))
    if golden.source and not {source.id for source in answer.sources} & set(golden.source):
        yield f"quotes none of {', '.join(golden.source)}"
    asked_of = {customer for step in answer.steps for customer in _customers(step.args)}
    if golden.customer and golden.customer not in asked_of:
        yield f"is not about {golden.customer}"
    if golden.tool and golden.tool not in {step.tool for step in answer.steps}:
        yield f"does not come from {golden.tool}"


def _customers(args: Mapping[str, Any]) -> Iterator[str]:
    """Yield whom a call is about, said as an argument or as a condition."""
    yield str(args.get("customer_id", ""))
    for condition in args.get("filters") or ():
        if isinstance(condition, Mapping) and condition.get("field") == "customer_id":
            yield str(condition.get("value"))


def _table_faults(golden: Golden, answer: Answer, query: Callable[[str], Rows]) -> Iterator[str]:
    true = [query(on_books(sql)) for sql in golden.sql]
    told = answer.tables or ((answer.table,) if answer.table else ())
    tables: list[Rows] = [table.rows for table in told]
    if len(true) == 1 and len(tables) > 1:
        tables = stacked(told)
    if len(tables) != len(true):
        yield f"{len(tables)} tables, not {len(true)}"
        return
    for place, (rows, wanted) in enumerate(zip(tables, true, strict=True)):
        if len(wanted) == 1 and len(rows) > 1 and FIRST.search(golden.sql[place]):
            rows = rows[:1]  # "which city has most": the rest of the ranking below it takes nothing from the answer
        fault = holds_rows(rows, wanted, ordered=golden.ordered, tolerance=golden.tolerance)
        if fault:
            yield f"table {place + 1}: {fault}"
