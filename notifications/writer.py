"""A claimed message → the mail it becomes, written down before it leaves."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from directives.ledger import digests, gathering, marks, outbox
from directives.ledger.bundling import Bundler, Part
from directives.ledger.casebook import Casebook
from directives.ledger.handing_over import HandingOver
from directives.ledger.marks import Claim
from directives.ledger.quotas import NO_LIMITS, Limits
from directives.ledger.readers import deputy_of, is_digest, kind_of, to_the_unit
from directives.ledger.resending import Standing, standing_of
from directives.ledger.states import campaign_now, ident
from directives.ledger.tables import Body, Message
from notifications.bundle import Sending, compose_bundle
from notifications.compose import Composed, compose
from notifications.issued import token_of
from notifications.keys import Keys
from notifications.message import Attachment, Inline, Mail, Mailbox
from notifications.replies.tokens import bounce_address, page_token, reply_address, reply_token, token_sha256
from notifications.words import entry, say

NEWEST_REFERENCES = 9
CALENDAR_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"
PAGE_TOKEN = "{page-token}"  # stands in a stored body where the link's token is filled in on the wire


@dataclass(frozen=True)
class Post:
    """How this installation writes: from whom, with what limits. `collector`: a mailbox is read (the mailbox rule holds)."""

    mail_from: str
    mail_name: str
    ops_address: str
    keys: Keys = field(repr=False)
    redirect_to: str = ""
    max_mails_per_slot: int = 500
    limits: Limits = NO_LIMITS  # what the mail server takes
    token_days: int = 180
    collector: bool = False
    page_url: str = ""  # where the page of unit leads is; empty: mails carry no link

    @property
    def domain(self) -> str:
        return self.mail_from.rpartition("@")[2]

    def envelope(self, uid: str) -> str:
        """The envelope sender of a message: where it comes back to."""
        return bounce_address(self.mail_from, self.keys["reply"].current, uid)


def body_of(
    composed: Composed,
    *,
    name: str,
    address: str,
    references: list[str],
    date: datetime,
    answers: str = "",
    attachments: Sequence[Attachment] = (),
    inline: Sequence[Inline] = (),
) -> dict[str, Any]:
    """What the ledger keeps of a mail: everything but its tokens, which are filled in only on the wire.

    `answers`: the uid of the digest whose token a receipt carries, so that it can be corrected by a reply.
    """
    files = [
        {"name": one.filename, "type": one.content_type, "content": b64encode(one.content).decode()}
        for one in attachments
    ]
    pictures = [
        {
            "cid": one.cid,
            "name": one.filename,
            "type": one.content_type,
            "content": b64encode(one.content).decode(),
        }
        for one in inline
    ]
    kept = {"attachments": files} if files else {}
    return (kept | {"inline": pictures} if pictures else kept) | {
        "subject": composed.subject,
        "text": composed.text,
        "html": composed.html,
        "calendar": composed.calendar,
        "name": name,
        "address": address,
        "references": references,
        "date": date.isoformat(),
        "answers": answers,
    }


class DigestWriter:
    """Writes the mails of one batch of claims, in the caller's transaction. Claims that were lost are left out.

    What the mails say is kept in `handing_over` until the caller has it written.
    `without`: campaigns of which no digest leaves now, in this mail either.
    """

    def __init__(
        self,
        book: Casebook,
        post: Post,
        machine_now: datetime,
        claims: Sequence[Claim],
        without: Collection[str] = (),
    ) -> None:
        self.book, self.post, self.machine_now = book, post, machine_now
        self.session = book.session
        self.now = campaign_now(book.campaign, machine_now)
        self.read_to = digests.mailbox_read_to(self.session, post.mail_from)
        self.handing_over = HandingOver(self.session, machine_now)
        self.messages = marks.still_held(self.session, claims)
        fresh = [self.messages[one.message_id] for one in claims if self._is_fresh(one)]
        book.know_contacts(sorted({message.unit_id for message in fresh}))
        self.gathered = gathering.gather(book, fresh)
        self.earlier = outbox.accepted_before(self.session, book.campaign, fresh)
        self.bundler = Bundler(
            book, fresh, machine_now, self.read_to, mailbox_rule=post.collector, without=without
        )

    def mail(self, claim: Claim) -> tuple[Claim, Mail] | None:
        """What the claim sends, with the parts of other campaigns; None when nothing may or need be said, and it is marked so."""
        message = self.messages.get(claim.message_id)
        if message is None:
            return None
        if claim.resend:  # written before: same content, same Message-ID
            return self._again(claim, message)
        return self._composed(claim, message)

    def _again(self, claim: Claim, message: Message) -> tuple[Claim, Mail] | None:
        """As it was written, unless what it asks was answered meanwhile, or may not be asked now."""
        if is_digest(message.target):
            ids = [part.message_id for part in claim.whole]
            standing = standing_of(self.session, ids, self.machine_now)
            for part in claim.whole:
                if standing is Standing.GONE:
                    marks.in_vain(self.session, part)
                elif standing is Standing.HELD:
                    marks.held_back(self.session, part, self.machine_now + marks.LOOK_AGAIN, "on_hold")
            if standing is not Standing.STANDS:
                return None
        return claim, self._mail(message, self.session.get_one(Body, claim.message_id).mail)

    def _is_fresh(self, claim: Claim) -> bool:
        return claim.message_id in self.messages and not claim.resend

    def _composed(self, claim: Claim, message: Message) -> tuple[Claim, Mail] | None:
        """The digest as it holds now."""
        if deputy_of(message.target):
            self.handing_over.write()  # a deputy is told once: what a mail before this one says is looked up
        draft = digests.draft(self.gathered, message, self.now, self.read_to, self.post.collector)
        if draft is None:
            marks.cancelled(self.session, claim)
            return None
        if isinstance(draft, digests.Waiting):
            marks.held_back(self.session, claim, self.machine_now + marks.LOOK_AGAIN, draft.reason)
            return None
        parts = self.bundler.parts(claim, draft)
        body = self._body(message, draft, parts)
        mail = self._mail(message, body)
        for part in parts:
            self._hand_over(part.message, part.draft, body, within=message)
        self._hand_over(message, draft, body)
        return replace(claim, parts=tuple(part.claim for part in parts)), mail

    def _body(self, message: Message, draft: digests.Draft, parts: Sequence[Part]) -> dict[str, Any]:
        recipient = draft.digest.recipient
        composed, more = self._said(draft, parts)
        body = body_of(
            composed,
            name=recipient.contact_name or recipient.unit_name,
            address=recipient.address,
            references=self._references(message),
            date=self.machine_now,
            attachments=_calendars(more),
        )
        return body | {"within": [part.message.uid for part in parts]} if parts else body

    def _said(self, draft: digests.Draft, parts: Sequence[Part]) -> tuple[Composed, Sequence[str]]:
        """The mail, and the calendar files of the parts."""
        read, link = self.post.collector, self._link(PAGE_TOKEN)
        if not parts:
            return compose(draft.digest, replies_read=read, page_link=link), ()
        more = [(part.digest, Sending(read, self._link(_placeholder(part.message.uid)))) for part in parts]
        bundled = compose_bundle([(draft.digest, Sending(read, link)), *more])
        return bundled.mail, bundled.calendars

    def _link(self, placeholder: str) -> str:
        return page_link(self.post.page_url, placeholder) if self.post.page_url else ""

    def _hand_over(
        self, message: Message, draft: digests.Draft, body: dict[str, Any], within: Message | None = None
    ) -> None:
        within_id = ident(within) if within is not None else None
        self.handing_over.add(message, draft, body, self._tokens(message), within_id)

    def _references(self, message: Message) -> list[str]:
        """The recipient's digests before this one, so that mail clients keep them in one thread."""
        earlier = self.earlier.get((message.unit_id, message.target), [])
        return [self._message_id(uid) for uid in [*earlier[:1], *earlier[1:][-NEWEST_REFERENCES:]]]

    def _mail(self, message: Message, body: dict[str, Any]) -> Mail:
        post, subject, address = self.post, str(body["subject"]), str(body["address"])
        if post.redirect_to:
            subject, address = redirected(subject, address), post.redirect_to
        replied_to = message.uid if is_digest(message.target) else str(body.get("answers", ""))
        token = token_of(self.session, post.keys, "reply", replied_to) if replied_to else ""
        return Mail(
            sender=Mailbox(post.mail_name, post.mail_from),
            recipient=Mailbox(str(body["name"]), address),
            reply_to=Mailbox(post.mail_name, reply_address(post.mail_from, token)) if replied_to else None,
            subject=subject,
            text=self._with_tokens(str(body["text"]), message, body),
            html=self._with_tokens(str(body["html"]), message, body),
            message_id=self._message_id(message.uid),
            date=datetime.fromisoformat(str(body["date"])),
            references=tuple(body["references"]),
            headers=(
                ("Auto-Submitted", "auto-generated"),  # RFC 3834: no out-of-office answers, please
                ("List-Id", f"<{self.book.campaign.key}.{post.domain}>"),  # RFC 2919
                ("X-Dondoc-Kind", kind_of(message.target)),
            ),
            attachments=(*_calendar(body["calendar"]), *_files(body)),
            inline=_pictures(body),
        )

    def _with_tokens(self, text: str, message: Message, body: dict[str, Any]) -> str:
        """The links' tokens are filled in on the wire: each part's is its own campaign's."""
        filled = {PAGE_TOKEN: message.uid} | {_placeholder(uid): uid for uid in body.get("within", ())}
        for placeholder, uid in filled.items():
            if placeholder in text:
                text = text.replace(placeholder, token_of(self.session, self.post.keys, "page", uid))
        return text

    def _message_id(self, uid: str) -> str:
        return f"<{uid}@{self.post.domain}>"

    def _tokens(self, message: Message) -> list[dict[str, Any]]:
        """The rows by which they are known again."""
        if message.handed_over_at is not None:
            return []  # written once before: tokens depend on the message only
        tokens = {"reply": reply_token(self.post.keys["reply"].current, message.uid)}
        if self.post.page_url and to_the_unit(message.target):
            tokens["page"] = page_token(self.post.keys["page"].current, message.uid)
        known = {
            "message_id": ident(message),
            "unit_id": message.unit_id,
            "expires_at": self.machine_now + timedelta(days=self.post.token_days),
        }
        return [
            known | {"purpose": purpose, "sha256": token_sha256(token)} for purpose, token in tokens.items()
        ]


