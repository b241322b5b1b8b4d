"""The command `dondoc`. Errors a person can mend are one line each: status 2 for bad input, 1 for the rest."""

from __future__ import annotations

import sys

import typer

from cli import (
    ask,
    brief,
    check,
    decide,
    draft,
    mail,
    open,
    ops,
    page,
    papers,
    parse_reply,
    record_bulk,
    run,
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
    draft,
    check,
    open,
    run,
    page,
    ask,
    why,
    ops,
    decide,
    brief,
    mail,
    parse_reply,
    papers,
    record_bulk,
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
