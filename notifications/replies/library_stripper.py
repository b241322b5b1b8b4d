"""The second opinion on what the sender wrote: mail-parser-reply, taught Vietnamese."""

from __future__ import annotations

import re
from typing import Any

from mailparser_reply import EmailReplyParser
from mailparser_reply.constants import MAIL_LANGUAGES, QUOTED_MATCH_INCLUDE

from notifications.replies.words import fold

_BULLET = re.compile(r"[-+*•–] (?=\S)")  # the library takes "- …" for a signature
LONGEST_LINE = 500  # the library's patterns look at a line in quadratic time
_VIETNAMESE: dict[str, Any] = {
    "wrote_header": (
        rf"^({QUOTED_MATCH_INCLUDE}(?:Vào|Vao|Ngày|Ngay|Lúc|Luc|Thứ|Thu|CN|Chủ Nhật)\s[^\n]{{1,300}}(?:\n[^\n]{{1,200}}){{0,2}}?"
        r"(?:đã viết|da viet|viết|viet|đã ghi|wrote) ?:)$"
    ),
    "from_header": (
        rf"((?:(?:^|\n{QUOTED_MATCH_INCLUDE})[* ]{{0,3}}(?:Từ|Tu|Người gửi|Nguoi gui|Gửi|Gui|Đã gửi|Ngày"
        rf"|Ngày gửi|Ngay gui|Đến|Den|Tới|Người nhận"
        r"|Nguoi nhan|Cc|Đồng gửi|Chủ đề|Chu de|Tiêu đề|Tieu de)[* ]{0,3}:[ *]{0,3}[^\n]*){2,})"
    ),
    "disclaimers": ["Lưu ý bảo mật:"],
    "signatures": [
        r"(?:Xin )?(?:Trân trọng|Tran trong|Kính thư|Kinh thu|Kính chào|Kinh chao)(?: (?:cảm ơn|cám ơn|cam on"
        r"|kính chào|kinh chao))?[ .,!/]*$",
    ],
    "sent_from": r"Đã gửi từ|Da gui tu|Được gửi từ|Gửi từ (?:iPhone|iPad|điện thoại|Outlook)|Tải Outlook",
}
MAIL_LANGUAGES["vi"] = _VIETNAMESE
_PARSER = EmailReplyParser(languages=["vi", "en"])


def kept_lines(text: str) -> frozenset[str]:
    """The lines, folded and trimmed, that the library takes for the sender's own anywhere in the mail."""
    bounded = "\n".join(line[:LONGEST_LINE] for line in _squeezed(text))
    bodies = [reply.body for reply in _PARSER.read(bounded).replies]
    lines = (line.strip() for body in bodies for line in body.split("\n"))
    return frozenset(comparable(line) for line in lines if line and not line.startswith((">", "|")))


def first_lines(text: str) -> frozenset[str]:
    """The same of the newest reply only: what stands above the first quotation."""
    bounded = "\n".join(line[:LONGEST_LINE] for line in _squeezed(text))
    body = _PARSER.read(bounded).replies[0].body
    lines = (line.strip() for line in body.split("\n"))
    return frozenset(comparable(line) for line in lines if line and not line.startswith((">", "|")))


def comparable(line: str) -> str:
    return " ".join(fold(_without_bullet(line)[:LONGEST_LINE]).split())


def _without_bullet(line: str) -> str:
    found = _BULLET.match(line)
    return line[found.end() :] if found else line


def _squeezed(text: str) -> list[str]:
    """Without runs of blank lines, over which the library's patterns go back and forth."""
    lines: list[str] = []
    for line in (_without_bullet(one.strip()) for one in text.split("\n")):
        if line or (lines and lines[-1]):
            lines.append(line)
    return lines
