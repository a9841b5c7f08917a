"""``python -m benchmarks.serving_munshi PORT``: the machine faces of the sandbox; says a key and a borrower."""

from __future__ import annotations

import sys

import uvicorn

from api.app import create_app
from api.service import Service
from governance.identity.rights import Rights
from governance.settings import load_settings
from tools.workspace import Workspace


def main(port: int) -> None:
    """Serve until stopped."""
    with Workspace.open("demo", load_settings()) as workspace:
        service = Service(workspace, loopback=True)
        _, key = service.identity.api_keys.create("benchmark", Rights("service"), days=1, per_minute=1_000_000)
        workspace.warm(service.local)
        customer = workspace.query(service.local, "SELECT customer_id FROM semantic.borrowers LIMIT 1").rows[0][0]
        print(key, customer, flush=True)
        uvicorn.run(create_app(service), host="127.0.0.1", port=port, log_level="warning", ws="none")


if __name__ == "__main__":
    main(int(sys.argv[1]))
