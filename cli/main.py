"""The command `dondoc`. Errors a person can mend are one line each: status 2 for bad input, 1 for the rest."""

from __future__ import annotations

import sys

import typer

from cli import (
    ask,
    backup,
    brief,
    check,
    clock,
    close,
    contacts,
    decide,
    draft,
    links,
    mail,
    open,
    ops,
    page,
    papers,
    parse_reply,
    purge,
    record_bulk,
    rerun,
    run,
    secrets,
    simulate,
    why,
)
from directives.errors import BadInput, DondocError
from directives.ledger.away import why_away

# What people come for, in the order in which they need it; `dondoc --help` shows it so.
PANELS = {
    "Try it": ("up", "clock", "simulate"),
    "Prepare a campaign": ("draft", "deadline", "rerun", "check", "contacts", "open", "deployments"),
    "Look": ("status", "why", "verify", "brief", "page-link"),
    "Record and decide": ("record", "record-bulk", "decide", "parse-reply", "report", "letter"),
    "Keep it running": (
        "db",
        "mail",
        "page",
        "links",
        "secrets",
        "backup",
        "restore",
        "close",
        "archive",
        "purge",
    ),
}
app = typer.Typer(
    name="dondoc",
    help="Follow up a directive: what each unit owes, by when, and who has been reminded.\n\n"
    "New here? 'dondoc up' rehearses the campaign of 2020 on this machine; nothing leaves it. State lies in DONDOC_HOME "
    "(var), settings come from DONDOC_…: docs/settings.md; keeping it running: docs/operations.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for module in (
    ask,
    backup,
    brief,
    check,
    clock,
    close,
    contacts,
    decide,
    draft,
    links,
    mail,
    open,
    ops,
    page,
    papers,
    parse_reply,
    purge,
    record_bulk,
    rerun,
    run,
    secrets,
    simulate,
    why,
):
    module.register(app)
SHOWN = {name: panel for panel, names in PANELS.items() for name in names}
for command in (*app.registered_commands, *app.registered_groups):
    command.rich_help_panel = SHOWN.get(str(command.name))
app.registered_commands.sort(key=lambda one: [*SHOWN, one.name].index(str(one.name)))


def main() -> None:
    try:
        app()
    except BadInput as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except DondocError as error:
        print(f"dondoc: {error}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        if not (why := why_away(error)):
            raise
        print(f"dondoc: {why}; what was begun is undone: mend it and run the command again", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
