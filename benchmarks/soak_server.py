"""``python -m benchmarks.soak_server PORT``: the whole of Munshi, screen and machine faces; says keys of roles."""

from __future__ import annotations

import json
import sys

import uvicorn

from api.service import Service
from governance.identity.rights import Rights
from governance.settings import load_settings
from tools.workspace import Workspace
from ui.server import served_app

ROLES = ("service", "risk_manager", "compliance")


def main(port: int) -> None:
    """Serve until stopped."""
    with Workspace.open("demo", load_settings()) as workspace:
        service = Service(workspace, loopback=True)
        create = service.identity.api_keys.create
        keys = {role: create("soak", Rights(role), days=1, per_minute=1_000_000)[1] for role in ROLES}
        workspace.warm(service.local)
        app = served_app(service)
        print(json.dumps(keys), flush=True)
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws="none")


if __name__ == "__main__":
    main(int(sys.argv[1]))
