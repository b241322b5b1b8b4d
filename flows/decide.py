"""The coordinators' forms as Prefect flows: `flows.decide.accept_dan_van_kheo_2020`, made when asked for.

One flow a kind of decision, one deployment a campaign, whose drop-downs offer that campaign's steps, units and people.
"""

from __future__ import annotations

import asyncio
import warnings
from datetime import date
from inspect import Parameter, Signature
from typing import Annotated, Any, Literal

from httpx import HTTPError
from prefect import Flow, flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.exceptions import PrefectException
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from pydantic import BeforeValidator, WithJsonSchema
from pydantic import Field as PydanticField
from pydantic.json_schema import PydanticJsonSchemaWarning
from pydantic_core import PydanticUndefined

from config.loader import campaign_files, load_definition
from directives.choices import chosen
from directives.definition import Definition
from notifications.decisions.forms import CHOSEN, FORMS, Field, Form, Kind, choices_of
from notifications.words import entry, say
from tasks.decide import submit_form
from tasks.events import tell_prefect
from tasks.inbox import send_receipts
from tasks.publish import publish_campaigns, show_boards


class _LeftEmpty:
    """The default of a field that may stay empty.

    Of a union Prefect's UI asks first which type is meant, and a default of null it sends back only to have it refused.
    A default that no JSON can hold is left out of the schema: the UI shows the plain field, and sends nothing.
    """


LEFT_EMPTY = _LeftEmpty()
warnings.filterwarnings("ignore", ".*_LeftEmpty.*", PydanticJsonSchemaWarning)


def _none_if_left_empty(value: Any) -> Any:
    return None if value is LEFT_EMPTY else value


MaybeDay = Annotated[
    date | None, BeforeValidator(_none_if_left_empty), WithJsonSchema({"type": "string", "format": "date"})
]
MaybeNumber = Annotated[int | None, BeforeValidator(_none_if_left_empty), WithJsonSchema({"type": "integer"})]


def entrypoint(campaign: str, form: Form) -> str:
    return f"flows.decide.{attribute(campaign, form)}"


def attribute(campaign: str, form: Form) -> str:
    return f"{form.name}_{campaign}".replace("-", "_")


def flow_name(form: Form) -> str:
    return say("form.prefix", title=form.title)


def make_flow(definition: Definition, form: Form) -> Flow[Any, Any]:
    """The form of one campaign. Its parameters and their help texts are what Prefect's UI shows."""
    campaign = definition.campaign.campaign

    async def decide(**given: Any) -> State:
        show_boards(campaign)
        done = submit_form(campaign, form.name, given)
        if done.refused:
            return Failed(message=done.said)
        if done.mails:
            await send_receipts()
        await _show()
        await asyncio.to_thread(tell_prefect)
        return Completed(message=done.said)

    parameters = [_parameter(form, field, definition) for field in form.fields]
    helped = "\n".join(f"    {field.name}: {form.help_of(field)}" for field in form.fields)
    decide.__doc__ = f"{form.about}\n\nArgs:\n{helped}\n"
    decide.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": State}
    decide.__dict__["__signature__"] = Signature(parameters, return_annotation=State)
    made: Any = flow(name=flow_name(form), flow_run_name=_run_name(campaign))
    return made(decide)


async def _show() -> None:
    """What Prefect does not take stays as it was until the next pass: the decision is made, and its run completes."""
    try:
        await asyncio.to_thread(publish_campaigns)
    except (HTTPError, PrefectException):
        get_run_logger().exception("the decision is recorded, but Prefect does not show it yet")


def _run_name(campaign: str) -> Any:
    def named() -> str:
        given = flow_run.get_parameters() or {}
        about = [chosen(str(given[name])) for name in ("step", "unit", "district", "mail") if given.get(name)]
        return " · ".join([campaign, *(one for one in about if one != entry("form.none"))])

    return named


def _parameter(form: Form, field: Field, definition: Definition) -> Parameter:
    """Prefect calls a field by its parameter's name; what it merges into the field's schema may say otherwise."""
    annotation, default = _typed(field, definition)
    described = PydanticField(default=default, json_schema_extra={"title": form.label_of(field)})
    return Parameter(field.name, Parameter.KEYWORD_ONLY, default=described, annotation=annotation)


def _typed(field: Field, definition: Definition) -> tuple[Any, Any]:
    """(annotation, default); PydanticUndefined where a value is needed."""
    if field.kind in CHOSEN:
        offered = list(choices_of(field, definition))
        if not field.needed:
            none = entry("form.none")
            return Literal[(none, *offered)], none
        return Literal[tuple(offered)], PydanticUndefined
    match field.kind:
        case Kind.YES:
            return bool, False
        case Kind.TEXT:
            return str, PydanticUndefined if field.needed else ""
        case Kind.NUMBER:
            return MaybeNumber, LEFT_EMPTY
        case _:
            return (date, PydanticUndefined) if field.needed else (MaybeDay, LEFT_EMPTY)


def __getattr__(name: str) -> Flow[Any, Any]:
    if name.startswith("__"):
        raise AttributeError(name)
    for file in campaign_files():
        for form in FORMS:
            if attribute(file.stem, form) == name:
                return make_flow(load_definition(file), form)
    raise AttributeError(f"no campaign in config/campaigns has a form '{name}'")
