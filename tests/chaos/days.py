"""Clocks that are set wrong and right again, and days on which nothing runs: a campaign's whole life beside the same without.

The deliverer sends over real SMTP, the mail loop reads a real mailbox. Mornings have their pass and two deliveries.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlmodel import col, select

from directives.ledger import inbound, outbox, relays
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Addressee, Notice
from notifications.delivery import deliver
from notifications.relay import Relay
from notifications.transport import SmtpTransport
from tests.chaos.figures import Figures
from tests.chaos.mail_sink import MailSink
from tests.databases import Databases
from tests.ledger.campaigns import POST, Followed, a_campaign, at, days

FIRST, LAST = (
    "2020-06-30",
    "2020-09-18",
)  # the plan's deadline, its ladder, and a month after the clock was wrong
WRONG_ON = date(2020, 8, 12)
SILENT = ("reported", "accepted", "waived", "continuing", "ladder_ended")
FARTHEST = timedelta(days=60)
Mailed = tuple[str, str, int, str, str]  # step, rung, repeat, target, state
JUMPS = {
    "an hour ahead": timedelta(hours=1),
    "a day ahead": timedelta(days=1),
    "a year ahead": timedelta(days=365),
    "an hour back": -timedelta(hours=1),
    "a day back": -timedelta(days=1),
    "a year back": -timedelta(days=365),
}
BURNS = {
    "a year ahead"
}  # its rungs of a year are sent or passed over, as its time says; they do not come again


@dataclass
class Life:
    """A campaign, and what arrived of its mail."""

    followed: Followed
    sink: MailSink

    def day(self, day: date) -> None:
        morning = at(f"{day} 07:05")
        self.followed.passes(morning)
        for quarter in (55, 70):
            self.mail(morning + timedelta(minutes=quarter))

    def mail(self, now: datetime) -> None:
        relay = Relay("127.0.0.1", self.sink.port, timeout=10)
        asyncio.run(deliver(self.followed.engine, POST, SmtpTransport(relay, 2), lambda: now))

    def wrong_hours(self, now: datetime) -> None:
        """A pass, a delivery, a deliverer that dies over its mails, a relay's pause and a reading of the mailbox."""
        self.followed.passes(now)
        with begin(self.followed.engine) as session:
            row = campaign_row(session, self.followed.key)
            outbox.prepare(session, row, now, 500)
            outbox.claim(session, row, now, 2)
        self.mail(now)
        with begin(self.followed.engine) as session:
            relays.pause(session, f"127.0.0.1:{self.sink.port}", now, "421 closing")
            inbound.mark_read(session, POST.mail_from, now)

    def mailed(self) -> set[Mailed]:
        """Of every notice that came to its reader, or was given up."""
        with reading(self.followed.engine) as session:
            rows = session.exec(
                select(Notice, Addressee).join(Addressee, col(Addressee.notice_id) == Notice.id)
            ).all()
        keys = {step.id: key for key, step in self.followed.steps().items()}
        return {
            (keys[notice.step_id], notice.rung, notice.repeat, one.target, one.state) for notice, one in rows
        }

    def doubled(self) -> int:
        return sum(count - 1 for count in self.sink.taken.values())

    def wrong(self, now: datetime) -> list[str]:
        """What was lost, and what nobody will look at again, or only when a wrong clock's time comes."""
        unsent = [
            f"lost: {one.target} of {one.slot_on}: {one.state} {one.detail}"
            for one in self.followed.messages()
            if one.state != "cancelled" and not self.sink.taken[f"<{one.uid}@{POST.domain}>"]
        ]
        stuck = [
            f"stuck: {key}: {step.next_action_at or step.next_reason}"
            for key, step in self.followed.steps().items()
            if (step.next_action_at is None and step.next_reason not in SILENT)
            or (step.next_action_at is not None and step.next_action_at > now + FARTHEST)
        ]
        return [*unsent, *stuck, *self.followed.broken(), *self.followed.unlike()]


@contextmanager
def a_life(databases: Databases) -> Iterator[Life]:
    """From its opening."""
    with closing(MailSink()) as sink:
        yield Life(a_campaign(databases.ledger()), sink)
    databases.clear()


@cache
def _wanted(databases: Databases) -> set[Mailed]:
    """Of the same life with a clock that is right."""
    with a_life(databases) as life:
        for day in days(FIRST, LAST):
            life.day(day)
        return life.mailed()


def clock_set(databases: Databases, name: str) -> Figures:
    """On a morning the clock is wrong for two hours."""
    begun = time.monotonic()
    wanted = _wanted(databases)
    with a_life(databases) as life:
        for day in days(FIRST, LAST):
            life.day(day)
            if day == WRONG_ON:
                life.wrong_hours(at(f"{day} 09:00") + JUMPS[name])
        said = life.wrong(at(f"{LAST} 12:00"))
        if name not in BURNS:
            said += [f"other than without: {one}" for one in sorted(life.mailed() ^ wanted)]
        return Figures(
            f"clock {name}", databases.name, doubled=life.doubled(), most_doubled=life.doubled(),
            wrong=said, seconds=round(time.monotonic() - begun, 1),
        )  # fmt: skip
