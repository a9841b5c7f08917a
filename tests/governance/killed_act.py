"""Acts, and dies at a point between the act and the entry that says how it ended; run as a process."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from governance.acts import acting, control_of
from governance.identity.rights import Rights
from governance.identity.store import Identity
from governance.keys import WorkspaceKeys


def main(kind: str, folder: Path) -> None:
    control = control_of(folder, WorkspaceKeys(bytes(32)), None)
    if kind == "within":  # an act within the control data
        with control.together():
            Identity(control).api_keys.create("x", Rights("viewer"))
            os.kill(os.getpid(), signal.SIGKILL)
    with acting(control, folder, "local", "books:change", {"file": "a"}):
        (folder / "changed").write_text("yes")
        os.kill(os.getpid(), signal.SIGKILL)


main(sys.argv[1], Path(sys.argv[2]))
