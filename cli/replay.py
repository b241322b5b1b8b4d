"""The campaign's days one after another on a virtual clock, through the production code, without Prefect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property

from sqlalchemy import Engine
from sqlmodel import Session

from cli.voices import Said, Voices
from directives import ledger
from directives.conversation import AnswerBase
from directives.definition import Definition
from directives.errors import Refused
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.passes import due_instructions, run_pass
from directives.ledger.reminded import reminded
from directives.ledger.states import campaign_row
from notifications.brief import BriefLinks
from notifications.briefing import brief
from notifications.decisions import telling
from notifications.delivery import Delivery, deliver
from notifications.transport import Recorder, Transport
from notifications.writer import Post

BRIEF = time(7, 35)  # after the passes, as its deployment has it
Progress = Callable[[datetime], None]


@dataclass
class Replay:
    """Lives days as the live system does: passes before the send window, answers when they come, mail at the slot.

    `tells`: units are told of decisions by mail, at once, and coordinators get their brief (without its annex).
    `refused`: what no longer fitted is put there and life goes on; without it the first Refused ends the replay.
    """

    engine: Engine
    definition: Definition
    post: Post
    voices: Voices = field(default_factory=Voices)
    transport: Transport = field(default_factory=Recorder)
    tells: bool = False
    refused: list[str] | None = None

    @property
    def key(self) -> str:
        return self.definition.campaign.campaign

    def live(
        self,
        start: datetime,
        until: datetime,
        heard_to: datetime | None = None,
        progress: Progress = lambda _: None,
    ) -> Delivery:
        """Live every day with start <= slot < until: answers, passes, deliveries.

        The campaign must be open. A rehearsal's clock is moved along and left at the last slot. `heard_to`: up to when
        answers came in before, when an earlier replay was interrupted; its last day is lived again, which writes
        nothing twice.
        """
        if heard_to is not None:
            self._catch_up(heard_to)
        total = Delivery()
        for now in slots(self.definition, start, until):
            progress(now)
            total += self._day(now)
        self._listen(self.voices.until(until - timedelta(microseconds=1)), until)
        return total

    def _day(self, now: datetime) -> Delivery:
        opening = self.definition.calendar.opening_of(now.date())
        self._listen(self.voices.until(opening), opening)
        self._passes(opening)
        if self.tells:
            self._brief(self.definition.calendar.at(now.date(), BRIEF))
        self._listen(self.voices.until(now), now)
        done = self._deliver(now)
        self._hear(now)
        return done

    def _catch_up(self, heard_to: datetime) -> None:
        """What earlier mails brought is known again, and what was said is not said twice."""
        for slot in slots(self.definition, self.definition.opened_at, heard_to + timedelta(microseconds=1)):
            self._hear(slot)
        self.voices.until(heard_to)

    def _hear(self, now: datetime) -> None:
        if self.voices.react is None:
            return
        with reading(self.engine) as session:
            book = Casebook(session, campaign_row(session, self.key))
            self.voices.hear(list(reminded(book, now.date())))

    @cached_property
    def _rehearses(self) -> bool:
        with reading(self.engine) as session:
            return campaign_row(session, self.key).rehearsal

    def _listen(self, said: Sequence[Said], now: datetime) -> None:
        if not said and not self._rehearses:
            return
        with begin(self.engine) as session:
            campaign = campaign_row(session, self.key)
            if campaign.rehearsal:
                campaign.clock_at = now
                session.add(campaign)
            if not self.tells:
                for one in said:
                    self._say(session, one)
        if self.tells:
            for one in said:
                self._say_and_tell(one)

    def _say_and_tell(self, one: Said) -> None:
        with begin(self.engine) as session:
            self._say(session, one)
        if not isinstance(one, AnswerBase):
            self._deliver(one.at, digests=False)

    def _say(self, session: Session, one: Said) -> None:
        try:
            if isinstance(one, AnswerBase):
                ledger.answer(session, one, one.at)
            elif self.tells:
                telling.decide(session, one, self.post, one.at)
            else:
                ledger.decide(session, one, one.at)
        except Refused as error:
            if self.refused is None:
                raise
            self.refused.append(f"{one.at:%Y-%m-%d} {one.kind}: {error}")

    def _passes(self, now: datetime) -> None:
        """The day's passes of the instructions that have something due; one without would write only that it ran."""
        with begin(self.engine) as session:
            for instruction in due_instructions(session, campaign_row(session, self.key), now):
                run_pass(session, self.key, instruction, now, now)

    def _brief(self, now: datetime) -> None:
        with begin(self.engine) as session:
            book = Casebook(session, campaign_row(session, self.key))
            done = brief(book, now, now, BriefLinks(), annexed=False)
        if done.to:
            self._deliver(now, digests=False)

    def _deliver(self, now: datetime, *, digests: bool = True) -> Delivery:
        return asyncio.run(deliver(self.engine, self.post, self.transport, lambda: now, digests=digests))


def slots(definition: Definition, start: datetime, until: datetime) -> Iterator[datetime]:
    """The slot of every calendar day: the calendar decides whether there is anything to do."""
    calendar = definition.calendar
    day = calendar.local(start).date()
    while (now := calendar.at(day, calendar.window.slot)) < until:
        if now >= start:
            yield now
        day += timedelta(1)
