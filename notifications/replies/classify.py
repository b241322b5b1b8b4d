"""Automatic mail, which changes nothing and is never answered (RFC 3834, and what servers do instead)."""

from __future__ import annotations

import re
from email.message import Message

from notifications.replies.context import ReplyContext
from notifications.replies.headers import decoded, raw, raw_all, same_id
from notifications.replies.words import fold

# Headers whose mere presence says that no person wrote this mail.
MACHINE_HEADERS = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoreply-from", "x-mail-autoreply",
    "x-vacation", "x-fc-machinegenerated", "x-post-messageclass",
)  # fmt: skip
PRECEDENCES = {"bulk", "junk", "auto_reply", "auto-reply"}
# Folded; at the start of a subject, after brackets and "Re:".
_AWAY = re.compile(
    r"(?:\[[^\]]{0,40}\]|re:|tl:|\W)*(?:"
    r"(?:thu |tin nhan |phan hoi |thong bao )?(?:tra loi|phan hoi|thu) tu dong|tu dong (?:tra loi|phan hoi)"
    r"|(?:thong bao |toi )?(?:dang )?(?:vang mat|nghi phep|di vang)|khong co mat|ngoai van phong|thong bao di cong tac"
    r"|auto(?:matic)?[ -]?(?:reply|response|responder)|autoreply|auto:|out of (?:the )?office|ooo:|on vacation"
    r"|vacation (?:reply|notice)|away from (?:the |my )?office|absence)"
)


def automatic(mail: Message, context: ReplyContext) -> str | None:
    """Why no person wrote this mail as an answer; None where one may have."""
    submitted = raw(mail, "auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    if submitted and submitted != "no":
        return "Thư tự động (Auto-Submitted)."
    for name in MACHINE_HEADERS:
        if any(value.lower() != "no" for value in raw_all(mail, name)):
            return f"Thư tự động ({name})."
    if any(
        value.lower() in PRECEDENCES for value in raw_all(mail, "precedence") + raw_all(mail, "x-precedence")
    ):
        return "Thư tự động (Precedence)."
    if mail.get_content_type() == "multipart/report":
        return "Thông báo của máy chủ thư."
    if null_return_path(mail):
        return "Thư không có địa chỉ nhận phản hồi (Return-Path rỗng)."
    if _is_ours(mail, context):
        return "Thư của chính hệ thống quay lại."
    if _AWAY.match(fold(decoded(raw(mail, "subject")))[:200]):
        return "Thư báo vắng mặt hoặc trả lời tự động (tiêu đề)."
    return None


def null_return_path(mail: Message) -> bool:
    return any(value.replace(" ", "") == "<>" for value in raw_all(mail, "return-path"))


def _is_ours(mail: Message, context: ReplyContext) -> bool:
    lists = [re.sub(r"^.*<|>.*$", "", value).lower() for value in raw_all(mail, "list-id")]
    own = {re.sub(r"^.*<|>.*$", "", one.list_id).lower() for one in context.digests if one.list_id}
    return bool(own.intersection(lists)) or any(
        same_id(one.message_id, raw(mail, "message-id")) for one in context.digests
    )
