"""Secrets in tracked files, by the shape of known ones and by entropy: ``python -m benchmarks.security.secrets``.

A finding that is none is allowed in its line: ``not a secret: why``.
"""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What a known kind of secret looks like.
SHAPES: Mapping[str, re.Pattern[str]] = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*\\?n?\s*[A-Za-z0-9+/]{16}"),
    "a private key's heading": re.compile(r"^-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----$"),
    "an AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{40,}"),
    "an OpenAI or Anthropic key": re.compile(r"\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{24,}"),
    "a Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "a JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "a key of Munshi's": re.compile(r"\bmunshi_[0-9a-f]{12}_[A-Za-z0-9_-]{43}\b"),
    "a password in an address": re.compile(r"\b[a-z][a-z0-9+]*://[^\s:/@'\"{}<]+:[^\s:/@'\"{}<$]{6,}@[\w.-]+\.\w"),
}
#: A name that says secret, given a literal.
NAMED = re.compile(
    r"(?i)(?:secret|password|passwd|api_?key|access_?key|auth_?token|private_?key|master_?key)[\"']?\s*[:=]\s*"
    r"[\"']([A-Za-z0-9+/=_\-]{20,})[\"']"
)
#: Bits per character from which such a literal, digits in it, is no repetition; random hex has 4, base64 6.
ENTROPY = 3.5
ALLOWED = re.compile(r"not a secret: \w")
#: Digests of public packages, which look like keys.
PUBLIC = frozenset({"requirements.lock"})
MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class Finding:
    """Where something looks like a secret; what it is is not repeated."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: looks like {self.what}"


def entropy(text: str) -> float:
    """Bits per character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def in_text(path: str, text: str) -> Iterator[Finding]:
    """Find what looks like a secret in a text."""
    for number, line in enumerate(text.splitlines(), 1):
        if ALLOWED.search(line):
            continue
        for what, shape in SHAPES.items():
            if shape.search(line):
                yield Finding(path, number, what)
        for literal in NAMED.findall(line):
            if entropy(literal) >= ENTROPY and any(map(str.isdigit, literal)):
                yield Finding(path, number, "a secret by its name and its entropy")


def tracked(root: Path) -> Iterator[Path]:
    """The files that git tracks, or would on the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=root, capture_output=True, check=True)
    yield from (root / name for name in done.stdout.decode().split("\0") if name)


def scan(root: Path, paths: Iterable[Path]) -> tuple[list[Finding], int]:
    """Look through files; return what was found, and how many were looked through."""
    found: list[Finding] = []
    count = 0
    for path in paths:
        if path.name in PUBLIC or not path.is_file() or path.stat().st_size > MOST_BYTES:
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8_000]:
            count += 1
            found += in_text(path.relative_to(root).as_posix(), content.decode("utf-8", errors="replace"))
    return found, count


def main() -> int:
    """Scan the repository; 1 where something was found."""
    found, count = scan(ROOT, tracked(ROOT))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"secrets: {len(found)} findings in {count} tracked files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
