"""An earlier campaign's answers, taken from this installation's ledger, for a simulation of another year."""

from __future__ import annotations

from pathlib import Path

import typer

from cli.access import untouched_ledger
from config.crosswalk import load_crosswalk
from config.loader import config_of
from config.organisation import load_units
from config.settings import Settings
from directives.definition import Definition
from directives.errors import DondocError
from directives.ledger.casebook import Casebook
from directives.ledger.earlier import earlier
from directives.ledger.engine import reading
from directives.ledger.states import campaign_row
from directives.recalled import Earlier, Recalled, recalled
from directives.recalled_units import parts_of
from directives.simulated import named


def answers_again(definition: Definition, file: Path, settings: Settings, key: str) -> Recalled:
    """What was said in the campaign of that key, for the one in `file`; what does not come in again is said on stderr.

    Errors: UnknownCampaign; DondocError where none of its steps is asked again; BadInput for a crosswalk that is wrong.
    """
    with untouched_ledger(settings) as engine, reading(engine) as session:
        then = earlier(Casebook(session, campaign_row(session, key)))
    found = recalled(definition, then, _parts(definition, config_of(file), then))
    if not found.matched:
        raise DondocError(
            f"no step of '{key}' is asked again in '{definition.campaign.campaign}': instructions, steps and units "
            "must be the same to compare them"
        )
    if found.new:
        typer.echo(
            f"{found.matched} steps were asked in {key} too; {len(found.new)} were not and stay silent",
            err=True,
        )
    if found.merged:
        typer.echo(
            f"units made of several: {len(found.merged)} ({named(found.merged)}); each answers as the one of them that reported "
            "last, or never",
            err=True,
        )
    return found


def _parts(definition: Definition, root: Path, then: Earlier) -> dict[str, tuple[str, ...]]:
    """Of what units this year's were made: within one organisation of themselves, else as the crosswalk says."""
    organisation = definition.campaign.organisation
    same = organisation == then.organisation
    everyone = load_units(root / "units" / f"{organisation}.csv")
    crosswalk = () if same else load_crosswalk(root / "crosswalks" / f"{organisation}.csv", everyone)
    return parts_of(then.units, definition.units, crosswalk, same=same)
