"""Addresses of the coordinators' forms with their fields filled in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from directives.choices import chosen
from notifications.decisions.forms import FORMS


@dataclass(frozen=True, slots=True)
class FormLinks:
    """`deployments`: the id of each form's deployment by the form's name; a form that has none has no address."""

    ui_url: str = ""
    deployments: Mapping[str, str] = field(default_factory=dict[str, str])
    units_url: str = ""  # the coordinators' page of units; empty where there is none

    def url(self, kind: str, **parameters: object) -> str:
        """Where Prefect's UI opens the form; parameters that are empty are left to the coordinator."""
        deployment = self.deployments.get(kind)
        if not deployment:
            return ""
        filled = {
            name: str(value) if isinstance(value, date) else value for name, value in parameters.items()
        }
        given = json.dumps({name: value for name, value in filled.items() if value}, ensure_ascii=False)
        return f"{self.ui_url}/deployments/deployment/{deployment}/run?parameters={quote(given, safe='')}"

    def unit_page(self, unit: str) -> str:
        """The page of a unit as the drop-downs name it."""
        return f"{self.units_url}units/{quote(chosen(unit), safe='')}" if self.units_url and unit else ""

    def mail_page(self, mail: str) -> str:
        """The text of a mail that came in, by the beginning of its SHA-256."""
        return f"{self.units_url}inbound/{mail}" if self.units_url and mail else ""


def by_form(campaign: str, listed: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Ids by form of (entrypoint, id): `flows.decide.accept_thu_2020` is the form `accept` of campaign thu-2020."""
    ids = {entrypoint.rpartition(".")[2]: one for entrypoint, one in listed}
    names = {form.name: f"{form.name}_{campaign}".replace("-", "_") for form in FORMS}
    return {name: ids[entry] for name, entry in names.items() if entry in ids}
