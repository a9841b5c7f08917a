"""Known weaknesses of the locked dependencies, by pip-audit: ``python -m benchmarks.security.advisories``.

Where the data cannot be reached it says so, loudly, and ends with 0: a machine without network checks the rest. With
``--required`` it ends with 2 then: for the machine that releases.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 90


def judged(code: int, out: str, err: str) -> tuple[int, str]:
    """The end and the sentence of a run of pip-audit: 0 clean, 1 weaknesses, 2 not checked."""
    try:
        listed = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = err.strip().splitlines()[-1:] or ["no output"]
        return 2, f"advisories: NOT CHECKED, the data could not be reached ({last[0][:160]})"
    weak = [f"{each['name']} {each['version']}: {', '.join(one['id'] for one in each['vulns'])}"
            for each in listed if each.get("vulns")]  # fmt: skip
    if weak or code:
        return 1, "\n".join([*weak, f"advisories: {len(weak)} of {len(listed)} dependencies have known weaknesses"])
    return 0, f"advisories: none known of {len(listed)} dependencies"


def run() -> tuple[int, str]:
    """Ask for the locked versions, without installing anything."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.lock"), "--no-deps",
               "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"]  # fmt: skip
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return 2, f"advisories: NOT CHECKED, the data could not be reached in {SECONDS} s"
    return judged(done.returncode, done.stdout, done.stderr)


def main(arguments: list[str]) -> int:
    """Check, say what came of it, and end accordingly."""
    code, said = run()
    print(said)
    return 0 if code == 2 and "--required" not in arguments else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
