"""The campaign's days one after another on a virtual clock, through the production code, without Prefect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Engine

from directives import ledger
from directives.behaviour import Behaviour, conversation
from directives.conversation import Answer, AnswerBase, Decision
from directives.definition import Definition
from directives.ledger.engine import begin
from directives.ledger.passes import due_instructions, run_pass
from directives.ledger.states import campaign_row
from notifications.delivery import Delivery, Recorder, deliver
from notifications.writer import Post

Progress = Callable[[datetime], None]


def replay(
    engine: Engine,
    definition: Definition,
    post: Post,
    *,
    start: datetime,
    until: datetime,
    heard_to: datetime | None = None,
    behaviour: Behaviour | None = None,
    progress: Progress = lambda _: None,
) -> Delivery:
    """Live every day with start <= slot < until: answers up to the slot, passes, deliveries (recorded, not sent).

    The campaign must be open. A rehearsal's clock is moved along and left at the last slot. `heard_to`: up to when
    answers came in before, when an earlier replay was interrupted; its last day is lived again, which writes nothing
    twice.
    """
    said = conversation(definition, behaviour) if behaviour else []
    said = [one for one in said if heard_to is None or one.at > heard_to]
    key = definition.campaign.campaign
    total, heard = Delivery(), 0
    for now in slots(definition, start, until):
        progress(now)
        coming = [one for one in said[heard:] if one.at <= now]
        heard += len(coming)
        _listen(engine, key, coming, now)
        _passes(engine, key, now)
        total += asyncio.run(deliver(engine, post, Recorder(), lambda now=now: now))
    _listen(engine, key, [one for one in said[heard:] if one.at < until], until)
    return total


def slots(definition: Definition, start: datetime, until: datetime) -> Iterator[datetime]:
    """The slot of every calendar day: the calendar decides whether there is anything to do."""
    calendar = definition.calendar
    day = calendar.local(start).date()
    while (now := calendar.at(day, calendar.window.slot)) < until:
        if now >= start:
            yield now
        day += timedelta(1)


def _listen(engine: Engine, key: str, said: list[Answer | Decision], now: datetime) -> None:
    with begin(engine) as session:
        campaign = campaign_row(session, key)
        if campaign.rehearsal:
            campaign.clock_at = now
            session.add(campaign)
        for one in said:
            if isinstance(one, AnswerBase):
                ledger.answer(session, one, one.at)
            else:
                ledger.decide(session, one, one.at)


def _passes(engine: Engine, key: str, now: datetime) -> None:
    """The day's passes of the instructions that have something due; one without would write only that it ran."""
    with begin(engine) as session:
        for instruction in due_instructions(session, campaign_row(session, key), now):
            run_pass(session, key, instruction, now, now)