def _placeholder(uid: str) -> str:
    return f"{{page-token-{uid}}}"


def page_link(page_url: str, token: str) -> str:
    return f"{page_url.rstrip('/')}/t/{token}"


def redirected(subject: str, address: str) -> str:
    """Marked with whose mail it was; that it is a rehearsal's still stands first."""
    rehearsal = entry("subject.rehearsal")
    first = rehearsal if subject.startswith(rehearsal) else ""
    return first + say("subject.redirected", address=address) + subject.removeprefix(first)


def _calendar(text: str | None) -> tuple[Attachment, ...]:
    if not text:
        return ()
    return (Attachment("thoi-han.ics", CALENDAR_TYPE, text.encode()),)


def _calendars(texts: Sequence[str]) -> Sequence[Attachment]:
    """Those of the parts: a file each, numbered after the mail's own."""
    return [
        Attachment(f"thoi-han-{n}.ics", CALENDAR_TYPE, text.encode()) for n, text in enumerate(texts, start=2)
    ]


def _files(body: Mapping[str, Any]) -> Iterator[Attachment]:
    for one in body.get("attachments", ()):
        yield Attachment(one["name"], one["type"], b64decode(one["content"]))


def _pictures(body: Mapping[str, Any]) -> tuple[Inline, ...]:
    return tuple(
        Inline(one["cid"], one["name"], one["type"], b64decode(one["content"]))
        for one in body.get("inline", ())
    )
