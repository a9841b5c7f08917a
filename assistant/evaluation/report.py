"""What an evaluation comes to, per mind and per kind: as a table, as plain data, as a page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.evaluation.figures import Share, by_kind, figures
from assistant.evaluation.judge import Judged

TEMPLATE = Path(__file__).with_name("report.html")


@dataclass(frozen=True)
class Evaluation:
    """Judged answers of one or more minds to the same questions.

    Attributes
    ----------
    left_out
        Questions whose gold does not run, with the reason.
    """

    name: str
    workspace: str
    minds: Mapping[str, Sequence[Judged]]
    left_out: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "questions": self.name,
            "workspace": self.workspace,
            "left_out": list(self.left_out),
            "minds": {mind: _mind(judged) for mind, judged in self.minds.items()},
        }

    def text(self) -> str:
        """Return the table for a terminal."""
        lines = [f"{self.name} on {self.workspace}"]
        for mind, judged in self.minds.items():
            lines += ["", f"{mind}: {len(judged)} questions"]
            lines += [f"  {label:<24}{value}" for label, value in headlines(judged)]
            lines += ["", f"  {'kind':<16}{'asked':>6}{'right':>6}{'wrong':>6}{'declined':>9}  accuracy"]
            lines += [
                f"  {kind:<16}{share.count:>6}{share.hits:>6}{wrong:>6}{declined:>9}  {_interval(share)}"
                for kind, (share, wrong, declined) in sorted(by_kind(judged).items())
            ]
            missed = [each for each in judged if each.verdict != "right"]
            lines += [
                "",
                *(f"  {each.verdict}: {each.golden.ask}{f' ({each.why})' if each.why else ''}" for each in missed),
            ]
        lines += [f"left out, its gold does not run: {each}" for each in self.left_out]
        return "\n".join(lines).rstrip()

    def html(self) -> str:
        """Return the page, complete in itself."""
        from jinja2 import Environment, StrictUndefined

        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        minds = {
            mind: {
                "headlines": headlines(judged),
                "kinds": [(kind, share, wrong, declined, _interval(share))
                          for kind, (share, wrong, declined) in sorted(by_kind(judged).items())],
                "judged": judged,
            }
            for mind, judged in self.minds.items()
        }  # fmt: skip
        template = environment.from_string(TEMPLATE.read_text("utf-8"))
        return template.render(name=self.name, workspace=self.workspace, minds=minds, left_out=self.left_out)


def headlines(judged: Sequence[Judged]) -> list[tuple[str, str]]:
    """Return what an evaluation of one mind comes to: label and value."""
    found = figures(judged)
    times = [each.ms for each in judged]
    tokens = [each.tokens for each in judged]
    return [
        ("execution accuracy", found.accuracy.text()),
        ("answered precision", found.precision.text()),
        ("answered", found.answered.text()),
        ("declined when it should", found.declined.text()),
        ("follow-ups", found.follow_ups.text()),
        ("grounded", found.grounded.text()),
        ("latency", f"p50 {percentile(times, 0.5):,.0f} ms, p95 {percentile(times, 0.95):,.0f} ms"),
        ("tokens", f"{sum(tokens):,} in all, {sum(tokens) / max(len(tokens), 1):,.0f} a question"),
    ]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else 0.0


def _mind(judged: Sequence[Judged]) -> dict[str, Any]:
    found = figures(judged)
    shares = {name: _share(getattr(found, name)) for name in
              ("accuracy", "precision", "answered", "declined", "follow_ups", "grounded")}  # fmt: skip
    times, tokens = [each.ms for each in judged], [each.tokens for each in judged]
    return {
        **shares,
        "latency_ms": {"p50": percentile(times, 0.5), "p95": percentile(times, 0.95)},
        "tokens": {"total": sum(tokens), "per_question": sum(tokens) / max(len(tokens), 1)},
        "kinds": {kind: {**_share(share), "wrong": wrong, "declined": declined}
                  for kind, (share, wrong, declined) in by_kind(judged).items()},
        "questions": [{"ask": each.golden.ask, "kind": each.golden.kind, "verdict": each.verdict, "why": each.why,
                       "grounded": each.grounded, "ms": each.ms, "tokens": each.tokens} for each in judged],
    }  # fmt: skip


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {"value": share.value, "low": low, "high": high, "hits": share.hits, "count": share.count}


def _interval(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:.3f} ({low:.3f}–{high:.3f})"
