"""An analyst's questions on the Berka bank: a database not the house's, under a layer drafted and then edited."""

from __future__ import annotations

from assistant.evaluation.figures import figures
from assistant.evaluation.golden import load_file
from assistant.evaluation.judge import Judged
from assistant.evaluation.report import percentile
from assistant.evaluation.run import ask_all, query_of
from benchmarks import place
from benchmarks.berka_files import DATA, EXTRACT
from benchmarks.questions import failures_of, notes_of, rows_of
from benchmarks.report import Report, Target
from governance.errors import SourceError

GOLDEN = place.ROOT / "tests" / "golden" / "berka"
#: Set of questions → its file; the second was written after the mechanism and mended by, the last after everything.
HALVES = {"tuned": "questions.yaml", "second": "questions_second.yaml", "unseen": "questions_unseen.yaml"}
ACCURACY, PRECISION = 0.80, 0.95


def run() -> Report:
    """Ask every set; the targets are held by all questions together, and by the unseen ones alone.

    Raises
    ------
    SourceError
        The Berka files are not beside the repository.
    """
    if not (DATA / EXTRACT).is_file():
        raise SourceError(f"The Berka files are not in {DATA}: the questions are asked of them.")
    judged = ask_halves()
    together = {**judged, "all": [each for those in judged.values() for each in those]}
    times = [each.ms for each in together["all"]]
    return Report(
        "berka_questions", ", ".join(f"{len(those)} {half}" for half, those in judged.items()),
        ("half", "kind", "questions", "right", "wrong", "declined", "share", "from", "to"),
        [row for half, those in judged.items() for row in rows_of(half, those)],
        targets=[
            target
            for half in ("unseen", "all")
            for target in (
                Target(f"{half}, execution accuracy", figures(together[half]).accuracy.value, ACCURACY, "", True),
                Target(f"{half}, answered precision", figures(together[half]).precision.value, PRECISION, "", True),
            )
        ],
        notes=[
            *(note for half, those in together.items() for note in notes_of(half, figures(those))),
            f"answers p50 {percentile(times, 0.5):.0f} ms, p95 {percentile(times, 0.95):.0f} ms",
            *failures_of(judged),
        ],
    )  # fmt: skip


def ask_halves() -> dict[str, list[Judged]]:
    """Take the bank in, once, and ask every set."""
    from assistant.munshi import Munshi
    from tools.operations.own_database import passing_workspace

    with (
        passing_workspace(str(DATA), GOLDEN / "semantic.yaml", place.settings()) as (name, settings),
        Munshi.open(name, settings=settings) as munshi,
    ):
        query = query_of(munshi)
        return {half: ask_all(munshi, load_file(GOLDEN / file, query)) for half, file in HALVES.items()}
