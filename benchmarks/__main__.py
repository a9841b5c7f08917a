"""``python -m benchmarks [NAME …] [--json FILE]``: measure, print one table each."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.report import Report
from governance.errors import MunshiError

#: Name → what it measures. Each is a module of that name here, with a function ``run`` that returns a `Report`.
BENCHMARKS: Mapping[str, str] = MappingProxyType(
    {
        "startup": "from a fresh clone to a served page",
        "asking": "answers of the embedded mind, warm, and the command, cold",
        "questions": "golden questions of the embedded mind beside golds found without it",
        "berka_questions": "an analyst's questions on a bank's database under a semantic layer of its own",
        "cost": "prompt tokens and calls of a question, beside LangChain's SQL toolkit and Vanna",
        "credit": "the credit model beside an oracle, five simulated lenders; Berka's loans",
        "discovery": "anomalies, segments and goals beside what is true of five simulated lenders",
        "models": "credit and churn beside baselines and an oracle; real tables beside other learners",
        "forecast": "forecasts of series, the book and balances beside naive, Theta and a neural net; their intervals",
        "narrations": "what narrations say, beside what was simulated; the cost of a row",
        "berka": "a real bank's files at full size: ingest, reconcile, features; beside a bare parse",
        "training": "all six models trained, on two and on five thousand customers",
        "drift": "shocks put into simulated lenders, and quiet months: what the monitor flags",
        "pages": "pages of the screen in a browser, first, again and narrowed, beside an empty page of gradio",
        "scoring": "a million rows scored and explained beside xgboost alone",
        "features": "the features of ten million postings beside hand-written SQL",
        "serving": "one score over HTTP, with key and audit, beside a bare handler that only predicts",
        "realtime": "postings as they happen at a hundred a second, to the millisecond",
        "batch": "a million rows as CSV and as Parquet, uploaded, scored, downloaded, beside a bare predict",
        "intake": "a raw CSV of ten million postings to features beside a hand-written script; a day on top",
    }
)


#: Those that take the better part of an hour: run by name alone.
LONG: Mapping[str, str] = MappingProxyType(
    {
        "scale": "the intake from one to fifty million postings",
        "asking_large": "answers of the embedded mind at ten million postings, warm",
        "pages_large": "pages of ten million postings of a hundred thousand customers, beside an empty page of gradio",
    }
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks named, or all but the long ones; 1 when one could not be measured.

    A target missed is said, not an error.
    """
    asked = _parser().parse_args(arguments)
    reports: list[Report] = []
    broken: list[str] = []
    for name in asked.names or BENCHMARKS:
        try:
            report = importlib.import_module(f"benchmarks.{name}").run()
        except MunshiError as error:
            print(f"{name}: {error}\n", file=sys.stderr)
            broken.append(name)
            continue
        print(report.text(), flush=True)
        reports.append(report)
    if asked.json:
        asked.json.write_text(json.dumps(as_dict(reports), ensure_ascii=False, indent=2) + "\n", "utf-8")
    missed = [f"{report.name}: {target.name}" for report in reports for target in report.targets if not target.met]
    print(f"Missed: {'; '.join(missed)}." if missed else "Every target that was measured is met.")
    return 1 if broken else 0


def as_dict(reports: Sequence[Report]) -> dict[str, Any]:
    """Return what ``--json`` writes: the machine and every report."""
    machine = {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}
    return {"machine": machine, "benchmarks": [report.as_dict() for report in reports]}


def _parser() -> argparse.ArgumentParser:
    listing = "\n".join(f"  {name:<10} {what}" for name, what in {**BENCHMARKS, **LONG}.items())
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=f"Measure beside references, in one run.\n\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "names",
        nargs="*",
        choices=[[], *BENCHMARKS, *LONG],
        metavar="NAME",
        help="which; all but the long ones by default",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
