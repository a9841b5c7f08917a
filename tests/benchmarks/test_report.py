from __future__ import annotations

import json
import sys

import pytest

from benchmarks.__main__ import BENCHMARKS, LONG, as_dict, main
from benchmarks.place import ROOT
from benchmarks.processes import MeasurementError, interleaved, run
from benchmarks.report import Report, Target, shown

REPORT = Report(
    "walking", "from here to there", ("side", "seconds"), [("on foot", 12.345), ("by train", 1.5)],
    targets=(Target("on foot ÷ by train", 8.23, 9.0, "×"), Target("trains", 3.0, 4.0, "", at_least=True)),
    notes=("it rained",), load=0.5,
)  # fmt: skip


def test_a_report_is_a_table_with_targets_and_notes() -> None:
    assert REPORT.text().splitlines()[2:8] == [
        "side      seconds",
        "on foot      12.3",
        "by train     1.50",
        "",
        "met     on foot ÷ by train: 8.23 × (≤ 9.00)",
        "MISSED  trains: 3.00  (≥ 4.00)",
    ]


def test_what_json_holds_says_which_targets_are_met() -> None:
    told = json.loads(json.dumps(as_dict([REPORT])))["benchmarks"][0]
    assert [target["met"] for target in told["targets"]] == [True, False]
    assert told["rows"] == [["on foot", 12.345], ["by train", 1.5]]


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1234567, "1,234,567"), (1234.5, "1,234"), (12.34, "12.3"), (0.126, "0.13"), (None, ""), ("a", "a")],
)
def test_numbers_are_shown_with_the_digits_that_mean_something(cell: str | float | None, text: str) -> None:
    assert shown(cell) == text


def test_a_process_is_measured_to_its_end() -> None:
    busy = run([sys.executable, "-c", "held = bytearray(60_000_000); print(sum(range(3_000_000)))"])
    assert busy.output == "4499998500000\n"
    assert busy.peak_mb > 60
    assert 0 < busy.cpu_seconds < busy.seconds + 0.5


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(MeasurementError, match="ended with 3: no petrol"):
        run([sys.executable, "-c", "import sys; print('no petrol', file=sys.stderr); sys.exit(3)"])


def test_sides_take_turns() -> None:
    order: list[str] = []
    gave = interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b", "a", "b"]
    assert gave == {"a": [None, None], "b": [None, None]}


def test_every_benchmark_listed_is_a_module_with_run() -> None:
    for name in {**BENCHMARKS, **LONG}:
        assert "def run() -> Report:" in (ROOT / "benchmarks" / f"{name}.py").read_text("utf-8"), name


def test_a_name_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["swimming"])
    assert stopped.value.code == 2
    assert "asking" in capsys.readouterr().err
