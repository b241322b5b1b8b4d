"""What ops must do something about: one mail each, written without the ledger, which may be what is broken."""

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

    @property
    def told_id(self) -> str:
        """What ops are told once of."""
        return self.run_id


@dataclass(frozen=True, slots=True)
class Unprepared:
    """A series whose campaign of the year is not made yet. `last`: its latest campaign."""

    series: str
    title: str
    year: int
    last: str

    @property
    def told_id(self) -> str:
        return f"next-year-{self.series}-{self.year}"


Fact = FailedRun | Unprepared


def compose_alert(fact: Fact) -> Composed:
    """What happened, where to look and what to do."""
    if isinstance(fact, FailedRun):
        return _composed("alert", _failed(fact))
    view = {"title": one_line(fact.title), "year": fact.year, "last": one_line(fact.last)}
    return _composed("unprepared", view)


def _failed(run: FailedRun) -> Mapping[str, object]:
    return {
        "name": one_line(run.name),
        "flow": one_line(run.flow),
        "deployment": one_line(run.deployment),
        "state": one_line(run.state),
        "happened": entry("alert.state").get(run.state, say("alert.other_state", state=one_line(run.state))),
        "message": _said(run.message),
        "at": run.at,
        "link": run.link,
    }


def _composed(kind: str, view: Mapping[str, object]) -> Composed:
    return Composed(
        subject=render_subject(f"{kind}/subject.txt.j2", view),
        text=render_text(f"{kind}/body.txt.j2", view),
        html=render(f"{kind}/body.html.j2", view),
        calendar=None,
    )


def alert_mail(fact: Fact, post: Post, now: datetime) -> Mail:
    """The mail; its Message-ID is the fact's, so that a mail server which sees it twice may know it."""
    said = compose_alert(fact)
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
        message_id=f"<{alert_uid(fact)}@{post.domain}>",
        date=now,
        headers=(("Auto-Submitted", "auto-generated"), ("X-Dondoc-Kind", "alert")),
    )


def alert_uid(fact: Fact) -> str:
    """Of the id only what an address may hold: a run's came through a template."""
    return f"alert-{re.sub('[^0-9A-Za-z-]', '', fact.told_id)[:64]}"


def _said(message: str) -> str:
    """Readable in a mail: no control characters, the beginning only."""
    lines = [one_line(line) for line in message[:LONGEST_MESSAGE].splitlines()]
    return "\n".join(line for line in lines if line)
