"""Claims of one campaign → their mails, written down in one transaction a batch before any of them leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin
from directives.ledger.marks import Answered, Claim
from directives.ledger.states import campaign_row
from notifications import undelivered
from notifications.message import to_bytes
from notifications.writer import DigestWriter, Post

Written = tuple[Claim, bytes, str]  # the mail's bytes, and to whom


class Batches:
    """One after the other, of one campaign. `clock`: the machine's."""

    def __init__(self, engine: Engine, post: Post, clock: Callable[[], datetime], campaign_key: str) -> None:
        self.engine, self.post, self.clock, self.campaign_key = engine, post, clock, campaign_key
        self.unwritable = 0  # mails so far whose names or addresses no mail can carry
        self.stands_at: datetime | None = None  # a rehearsal's still clock, read with each batch
        self.book: Casebook | None = None  # of the batch before

    def written(self, claims: Sequence[Claim], without: Sequence[str]) -> list[Written]:
        """What the claims say, stored: from this commit on it may have left. `without`: campaigns of which no digest leaves."""
        try:
            with self._writing(claims, without) as (_, writer):
                written = [one for claim in claims if (one := _written(writer, claim))]
                writer.handing_over.write()
                return written
        except ValueError:  # all is undone; a savepoint for each would cost every batch
            return self._one_by_one(claims, without)

    def _one_by_one(self, claims: Sequence[Claim], without: Sequence[str]) -> list[Written]:
        """A name or address that no mail can carry costs this one mail, not the run.

        Whole or not at all: what other campaigns would have said in it waits for mails of their own.
        """
        written: list[Written] = []
        with self._writing(claims, without) as (session, writer):
            for claim in claims:
                try:
                    with session.begin_nested():
                        one = _written(writer, claim)
                        writer.handing_over.write()
                    written += [one] if one else []
                except ValueError as error:
                    writer.handing_over.forget()
                    self.unwritable += 1
                    why = Answered("compose", None, str(error))
                    undelivered.refused(session, claim, why, self.clock())
        return written

    @contextmanager
    def _writing(
        self, claims: Sequence[Claim], without: Sequence[str]
    ) -> Iterator[tuple[Session, DigestWriter]]:
        with begin(self.engine) as session:
            book = Casebook(session, campaign_row(session, self.campaign_key), self.book)
            self.stands_at = book.campaign.clock_at
            yield session, DigestWriter(book, self.post, self.clock(), claims, without)
        self.book = book  # only what was committed


def _written(writer: DigestWriter, claim: Claim) -> Written | None:
    """Errors: ValueError for what no mail can carry."""
    found = writer.mail(claim)
    if found is None:
        return None
    whole, mail = found
    return whole, to_bytes(mail), mail.recipient.address
