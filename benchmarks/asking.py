"""Answers of the embedded mind over fifty mixed questions, warm; and the command as a process, cold."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import yaml

from benchmarks import place
from benchmarks.processes import Run, interleaved
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target

if TYPE_CHECKING:
    from assistant.munshi import Munshi
    from governance.settings import Settings

QUESTIONS = place.ROOT / "tests" / "evals" / "mixed_questions.yaml"
ROUNDS = 3
COLD_TIMES = 5
COLD_QUESTION = "Who are my top 100 risky borrowers?"
COLD_FLOOR = "import langchain.agents, duckdb, sqlglot"
SLOWEST = 5
P50_MS, P95_MS, COLD_RATIO = 150.0, 400.0, 2.0
#: How the questions write a customer; each such name is put in the place of a borrower's of the workspace.
STAND_IN = re.compile(r"\bC_[0-9A-F]{4}\b")


@dataclass(frozen=True)
class Asked:
    """One question, the tool that should answer it, and how long each answer took."""

    question: str
    tool: str
    used: str
    milliseconds: tuple[float, ...]

    @property
    def typical(self) -> float:
        """Median over the rounds."""
        return median(self.milliseconds)


def run() -> Report:
    """Ask every question warm, then the command cold beside its floor."""
    here = place.settings()
    name = place.demo_workspace(here)
    asked = ask_warm(name)
    munshi, floor = cold(name)
    times = [each for question in asked for each in question.milliseconds]
    p50, p95 = float(np.percentile(times, 50)), float(np.percentile(times, 95))
    right = sum(question.used == question.tool for question in asked)
    return Report(
        "asking", f"{len(asked)} questions, {ROUNDS} rounds after one to warm up",
        ("answered by", "questions", "median ms", "slowest ms"), [*_by_tool(asked)],
        targets=(
            Target("warm, median", p50, P50_MS, "ms"),
            Target("warm, 95th percentile", p95, P95_MS, "ms"),
            Target(f"cold `munshi ask` ÷ `{COLD_FLOOR}`", munshi.seconds / floor.seconds, COLD_RATIO, "×"),
        ),
        notes=(
            *(f"slow: {each.typical:.0f} ms  {each.question}" for each in _slowest(asked)),
            f"cold, best of {COLD_TIMES}: {munshi.text()} beside {floor.text()}",
            f"{right} of {len(asked)} questions went to the tool that should answer them",
        ),
    )  # fmt: skip


def ask_warm(workspace: str, settings: Settings | None = None) -> list[Asked]:
    """Ask each question once to warm up, then in rounds over all of them, each in a conversation of its own."""
    from assistant.munshi import Munshi

    listed = yaml.safe_load(QUESTIONS.read_text("utf-8"))
    with Munshi.open(workspace, settings=settings or place.settings()) as munshi:
        questions = _with_real_customers(munshi, [each["ask"] for each in listed])
        used = [_tool_used(munshi, question) for question in questions]
        rounds = [[_milliseconds(munshi, question) for question in questions] for _ in range(ROUNDS)]
    return [
        Asked(question, each["tool"], tool, times)
        for question, each, tool, times in zip(questions, listed, used, zip(*rounds, strict=True), strict=True)
    ]


def cold(workspace: str) -> tuple[Run, Run]:
    """Return the best run of the command and of its floor, taken in turn."""
    command: list[str | Path] = [
        Path(sys.executable).with_name("munshi"),
        "ask",
        COLD_QUESTION,
        "--workspace",
        workspace,
    ]
    environment = place.environment(place.settings())
    runs = interleaved(
        {
            "munshi": lambda: run_process(command, environment=environment),
            "floor": lambda: run_process([sys.executable, "-c", COLD_FLOOR], environment=environment),
        },
        COLD_TIMES,
    )
    return min(runs["munshi"], key=_seconds), min(runs["floor"], key=_seconds)


def _seconds(finished: Run) -> float:
    return finished.seconds


def _with_real_customers(munshi: Munshi, questions: Sequence[str]) -> list[str]:
    """Put a borrower of the workspace in the place of each customer the questions name."""
    sql = "SELECT customer_id FROM books.scores.latest WHERE model = 'credit' ORDER BY rank LIMIT 20"
    borrowers = [str(row[0]) for row in munshi.workspace.query(munshi.principal, sql).rows]
    named = sorted({name for question in questions for name in STAND_IN.findall(question)})
    real = dict(zip(named, borrowers, strict=False))
    return [STAND_IN.sub(lambda found: real[found[0]], question) for question in questions]


def _tool_used(munshi: Munshi, question: str) -> str:
    """Ask, and name the tool that came first; ``none`` where it was declined."""
    answer = munshi.ask(question)
    return answer.steps[0].tool if answer.steps and answer.status == "answered" else "none"


def _milliseconds(munshi: Munshi, question: str) -> float:
    started = time.perf_counter()
    munshi.ask(question)
    return (time.perf_counter() - started) * 1000


def _by_tool(asked: Sequence[Asked]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for tool in dict.fromkeys(each.tool for each in asked):
        times = [each.typical for each in asked if each.tool == tool]
        rows.append((tool, len(times), median(times), max(times)))
    return [*rows, ("all", len(asked), median(each.typical for each in asked), max(each.typical for each in asked))]


def _slowest(asked: Sequence[Asked]) -> list[Asked]:
    return sorted(asked, key=lambda each: each.typical, reverse=True)[:SLOWEST]
