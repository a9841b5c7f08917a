"""The golden questions of the demo sandbox, asked of the embedded mind and compared with golds found without it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from assistant.evaluation.figures import Figures, by_kind, figures
from assistant.evaluation.golden import Golden, Rows, load_golden, load_otherwise
from assistant.evaluation.judge import Judged
from assistant.evaluation.run import ask_all, query_of
from benchmarks import place
from benchmarks.report import Cell, Report, Target

GOLDEN = place.ROOT / "tests" / "golden" / "questions"
#: The half that rules were tuned on, some of it as others would say it, and the half that nothing was tuned on.
SPLITS = ("dev", "said_otherwise", "test")
#: Names the one of them to ask; all by default.
ONLY = "MUNSHI_BENCH_SPLIT"
ACCURACY, PRECISION, DECLINED, FOLLOW_UPS = 0.92, 0.98, 0.95, 0.90


def run() -> Report:
    """Ask every question; the targets are held by the half that nothing was tuned on."""
    from assistant.munshi import Munshi

    name = place.demo_workspace(place.settings())
    splits = [split for split in SPLITS if os.environ.get(ONLY, split) == split]
    with Munshi.open(name, settings=place.settings()) as munshi:
        judged = {split: ask_all(munshi, questions_of(split, query_of(munshi))) for split in splits}
    return Report(
        "questions", ", ".join(f"{len(judged[split])} in {split}" for split in splits),
        ("half", "kind", "questions", "right", "wrong", "declined", "share", "from", "to"),
        [row for split in splits for row in rows_of(split, judged[split])],
        targets=[target for split in splits[-1:] for target in _targets(split, figures(judged[split]))],
        notes=[*(note for split in splits for note in notes_of(split, figures(judged[split]))), *failures_of(judged)],
    )  # fmt: skip


def questions_of(split: str, query: Callable[[str], Rows]) -> tuple[Golden, ...]:
    """Return the questions of one part, their names filled."""
    if split == "said_otherwise":
        return load_otherwise(GOLDEN / split, GOLDEN / "dev", query)
    return load_golden(GOLDEN / split, query)


def rows_of(split: str, judged: Sequence[Judged]) -> list[tuple[Cell, ...]]:
    """Return a row for each kind of a half of the questions."""
    return [
        (split, kind, share.count, share.hits, wrong, declined, share.value, *share.interval)
        for kind, (share, wrong, declined) in sorted(by_kind(judged).items())
    ]


def _targets(split: str, found: Figures) -> list[Target]:
    wanted = (
        ("execution accuracy", found.accuracy, ACCURACY), ("answered precision", found.precision, PRECISION),
        ("declined when it should", found.declined, DECLINED), ("follow-ups", found.follow_ups, FOLLOW_UPS),
    )  # fmt: skip
    return [Target(f"{split}, {name}", share.value, least, "", at_least=True) for name, share, least in wanted]


def notes_of(split: str, found: Figures) -> list[str]:
    """Return what a half comes to, as notes."""
    shares = {"accuracy": found.accuracy, "precision of answers": found.precision, "declined": found.declined}
    return [f"{split} {name} {share.text()}" for name, share in {**shares, "follow-ups": found.follow_ups}.items()]


def failures_of(judged: dict[str, list[Judged]]) -> list[str]:
    """Return every question that was not answered rightly, as notes."""
    return [
        f"{split} {each.verdict}: {_shown(each.golden)}{f' ({each.why})' if each.why else ''}"
        for split, those in judged.items()
        for each in those
        if each.verdict != "right"
    ]


def _shown(golden: Golden) -> str:
    return f"[{golden.kind}] {golden.ask}"
