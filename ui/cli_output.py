"""What the command prints: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.answer import Answer
    from tools.operations.doctor import Finding
    from tools.operations.fill import BuildReport, Outcome
    from tools.operations.preview import Preview
    from tools.result import Column, Table

#: Rows of a table shown on a terminal; ``--json`` has them all.
SHOWN_ROWS = 20
#: Characters a line may have where the output is no terminal.
PIPED_WIDTH = 160


def say(text: str) -> None:
    """Tell the person something that is not the result."""
    print(text, file=sys.stderr)


def print_json(value: Any) -> None:
    """Print JSON alone."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def emit(value: Any, as_json: bool, sentence: str) -> None:
    """Print the result as JSON, or as a sentence."""
    if as_json:
        print_json(value)
    else:
        print(sentence)


@contextmanager
def progress() -> Iterator[Callable[[str, float], None]]:
    """Show on standard error what is being done and how far it is; plain lines where that is no terminal."""
    if not sys.stderr.isatty():
        yield _plain()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)


def _plain() -> Callable[[str, float], None]:
    last: list[str] = [""]

    def tell(what: str, share: float) -> None:
        if what != last[0]:
            last[0] = what
            say(f"{share:4.0%}  {what}")

    return tell


def print_answer(answer: Answer, currency: str) -> None:
    """Print an answer for a terminal: the text, the first rows, what it rests on."""
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    console.print(answer.text, markup=False)
    if answer.table is not None and answer.table.rows:
        console.print(_terminal_table(answer.table, currency))
        left = len(answer.table.rows) - SHOWN_ROWS
        if left > 0:
            console.print(f"… and {left} more rows; `--json` prints them all.", markup=False)
    for warning in answer.warnings:
        console.print(f"! {warning}", markup=False)
    versions = ", ".join(f"{model} {version}" for model, version in answer.model_versions.items())
    facts = [f"as of {answer.as_of}" if answer.as_of else "", versions, f"receipt {answer.receipt_id}"]
    console.print(" · ".join(fact for fact in facts if fact), style="dim", markup=False)
    for question in answer.follow_ups:
        console.print(f"  → {question}", style="dim", markup=False)


def _terminal_table(table: Table, currency: str) -> Any:
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=None, pad_edge=False)
    kept = [position for position, column in enumerate(table.columns) if column.type != "list"]
    for position in kept:
        column = table.columns[position]
        right = column.type in ("integer", "decimal", "float")
        drawn.add_column(column.label, justify="right" if right else "left", no_wrap=True, overflow="ellipsis")
    for row in table.rows[:SHOWN_ROWS]:
        drawn.add_row(*[Text(_cell(row[position], table.columns[position], currency)) for position in kept])
    return drawn


def _cell(value: Any, column: Column, currency: str) -> str:
    from assistant.prose.numbers import said

    if isinstance(value, str):
        return value
    return said(value, "count" if column.unit == "days" else column.unit, currency=currency)


def findings_table(findings: Sequence[Finding]) -> str:
    """Findings as lines, one each."""
    lines = [
        f"{'look' if each.finding else 'ok  '}  {each.subject:<12} {each.check:<12} {each.finding or ''}"
        for each in findings
    ]
    return "\n".join(line.rstrip() for line in lines)


