"""Synthetic units of a rehearsal: they answer its digests by real mail, as their seeded behaviour has it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine

from cli.replay import slots
from cli.voices import Voices
from config.settings import Settings
from directives.conversation import Answer, AnswerBase, AsksExtension, Decision, Received
from directives.errors import DondocError, Refused
from directives.ledger.asked_of import AskedOf, asked_of
from directives.ledger.casebook import Casebook
from directives.ledger.digests import mailbox_read_to
from directives.ledger.engine import begin, reading
from directives.ledger.reminded import reminded
from directives.ledger.states import campaign_row
from directives.manners import Behaviour
from notifications.decisions import telling
from notifications.replies.imap import Postbox
from notifications.trial_units import MailProgram, line
from notifications.writer import Post
from tasks.workplace import machine_now

TRIAL_PASSWORD = "dondoc"
Say = Callable[[str], None]


@dataclass
class Answerers:
    """The units of one rehearsal. `clock_at`: where its clock stands, up to when all was said before."""

    engine: Engine
    campaign: str
    program: MailProgram
    post: Post
    behaviour: Behaviour
    clock_at: datetime
    say: Say
    patience: float = 90.0  # seconds until the mailbox must have been read
    waiting: list[Answer] = field(default_factory=list[Answer])

    def __post_init__(self) -> None:
        with reading(self.engine) as session:
            self.definition = Casebook(session, campaign_row(session, self.campaign)).definition
        self.voices = Voices.of(self.definition, self.behaviour)
        self._hear(self.definition.opened_at)
        # What was to be said before and was not, for want of a mail to answer, is said when one is there.
        self.waiting = [one for one in self.voices.until(self.clock_at) if isinstance(one, AnswerBase)]

    def answer(self, now: datetime) -> int:
        """What the units say up to `now`, where the clock stands: mailed, read, decided. How many mails they sent."""
        self._hear(self.clock_at)
        coming = self.voices.until(now)
        answers = [*self.waiting, *(one for one in coming if isinstance(one, AnswerBase))]
        sent = self._mail(answers, now)
        if sent:
            self._wait()
        for one in coming:
            if not isinstance(one, AnswerBase):
                self._decide(one, now)
        self.clock_at = now
        return sent

    def _hear(self, since: datetime) -> None:
        """The reminders of the days from `since` to where the clock stood."""
        if self.voices.react is None:
            return
        upto = self.clock_at + timedelta(microseconds=1)
        with reading(self.engine) as session:
            book = Casebook(session, campaign_row(session, self.campaign))
            for slot in slots(self.definition, since, upto):
                self.voices.hear(list(reminded(book, slot.date())))

    def _mail(self, answers: Sequence[Answer], now: datetime) -> int:
        """One reply to each digest, with a line for each item; what has no mail to answer to yet waits."""
        replies: dict[tuple[str, str], dict[int, Answer]] = {}
        self.waiting = []
        with reading(self.engine) as session:
            for one in answers:
                asked = asked_of(session, one.step)
                if asked is None:
                    self.waiting.append(one)
                elif self._still(one, asked, now):
                    # The last word on an item is what it says: a report tells that it was received.
                    replies.setdefault((asked.address, asked.uid), {})[asked.n] = one
        return sum(self._reply(address, uid, said) for (address, uid), said in replies.items())

    def _still(self, one: Answer, asked: AskedOf, now: datetime) -> bool:
        """Whether it was not said before, by this unit or by a person who took its part, and is not too late to say."""
        if isinstance(one, Received):
            return asked.open and not asked.received
        if isinstance(one, AsksExtension):
            in_time = one.until > self.definition.calendar.local(now).date()
            return asked.open and in_time and not asked.asks_extension
        return asked.open

    def _reply(self, address: str, uid: str, said: dict[int, Answer]) -> bool:
        mail = self.program.mail(address, f"<{uid}@{self.post.domain}>")
        if mail is None:  # a replayed digest was recorded, not sent; a later one will be there
            self.waiting += said.values()
            return False
        self.program.reply(address, mail, [line(n, one) for n, one in sorted(said.items())])
        return True

    def _wait(self) -> None:
        """Until the mailbox was read past the last reply, so that the passes know what was said."""
        sent_at, ends = machine_now(), time.monotonic() + self.patience
        while time.monotonic() < ends:
            with reading(self.engine) as session:
                read_to = mailbox_read_to(session, self.post.mail_from)
            if read_to is not None and read_to > sent_at:
                return
            time.sleep(0.3)
        raise DondocError(
            f"the mailbox was not read within {self.patience:.0f} s of the units' answers; is 'dondoc mail' running?"
        )

    def _decide(self, one: Decision, now: datetime) -> None:
        """A coordinator's decision, on the still clock; one that no longer makes sense is told and left out."""
        try:
            with begin(self.engine) as session:
                telling.decide(session, one.model_copy(update={"at": now}), self.post, machine_now())
        except Refused as error:
            self.say(f"{one.kind}: {error}")


def trial_program(settings: Settings) -> MailProgram:
    """The trial mail of this installation. Errors: DondocError where the mail would leave the machine."""
    settings.require_loopback()
    box = Postbox(settings.host, settings.imap_port, "", TRIAL_PASSWORD, security="none")
    return MailProgram(box, settings.smtp_host, settings.smtp_port)
