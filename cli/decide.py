"""`dondoc decide …`: the coordinators' forms on the command line, made from the same table as Prefect's."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Annotated, Any

import typer

from cli.access import ledger_engine
from cli.dates import day
from config.settings import load_settings
from directives.ledger.engine import begin
from notifications.decisions.desk import preview, submit
from notifications.decisions.forms import FORMS, Field, Form, Kind
from notifications.words import entry
from tasks.workplace import machine_now, post_of

ANSWERS = (
    "record",
    "bulk_record",
)  # what units answered is no decision: `dondoc record`, `dondoc record-bulk`

# How a value is written here, where the form has something to choose from.
WRITTEN = {
    Kind.DAY: "YYYY-MM-DD",
    Kind.STEP: "1g/report",
    Kind.UNIT: "STP",
    Kind.DISTRICT: "916",
    Kind.INSTRUCTION: "1g",
    Kind.ANSWER: ", ".join(entry("form.answers")),
}


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Decide as a coordinator: the same forms as in Prefect.", no_args_is_help=True)
    for form in FORMS:
        if form.name not in ANSWERS:
            group.command(form.name.replace("_", "-"), help=_without_choices(form.about))(_command(form))
    app.add_typer(group, name="decide")


def _command(form: Form) -> Any:
    def run(campaign: str, **given: Any) -> None:
        _run(form, campaign, given)

    parameters = [
        Parameter(
            "campaign",
            Parameter.POSITIONAL_OR_KEYWORD,
            annotation=Annotated[str, typer.Argument(help="Campaign key.")],
        ),
        *(_option(form, field) for field in form.fields),
    ]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__dict__["__signature__"] = Signature(parameters)
    return run


def _option(form: Form, field: Field) -> Parameter:
    written = f" ({WRITTEN[field.kind]})" if field.kind in WRITTEN else ""
    about = _without_choices(form.help_of(field)) + written
    option = typer.Option(f"--{field.name.replace('_', '-')}", help=about)
    if field.kind is Kind.YES:
        annotation, default = Annotated[bool, option], False
    elif field.kind is Kind.NUMBER:
        annotation, default = Annotated[int | None, option], None
    else:
        annotation, default = Annotated[str, option], ""
    return Parameter(
        field.name,
        Parameter.KEYWORD_ONLY,
        default=Parameter.empty if field.needed else default,
        annotation=annotation,
    )


def _without_choices(text: str) -> str:
    """What a form calls choosing nothing is an option left out."""
    return text.replace(f'"{entry("form.none")}"', "trống")


def _run(form: Form, campaign: str, given: dict[str, Any]) -> None:
    days = {field.name for field in form.fields if field.kind is Kind.DAY}
    given = {name: day(value) if name in days and value else value for name, value in given.items()}
    settings = load_settings()
    engine, post = ledger_engine(settings), post_of(settings)
    if form.name == "nudge" and not given["send"]:
        with begin(engine) as session:
            seen = preview(session, campaign, form, given, post, machine_now())
        assert seen.preview is not None
        print(f"To: {seen.told[0]}\nSubject: {seen.preview.subject}\n\n{seen.preview.text}")
        print("nothing was sent; add --send")
        return
    with begin(engine) as session:
        done = submit(session, campaign, form, given, post, machine_now())
    print(f"{form.name.replace('_', '-')}: decided")
    if done.told:
        print(f"mails that leave with the next delivery, or with 'dondoc mail': {', '.join(done.told)}")
    if done.untold:
        print(f"nobody can be written to of: {', '.join(done.untold)}")
