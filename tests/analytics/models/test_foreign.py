"""A foreign graph behind our protocol: it scores, explains itself exactly, travels, and is refused when exchanged."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import numpy as np
import pytest
from borrower_frames import DIRECTIONS, borrowers

from analytics.models.credit import CreditModel, fit
from analytics.models.foreign import ForeignModel, declared_model
from analytics.models.onnx_export import to_onnx
from analytics.models.protocol import Model
from governance.errors import ModelError

FRAME = borrowers(60, months=1, seed=5)


@pytest.fixture(scope="module")
def ours() -> CreditModel:
    return fit(borrowers(600), trained_as_of=dt.date(2025, 6, 30), features=DIRECTIONS, how="held logistic")


def declaration(folder: Path, document: bytes, **changes: str) -> Path:
    told = {
        "name": "partner", "file": "model.onnx", "sha256": hashlib.sha256(document).hexdigest(),
        "features": f"[{', '.join(DIRECTIONS)}]", "output": "probability", "trained_as_of": "2025-06-30", **changes,
    }  # fmt: skip
    (folder / "model.onnx").write_bytes(document)
    path = folder / "partner.yaml"
    path.write_text("".join(f"{key}: {value}\n" for key, value in told.items()))
    return path


@pytest.fixture
def foreign(ours: CreditModel, tmp_path: Path) -> ForeignModel:
    return declared_model(declaration(tmp_path, to_onnx(ours)), FRAME)


def test_it_is_a_model_and_scores_as_the_graph_does(ours: CreditModel, foreign: ForeignModel) -> None:
    assert isinstance(foreign, Model)
    assert np.abs(foreign.score(FRAME).probability - ours.score(FRAME).probability).max() < 1e-6


def test_its_contributions_add_up_and_those_of_a_line_are_exact(ours: CreditModel, foreign: ForeignModel) -> None:
    parts = foreign.contributions(FRAME)
    assert np.abs(parts.sum(axis=1) - foreign.score(FRAME).log_odds).max() < 1e-5
    means = ours.contributions(FRAME).drop(columns="base")
    spread = np.abs((parts[list(means)] - parts[list(means)].mean()) - (means - means.mean())).max().max()
    assert spread < 1e-5, "on a line every order gives the same steps"


def test_it_travels(foreign: ForeignModel) -> None:
    back = ForeignModel.from_bytes(foreign.with_facts(validation={"n": 1}).to_bytes())
    assert back.version == foreign.version
    assert back.card()["validation"] == {"n": 1}
    assert np.array_equal(back.score(FRAME).log_odds, foreign.score(FRAME).log_odds)
    with pytest.raises(ModelError, match="is not the declared graph"):
        ForeignModel.from_bytes(foreign.to_bytes()[:-1] + b"x")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sha256": "00"}, "is not the declared graph"),
        ({"features": "[days_past_du]"}, "Did you mean 'days_past_due'"),
        ({"output": "points"}, "probability or log_odds"),
        ({"file": "other.onnx"}, "there is no file"),
    ],
)
def test_a_wrong_declaration_is_told(ours: CreditModel, tmp_path: Path, changes: dict[str, str], told: str) -> None:
    with pytest.raises(ModelError, match=told):
        declared_model(declaration(tmp_path, to_onnx(ours), **changes), FRAME)
