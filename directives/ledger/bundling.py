"""One digest a reader and slot across campaigns: what other campaigns have for the same address leaves in the same mail.

What a reader owes himself (as lead or deputy) is one mail, what others owe (as superior or monitor) another.

Each campaign keeps its own message, with its items, notices and marks; `within_id` names the message whose mail it left
in. That one alone is claimed, sent and answered; whatever becomes of it becomes of those within it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select

from directives.digest import LeadDigest, OverviewDigest
from directives.ledger import digests, gathering, marks
from directives.ledger.casebook import Casebook
from directives.ledger.digests import Draft
from directives.ledger.gathering import Gathered
from directives.ledger.marks import Claim
from directives.ledger.readers import DAILY, deputy_of, is_daily, kind_of, to_the_unit
from directives.ledger.recipients import recipient_of
from directives.ledger.states import campaign_now, chunks, ident
from directives.ledger.tables import Campaign, Message

Reader = tuple[bool, str]  # whether he owes it himself; his address, case folded


@dataclass(frozen=True, slots=True)
class Part:
    """What another campaign says in a mail, leased together with it."""

    book: Casebook
    claim: Claim
    message: Message
    draft: Draft

    @property
    def digest(self) -> LeadDigest | OverviewDigest:
        return self.draft.digest


class Bundler:
    """Finds the parts for the mails of one campaign's batch of `messages`. `without`: campaigns of which no digest leaves now."""

    def __init__(
        self,
        book: Casebook,
        messages: Sequence[Message],
        machine_now: datetime,
        read_to: datetime | None,
        *,
        mailbox_rule: bool,
        without: Collection[str] = (),
    ) -> None:
        self.session, self.machine_now = book.session, machine_now
        self.read_to, self.mailbox_rule = read_to, mailbox_rule
        self.waiting: defaultdict[Reader, list[tuple[Gathered, Message]]] = defaultdict(list)
        others = _others(book, without)
        readers = set(self._readers(book, messages)) if others else set[Reader]()
        for campaign in others if readers else ():
            self._read(Casebook(self.session, campaign), readers)

    def parts(self, claim: Claim, draft: Draft) -> list[Part]:
        """What else the reader of this digest is to be told now, numbered on; leased with the claim."""
        if kind_of(claim.target) not in DAILY:
            return []
        found: list[Part] = []
        first = _after(draft, 1)
        reader = _reader(claim.target, draft.digest.recipient.address)
        for gathered, candidate in self.waiting.pop(reader, []):
            part = self._part(claim, gathered, candidate)
            if part is not None:
                part = replace(part, draft=numbered_from(part.draft, first))
                first = _after(part.draft, first)
                found.append(part)
        return found

    def _readers(self, book: Casebook, messages: Sequence[Message]) -> Iterator[Reader]:
        now = campaign_now(book.campaign, self.machine_now)
        for row in messages:
            recipient = recipient_of(book, row.unit_id, now, deputy_of(row.target))
            if recipient is not None and kind_of(row.target) in DAILY:
                yield _reader(row.target, recipient.address)

    def _read(self, book: Casebook, readers: Collection[Reader]) -> None:
        """What waits in another campaign for these readers; for nobody else, however many units it has."""
        now = campaign_now(book.campaign, self.machine_now)
        if not book.calendar.digest_may_leave(now):
            return
        found: dict[int, tuple[Reader, Message]] = {}
        for row in self._ready(book, {address for _, address in readers}):
            recipient = recipient_of(book, row.unit_id, now, deputy_of(row.target))
            if recipient is None:
                continue
            reader = _reader(row.target, recipient.address)
            if reader in readers:
                found[ident(row)] = reader, row
        if found:
            gathered = gathering.gather(book, [row for _, row in found.values()])
            for reader, row in found.values():
                self.waiting[reader].append((gathered, row))

    def _ready(self, book: Casebook, addresses: Collection[str]) -> Iterator[Message]:
        """The digests that may be tried now, of the units which have one of these addresses."""
        ready = (
            Message.campaign_id == book.campaign.id,
            is_daily(col(Message.target)),
            Message.uncertain == 0,
            col(Message.within_id).is_(None),
            col(Message.state).in_(["ready", "deferred"]),
            marks.may_be_tried(self.machine_now),
        )
        waiting = set(self.session.exec(select(Message.unit_id).where(*ready)))
        units = [
            unit_id
            for unit_id in sorted(waiting)
            if any(one.address.casefold() in addresses for one in book.contacts.get(unit_id, []))
        ]
        for some in chunks(units):
            chosen = select(Message).where(*ready, col(Message.unit_id).in_(some))
            yield from self.session.exec(chosen.order_by(col(Message.id))).all()

    def _part(self, claim: Claim, gathered: Gathered, candidate: Message) -> Part | None:
        """None when another deliverer has it, or nothing can be said; then it is marked so."""
        message = self.session.exec(
            select(Message)
            .where(Message.id == candidate.id, col(Message.state).in_(["ready", "deferred"]))
            .with_for_update(skip_locked=True)
            # Another deliverer may have tried it since it was found.
            .execution_options(populate_existing=True)
        ).one_or_none()
        if message is None:
            return None
        book = gathered.book
        own = marks.leased_with(self.session, claim, message)
        now = campaign_now(book.campaign, self.machine_now)
        draft = digests.draft(gathered, message, now, self.read_to, self.mailbox_rule)
        if draft is None:
            marks.cancelled(self.session, own)
        elif isinstance(draft, digests.Waiting):
            marks.held_back(self.session, own, self.machine_now + marks.LOOK_AGAIN, draft.reason)
        else:
            return Part(book, own, message, draft)
        return None


def numbered_from(draft: Draft, first: int) -> Draft:
    """The same with its items numbered from `first` on. An overview has rows, which nobody answers by number."""
    if not isinstance(draft.digest, LeadDigest):
        return draft
    later = first - 1
    digest = replace(
        draft.digest,
        items=tuple(replace(one, n=one.n + later) for one in draft.digest.items),
        open_items=tuple(replace(one, n=one.n + later) for one in draft.digest.open_items),
    )
    items = tuple(one._replace(n=one.n + later) for one in draft.items)
    return replace(draft, digest=digest, items=items)


def _after(draft: Draft, first: int) -> int:
    return max((row.n + 1 for row in draft.items), default=first)


def _reader(target: str, address: str) -> Reader:
    return to_the_unit(target), address.casefold()


def _others(book: Casebook, without: Collection[str]) -> Sequence[Campaign]:
    """The open campaigns on the same clock: what is due now for one is due for the other."""
    clock = book.campaign.clock_at
    rows = select(Campaign).where(
        Campaign.id != book.campaign.id,
        Campaign.rehearsal == book.campaign.rehearsal,
        col(Campaign.closed_at).is_(None),
        col(Campaign.clock_at).is_(None) if clock is None else Campaign.clock_at == clock,
        col(Campaign.key).not_in(sorted(without)),
    )
    return book.session.exec(rows.order_by(col(Campaign.id))).all()
