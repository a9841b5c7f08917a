"""The packages at the root: their names are ours, their imports run downward, nothing heavy loads with them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("analytics", "api", "assistant", "governance", "knowledge", "tools", "ui")
#: Folders with code that are not installed.
ASIDE = ("benchmarks", "tests")
CODE = (".py", ".js", ".css", ".html")
MOST_LINES = 400
#: Loaded by whom needs them, when he needs them.
HEAVY = ("pandas", "ibis", "chromadb", "gradio", "sklearn", "shap", "xgboost", "openai")
FACES = ("ui.cli", "tools.registry", "assistant.munshi")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PIN = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,_-]+\])?==[\w.!+]+( ; [^\\]+)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins() -> Iterator[tuple[str, list[str]]]:
    """The entries of the lock: requirement, hashes."""
    lines = [line for line in LOCK.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for entry in re.split(r"\n(?=\S)", "\n".join(lines)):
        requirement, *rest = (line.strip().removesuffix("\\").strip() for line in entry.splitlines())
        yield requirement, rest


def normalised(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement).group()).lower()


def test_the_packages_are_these_and_all_of_them_are_installed() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - set(ASIDE)
    assert found == set(PACKAGES)
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == found
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == found
    assert found <= set(PROJECT["tool"]["mypy"]["packages"])


def test_a_package_name_is_claimed_by_no_other_distribution() -> None:
    claims = packages_distributions()
    assert len(claims) > 100
    for package in PACKAGES:
        assert set(claims.get(package, ())) <= {"munshi"}, package
        assert Path(find_spec(package).origin) == ROOT / package / "__init__.py"


def test_imports_run_downward() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    kept = re.findall(r"^(.+) KEPT$", done.stdout, flags=re.MULTILINE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(kept) == len(PROJECT["tool"]["importlinter"]["contracts"]) >= 5


def test_nothing_heavy_loads_with_the_faces() -> None:
    script = f"import sys, {', '.join(FACES)}; print(*sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("folder", [*PACKAGES, *ASIDE])
def test_no_file_is_longer_than_four_hundred_lines(folder: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*") if path.suffix in CODE]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in files}
    assert lengths
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_entry_of_the_lock_is_pinned_with_hashes_alone() -> None:
    entries = list(pins())
    assert len(entries) > 100
    assert [requirement for requirement, _ in entries if not PIN.fullmatch(requirement)] == []
    assert [requirement for requirement, hashes in entries if not hashes] == []
    assert [line for _, hashes in entries for line in hashes if not HASH.fullmatch(line)] == []


def test_the_lock_names_no_address() -> None:
    assert not re.search(r"https?:|file:|git\+|--(extra-)?index-url|--find-links|--trusted-host|@ ", LOCK)


def test_the_lock_holds_every_dependency_of_the_project() -> None:
    optional = PROJECT["project"]["optional-dependencies"]
    wanted = {normalised(each) for each in (*PROJECT["project"]["dependencies"], *optional["dev"])}
    assert wanted <= {normalised(requirement) for requirement, _ in pins()}
