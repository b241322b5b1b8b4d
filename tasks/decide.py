"""A coordinator's form as a Prefect task."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import deployment

from config.list_sheet import list_rows
from directives.bulk import Row, rows_of
from directives.errors import DondocError, Refused
from directives.ledger import bulk_record
from directives.ledger.engine import begin, reading
from notifications.board.escape import md
from notifications.board.forms import FormLinks
from notifications.bulk_view import bulk_preview
from notifications.decisions.desk import Submitted, preview, submit
from notifications.decisions.filled import plain
from notifications.decisions.forms import Form, form_of
from notifications.refusals import refusal
from notifications.words import say
from tasks import workplace
from tasks.ledger import is_passing
from tasks.outcome import Outcome


@task(retries=3, retry_delay_seconds=5, retry_condition_fn=is_passing)
def submit_form(campaign: str, name: str, given: Mapping[str, Any]) -> Outcome:
    """Apply it whole or not at all; who is told is told by a mail in the outbox."""
    if name == "bulk_record":
        return _bulk(campaign, given)
    form, settings, engine = form_of(name), workplace.settings(), workplace.engine()
    post, now = workplace.post_of(settings), workplace.machine_now()
    try:
        if name == "nudge" and not given.get("send"):
            with begin(engine) as session:
                seen = preview(session, campaign, form, given, post, now)
            return _previewed(campaign, seen)
        with begin(engine) as session:
            done = submit(session, campaign, form, given, post, now)
    except Refused as error:
        return Outcome(refusal(error), refused=True)
    return Outcome(_said(form, given, done), mails=bool(done.told))


def _bulk(campaign: str, given: Mapping[str, Any]) -> Outcome:
    """A list previewed as an artifact of the run; with the preview's fingerprint, recorded whole."""
    engine, now = workplace.engine(), workplace.machine_now()
    try:
        filled = plain(form_of("bulk_record"), given)
        rows = _rows(filled)
        with reading(engine) as session:
            seen = bulk_record.preview(session, campaign, filled["step"], rows, now)
        if "confirm" not in filled:
            address = FormLinks(workplace.settings().ui_url, {"bulk_record": str(deployment.id or "")}).url(
                "bulk_record", **{**given, "confirm": seen.fingerprint}
            )
            create_markdown_artifact(
                bulk_preview(seen, address), key=f"{campaign}-bulk-record", description=md(seen.title)
            )
            return Outcome(say("bulk.previewed", found=len(seen.entries), left=len(seen.unread)))
        with begin(engine) as session:
            count = bulk_record.record(session, seen, rows, filled["confirm"], filled["by"], now)
    except Refused as error:
        return Outcome(refusal(error), refused=True)
    return Outcome(say("bulk.recorded", count=count, step=given["step"]))


def _rows(filled: Mapping[str, Any]) -> list[Row]:
    """Of a sheet only what lies in the installation's own folder for lists."""
    if ("lines" in filled) == ("file" in filled):
        raise Refused("paste a list or name a file, one of the two", "bulk_empty")
    if "lines" in filled:
        return list(rows_of(filled["lines"]))
    folder = workplace.settings().home.resolve() / "lists"
    try:
        return list_rows(folder / Path(str(filled["file"])).name)
    except DondocError as error:
        raise Refused(str(error), "bulk_file", why=str(error)) from error


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
    create_markdown_artifact(
        f"{head}\n{body}\n", key=f"{campaign}-preview", description=md(seen.preview.subject)
    )
    return Outcome(say("form.preview", addresses=seen.told[0]))
