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
    mail,
    open,
    ops,
    page,
    papers,
    parse_reply,
    record_bulk,
    rerun,
    run,
    simulate,
    why,
)
from directives.errors import BadInput, DondocError

app = typer.Typer(
    name="dondoc",
    help="Follow up a directive: what each unit owes, by when, and who has been reminded.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (
    check,
    open,
    contacts,
    run,
    simulate,
    page,
    ask,
    why,
    clock,
    ops,
    decide,
    brief,
    mail,
    parse_reply,
    papers,
    record_bulk,
    rerun,
    close,
    backup,
):
    module.register(app)


def main() -> None:
    try:
        app()
    except BadInput as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except DondocError as error:
        print(f"dondoc: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
