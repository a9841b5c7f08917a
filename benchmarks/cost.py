"""What a question costs in prompt tokens and calls of a model, beside LangChain's SQL toolkit and Vanna.

One scripted model serves all, and writes what a capable model would: for Munshi a call of the right tool, for the peers
the steps their own instructions ask for, ending in SQL whose rows are compared with Munshi's before anything is
counted. Tokens are characters / 4 of whole request bodies, schemas of tools included, for everyone.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import place
from benchmarks.chat_provider import Provider, Said, serving, text_of
from benchmarks.cost_questions import QUESTIONS, CostQuestion
from benchmarks.peers import peer_python
from benchmarks.processes import MeasurementError
from benchmarks.report import Cell, Report, Target

if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.munshi import Munshi

PEER_PACKAGES = ("langchain>=1.4,<2", "langchain-openai>=1.7", "langchain-community==0.4.2", "vanna[openai]==2.0.2",
                 "plotly", "sqlalchemy>=2")  # fmt: skip
#: Names an interpreter that has the packages already; else an environment is made beside the workspaces.
PEERS_PYTHON = "MUNSHI_BENCH_PEERS"
PEERS = ("langchain", "vanna", "vanna-lean")
#: Munshi where the model marks its call as final, and where it wants to write the answer itself.
OURS, OURS_IN_WORDS = "munshi", "munshi-words"
TABLES = ("customers", "accounts", "loans", "loan_status", "borrowers", "transactions")
EXPORTED_ROWS = {"transactions": 1_000}
FLAGSHIP_TOKENS, FLAGSHIP_CALLS, SHARE_OF_CHEAPEST = 1_500, 2, 0.5


def run() -> Report:
    """Ask every question of everyone, check that all are right, count."""
    here = place.settings()
    name = place.demo_workspace(here)
    with tempfile.TemporaryDirectory(prefix="munshi-cost-") as scratch:
        database = Path(scratch) / "peers.sqlite"
        questions = _export(name, database)
        script = _Script(questions)
        with serving(script.answer) as provider:
            answers = {model: _ask_ours(name, provider, model, questions) for model in (OURS, OURS_IN_WORDS)}
            for model, given in answers.items():
                _right(model, given, questions, database)
            for peer in PEERS:
                _ask_peer(peer, provider, database, questions)
            return _report(provider, questions, answers[OURS])


class _Script:
    """What the model says to whom, step by step."""

    def __init__(self, questions: Sequence[CostQuestion]) -> None:
        self._questions = questions

    def answer(self, request: Mapping[str, Any]) -> tuple[str, Said]:
        """Return the question a request is about, and what is said to it."""
        asked = "\n".join((*text_of(request["messages"], "user"), *text_of(request["messages"], "system")))
        for question in self._questions:
            if question.ask in asked or question.sql in asked:
                step = len(text_of(request["messages"], "tool"))
                return question.ask, self._said(str(request["model"]), question, step, "tools" in request)
        raise MeasurementError(f"The scripted model knows no such question: {asked[:200]}")

    def _said(self, model: str, question: CostQuestion, step: int, with_tools: bool) -> Said:
        if not with_tools:  # the toolkit's checker, which wants the statement back
            return Said(question.sql)
        steps = STEPS[model](question)
        return steps[min(step, len(steps) - 1)]


def _langchain(question: CostQuestion) -> list[Said]:
    return [
        Said(calls=(("sql_db_list_tables", {"tool_input": ""}),)),
        Said(calls=(("sql_db_schema", {"table_names": ", ".join(question.tables)}),)),
        Said(calls=(("sql_db_query_checker", {"query": question.sql}),)),
        Said(calls=(("sql_db_query", {"query": question.sql}),)),
        Said("Here is what the database holds."),
    ]


def _vanna(question: CostQuestion) -> list[Said]:
    search = Said(calls=(("search_saved_correct_tool_uses", {"question": question.ask}),))
    return [search, *_vanna_lean(question)]


def _vanna_lean(question: CostQuestion) -> list[Said]:
    named = ", ".join(f"'{table}'" for table in question.tables)
    return [
        Said(calls=(("run_sql", {"sql": "SELECT name FROM sqlite_master WHERE type = 'table'"}),)),
        Said(calls=(("run_sql", {"sql": f"SELECT sql FROM sqlite_master WHERE name IN ({named})"}),)),
        Said(calls=(("run_sql", {"sql": question.sql}),)),
        Said("Here is what the database holds."),
    ]


def _munshi(question: CostQuestion) -> list[Said]:
    return [Said(calls=((question.tool, {**question.args, "final": True}),)), Said("The rows are on screen.")]


def _munshi_in_words(question: CostQuestion) -> list[Said]:
    return [Said(calls=((question.tool, question.args),)), Said("The rows are on screen.")]


STEPS = {"langchain": _langchain, "vanna": _vanna, "vanna-lean": _vanna_lean, OURS: _munshi,
         OURS_IN_WORDS: _munshi_in_words}  # fmt: skip


def _export(name: str, database: Path) -> list[CostQuestion]:
    """Write the views the peers are given to SQLite; return the questions about a customer of the workspace."""
    from governance.principal import local_principal
    from tools.workspace import Workspace

    with Workspace.open(name, place.settings()) as workspace, sqlite3.connect(database) as connection:
        who = local_principal(name)
        for table in TABLES:
            sql = f"SELECT * FROM semantic.{table} LIMIT {EXPORTED_ROWS.get(table, 10_000_000)}"
            found = workspace.query(who, sql)
            columns = ", ".join(f'"{column}" {_affinity(kind)}' for column, kind in found.columns)
            connection.execute(f"CREATE TABLE {table} ({columns})")
            marks = ", ".join("?" for _ in found.columns)
            rows = ([_kept(cell) for cell in row] for row in found.rows)
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        customer = connection.execute("SELECT min(customer_id) FROM customers").fetchone()[0]
    return [_about(question, customer) for question in QUESTIONS]


def _about(question: CostQuestion, customer: str) -> CostQuestion:
    args = json.loads(json.dumps(question.args).replace("{customer}", customer))
    ask, sql = (text.replace("{customer}", customer) for text in (question.ask, question.sql))
    return replace(question, ask=ask, sql=sql, args=args)


def _affinity(kind: str) -> str:
    if kind.upper().startswith(("DECIMAL", "DOUBLE", "FLOAT")):
        return "REAL"
    return "INTEGER" if "INT" in kind.upper() or kind.upper() == "BOOLEAN" else "TEXT"


def _kept(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return float(cell)
    return cell if cell is None or isinstance(cell, int | float | str) else str(cell)


def _ask_ours(name: str, provider: Provider, model: str, questions: Sequence[CostQuestion]) -> dict[str, Answer]:
    from assistant.munshi import Munshi

    settings = place.settings().model_copy(update={"model": f"openai:{model}", "model_base_url": provider.url})
    munshi: Munshi
    with Munshi.open(name, settings=settings) as munshi:
        return {question.ask: munshi.ask(question.ask) for question in questions}


def _right(model: str, given: Mapping[str, Answer], questions: Sequence[CostQuestion], database: Path) -> None:
    """Hold every row that reached the user to what the peers' statement gives.

    Raises
    ------
    MeasurementError
        They differ, or another mind had to answer.
    """
    with sqlite3.connect(database) as connection:
        for question in questions:
            answer, theirs = given[question.ask], connection.execute(question.sql).fetchall()
            if answer.mind != f"openai:{model}" or answer.status != "answered":
                raise MeasurementError(f"{question.ask}: {answer.mind} {answer.status}: {'; '.join(answer.warnings)}")
            if question.columns and _told(answer, question) != _rounded(theirs, len(question.columns)):
                raise MeasurementError(f"{question.ask}: Munshi's rows are not those of {question.sql}")


def _told(answer: Answer, question: CostQuestion) -> list[tuple[Any, ...]]:
    if answer.table is None:
        return []
    names = [column.name for column in answer.table.columns]
    places = [names.index(column) for column in question.columns]
    return _rounded([tuple(_kept(row[place]) for place in places) for row in answer.table.rows], len(places))


def _rounded(rows: Sequence[Sequence[Any]], width: int) -> list[tuple[Any, ...]]:
    told = [
        tuple(f"{cell:.6g}" if isinstance(cell, int | float) else str(cell) for cell in row[:width]) for row in rows
    ]
    return sorted(told)


def _ask_peer(peer: str, provider: Provider, database: Path, questions: Sequence[CostQuestion]) -> None:
    """Ask a peer everything, in its own environment.

    Raises
    ------
    MeasurementError
        It did not run.
    """
    command = [
        str(peer_python("peers", PEER_PACKAGES, PEERS_PYTHON)),
        str(Path(__file__).with_name("cost_peers.py")),
        peer,
        provider.url,
        str(database),
    ]
    asked = json.dumps([question.ask for question in questions])
    silent = {"ANONYMIZED_TELEMETRY": "False", "LANGSMITH_TRACING": "false"}
    done = subprocess.run(
        command, input=asked, capture_output=True, text=True, env={**os.environ, **silent}, check=False
    )
    if done.returncode:
        raise MeasurementError(f"{peer} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    silent_on = [question.ask for question in questions if not provider.sizes[peer, question.ask]]
    if silent_on:
        raise MeasurementError(f"{peer} asked the model nothing about: {'; '.join(silent_on)}")


def _report(provider: Provider, questions: Sequence[CostQuestion], answers: Mapping[str, Answer]) -> Report:
    everyone = (OURS, OURS_IN_WORDS, *PEERS)
    rows: list[tuple[Cell, ...]] = [
        (question.ask, *(provider.tokens(model, question.ask) for model in everyone),
         *(len(provider.sizes[model, question.ask]) for model in everyone))
        for question in questions
    ]  # fmt: skip
    totals = {model: sum(provider.tokens(model, question.ask) for question in questions) for model in everyone}
    calls = {model: sum(len(provider.sizes[model, question.ask]) for question in questions) for model in everyone}
    rows.append(("all ten", *totals.values(), *calls.values()))
    flagship, cheapest = questions[0].ask, min(PEERS, key=lambda peer: totals[peer])
    listed = answers[flagship].table
    return Report(
        "cost", "prompt tokens and calls, ten questions, one scripted model",
        ("question", *everyone, *(f"{model} calls" for model in everyone)), rows,
        targets=(
            Target("flagship, prompt tokens", provider.tokens(OURS, flagship), FLAGSHIP_TOKENS, ""),
            Target("flagship in words, prompt tokens", provider.tokens(OURS_IN_WORDS, flagship), FLAGSHIP_TOKENS, ""),
            Target("flagship in words, calls", len(provider.sizes[OURS_IN_WORDS, flagship]), FLAGSHIP_CALLS, ""),
            Target(f"ten questions ÷ {cheapest}, the cheapest peer", totals[OURS] / totals[cheapest],
                   SHARE_OF_CHEAPEST, "×"),
            Target("flagship, rows that reach the user", len(listed.rows) if listed else 0, 100, "", at_least=True),
        ),
        notes=(
            f"all ten in words: {totals[OURS_IN_WORDS] / totals[cheapest]:.2f} × of {cheapest}, "
            f"{totals[OURS_IN_WORDS] / totals['langchain']:.2f} × of langchain, "
            f"{totals[OURS_IN_WORDS] / totals['vanna']:.2f} × of vanna",
            "tokens are characters / 4 of whole request bodies, for everyone",
            f"{OURS}: the model marks its call as final and the house tells the result; {OURS_IN_WORDS}: it writes",
            f"the peers are given {len(TABLES)} views of the semantic layer as tables, and SQL whose rows are "
            "Munshi's rows",
            "langchain: SQL toolkit under create_agent, as its instructions say: tables, schema, check, query, words",
            "vanna: 2.0 agent with its quick start's tools; vanna-lean: with run_sql alone; both look the schema up",
        ),
    )  # fmt: skip
