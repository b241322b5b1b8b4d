"""Which digest a mail answers: by its reply token; by In-Reply-To only as a hint for a person."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

from notifications.replies.context import Digest, ReplyContext, TokenState
from notifications.replies.headers import addresses, message_ids, raw, raw_all, same_id

# What the delivering server wrote comes before what the sender wrote; of each only the topmost.
ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


@dataclass(frozen=True, slots=True)
class Match:
    """`doubt`: why the mail cannot be applied by itself although (or because) this digest was found."""

    digest: Digest | None
    doubt: str | None = None


def match(mail: Message, context: ReplyContext) -> Match:
    by_token = _by_token(mail, context)
    if len(by_token) > 1:
        return Match(None, "Thư gửi đến địa chỉ trả lời của nhiều thư nhắc việc, không rõ trả lời thư nào.")
    parents = _by_parent(mail, context)
    if not by_token:
        if len(parents) == 1:
            return Match(
                parents[0], "Thư không gửi đến địa chỉ trả lời riêng; chỉ đoán được qua chuỗi thư trả lời."
            )
        return Match(None, "Không xác định được thư nhắc việc mà thư này trả lời.")
    digest = by_token[0]
    direct = [one for one in context.digests if same_id(one.message_id, raw(mail, "in-reply-to"))]
    if direct and digest not in direct:
        return Match(
            digest, "Địa chỉ trả lời thuộc một thư nhắc việc, nhưng thư lại trả lời một thư nhắc việc khác."
        )
    return Match(digest, _state_doubt(digest))


def _state_doubt(digest: Digest) -> str | None:
    match digest.state:
        case TokenState.EXPIRED:
            return "Địa chỉ trả lời của thư nhắc việc này đã hết hạn."
        case TokenState.REVOKED:
            return "Địa chỉ trả lời của thư nhắc việc này đã bị thu hồi."
        case TokenState.VALID:
            return None


def _by_token(mail: Message, context: ReplyContext) -> list[Digest]:
    """The digests whose reply address the mail came to; at the first place that names one."""
    places = [[raw(mail, name)] for name in ENVELOPE]
    places.append([*raw_all(mail, "to"), *raw_all(mail, "cc")])
    for values in places:
        named = set(addresses(values))
        found = [one for one in context.digests if one.reply_address.lower() in named]
        if found:
            return found
    return []


def _by_parent(mail: Message, context: ReplyContext) -> list[Digest]:
    for name in ("in-reply-to", "references"):
        ids = message_ids(raw(mail, name))
        for parent in reversed(ids):  # the nearest ancestor is last
            found = [one for one in context.digests if same_id(one.message_id, parent)]
            if found:
                return found
    return []
