"""The coordinators' forms as Prefect's UI gets them."""

from __future__ import annotations

from prefect.utilities.callables import parameter_schema

from flows.decide import make_flow
from notifications.decisions.forms import FORMS
from tests.ledger.campaigns import directive_1914


def test_who_decides_is_chosen_by_himself_in_every_form() -> None:
    definition = directive_1914()
    for form in FORMS:
        schema = parameter_schema(make_flow(definition, form))
        assert "by" in schema.required, form.name
        assert "default" not in schema.properties["by"], form.name
