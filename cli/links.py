"""`dondoc links revoke`: links and reply addresses that end before their time."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.access import ledger_engine
from config.settings import load_settings
from directives.errors import DondocError
from directives.ledger import revoking
from directives.ledger.engine import begin, reading
from directives.ledger.revoking import Revocation
from directives.ledger.states import campaign_now, campaign_row
from tasks.workplace import machine_now


def register(app: typer.Typer) -> None:
    links = typer.Typer(help="The links and reply addresses that units and coordinators hold.")
    links.command("revoke")(revoke)
    app.add_typer(links, name="links")


def revoke(
    campaign: Annotated[str, typer.Argument(help="Campaign key.")],
    unit: Annotated[str, typer.Option(help="Code of the unit whose links and reply addresses end.")] = "",
    coordinators: Annotated[bool, typer.Option("--coordinators", help="End the coordinators' link.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="End every unit's, and the coordinators'.")
    ] = False,
    by: Annotated[str, typer.Option(help="Who revokes them; recorded as claimed.")] = "",
    reason: Annotated[str, typer.Option(help="Why; recorded.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Confirm without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would end; write nothing.")] = False,
) -> None:
    """End links and reply addresses at once: a unit's, the coordinators', or all. Units get new ones with their next digest.

    What a unit already answered stays. The new coordinators' link stands on the board after the next pass ('dondoc page-link').
    """
    what = _chosen(unit, coordinators=coordinators, everything=everything)
    settings = load_settings()
    engine = ledger_engine(settings)
    with reading(engine) as session:
        tokens = revoking.held(session, campaign, what, machine_now())
    if what.units:
        whose = f"of {unit}" if unit else "of every unit"
        print(f"{tokens} reply addresses and links {whose} would end; new ones come with the next digest")
    if what.coordinators:
        print("the coordinators' link would end; the new one: dondoc page-link")
    if dry_run:
        print("nothing written (--dry-run)")
        return
    if not by:
        raise DondocError("say who revokes them: --by 'NAME'")
    if not yes and not typer.confirm("End them?"):
        raise DondocError("not confirmed; nothing written")
    with begin(engine) as session:
        at = campaign_now(campaign_row(session, campaign), machine_now())
        ended = revoking.revoke(
            session, campaign, what, by=by, reason=reason, at=at, machine_now=machine_now()
        )
    also = ["the coordinators' link"] if what.coordinators else []
    units = [f"{ended} reply addresses and links"] if what.units else []
    print(f"{', and '.join(units + also)} ended")


def _chosen(unit: str, *, coordinators: bool, everything: bool) -> Revocation:
    if everything and (unit or coordinators):
        raise DondocError("--all ends everything; leave --unit and --coordinators out")
    if not (everything or unit or coordinators):
        raise DondocError("say whose end: --unit CODE, --coordinators, or --all")
    return Revocation(unit, units=everything or bool(unit), coordinators=everything or coordinators)
