"""Mail that could not be delivered (RFC 3464, and what servers write instead).

A bounce is hard only where nothing is left to guess: a status 5.x.x, about a digest of ours (its own envelope
address, or its Message-ID in what was returned), for an address of its unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import all_failures

from notifications.replies.body import body_text
from notifications.replies.classify import null_return_path
from notifications.replies.context import Digest, ReplyContext
from notifications.replies.headers import addresses, decoded, message_ids, raw, raw_all, same_id
from notifications.replies.verdict import Bounce, BounceKind
from notifications.replies.words import fold

_STATUS = re.compile(r"(?<![\d.])([245])\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY_CODE = re.compile(r"(?:^|[;\s])([45])\d\d[ -]")
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon|mdaemon|bounce)", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_FAILED = re.compile(
    r"(?:undeliver|delivery (?:status|failure|has failed|incomplete)|returned mail|mail delivery|failure notice"
    r"|delayed|khong gui duoc|khong chuyen duoc"
    r"|khong the gui|thu bi tra lai|thu tra lai|gui thu that bai|khong the chuyen|loi gui thu|khong phat duoc"
    r"|gui khong thanh cong|khong thanh cong)"
)
LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Returned:
    bounce: Bounce
    digest: Digest | None


def returned(mail: Message, context: ReplyContext) -> Returned | None:
    """The bounce that a mail is; None for any other mail."""
    if not _is_report(mail) and not _is_from_a_server(mail):
        return None
    digest, sure = _digest_of(mail, context)
    blocks = list(_recipients(mail))
    if blocks:
        return _from_report(blocks, digest, sure, context)
    if _is_report(mail) and mail.get_param("report-type") == "disposition-notification":
        return None
    return _from_text(mail, digest, sure, context)


def _is_report(mail: Message) -> bool:
    return mail.get_content_type() == "multipart/report"


def _is_from_a_server(mail: Message) -> bool:
    """A null sender or a daemon's name, and words of failure; an away notice to our envelope address is none."""
    daemon = any(_DAEMON.search(one.partition("@")[0]) for one in addresses(raw_all(mail, "from")))
    subject = fold(decoded(raw(mail, "subject")))
    text = fold(body_text(mail)[:3_000])
    failed = _FAILED.search(subject) is not None or _FAILED.search(text) is not None
    return (daemon or null_return_path(mail)) and failed


def _digest_of(mail: Message, context: ReplyContext) -> tuple[Digest | None, bool]:
    """(the digest that came back, whether that is sure)."""
    to = set(
        addresses(
            [value for name in ("delivered-to", "x-original-to", "to") for value in raw_all(mail, name)]
        )
    )
    for digest in context.digests:
        if digest.verp_address and digest.verp_address.lower() in to:
            # A server's report has the null sender (RFC 3464 2); anybody may write to an address he has seen.
            return digest, null_return_path(mail) or not raw(mail, "return-path")
    ids = set(_returned_ids(mail))
    for digest in context.digests:  # whoever saw the mail knows its Message-ID
        if any(same_id(digest.message_id, one) for one in ids):
            return digest, False
    return next((one for one in context.digests if one.reply_address.lower() in to), None), False


def _returned_ids(mail: Message) -> Iterator[str]:
    """Message-IDs of the mail that was sent back, whole or only its headers."""
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            found = re.search(
                r"^message-id:\s*(<[^<>\s]{1,900}>)", _payload(part), re.IGNORECASE | re.MULTILINE
            )
            if found:
                yield found[1]
        elif part is not mail and part.get("message-id"):
            yield from message_ids(raw(part, "message-id"))
    yield from message_ids(raw(mail, "in-reply-to"))


def _payload(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload[:LONGEST].decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _recipients(mail: Message) -> Iterator[Message]:
    """The per-recipient groups of fields of a delivery status."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        for group in groups if isinstance(groups, list) else []:
            if isinstance(group, Message) and (group.get("action") or group.get("final-recipient")):
                yield group


def _from_report(
    blocks: list[Message], digest: Digest | None, sure: bool, context: ReplyContext
) -> Returned | None:
    """The worst thing reported; None where everything was delivered."""
    found: list[Bounce] = []
    for block in blocks:
        action = raw(block, "action").lower()
        address = _recipient(block, digest, context)
        if action.startswith("delayed"):
            found.append(Bounce(address=address, kind=BounceKind.DELAYED))
        elif action.startswith(("fail", "error")):
            hard = sure and _is_permanent(block) and _is_ours(address, digest, context)
            found.append(Bounce(address=address, kind=BounceKind.HARD if hard else BounceKind.SOFT))
    order = [BounceKind.HARD, BounceKind.SOFT, BounceKind.DELAYED]
    worst = min(found, key=lambda one: order.index(one.kind), default=None)
    return Returned(worst, digest) if worst else None


def _recipient(block: Message, digest: Digest | None, context: ReplyContext) -> str:
    """The address that was written to; where it was forwarded on, ours and not the last one."""
    found = [
        one
        for name in ("original-recipient", "final-recipient")
        for one in addresses([raw(block, name).rpartition(";")[2]])
    ]
    ours = [one for one in found if _is_ours(one, digest, context)]
    if ours:
        return ours[0]
    if digest and "@" in digest.recipient:
        return digest.recipient.lower()
    return found[0] if found else _only_address(digest, context)


def _is_ours(address: str, digest: Digest | None, context: ReplyContext) -> bool:
    if digest is None:
        return False
    return address.lower() in context.addresses_of(digest) or address.lower() == digest.recipient.lower()


def _only_address(digest: Digest | None, context: ReplyContext) -> str:
    known = context.addresses_of(digest) if digest else frozenset[str]()
    return next(iter(known)) if len(known) == 1 else ""


def _is_permanent(block: Message) -> bool:
    """Status 5.x.x, and nothing in the diagnosis that speaks of 4.x.x or 4yz."""
    diagnosis = raw(block, "diagnostic-code")
    status = _STATUS.match(raw(block, "status").strip())
    temporary = {match[1] for match in _STATUS.finditer(diagnosis)} | {
        match[1] for match in _REPLY_CODE.finditer(diagnosis)
    }
    return status is not None and status[1] == "5" and "4" not in temporary


def _from_text(mail: Message, digest: Digest | None, sure: bool, context: ReplyContext) -> Returned | None:
    """A server's own words. Hard only with one status, 5.x.x, and one address, which is the digest's."""
    text = "\n".join(_payload(part) for part in mail.walk() if part.get_content_maintype() == "text")[
        :LONGEST
    ]
    try:
        delayed, failed = all_failures(mail)
    except Exception:  # the detectors read what anybody may send, and raise what they like
        delayed, failed = frozenset[bytes](), frozenset[bytes]()
    known = {one.decode("ascii", "replace").lower() for one in failed | delayed}
    written = {one.lower() for one in _ADDRESS.findall(text)}
    ours = {one for one in known | written if _is_ours(one, digest, context)}
    address = (
        next(iter(ours)) if len(ours) == 1 else next(iter(sorted(known)), _only_address(digest, context))
    )
    statuses = {match[1] for match in _STATUS.finditer(text)}
    if delayed and not failed:
        kind = BounceKind.DELAYED
    else:
        kind = BounceKind.HARD if sure and statuses == {"5"} and len(ours) == 1 else BounceKind.SOFT
    if not address and digest is None:
        return None
    return Returned(Bounce(address=address, kind=kind), digest)
