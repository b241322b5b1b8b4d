"""One posted form, taken in one transaction: the answer, that the form was taken, and the receipt by mail."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from directives import ledger
from directives.conversation import Answer, Channel, Undo
from directives.errors import Refused
from directives.evaluate import OWED
from directives.ledger import outbox, pages
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin
from directives.ledger.pages import Link, PageItem, UnitPage
from directives.ledger.recipients import recipient_of
from directives.ledger.states import campaign_now, campaign_row
from notifications.receipts import Owed, Receipt, compose_receipt
from notifications.web.forms import Errors, Filled, read
from notifications.web.site import Site
from notifications.web.view import said_of
from notifications.words import say
from notifications.writer import body_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Posted:
    """`form`: the id of a form that we made; `version`: the item's when that form was made."""

    step: str
    form: str
    version: str
    undo: bool
    filled: Filled


@dataclass(frozen=True, slots=True)
class Taken:
    """`taken`: now; `again`: before; `stale`, `errors`, `refused`: nothing was written, and why."""

    outcome: Literal["taken", "again", "stale", "errors", "refused"]
    errors: Errors
    message: str = ""


def take(site: Site, link: Link, posted: Posted) -> Taken:
    machine_now = site.clock()
    try:
        with begin(site.engine) as session:
            return _Taking(session, site, link, posted, machine_now).take()
    except Refused as error:  # the transaction is rolled back: nothing was written
        log.warning("an answer by the page was not taken: %s", error)
        if posted.filled["kind"] == "delegate" and not posted.undo:
            return Taken("errors", {"to": say("page.error.to_refused")})
        return Taken("refused", {}, say("page.error.ledger"))


class _Taking:
    def __init__(
        self, session: Session, site: Site, link: Link, posted: Posted, machine_now: datetime
    ) -> None:
        self.session, self.site, self.link, self.posted = session, site, link, posted
        self.machine_now = machine_now
        # Locked first: of two who send at once, the second sees what the first has written.
        self.book = Casebook(session, campaign_row(session, link.campaign, lock=True))
        self.now = campaign_now(self.book.campaign, machine_now)

    def take(self) -> Taken:
        if pages.taken(self.session, self.posted.form):
            return Taken("again", {})
        page = self._page()
        item = page.item(self.posted.step)
        if self.posted.undo and (item is None or not item.undoable):
            return Taken("stale", {}, say("page.error.no_undo"))
        if item is None or not (item.answerable or self.posted.undo):
            return Taken("stale", {}, say("page.error.closed_item"))
        if item.version != self.posted.version:
            return Taken("stale", {}, say(f"page.error.{'stale_undo' if self.posted.undo else 'stale'}"))
        given, errors = self._given(page, item)
        if given is None:
            return Taken("errors", errors)
        answer_id = ledger.answer(self.session, given, self.machine_now)
        pages.take(self.session, self.posted.form, self.link, answer_id)
        self.session.flush()
        self._receipt(given, answer_id)
        return Taken("taken", {})

    def _page(self) -> UnitPage:
        return pages.unit_page(self.book, self.link, self.now)

    def _given(self, page: UnitPage, item: PageItem) -> tuple[Answer | None, Errors]:
        if self.posted.undo:
            return Undo(step=item.step, at=self.now, channel=Channel.PAGE, by=self.link.address), {}
        return read(self.posted.filled, page, item, self.link.address)

    def _receipt(self, given: Answer, answer_id: int) -> None:
        page = self._page()
        item = page.item(self.posted.step)
        if item is None:  # it went to another of the unit, who gets a mail of its own
            return
        event = next(one for one in item.events if one.id == answer_id and not one.decided)
        receipt = Receipt(
            campaign=page.campaign,
            unit_name=page.unit_name,
            unit_kind=page.unit_kind,
            address="",
            at=given.at,
            items=(said_of(event, item),),
            owed=tuple(
                Owed(one.item.n, one.item.title, one.item.due_before)
                for one in page.items
                if one.item.status in OWED
            ),
        )
        recipient = recipient_of(self.book, self.link.unit_id, self.now, self.link.deputy)
        address = recipient.address if recipient else self.link.address
        body = body_of(
            compose_receipt(receipt),
            name=page.unit_name,
            address=address,
            references=[f"<{self.link.uid}@{self.site.domain}>"],
            date=self.machine_now,
        )
        today = self.book.calendar.local(self.now).date()
        target = f"receipt:{self.posted.form[:24]}"
        outbox.queue_own(self.session, self.book.campaign, self.link.unit_id, target, today, address, body)
