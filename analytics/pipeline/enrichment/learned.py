"""What trade a name sounds like: letters' n-grams, learned from the known merchants and the words of each trade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from analytics.pipeline.enrichment.forms import read

#: Below this probability nothing is said.
ABSTAIN_BELOW = 0.85
SEED = 11


def trades(names: Sequence[str], known: frozenset[str]) -> list[tuple[str, str, float]]:
    """Return category, subcategory and probability of each name; '' and '' where it abstains.

    Parameters
    ----------
    known
        Keys of the merchants it may learn from.
    """
    model, usual = _fitted(known)
    odds = model.predict_proba([name.lower() for name in names])
    best = odds.argmax(axis=1)
    guesses = [(str(model.classes_[at]), float(row[at])) for at, row in zip(best, odds, strict=True)]
    return [
        (category, usual[category], probability) if probability >= ABSTAIN_BELOW else ("", "", probability)
        for category, probability in guesses
    ]


@lru_cache(maxsize=4)
def _fitted(known: frozenset[str]) -> tuple[Any, dict[str, str]]:
    """Fit on the names of the known merchants and the words of the trades, its probabilities calibrated."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline

    texts, labels, subjects, usual = _lessons(known)
    reader = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, max_features=6_000)
    base = make_pipeline(reader, LogisticRegression(C=10.0, solver="sag", tol=1e-3, max_iter=1_000, random_state=SEED))
    # Names of one merchant, and phrases of one word, stay in one fold; else the odds would flatter the unseen.
    folds = list(StratifiedGroupKFold(3, shuffle=True, random_state=SEED).split(texts, labels, subjects))
    return CalibratedClassifierCV(base, method="temperature", cv=folds, ensemble=False).fit(texts, labels), usual


def _lessons(known: frozenset[str]) -> tuple[list[str], list[str], list[str], dict[str, str]]:
    from analytics.pipeline.enrichment.parties import key_of, merchants

    texts: list[str] = []
    labels: list[str] = []
    subjects: list[str] = []
    kinds: dict[str, Counter[str]] = {}
    for party, names in merchants():
        kinds.setdefault(party.category, Counter())[party.subcategory] += 1
        mine = [name.lower() for name in names if key_of(name) in known]
        texts += mine
        labels += [party.category] * len(mine)
        subjects += [str(party.merchant)] * len(mine)
    for category, declared in read("merchants").items():
        for word in declared["words"]:
            texts += [word, f"sri {word}", f"{word} services"]
            labels += [category] * 3
            subjects += [word] * 3
    return texts, labels, subjects, {category: counted.most_common(1)[0][0] for category, counted in kinds.items()}
