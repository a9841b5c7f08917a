"""What is due is run: a question asked, a report set, each as whoever scheduled it; one that fails stops no other."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from governance.errors import MunshiError
from governance.mails import Attachment, Mails
from governance.schedules import TRIES, Claim, Run, Scheduled, Schedules
from tools.mail.telling import link
from tools.operations.schedules import principal_of
from tools.schedules.when import when

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Letters of an answer that a run keeps to be recognised by; the receipt has all of it.
SAID = 280
_log = logging.getLogger("munshi.schedules")
_MAIL = Path(__file__).parent / "templates" / "scheduled.txt"


@dataclass(frozen=True)
class _Made:
    """What a run gave."""

    ok: bool
    said: str
    receipt_id: str = ""
    file_name: str = ""
    media: str = ""
    file: bytes = b""


_DIED = _Made(False, f"Each of {TRIES} processes that began it ended before it was done. Run it by itself to see why.")


def run_due(workspace: Workspace, store: Schedules | None = None) -> list[Run]:
    """Run what is due, the longest due first; each once, however often it was missed."""
    store = store or Schedules(workspace.control)
    done = []
    for due in store.due():
        rule, now = when(due.when, due.zone), store.clock()
        claim = store.claim(due)
        if claim is not None:
            run = _run(workspace, store, due, claim, rule.due_between(due.next_at, now) - 1, rule.next_after(now))
            done += [run] if run is not None else []
    return done


def _run(
    workspace: Workspace, store: Schedules, due: Scheduled, claim: Claim, missed: int, next_at: float
) -> Run | None:  # fmt: skip
    try:
        made = _DIED if claim.tries > TRIES else _made(workspace, principal_of(workspace, due), due)
    except MunshiError as error:
        made = _Made(False, str(error))
    except Exception as error:  # noqa: BLE001  the run says that it failed, the log where; the others go on
        _log.exception("schedule %s failed", due.schedule_id)
        made = _Made(False, f"Something broke inside Munshi ({type(error).__name__}); the server's log says where.")
    with workspace.control.together():
        run = store.keep(due, claim, "ok" if made.ok else "failed", next_at=next_at, missed=missed, said=made.said,
                         receipt_id=made.receipt_id, file_name=made.file_name,
                         file=made.file if due.what["report"] else b"")  # fmt: skip
        if run is None:
            return None
        details = {"schedule": due.schedule_id, "run": run.run_id, "missed": missed,
                   "kind": "report" if due.what["report"] else "question"}  # fmt: skip
        workspace.control.audit(due.made_by, "schedules:ran", run.state, details)
        _mail(workspace, due, run, made)
    return run


def _made(workspace: Workspace, principal: Principal, due: Scheduled) -> _Made:
    what = due.what
    if what["report"]:
        from ui.paper.board import board_pack

        pack = board_pack(workspace, principal)
        name = f"board-pack-{workspace.data_clock(principal).isoformat()}.pdf"
        said = f"Board pack as of {pack.told['as_of']}. {pack.told['notice']}".strip()
        return _Made(True, said, "", name, "application/pdf", pack.as_pdf())
    from assistant.munshi import Munshi

    answer = Munshi(workspace, principal).ask(what["question"])
    said = " ".join(answer.text.split())[:SAID]
    if answer.status != "answered":
        return _Made(False, said, answer.receipt_id)
    if not what["attach"]:
        return _Made(True, said, answer.receipt_id)
    from ui.paper.answer_file import answer_file

    file = answer_file(workspace, principal, answer.receipt_id, "pdf")
    return _Made(True, said, answer.receipt_id, file.name, file.media, file.content)


def _mail(workspace: Workspace, due: Scheduled, run: Run, made: _Made) -> None:
    """Put a mail on its way to whom the schedule names: how it ended and a link; the file where all agree."""
    if not due.what["to"]:
        return
    kind = "report" if due.what["report"] else "question"
    ended = "is there" if made.ok else "could not be made"
    missed = f"\n{run.missed} earlier due times were missed.\n" if run.missed else ""
    text = Template(_MAIL.read_text("utf-8")).substitute(
        kind=kind, ended=ended, when=due.when, missed=missed, workspace=workspace.name,
        link=link(workspace, f"#/work?run={run.run_id}"),
    )  # fmt: skip
    agreed = due.what["attach"] and workspace.settings.mail_attachments and made.file
    files = [Attachment(made.file_name, made.media, made.file)] if agreed else []
    Mails(workspace.control).put("schedule", due.what["to"], f"Scheduled {kind} {ended} · {workspace.name} · Munshi",
                                 text, files)  # fmt: skip
