"""What mails say: counts, names of rules and a link; figures and customers stay in Munshi."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from governance.mails import Mails
from tools.mail.sending import recipients

if TYPE_CHECKING:
    from tools.workspace import Workspace

_HERE = Path(__file__).parent


def tell_of_alerts(workspace: Workspace, rules: Sequence[str], open_now: int) -> None:
    """Put a mail on new alerts on its way to whoever hears of them; nothing where nobody does."""
    to = [each for each in recipients(workspace.settings) if not each.startswith("@")]
    if not to or not workspace.settings.mail_host:
        return
    count = f"{len(rules)} new alert{'' if len(rules) == 1 else 's'}"
    text = Template((_HERE / "alerts.txt").read_text("utf-8")).substitute(
        lead=f"{count} in the workspace {workspace.name}.", rules="\n".join(f"- {each}" for each in rules),
        open=open_now, link=link(workspace, "#/work"),
    )  # fmt: skip
    Mails(workspace.control).put("alerts", to, f"{count} · {workspace.name} · Munshi", text)


def link(workspace: Workspace, page: str) -> str:
    """Address of a page as the operator's people reach it."""
    settings = workspace.settings
    base = settings.address or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/{page}"