def print_preview(preview: Preview) -> None:
    """Print what a file would bring: what it is, the first rows, what is left out, what adds up, what is needed."""
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    told = preview.told
    counts = f"{told['rows_read']:,} rows: {told['rows_kept']:,} postings, {told['rows_rejected']:,} rejected"
    console.print(f"{preview.name}: {preview.source}, {counts}, {preview.accounts} accounts.", markup=False)
    for role, why in preview.guessed.get("reasons", {}).items():
        heading, sure = preview.guessed["mapping"]["columns"][role], preview.guessed["confidence"][role]
        console.print(f"  {role} ← {heading} ({sure:.0%}): {why}", markup=False)
    shown = [name for name in (preview.rows[0] if preview.rows else ()) if any(row[name] for row in preview.rows)]
    drawn = RichTable(*shown, box=None, pad_edge=False)
    for row in preview.rows:
        drawn.add_row(*[Text("" if row[name] is None else str(row[name])) for name in shown])
    console.print(drawn)
    for reason, rows in preview.reasons.items():
        console.print(f"! {rows} rejected: {reason}", markup=False)
    for each in preview.rejected:
        console.print(f"  line {each['line']}: {each['reason']}", markup=False)
    if preview.balance.compared:
        where = f", first in lines {', '.join(map(str, preview.balance.lines))}" if preview.balance.breaks else ""
        console.print(
            f"Balances: {preview.balance.compared:,} compared, {preview.balance.breaks:,} do not add up{where}."
        )
    for line in preview.summary:
        verdict = "as its rows say" if line.agrees else f"but its rows give {line.found}"
        console.print(
            f"{' ' if line.agrees else '!'} the statement tells {line.what}: {line.told}, {verdict}.", markup=False
        )
    for note in preview.notes:
        console.print(f"note: {note}", markup=False)
    for need in preview.needs:
        console.print(f"needs: {need}", markup=False)


#: How many examples of each doubt a terminal shows; the page and ``--json`` have more.
SHOWN_EXAMPLES = 1


def quality_table(found: Mapping[str, Any]) -> str:
    """The quality report for a terminal: the verdict, what is wrong first, then doubts, what waits, what is unknown."""
    from tools.operations.quality_page import KINDS, STATUSES, day, grouped, money, number, rules, share
    from tools.operations.quality_words import counts_of, verdict_of

    counts = counts_of(found["checks"])
    lines = [verdict_of(counts), ""]
    for status, word in STATUSES.items():
        checks = [each for each in found["checks"] if each["status"] == status]
        if status in ("fail", "warn"):
            lines += [f"{word:<14}{each['title']}; exceptions: {grouped(each['sentence'])}" for each in checks]
        elif checks:
            lines.append(f"{word:<14}{number(len(checks))} checks")
    lines += _titled("Balances that", [f"{number(each['rows']):>12}  {each['reason']} ({share(each['share'])})"
                                       for each in found["balances"]])  # fmt: skip
    doubts = []
    for each in found["findings"]:
        doubts.append(f"{number(each['rows']):>12}  {KINDS.get(each['kind'], each['kind'])}: {each['sentence']}")
        doubts += [
            f"{'':>14}as in account {row['account_id']} on {day(row['day'])}: expected {money(row['expected'])}, "
            f"found {money(row['found'])}"
            for row in each["examples"][:SHOWN_EXAMPLES]
        ]
    lines += _titled("Doubted", doubts)
    lines += _titled("Could not be read", [f"{number(each['rows']):>12}  {each['state']}: {each['reason']}"
                                           for each in found["quarantine"]])  # fmt: skip
    lines += _titled(
        "Category", [f"{share(each['share']):>12}  {each['words']}" for each in rules(found["categories"])]
    )
    lines += _titled("Fresh to", [f"{day(each['last_day']):>12}  {each['source']}, {number(each['rows'])} postings"
                                  for each in found["freshness"]])  # fmt: skip
    if not found["checks"]:
        lines.append(f"Take a file in: `munshi ingest FILE --workspace {found['workspace']}`.")
    return "\n".join(lines).strip()


def _titled(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def build_sentence(report: BuildReport) -> str:
    """What a build made, in words."""
    made = f"{report.feature_rows:,} feature rows over {report.month_ends} month ends to {report.as_of}."
    return " ".join([made, *(_model_sentence(name, outcome) for name, outcome in report.models.items())])


def _model_sentence(name: str, outcome: Outcome) -> str:
    if outcome.champion is None:
        return f"Nobody is scored by {name}: {outcome.refusal}"
    auc = outcome.metrics.get("auc")
    how_good = f" AUC {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f}) out of time." if auc else ""
    if outcome.challenger:
        wait = f"munshi models approve {name} {outcome.challenger} --by NAME --reason WHY"
        both = f"{name} {outcome.challenger} waits beside {outcome.champion}, which serves."
        return f"{both}{how_good} Let it serve: `{wait}`."
    return f"{outcome.scored:,} {outcome.people} scored by {name} {outcome.champion}.{how_good}"
