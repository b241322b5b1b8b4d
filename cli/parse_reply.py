"""`dondoc parse-reply`: what a mail would be understood to say, without touching a ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from config.loader import load_model
from directives.errors import BadInput, Problem
from notifications.replies.context import ReplyContext
from notifications.replies.parse import Reading, explain
from notifications.replies.verdict import Kind


def register(app: typer.Typer) -> None:
    app.command("parse-reply")(parse_reply)


def parse_reply(
    messages: Annotated[list[Path], typer.Argument(help="Mails as files (.eml).")],
    context: Annotated[
        Path, typer.Option(help="The digests, contacts and time to read them against (YAML).")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object (a list for several mails).")
    ] = False,
) -> None:
    """Explain what a reply says and whether it would take effect by itself. Reads files only; changes nothing.

    Exit status 2 and one line a problem when the context or a mail cannot be read.
    """
    against = load_model(ReplyContext, context)
    mails = [(file, _content(file)) for file in messages]
    readings = [(file, explain(content, against)) for file, content in mails]
    if as_json:
        verdicts = [reading.verdict.model_dump(mode="json") for _, reading in readings]
        text = json.dumps(verdicts[0] if len(verdicts) == 1 else verdicts, ensure_ascii=False, indent=2)
        print(text.encode("utf-8", "replace").decode())
    else:
        shown = ("\n".join(_lines(file, reading)) for file, reading in readings)
        print("\n\n".join(shown).encode("utf-8", "replace").decode())


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(
            [Problem(str(file), 1, "", f"cannot be read ({error.strerror}); check the path")]
        ) from error


def _lines(file: Path, reading: Reading) -> Iterator[str]:
    verdict = reading.verdict
    yield f"{file}: {verdict.verdict.value}"
    yield f"  answers: {verdict.digest or 'no digest that is known'}"
    if reading.digest:
        yield f"  sent to: {reading.digest.recipient}"
    if verdict.reason:
        yield f"  reason: {verdict.reason}"
    if verdict.verdict not in (Kind.AUTO, Kind.BOUNCE):
        yield f"  trusted: {f'no: {reading.distrust}' if reading.distrust else 'yes' if reading.digest else 'no'}"
    if verdict.bounce:
        yield f"  bounce: {verdict.bounce.kind.value} {verdict.bounce.address}"
    if verdict.undo:
        yield f"  takes back: {verdict.undo.items}"
    if reading.own:
        yield from (f"  own text: {line.strip()}" for line in reading.own.top if line.strip())
        yield from (f"  own text below item {one.number}: {one.text.strip()}" for one in reading.own.inline)
    sources = dict.fromkeys(reading.sources)
    for action, (_, words) in zip(verdict.actions, reading.sources, strict=bool(sources)):
        said = action.model_dump(mode="json", exclude_none=True, exclude={"item", "action"})
        details = "".join(f", {name} {value}" for name, value in said.items())
        yield f"  item {action.item}: {action.action.value}{details} (from “{words}”)"
    for one in verdict.attachments:
        yield f"  file: {one.name}: {'accepted' if one.accepted else f'refused: {one.why}'}"
