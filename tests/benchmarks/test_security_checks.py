"""The checks of `make check` find what is planted, and say so where they could not look."""

from __future__ import annotations

import json
import secrets as random
import string
import subprocess
from pathlib import Path

import pytest

from benchmarks.security import advisories, licences, secrets
from benchmarks.security.licences import Licensed

ROOT = Path(__file__).parents[2]


def planted(*parts: str) -> str:
    """A secret put together here, so that this file holds none."""
    return "".join(parts)


ALPHABET = string.ascii_letters + string.digits
KINDS = {
    "a private key's heading": planted("-----BEGIN ", "RSA PRIVATE KEY-----"),
    "an AWS key": planted("AK", "IA", "ABCDEFGH12345678"),
    "a GitHub token": planted("gh", "p_", "a1B2" * 9),
    "an OpenAI or Anthropic key": planted("sk", "-proj-", "a1B2" * 8),
    "a JSON web token": planted("ey", "J" + "a" * 12, ".ey", "J" + "b" * 12, ".", "c" * 12),
    "a key of Munshi's": planted("mun", "shi_", "0" * 12, "_", "a" * 43),
    "a password in an address": planted("postgres", "://ann:", "hunter2pass", "@db.example.in/x"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_secret_is_found_and_not_repeated(kind: str) -> None:
    found = list(secrets.in_text("a.py", f"one\n{KINDS[kind]}\n"))
    assert [(each.line, each.what) for each in found] == [(2, kind)]
    assert KINDS[kind] not in str(found[0])
    assert not list(secrets.in_text("a.py", f"{KINDS[kind]}  # not a secret: a sample"))


def test_a_name_that_says_secret_is_judged_by_entropy() -> None:
    name = planted("api", "_key = ")
    drawn = "".join(random.choice(ALPHABET) for _ in range(40))
    assert list(secrets.in_text("a.py", f'{name}"{drawn}"'))
    for harmless in ("your-api-key-goes-here-please", "ab" * 16, "x1" * 20, "change-me-before-you-deploy"):
        assert not list(secrets.in_text("a.py", f'{name}"{harmless}"')), harmless


def test_a_repository_is_looked_through_as_git_tracks_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / "kept.txt").write_text(KINDS["an AWS key"])
    (tmp_path / "ignored.txt").write_text(KINDS["an AWS key"])
    (tmp_path / ".gitignore").write_text("ignored.txt\n")
    found, count = secrets.scan(tmp_path, secrets.tracked(tmp_path))
    assert ([each.path for each in found], count) == (["kept.txt"], 2)


def test_the_tree_holds_no_secret() -> None:
    found, count = secrets.scan(ROOT, secrets.tracked(ROOT))
    assert (found, count > 500) == ([], True)


@pytest.mark.parametrize(
    ("said", "read", "allowed"),
    [
        ("MIT License", ("MIT",), True),
        ("Apache-2.0 OR GPL-3.0-only", ("GPL", "Apache-2.0"), True),
        ("GPL-3.0-only", ("GPL",), False),
        ("MIT AND GPL-2.0", ("GPL", "MIT"), False),
        ("GNU Affero General Public License v3", ("AGPL",), False),
        ("GNU Lesser General Public License v2 or later (LGPLv2+)", ("LGPL",), True),
        ("Proprietary", (), False),
        ("", (), False),
    ],
)
def test_licences_are_read_and_judged(said: str, read: tuple[str, ...], allowed: bool) -> None:
    assert licences.names(said) == read
    assert (Licensed("x", "1", said, licences.names(said)).fault is None) is allowed


def test_everything_installed_is_allowed_and_stands_on_the_page() -> None:
    found = list(licences.read(licences.locked(licences.LOCK.read_text("utf-8"))))
    assert len(found) > 200
    assert [each.name for each in found if each.fault] == []
    page = licences.PAGE.read_text("utf-8")
    assert [each.name for each in found if f"| {each.name} |" not in page] == []


WEAK = {"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}
CLEAN = {"name": "b", "version": "2", "vulns": []}


@pytest.mark.parametrize(
    ("code", "out", "ends", "says"),
    [
        (0, json.dumps({"dependencies": [CLEAN]}), 0, "none known of 1 dependencies"),
        (1, json.dumps({"dependencies": [CLEAN, WEAK]}), 1, "a 1: CVE-1"),
        (1, "", 2, "NOT CHECKED, the data could not be reached (no route)"),
        (0, "{}", 2, "NOT CHECKED"),
    ],
)
def test_a_run_without_data_is_never_a_pass_in_silence(code: int, out: str, ends: int, says: str) -> None:
    judged, said = advisories.judged(code, out, "first\nno route")
    assert judged == ends
    assert says in said
