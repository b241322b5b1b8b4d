"""Clocks that are set wrong and right again, and days on which nothing runs: a campaign's whole life beside the same without.

The deliverer sends over real SMTP, the mail loop reads a real mailbox. Mornings have their pass and two deliveries.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from directives.ledger import marks, outbox
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Addressee, Mailbox, Message, Step
from notifications.delivery import SmtpTransport, deliver
from notifications.relay import Relay
from tests.chaos.figures import Figures
from tests.chaos.mail_sink import MailSink
from tests.databases import Databases
from tests.ledger.campaigns import POST, Followed, a_campaign, at, days

FIRST, LAST = "2020-06-30", "2020-12-11"  # until every ladder has come to its working days of repetition
WRONG_FROM, WRONG_UNTIL = at("2020-08-12 09:00"), at("2020-08-12 11:00")
SILENT = ("reported", "accepted", "waived", "continuing", "ladder_ended")
JUMPS = {
    "an hour": timedelta(hours=1),
    "a day": timedelta(days=1),
    "a year": timedelta(days=365),
}


@dataclass
class Life:
    """What a campaign's mail was, day by day. `sent`: Message-IDs by reader and day of the true clock."""

    followed: Followed
    sink: MailSink
    sent: defaultdict[tuple[int, str, date], set[str]] = field(
        default_factory=lambda: defaultdict[tuple[int, str, date], set[str]](set)
    )

    def morning(self, now: datetime) -> None:
        self.passes_and_mail(now, now + timedelta(minutes=55))

    def passes_and_mail(self, planned: datetime, *sent: datetime) -> None:
        self.followed.passes(planned)
        for now in sent:
            self.mail(now)

    def mail(self, now: datetime) -> None:
        transport = SmtpTransport(Relay("127.0.0.1", self.sink.port, timeout=10), 2)
        asyncio.run(deliver(self.followed.engine, POST, transport, lambda: now))

    def notices(self) -> dict[str, Counter[str]]:
        """Of each step the rungs that were mailed, and how often."""
        with reading(self.followed.engine) as session:
            rows = session.exec(
                select(Step, Addressee).join(Addressee, col(Addressee.step_id) == Step.id)
            ).all()
        keys = {step.id: key for key, step in self.followed.steps().items()}
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for step, one in rows:
            found[keys[step.id]][f"{one.target} {one.state}"] += 1
        return dict(found)

    def twice(self) -> int:
        return sum(count - 1 for count in self.sink.taken.values())

    def lost(self) -> list[str]:
        """Digests that neither arrived nor had become needless."""
        return [
            f"{one.target} of {one.slot_on}: {one.state}"
            for one in self.followed.messages()
            if one.state != "cancelled" and not self.sink.taken[f"<{one.uid}@{POST.domain}>"]
        ]

    def stuck(self, now: datetime) -> list[str]:
        """Open steps that nobody will look at again, or only when a wrong clock's time comes."""
        farthest = now + timedelta(days=60)
        return [
            f"{key}: {step.next_action_at or step.next_reason}"
            for key, step in self.followed.steps().items()
            if (step.next_action_at is None and step.next_reason not in SILENT)
            or (step.next_action_at is not None and step.next_action_at > farthest)
        ]

    def wrong(self, now: datetime) -> list[str]:
        return [
            *(f"lost: {one}" for one in self.lost()),
            *(f"stuck: {one}" for one in self.stuck(now)),
            *self.followed.broken(),
            *self.followed.unlike(),
        ]
