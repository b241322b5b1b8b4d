"""A coordinator's form as a Prefect task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prefect import task
from prefect.artifacts import create_markdown_artifact

from directives.errors import Refused
from directives.ledger.engine import begin, reading
from notifications.board.escape import md
from notifications.decisions.desk import Submitted, preview, submit
from notifications.decisions.forms import Form, form_of
from notifications.refusals import refusal
from notifications.words import say
from tasks import workplace


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the run says. `refused`: nothing was changed. `mails`: something waits to leave at once."""

    said: str
    refused: bool = False
    mails: bool = False


@task
def submit_form(campaign: str, name: str, given: Mapping[str, Any]) -> Outcome:
    """Apply it whole or not at all; who is told is told by a mail in the outbox."""
    form, settings, engine = form_of(name), workplace.settings(), workplace.engine()
    post, now = workplace.post_of(settings), workplace.machine_now()
    try:
        if name == "nudge" and not given.get("send"):
            with reading(engine) as session:
                seen = preview(session, campaign, form, given, post, now)
                session.rollback()
            return _previewed(campaign, seen)
        with begin(engine) as session:
            done = submit(session, campaign, form, given, post, now)
    except Refused as error:
        return Outcome(refusal(error), refused=True)
    return Outcome(_said(form, given, done), mails=bool(done.told))


def _said(form: Form, given: Mapping[str, Any], done: Submitted) -> str:
    about = " · ".join(
        str(given[name]) for name in ("step", "unit", "district", "instruction", "mail") if given.get(name)
    )
    said = say("form.done", title=form.title, about=about)
    if done.told:
        said += say("form.told", addresses=", ".join(done.told))
    return said + (say("form.untold", units=", ".join(done.untold)) if done.untold else "")


def _previewed(campaign: str, seen: Submitted) -> Outcome:
    """The mail as an artifact of the run, to be read before it is sent."""
    assert seen.preview is not None
    head = say("form.preview_head", subject=md(seen.preview.subject), address=md(seen.told[0]))
    body = "\n".join(f"> {md(line)}  " for line in seen.preview.text.splitlines())
    create_markdown_artifact(f"{head}\n{body}\n", key=f"{campaign}-preview", description=seen.preview.subject)
    return Outcome(say("form.preview", addresses=seen.told[0]))
