"""What is wrong with the rows, or with a stored model, is said or borne; nothing crashes, nothing altered serves."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from borrower_frames import DIRECTIONS, borrowers

from analytics.models.credit import CREDIT, How, fit
from analytics.models.encoding import Encoding
from analytics.models.supervised import SupervisedModel
from governance.errors import ModelError

DAY = dt.date(2025, 6, 30)
WAYS: tuple[How, ...] = ("blend", "scorecard", "held logistic")


def fitted(frame: pd.DataFrame, how: How = "held logistic") -> SupervisedModel:
    return fit(frame, trained_as_of=DAY, features=DIRECTIONS, how=how)


@pytest.fixture(scope="module")
def models() -> dict[How, SupervisedModel]:
    return {how: fitted(borrowers(400), how) for how in WAYS}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda frame: frame.iloc[:0], r"^0 customers went bad.*needs 10"),
        (lambda frame: frame.assign(bad=False), r"^0 customers went bad.*needs 10"),
        (lambda frame: frame.assign(bad=True), r"^Only 0 customers of 400 did not.*needs 10"),
    ],
    ids=["no rows", "nobody bad", "everybody bad"],
)
def test_classes_that_are_not_there(spoil: Callable[[pd.DataFrame], pd.DataFrame], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        fitted(spoil(borrowers(400)))


def every_third(frame: pd.DataFrame, value: float) -> pd.DataFrame:
    wide = frame.astype(dict.fromkeys(DIRECTIONS, float))
    rows = np.arange(len(wide)) % 3 == 0
    return wide.assign(**{name: wide[name].where(~rows, value) for name in DIRECTIONS})


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda frame: frame.assign(income_6m=1.0, highest_rate=0.2),
        lambda frame: frame.assign(**dict.fromkeys(DIRECTIONS, 1.0)),
        lambda frame: frame.assign(closing_balance=np.nan),
        lambda frame: every_third(frame, np.nan),
        lambda frame: every_third(frame, np.inf),
        lambda frame: every_third(frame, -np.inf),
        lambda frame: every_third(frame, 1e300),
    ],
    ids=["two constant", "all constant", "one unknown", "NaN storm", "infinite", "minus infinite", "enormous"],
)
def test_it_trains_and_scores_all_the_same(how: How, spoil: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    frame = spoil(borrowers(250, months=2))
    scored = fitted(frame, how).score(frame)
    assert scored.probability.between(0, 1, inclusive="neither").all()


@pytest.mark.parametrize("how", WAYS)
def test_an_infinite_value_is_scored_as_a_missing_one(models: dict[How, SupervisedModel], how: How) -> None:
    frame = borrowers(50, months=1, seed=3).astype({"income_6m": float})
    missing, endless = (models[how].score(frame.assign(income_6m=value)) for value in (np.nan, np.inf))
    pd.testing.assert_frame_equal(missing, endless)


@pytest.mark.parametrize("how", WAYS)
def test_nobody_to_score_is_no_error(models: dict[How, SupervisedModel], how: How) -> None:
    scored = models[how].score(borrowers(5, months=1).iloc[:0])
    assert list(scored) == ["customer_id", "as_of", "log_odds", "probability", "score", "band"]
    assert not len(scored)


def test_new_categories_are_scored_like_the_rest() -> None:
    frame = pd.DataFrame({"city": ["Pune"] * 40 + ["Agra"] * 40 + ["Goa"] * 5, "amount": 1.0})
    encoding = Encoding.of(frame, ["city"])
    assert encoding.names == ("city = Agra", "city = Pune")
    made = encoding.apply(pd.DataFrame({"city": ["Agra", "Leh", None], "amount": [1.0, 2.0, 3.0]}))
    assert made.to_dict("list") == {
        "amount": [1.0, 2.0, 3.0],
        "city = Agra": [1.0, 0.0, 0.0],
        "city = Pune": [0.0, 0.0, 0.0],
    }


class TestStoredModels:
    """A stored model that was altered is not loaded."""

    @staticmethod
    def again(stored: bytes, name: str, alter: Callable[[bytes], bytes]) -> bytes:
        """Rewrite the zip with one member altered and every checksum of the zip right."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(stored)) as old, zipfile.ZipFile(buffer, "w") as new:
            for member in old.namelist():
                content = old.read(member)
                new.writestr(member, alter(content) if member == name else content)
        return buffer.getvalue()

    @pytest.mark.parametrize("how", WAYS)
    def test_an_altered_learner(self, models: dict[How, SupervisedModel], how: How) -> None:
        def alter(content: bytes) -> bytes:
            middle = len(content) // 2
            return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]

        with pytest.raises(ModelError, match="altered after it was fitted"):
            SupervisedModel.from_bytes(self.again(models[how].to_bytes(), "learner", alter))

    def test_bytes_altered_anywhere_are_refused_or_do_no_harm(self, models: dict[How, SupervisedModel]) -> None:
        model = models["held logistic"]
        stored, frame = model.to_bytes(), borrowers(20, months=1)
        expected, refused = model.score(frame), 0
        for at in range(0, len(stored), max(len(stored) // 120, 1)):
            try:
                loaded = SupervisedModel.from_bytes(stored[:at] + bytes([stored[at] ^ 0x55]) + stored[at + 1 :])
            except ModelError:
                refused += 1
            else:
                pd.testing.assert_frame_equal(loaded.score(frame), expected)
        assert refused > 100

    @pytest.mark.parametrize("cut", [0, 1, 50, -1])
    def test_a_part_of_it(self, models: dict[How, SupervisedModel], cut: int) -> None:
        with pytest.raises(ModelError, match="not a model that can be read"):
            SupervisedModel.from_bytes(models["scorecard"].to_bytes()[:cut])

    def test_a_kind_nobody_knows(self, models: dict[How, SupervisedModel]) -> None:
        def alter(content: bytes) -> bytes:
            return json.dumps({**json.loads(content), "kind": "oracle bones"}).encode()

        with pytest.raises(ModelError, match="not a model that can be read"):
            SupervisedModel.from_bytes(self.again(models["scorecard"].to_bytes(), "model.json", alter))

    def test_one_of_before_there_were_digests_still_loads(self, models: dict[How, SupervisedModel]) -> None:
        def alter(content: bytes) -> bytes:
            described = json.loads(content)
            return json.dumps({name: described[name] for name in described if name not in ("sha256", "bands")}).encode()

        model, frame = models["blend"], borrowers(20, months=1)
        loaded = SupervisedModel.from_bytes(self.again(model.to_bytes(), "model.json", alter))
        pd.testing.assert_frame_equal(loaded.score(frame), model.score(frame))
        assert loaded.bands == CREDIT.bands
