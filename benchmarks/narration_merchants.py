"""Categories of merchants that nobody told the house: each held out once, with every merchant of its house."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Sequence
from statistics import mode

import numpy as np

from analytics.pipeline.enrichment.directory import Directory, Party, declared, directory_of, merchants
from analytics.pipeline.enrichment.parties import parties_of
from benchmarks.names_elsewhere import NAMES, PEOPLE
from benchmarks.report import Cell

FOLDS, SEEDS = 5, (5, 6, 7)
#: Letters that a statement leaves of a name, and redraws of an interval.
WIDTH, REDRAWS = 20, 400
#: A name's house, what it trades in, and what was said of it.
Judgement = tuple[str, str, str]
Pairs = Sequence[Judgement]


def held_out() -> list[list[Cell]]:
    """Ask each merchant's names of a directory without its house, and of letters that never saw it.

    A house is all merchants that share a first word (Amazon, HDFC): what is known of one would tell of the others.
    What a merchant taken for a person gets counts as an answer, and as a wrong one.
    """
    said = [each for seed in SEEDS for each in _asked(seed)]
    usual = mode(truth for _, truth, _ in said)
    of = f"{len(said) // len(SEEDS):,} names of {len(merchants()):,} merchants, {FOLDS} folds by seeds {SEEDS}"
    return [
        *_figures("held out", said, of),
        ["held out: macro-F1 of the commonest category", macro_f1([(h, t, usual) for h, t, _ in said]), of],
    ]


def elsewhere() -> list[list[Cell]]:
    """Ask names that were written down beforehand: those no merchant answers to, the others, and people."""
    rows = [(name, category) for category, names in NAMES.items() for name in names]
    known = _parties([name for name, _ in rows], declared())
    strange = [row for row, party in zip(rows, known, strict=True) if party.merchant is None]
    named = [(n, t, party.category) for (n, t), party in zip(rows, known, strict=True) if party.merchant]
    told = _parties([name for name, _ in strange], directory_of([]))
    people = _parties(PEOPLE, declared())
    pairs = [(name, truth, party.category) for (name, truth), party in zip(strange, told, strict=True)]
    wrong = sum(party.kind == "merchant" for party in people)
    return [
        *_figures("strangers", pairs, f"{len(pairs)} names that no merchant answers to"),
        ["known by name: macro-F1 of all", macro_f1(named), f"{len(named)} names that a merchant answers to"],
        ["people taken for merchants", wrong / len(PEOPLE), f"{len(PEOPLE)} names of people"],
    ]


def macro_f1(pairs: Pairs) -> float:
    """Return the F1 of each true category, averaged; unanswered names count as missed."""
    truth, said = np.array([pair[1] for pair in pairs]), np.array([pair[2] for pair in pairs])
    right = [((said == each) & (truth == each)).sum() for each in dict.fromkeys(truth)]
    both = [(said == each).sum() + (truth == each).sum() for each in dict.fromkeys(truth)]
    return float(np.mean([2 * hits / total for hits, total in zip(right, both, strict=True)]))


def interval(pairs: Pairs, figure: Callable[[Pairs], float]) -> str:
    """Return the 95% interval of a figure, houses drawn anew."""
    houses: dict[str, list[Judgement]] = {}
    for pair in pairs:
        houses.setdefault(pair[0], []).append(pair)
    dice, listed = random.Random(SEEDS[0]), list(houses.values())
    drawn = [figure([pair for house in dice.choices(listed, k=len(listed)) for pair in house]) for _ in range(REDRAWS)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return f"{low:.2f} to {high:.2f}"


def _figures(name: str, pairs: Pairs, of: str) -> list[list[Cell]]:
    answered = [pair for pair in pairs if pair[2]]
    right = sum(truth == said for _, truth, said in answered)
    span = interval(answered, macro_f1)
    return [
        [f"{name}: macro-F1 of what is answered", macro_f1(answered), f"{of}; 95% {span}"],
        [f"{name}: right of what is answered", right / len(answered), f"{len(answered):,} answers"],
        [f"{name}: answered", len(answered) / len(pairs), of],
        [f"{name}: macro-F1 of all", macro_f1(pairs), f"{of}; 95% {interval(pairs, macro_f1)}"],
    ]


def _asked(seed: int) -> list[Judgement]:
    rows = [(house, party, names) for party, names in merchants() for house in [names[0].lower().split()[0]]]
    said: list[Judgement] = []
    for fold in range(FOLDS):
        held = [row for row in rows if _fold(row[0], seed) == fold]
        kept = directory_of([row[1:] for row in rows if _fold(row[0], seed) != fold])
        asked = [(house, party.category, name[:WIDTH]) for house, party, names in held for name in names]
        found = _parties([name for *_, name in asked], kept)
        said += [(house, truth, each.category) for (house, truth, _), each in zip(asked, found, strict=True)]
    return said


def _fold(house: str, seed: int) -> int:
    return zlib.crc32(f"{seed} {house}".encode()) % FOLDS


def _parties(names: Sequence[str], known: Directory) -> list[Party]:
    import pyarrow as pa

    found = parties_of(pa.table({"counterparty": list(names), "vpa": [""] * len(names)}), known).to_pylist()
    return [
        Party(row["party_kind"], row["party_merchant"], category=row["party_category"], rule=row["party_rule"])
        for row in found
    ]
