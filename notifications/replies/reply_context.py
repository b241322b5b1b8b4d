"""The context that a mail is read against, out of the ledger: the digests it may answer and who may answer them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from directives.ledger import inbound
from directives.ledger.inbound import SentDigest
from notifications.replies.bounded import head_of
from notifications.replies.context import ContactAddress, Digest, DigestItem, ReplyContext, TokenState
from notifications.replies.headers import addresses, message_ids, raw_all
from notifications.replies.tokens import bounced_uid, reply_address, token_sha256
from notifications.replies.trust import Trust
from notifications.writer import Post

RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")


def tokens_in(raw: bytes, mail_from: str) -> dict[str, str]:
    """Every reply token that the mail was sent to, with its SHA-256."""
    mail = head_of(raw)
    local, _, domain = mail_from.lower().rpartition("@")
    found = addresses([value for name in RECIPIENTS for value in raw_all(mail, name)])
    prefix, suffix = f"{local}+", f"@{domain}"
    tokens = {
        one[len(prefix) : -len(suffix)] for one in found if one.startswith(prefix) and one.endswith(suffix)
    }
    return {token: token_sha256(token) for token in tokens}


def uids_in(raw: bytes, domain: str) -> set[str]:
    """The left sides of our own Message-IDs that the mail answers or refers to."""
    mail = head_of(raw)
    ids = [
        one
        for name in ("in-reply-to", "references")
        for value in raw_all(mail, name)
        for one in message_ids(value)
    ]
    return {one[1:].partition("@")[0] for one in ids if one.endswith(f"@{domain}>")}


def parents_in(raw: bytes, domain: str) -> set[str]:
    """The left sides of our own Message-IDs in In-Reply-To: the mail that is answered, not its thread."""
    mail = head_of(raw)
    ids = [one for value in raw_all(mail, "in-reply-to") for one in message_ids(value)]
    return {one[1:].partition("@")[0] for one in ids if one.endswith(f"@{domain}>")}


def mail_id(raw: bytes) -> str:
    """By what a mail is known that arrives twice over different ways: its sender and its own Message-ID."""
    mail = head_of(raw)
    own = message_ids(" ".join(raw_all(mail, "message-id")))
    if len(own) != 1:
        return ""
    known_by = f"{addresses(raw_all(mail, 'from'))} {own[0]}"
    return hashlib.sha256(known_by.encode("utf-8", "replace")).hexdigest()


def bounces_in(raw: bytes, post: Post, machine_now: datetime) -> dict[str, str]:
    """The envelope addresses of ours that this mail was sent to, by the uid of the message that it comes back for."""
    mail = head_of(raw)
    found = addresses([value for name in RECIPIENTS for value in raw_all(mail, name)])
    keys = tuple(post.keys["reply"].accepted(machine_now))
    return {uid: one for one in found if (uid := bounced_uid(one, post.mail_from, keys)) is not None}


def message_id(digest: SentDigest, post: Post) -> str:
    return f"<{digest.uid}@{post.domain}>"


def context_of(
    session: Session,
    digests: Sequence[SentDigest],
    tokens: Mapping[str, str],
    post: Post,
    trust: Trust,
    now: datetime,
    returned: Mapping[str, str] | None = None,
) -> ReplyContext:
    """`now`: the instant that "15/11" is read against. `returned`: what `bounces_in` found."""
    contacts = {(one.unit, address) for one in digests for address in inbound.may_answer(session, one)}
    return ReplyContext(
        digests=tuple(_digest(session, one, tokens, post, returned or {}) for one in digests),
        contacts=tuple(ContactAddress(unit=unit, address=address) for unit, address in sorted(contacts)),
        authserv_id=trust.authserv_id,
        now=now,
        requires_dmarc=trust.requires_dmarc,
    )


def _digest(
    session: Session, sent: SentDigest, tokens: Mapping[str, str], post: Post, returned: Mapping[str, str]
) -> Digest:
    return Digest(
        reply_address=_reply_address(session, sent, tokens, post),
        state=TokenState(sent.token),
        recipient=sent.unit,
        unit_name=sent.unit_name,
        message_id=message_id(sent, post),
        list_id=f"<{sent.campaign}.{post.domain}>",
        verp_address=returned.get(sent.uid) or post.envelope(sent.uid),
        sent_at=sent.sent_at,
        items=tuple(
            DigestItem(n=item.n, title=item.title, due_before=item.due_before, open=item.open)
            for item in sent.items
        ),
    )


def _reply_address(session: Session, sent: SentDigest, tokens: Mapping[str, str], post: Post) -> str:
    """The address the mail was sent to, or one that no mail can carry: found by its thread only."""
    sha256 = inbound.token_of(session, sent.message_id)
    known = next((token for token, hashed in tokens.items() if hashed == sha256), None)
    return reply_address(post.mail_from, known or f"thread-{sent.message_id}")
