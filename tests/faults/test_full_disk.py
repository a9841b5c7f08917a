"""The disk fills up beneath a server, as it does in life: a file system of a few megabytes of its own, written full."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from killable import Load, accounted, served

from governance.settings import Settings

pytestmark = pytest.mark.soak

#: Mounts a small file system at the home's place, seen by the server alone, brings the home into it, and fills it up
#: but for some kilobytes. What frees it again is the ballast.
SHELL = """
set -e
size=$(($(du -sk "$1" | cut -f1) + 6000))
mount -t tmpfs -o size=${size}k tmpfs "$2"
cp -a "$1/." "$2/"
head -c $((($(df -k --output=avail "$2" | tail -1) - 700) * 1024)) /dev/zero > "$2/ballast"
shift 2
exec "$@"
"""


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    trying = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(trying, capture_output=True).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="no file system of one's own may be mounted here")
def test_a_full_disk_is_said_nothing_unaudited_is_told_and_with_room_all_goes_on(
    bank: Settings, writing, key_of, tmp_path: Path
) -> None:  # fmt: skip
    admin, analyst = key_of(bank, "admin"), key_of(bank, "analyst")
    (tmp_path / "home").mkdir()
    full = bank.model_copy(update={"home": tmp_path / "home" / "munshi"})
    inside = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SHELL, "sh")
    command = (*inside, str(bank.home.parent), str(tmp_path / "home"))
    with (
        served("bank", full, "--no-screen", before=command) as server,
        httpx.Client(base_url=server.address, headers=analyst, timeout=30) as client,
    ):
        seen = Path(f"/proc/{server.process.pid}/root{tmp_path}/home")
        with Load(writing, server.address, admin) as load:
            load.until(5)
            while not load.statuses.get(507):
                load.until(0)
                assert server.process.poll() is None
            told = client.post("/api/v1/keys", json={"label": "one-more"}, headers=admin)
            assert told.status_code == 507, told.text
            assert told.json()["type"] == "urn:munshi:problem:storage-full"
            assert "make room" in told.json()["detail"]
            assert client.get("/healthz").status_code == 200
            assert client.get("/api/v1/models").status_code == 200
            unaudited = client.post("/api/v1/tools/top_risky_borrowers", json={"limit": 5})
            assert unaudited.status_code == 507  # what cannot be written down is not told
            assert "rows" not in unaudited.text
            (seen / "ballast").unlink()
            load.until(20)
            assert client.post("/api/v1/tools/top_risky_borrowers", json={"limit": 5}).status_code == 200
        assert set(load.statuses) == {201, 507}, load.statuses
        assert load.broken == 0
        kept = tmp_path / "kept"
        shutil.copytree(seen, kept, ignore=shutil.ignore_patterns("ballast"))
    accounted(full.model_copy(update={"home": kept / "munshi"}), load)
