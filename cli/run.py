"""Running: `dondoc up`."""

from __future__ import annotations

from typing import Annotated

import typer

from config.settings import load_settings


def register(app: typer.Typer) -> None:
    app.command("up")(up)


def up(
    once: Annotated[bool, typer.Option(help="Stop when every pass has run and every mail was sent.")] = False,
    fresh: Annotated[
        bool, typer.Option(help="Empty the trial's ledger and Prefect's database first.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    rehearsal: Annotated[str, typer.Option(help="A file of config/rehearsals.")] = "dan-van-kheo-2020",
) -> None:
    """Start everything on this machine and rehearse: Prefect server, worker, trial mail, the campaign on its own clock.

    With --json, one object: flows, deployments, scheduled_runs, completed_runs, failed_runs, units, steps, overdue,
    notices, mails, recipients, seconds (by phase). Exit status 0 only if every pass ran and every mail was accepted.
    """
    from cli.up import run_up  # Prefect takes seconds to import; the other commands do without

    raise typer.Exit(run_up(load_settings(), rehearsal, once=once, fresh=fresh, as_json=as_json))
