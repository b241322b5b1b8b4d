"""A run of the service that failed: one mail to ops, written without the ledger, which may be what is broken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from notifications.compose import Composed
from notifications.message import Mail, Mailbox
from notifications.render import render, render_subject, render_text
from notifications.words import entry, one_line, say
from notifications.writer import Post, redirected

LONGEST_MESSAGE = 2000  # a run's last words may be a whole traceback


@dataclass(frozen=True, slots=True)
class FailedRun:
    """As Prefect says it, untrusted. `state`: Failed, Crashed, TimedOut; `at` as it is read; `link`: its page in the UI."""

    run_id: str
    name: str
    flow: str
    deployment: str
    state: str
    message: str
    at: str
    link: str


def compose_alert(run: FailedRun) -> Composed:
    """What happened, where to look and what to do."""
    view: Mapping[str, object] = {
        "name": one_line(run.name),
        "flow": one_line(run.flow),
        "deployment": one_line(run.deployment),
        "state": one_line(run.state),
        "happened": entry("alert.state").get(run.state, say("alert.other_state", state=one_line(run.state))),
        "message": _said(run.message),
        "at": run.at,
        "link": run.link,
    }
    return Composed(
        subject=render_subject("alert/subject.txt.j2", view),
        text=render_text("alert/body.txt.j2", view),
        html=render("alert/body.html.j2", view),
        calendar=None,
    )


def alert_mail(run: FailedRun, post: Post, now: datetime) -> Mail:
    """The mail; its Message-ID is the run's, so that a mail server which sees it twice may know it."""
    said = compose_alert(run)
    subject, address = said.subject, post.ops_address
    if post.redirect_to:
        subject, address = redirected(subject, address), post.redirect_to
    return Mail(
        sender=Mailbox(post.mail_name, post.mail_from),
        recipient=Mailbox("", address),
        reply_to=None,
        subject=subject,
        text=said.text,
        html=said.html,
        message_id=f"<{alert_uid(run)}@{post.domain}>",
        date=now,
        headers=(("Auto-Submitted", "auto-generated"), ("X-Dondoc-Kind", "alert")),
    )


def alert_uid(run: FailedRun) -> str:
    """Of the run's id only what an address may hold: it came through a template."""
    return f"alert-{re.sub('[^0-9A-Za-z-]', '', run.run_id)[:64]}"


def _said(message: str) -> str:
    """Readable in a mail: no control characters, the beginning only."""
    lines = [one_line(line) for line in message[:LONGEST_MESSAGE].splitlines()]
    return "\n".join(line for line in lines if line)
