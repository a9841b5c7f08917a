"""``python -m benchmarks.serving_munshi PORT``: the machine faces of the sandbox, ruled; says a key and a borrower."""

from __future__ import annotations

import sys

import uvicorn

from api.app import create_app
from api.service import Service
from governance.identity.rights import Rights
from governance.principal import Principal
from governance.settings import load_settings
from tools.operations import rules
from tools.rulings import active_rules
from tools.workspace import Workspace

RULES = """
rules:
  - id: S1
    model: credit
    when: probability >= 0.05 AND band IN ('medium', 'high')
    then: {band: very high, decision: refer}
    text: A lender that holds risk stricter than the model.
"""


def main(port: int) -> None:
    """Serve until stopped."""
    with Workspace.open("demo", load_settings()) as workspace:
        service = Service(workspace, loopback=True)
        _, key = service.identity.api_keys.create("benchmark", Rights("service"), days=1, per_minute=1_000_000)
        _ruled(workspace, service.local)
        workspace.warm(service.local)
        query = "SELECT customer_id FROM semantic.borrowers ORDER BY rule IS NULL, customer_id LIMIT 1"
        customer = workspace.query(service.local, query).rows[0][0]
        print(key, customer, flush=True)
        uvicorn.run(create_app(service), host="127.0.0.1", port=port, log_level="warning", ws="none")


def _ruled(workspace: Workspace, by: Principal) -> None:
    """Let rules about the credit model act, where none do yet."""
    active = active_rules(workspace, by)
    if active is not None and active.of("credit"):
        return
    version = rules.draft(workspace, by, RULES, reason="benchmark")["version"]
    rules.simulate(workspace, by, version)
    rules.decide(workspace, by, version, "approve", reason="benchmark", name="another")
    rules.decide(workspace, by, version, "activate", reason="benchmark", name="another")


if __name__ == "__main__":
    main(int(sys.argv[1]))
