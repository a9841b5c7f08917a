"""An exported model comes back as it went, and a changed one not at all."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from borrower_frames import DIRECTIONS, borrowers

from analytics.models import package
from analytics.models.credit import CreditModel, fit
from governance.errors import ModelError


@pytest.fixture(scope="module")
def model() -> CreditModel:
    return fit(borrowers(500), trained_as_of=dt.date(2025, 6, 30), features=DIRECTIONS, how="held logistic")


@pytest.mark.parametrize("form", package.FORMATS)
def test_it_comes_back_as_it_went(model: CreditModel, form: str, tmp_path: Path) -> None:
    written = package.write(model, "credit", tmp_path / form, form)
    read, content = package.verified(tmp_path / form, digest=written.digest)
    assert read == written
    assert len(content) == written.manifest["bytes"]
    if form == "onnx":
        with pytest.raises(ModelError, match="run it with onnxruntime"):
            package.load(tmp_path / form)
        return
    frame = borrowers(50, seed=4)
    assert np.array_equal(package.load(tmp_path / form).score(frame).log_odds, model.score(frame).log_odds)


@pytest.mark.parametrize("form", package.FORMATS)
def test_one_changed_bit_is_refused(model: CreditModel, form: str, tmp_path: Path) -> None:
    package.write(model, "credit", tmp_path, form)
    file = tmp_path / package.FORMATS[form][0]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelError, match="is not what its manifest says"):
        package.load(tmp_path)


def test_a_changed_manifest_is_refused_where_its_digest_is_known(model: CreditModel, tmp_path: Path) -> None:
    written = package.write(model, "credit", tmp_path, "document")
    manifest = json.loads((tmp_path / package.MANIFEST).read_text())
    (tmp_path / package.MANIFEST).write_text(json.dumps(manifest | {"version": "other"}))
    with pytest.raises(ModelError, match="was changed after the export"):
        package.load(tmp_path, digest=written.digest)


def test_nothing_there_and_no_such_format(model: CreditModel, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no exported model"):
        package.load(tmp_path)
    with pytest.raises(ModelError, match="Did you mean 'onnx'"):
        package.write(model, "credit", tmp_path, "onx")
