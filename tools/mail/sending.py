"""Mails handed to the operator's own server, by SMTP; nothing is sent where none is set."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from typing import TYPE_CHECKING

from governance.errors import ConfigurationError, ToolRetry
from governance.mails import Mail, Mails

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.settings import Settings
    from tools.workspace import Workspace

SECONDS = 20.0
#: Mails handed over in one go.
AT_ONCE = 50


def recipients(settings: Settings) -> tuple[str, ...]:
    """Who hears of alerts, and who may be written to at all."""
    return tuple(each.strip() for each in settings.mail_to.split(",") if each.strip())


def allowed(settings: Settings, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return addresses that mail may go to: those of ``mail_to``, where ``@bank.example`` allows a whole domain.

    Raises
    ------
    ToolRetry
        One is not among them.
    """
    may = {each.lower() for each in recipients(settings)}
    found = tuple(wanted)
    for each in found:
        _, at, domain = each.lower().rpartition("@")
        if not at or (each.lower() not in may and f"@{domain}" not in may):
            raise ToolRetry(f"Mail may not go to '{each}'. MUNSHI_MAIL_TO names who may be written to: "
                            f"{', '.join(sorted(may)) or 'nobody yet'}.")  # fmt: skip
    return found


def send_due(workspace: Workspace) -> int:
    """Hand over what is due; what fails is tried again later, and the audit log says how each ended."""
    settings, mails, tried = workspace.settings, Mails(workspace.control), 0
    if not settings.mail_host:
        return 0
    while tried < AT_ONCE and (mail := mails.claim()) is not None:
        fault = _attempt(settings, mail)
        with workspace.control.together():
            state = mails.settle(mail, fault)
            details = {"mail": mail.mail_id, "about": mail.about, "state": state, "attempt": mail.attempts + 1}
            workspace.control.audit("mail", "mail:send", "failed" if fault else "ok", details)
        tried += 1
    return tried


def _attempt(settings: Settings, mail: Mail) -> str:
    """Hand one mail over; return why that failed, nothing where it did not."""
    try:
        send(settings, mail)
    except (OSError, smtplib.SMTPException) as error:  # the fault is kept with the mail
        return type(error).__name__
    return ""


def send(settings: Settings, mail: Mail) -> None:
    """Hand one mail to the server.

    Raises
    ------
    ConfigurationError
        Nobody is set to send it.
    OSError, smtplib.SMTPException
        The server cannot be reached, or does not take it.
    """
    if not settings.mail_host or not settings.mail_from:
        raise ConfigurationError("Set MUNSHI_MAIL_HOST and MUNSHI_MAIL_FROM: who sends mail, and as whom.")
    trusted = ssl.create_default_context()
    place = (settings.mail_host, settings.mail_port)
    made = (
        smtplib.SMTP_SSL(*place, timeout=SECONDS, context=trusted)
        if settings.mail_tls == "tls"
        else smtplib.SMTP(*place, timeout=SECONDS)
    )
    with made as server:
        if settings.mail_tls == "starttls":
            server.starttls(context=trusted)
        if settings.mail_user and settings.mail_password is not None:
            server.login(settings.mail_user, settings.mail_password.get_secret_value())
        server.send_message(message(settings, mail))


def message(settings: Settings, mail: Mail) -> EmailMessage:
    """The mail as it travels."""
    made = EmailMessage()
    made["From"] = Address("Munshi", addr_spec=settings.mail_from)
    made["To"] = ", ".join(mail.to)
    made["Subject"] = mail.subject
    made["Message-ID"] = make_msgid(mail.mail_id, settings.mail_from.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.text)
    for each in mail.attachments:
        kind, _, subtype = each.media.partition(";")[0].partition("/")
        made.add_attachment(each.content, maintype=kind, subtype=subtype, filename=each.name)
    return made
