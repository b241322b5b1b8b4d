"""One mail, read against a context: what it says, and whether that may take effect by itself.

`read` is pure, never raises, and takes time linear in the mail: limits come first, and every pattern is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import Message

from notifications.replies.attachments import files, leaves
from notifications.replies.body import body_text
from notifications.replies.bounce import returned
from notifications.replies.bounded import TooMuch, head_of, mail_of
from notifications.replies.classify import automatic
from notifications.replies.commands import read_commands
from notifications.replies.context import VIETNAM, Digest, ReplyContext
from notifications.replies.ground import ground_of
from notifications.replies.headers import decoded, raw, sender_name
from notifications.replies.inline import read_inline
from notifications.replies.library_stripper import comparable, first_lines, kept_lines
from notifications.replies.match import Match, match
from notifications.replies.merge import Meaning, merge
from notifications.replies.own_text import OwnText, own_text
from notifications.replies.said import Said, Unclear
from notifications.replies.signature import refuse_matter
from notifications.replies.trust import distrust
from notifications.replies.verdict import AttachmentVerdict, Kind, Verdict
from notifications.replies.words import fold

LONGEST_BODY = 200_000  # characters of text with its quotations
LONGEST_OWN = 20_000  # characters of own words
FORWARD_MARKS = ("fwd:", "fw:", "chuyen tiep:", "[chuyen tiep]", "tr:", "chuyen tiep ")


@dataclass
class Reading:
    """A verdict and how it came about, for `dondoc parse-reply` without --json."""

    verdict: Verdict
    digest: Digest | None = None
    own: OwnText | None = None
    sources: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    distrust: str | None = None


def read(raw_mail: bytes, context: ReplyContext) -> Verdict:
    return explain(raw_mail, context).verdict


def explain(raw_mail: bytes, context: ReplyContext) -> Reading:
    return _guarded(lambda: _opened(raw_mail, context))


def _guarded(read_it: Callable[[], Reading]) -> Reading:
    try:
        return read_it()
    except Exception as error:  # whatever a mail makes the standard library raise, a person reads it
        return Reading(_queued(f"Không đọc được thư ({type(error).__name__})."))


def _opened(raw_mail: bytes, context: ReplyContext) -> Reading:
    try:
        mail = mail_of(raw_mail)
        leaves(mail)
        return _explained(mail, context)
    except TooMuch as limit:
        return _too_much(head_of(raw_mail), context, str(limit))


def _too_much(mail: Message, context: ReplyContext, why: str) -> Reading:
    """Not read, but whose it is stands in the headers."""
    found = match(mail, context)
    reading = Reading(_queued(why, found.digest), found.digest)
    if found.digest is not None:
        reading.distrust = found.doubt or distrust(mail, found.digest, context)
    return reading


def _explained(mail: Message, context: ReplyContext) -> Reading:
    if bounced := returned(mail, context):
        digest_id = bounced.digest.message_id if bounced.digest else None
        return Reading(Verdict(verdict=Kind.BOUNCE, digest=digest_id, bounce=bounced.bounce), bounced.digest)
    found = match(mail, context)
    digest_id = found.digest.message_id if found.digest else None
    if why := automatic(mail, context):
        return Reading(Verdict(verdict=Kind.AUTO, digest=digest_id, reason=why), found.digest)
    attached = tuple(one.verdict for one in files(mail))
    return _answered(mail, context, found, attached)


def _answered(
    mail: Message, context: ReplyContext, found: Match, attached: Sequence[AttachmentVerdict]
) -> Reading:
    digest = found.digest
    if digest is None:
        return Reading(_queued(found.doubt or "", attachments=attached))
    reading = Reading(_queued("", digest, attachments=attached), digest)
    try:
        meaning = _meaning(mail, context, digest, any(one.accepted for one in attached), reading)
    except Unclear as unclear:
        reading.verdict = _queued(unclear.reason, digest, attachments=attached)
        reading.distrust = found.doubt or distrust(mail, digest, context)
        return reading
    reading.sources = meaning.sources
    reading.distrust = distrust(mail, digest, context)
    closed = f"Mục {', '.join(map(str, meaning.closed))} không còn mở." if meaning.closed else None
    reason = found.doubt or reading.distrust or closed
    kind = Kind.QUEUE if reason else Kind.UNDO if meaning.undo else Kind.APPLY
    reading.verdict = Verdict(
        verdict=kind, digest=digest.message_id, actions=tuple(meaning.actions), undo=meaning.undo, reason=reason,
        attachments=tuple(attached),
    )  # fmt: skip
    return reading


def _meaning(
    mail: Message, context: ReplyContext, digest: Digest, has_file: bool, reading: Reading
) -> Meaning:
    """Errors: Unclear."""
    text = body_text(mail)
    if len(text) > LONGEST_BODY:
        raise Unclear("Thư quá dài để tự đọc.")
    own = reading.own = own_text(text)
    if own.forwarded or fold(decoded(raw(mail, "subject"))).strip().startswith(FORWARD_MARKS):
        raise Unclear("Thư chuyển tiếp, không phải câu trả lời trực tiếp.")
    if sum(map(len, own.top)) + sum(len(one.text) for one in own.inline) > LONGEST_OWN:
        raise Unclear("Thư quá dài để tự đọc.")
    today = context.now.astimezone(VIETNAM).date()
    ground = ground_of(digest, context, sender_name(mail), text, today)
    said = read_commands(own.top, ground)
    below = read_inline(own.inline, digest, ground)
    if not said and not below:
        raise Unclear("Thư không có câu trả lời nào hiểu được.")
    refuse_matter(own.signature, ground)
    _agreed(text, said, below)
    return merge([*said, *below], digest, today, has_file)


def _agreed(text: str, said: Sequence[Said], below: Sequence[Said]) -> None:
    """Both strippers must take a command for the sender's own words. Errors: Unclear."""
    bounded = text[: LONGEST_OWN * 2]
    above, anywhere = first_lines(bounded), kept_lines(bounded)
    for found, kept in ((said, above), (below, anywhere)):
        if any(comparable(line.strip()) not in kept for one in found for line in one.lines):
            raise Unclear("Không chắc phần nào là lời của người gửi, phần nào là thư được trích lại.")


def _queued(
    reason: str, digest: Digest | None = None, attachments: Sequence[AttachmentVerdict] = ()
) -> Verdict:
    return Verdict(
        verdict=Kind.QUEUE,
        digest=digest.message_id if digest else None,
        reason=reason,
        attachments=tuple(attachments),
    )
