"""Replies as six mail clients send them, in Vietnamese and English: real MIME around a compact description."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from html import escape

from notifications.replies.context import ContactAddress, Digest, DigestItem, ReplyContext, TokenState

SERVER = "mx.cantho.example"
LEAD = "van-thu.stp@cantho.example"
SERVICE = "Sở Nội vụ thành phố Cần Thơ"
FOUR, ONE, OLD, EXPIRED, REVOKED, CLOSED = "four", "one", "old", "expired", "revoked", "closed"
TITLES = (
    "Báo cáo kết quả thực hiện Năm dân vận khéo 2020",
    "Kế hoạch triển khai quy chế dân chủ ở cơ sở",
    "Rà soát thủ tục hành chính liên quan đến người dân",
    "Tổ chức hội nghị đối thoại với Nhân dân",
)
TOPIC = "[Nhắc việc] Còn 2 ngày làm việc"
DUE = "2020-11-10T00:00:00+07:00"


def address(digest: str) -> str:
    return f"dondoc+{digest:a<26}@cantho.example"


def _digest(name: str, items: Sequence[DigestItem], state: TokenState = TokenState.VALID) -> Digest:
    return Digest.model_validate(
        {
            "reply_address": address(name),
            "state": state,
            "recipient": "STP",
            "message_id": f"<{name}@cantho.example>",
            "list_id": "<dvk-2020.dondoc.cantho.example>",
            "verp_address": f"dondoc-bounces+{name}@cantho.example",
            "sent_at": "2020-11-02T08:00:00+07:00",
            "items": items,
        }
    )


def _items(count: int, closed: Sequence[int] = ()) -> list[DigestItem]:
    return [
        DigestItem.model_validate(
            {"n": n, "title": TITLES[n - 1], "due_before": DUE, "open": n not in closed}
        )
        for n in range(1, count + 1)
    ]


def the_context() -> ReplyContext:
    """Six digests of one unit; the time is 08/11/2020, two days before the directive's deadline."""
    swapped = [DigestItem(n=1, title=TITLES[2]), DigestItem(n=2, title=TITLES[0])]
    return ReplyContext.model_validate(
        {
            "digests": [
                _digest(FOUR, _items(4)),
                _digest(ONE, _items(1)),
                _digest(OLD, swapped),
                _digest(EXPIRED, _items(4), TokenState.EXPIRED),
                _digest(REVOKED, _items(4), TokenState.REVOKED),
                _digest(CLOSED, _items(4, closed=[3])),
            ],
            "contacts": [
                ContactAddress(unit="STP", address=LEAD),
                ContactAddress(unit="STP", address="lanh-dao.stp@cantho.example"),
                ContactAddress(unit="SYT", address="van-thu.syt@cantho.example"),
            ],
            "authserv_id": SERVER,
            "now": "2020-11-08T09:00:00+07:00",
        }
    )


def the_quote(digest: str) -> list[str]:
    """The digest's text, as a client would quote it."""
    count = {ONE: 1, OLD: 2}.get(digest, 4)
    titles = [TITLES[2], TITLES[0]] if digest == OLD else TITLES[:count]
    lines = ["----- Vui lòng trả lời phía trên dòng này -----", "", "Kính gửi: Sở Tư pháp", ""]
    for n, title in enumerate(titles, 1):
        lines += [f"{n}. {title}", "   Thời hạn: trước ngày 10/11/2020, tức hết ngày 09/11/2020 (thứ Hai)"]
    return [
        *lines,
        "",
        "Trả lời nhanh: chép một dòng dưới đây vào thư trả lời.",
        "    1 đã gửi báo cáo số …/BC-… ngày …",
        "    tất cả đã tiếp nhận",
    ]


@dataclass
class Reply:
    """What one reply is. `own` for place inline: {item: line}; `None` as a key is below the whole quote."""

    text: str = ""
    digest: str = FOUR
    client: str = "gmail-vi"
    place: str = "top"
    encoding: str = "nfc"
    signature: str = ""
    sender: str = f"Văn thư Sở Tư pháp <{LEAD}>"
    auth: Sequence[str] | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    subject: str = f"Re: {TOPIC}"
    to: str | None = None
    delivered: str | None = None
    answers_to: str | None = None
    inline: dict[int, str] = field(default_factory=dict[int, str])
    files: Sequence[tuple[str, bytes]] = ()
    quote: bool = True
    html_only: bool = False

    def build(self) -> bytes:
        text = _encoded(self.text, self.encoding)
        plain, html = CLIENTS[self.client](self, text)
        body = self._body(plain, html)
        if self.files:
            whole = MIMEMultipart("mixed")
            whole.attach(body)
            for name, content in self.files:
                part = MIMEApplication(content)
                part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
                whole.attach(part)
            body = whole
        return self._head() + body.as_bytes()

    def _body(self, plain: str, html: str | None) -> MIMEMultipart | MIMEText:
        if self.html_only:
            return MIMEText(html or f"<html><body>{_html(plain)}</body></html>", "html", "utf-8")
        if html is None:
            part = MIMEText(plain, "plain", "utf-8")
            if self.client.startswith("thunderbird"):
                part.set_param("format", "flowed")
            return part
        both = MIMEMultipart("alternative")
        both.attach(MIMEText(plain, "plain", "utf-8"))
        both.attach(MIMEText(html, "html", "utf-8"))
        return both

    def _head(self) -> bytes:
        domain = self.sender.rpartition("@")[2].strip(">")
        passed = f"{SERVER}; spf=pass smtp.mailfrom={domain}; dmarc=pass (p=REJECT) header.from={domain}"
        where = address(self.digest)
        lines = [
            f"Delivered-To: {self.delivered or where}",
            f"Return-Path: <{self.sender.rpartition('<')[2].strip('>')}>",
        ]
        lines += [
            f"Authentication-Results: {one}" for one in (self.auth if self.auth is not None else [passed])
        ]
        lines += [f"Received: from mail.{domain} by {SERVER}; Sun, 8 Nov 2020 08:30:00 +0700"]
        parent = self.answers_to or self.digest
        fields = {
            "From": _words(self.sender),
            "To": self.to or f"{_words(SERVICE)} <{where}>",
            "Subject": _word(self.subject),
            "Date": "Sun, 8 Nov 2020 08:29:58 +0700",
            "Message-ID": f"<{abs(hash(self.text)) % 10**8}@{domain}>",
            "In-Reply-To": f"<{parent}@cantho.example>",
            "References": f"<{parent}@cantho.example>",
        } | self.headers
        lines += [f"{name}: {value}" for name, value in fields.items() if value]
        return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def _word(text: str) -> str:
    from email.header import Header

    return text if text.isascii() else Header(text, "utf-8").encode()


def _words(text: str) -> str:
    name, bracket, rest = text.partition(" <")
    return f"{_word(name)}{bracket}{rest}"


def _encoded(text: str, encoding: str) -> str:
    match encoding:
        case "nfd":
            return unicodedata.normalize("NFD", text)
        case "plain":
            return without_marks(text)
        case "telex":
            return " ".join(_telex(word) for word in text.split(" "))
        case "upper":
            return text.upper()
        case _:
            return text


def without_marks(text: str) -> str:
    kept = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return kept.replace("đ", "d").replace("Đ", "D")


_TONES = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
_MARKS = {"\u0302": None, "\u0306": "w", "\u031b": "w"}


def _telex(word: str) -> str:
    """The keystrokes of a word, as they stay when the keyboard was not switched on."""
    typed, tone = "", ""
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone = _TONES[char]
        elif char in _MARKS:
            typed += _MARKS[char] or typed[-1].lower()
        else:
            typed += {"đ": "dd", "Đ": "Dd"}.get(char, char)
    end = len(typed.rstrip(".,:;?!"))
    return typed[:end] + tone + typed[end:]


def _html(text: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>\n" for line in text.split("\n"))


def _quoted(reply: Reply, mark: str = "> ") -> list[str]:
    lines: list[str] = []
    number = 0
    for line in the_quote(reply.digest):
        lines.append(f"{mark}{line}".rstrip())
        if line[:1].isdigit():
            number = int(line[0])
        elif line.startswith("   Thời hạn") and number in reply.inline:
            lines += ["", _encoded(reply.inline[number], reply.encoding), ""]
    return lines


def _marked(attribution: str) -> Callable[[Reply, str], tuple[str, str | None]]:
    """Clients that mark each quoted line."""

    def write(reply: Reply, text: str) -> tuple[str, str | None]:
        own = text + (f"\n\n{reply.signature}" if reply.signature else "")
        if not reply.quote:
            return own, None
        quote = "\n".join([attribution, *_quoted(reply)])
        match reply.place:
            case "bottom":
                return f"{quote}\n\n{own}\n", None
            case "inline":
                return (f"{own}\n\n" if own else "") + quote + "\n", None
            case _:
                return f"{own}\n\n{quote}\n", None

    return write


def _gmail(attribution: str) -> Callable[[Reply, str], tuple[str, str | None]]:
    def write(reply: Reply, text: str) -> tuple[str, str | None]:
        plain, _ = _marked(attribution)(reply, text)
        own = text + (f"\n-- \n{reply.signature}" if reply.signature else "")
        quoted = "<br>\n".join(escape(line) for line in the_quote(reply.digest))
        html = (
            f'<div dir="ltr">{_html(own)}</div><br><div class="gmail_quote">'
            f'<div dir="ltr" class="gmail_attr">{escape(attribution)}<br></div>'
            f'<blockquote class="gmail_quote" style="margin:0">{quoted}</blockquote></div>'
        )
        return plain, html

    return write


def _blocked(head: Sequence[str], line: str = "") -> Callable[[Reply, str], tuple[str, str | None]]:
    """Clients that put the old headers above an unmarked quote."""

    def write(reply: Reply, text: str) -> tuple[str, str | None]:
        own = text + (f"\n\n{reply.signature}" if reply.signature else "")
        quote = [line] if line else []
        quote += [*head, "", *the_quote(reply.digest)]
        plain = own + "\n\n" + "\n".join(quote) + "\n" if reply.quote else own
        old_head, old = _html("\n".join(head)), _html("\n".join(the_quote(reply.digest)))
        html = (
            f"<html><head><style>p{{margin:0}}</style></head><body>{_html(own)}<hr>"
            f'<div id="divRplyFwdMsg">{old_head}</div>{old}</body></html>'
        )
        return plain, html

    return write


def _ios(attribution: str, sent_from: str) -> Callable[[Reply, str], tuple[str, str | None]]:
    def write(reply: Reply, text: str) -> tuple[str, str | None]:
        own = f"{text}\n\n{sent_from}"
        return own + "\n\n" + "\n".join([f"> {attribution}", "> ", *_quoted(reply)]) + "\n", None

    return write


_WHO = f"{SERVICE} <{address(FOUR)}>"
CLIENTS: dict[str, Callable[[Reply, str], tuple[str, str | None]]] = {
    "gmail-vi": _gmail(
        f"Vào Th 2, 2 thg 11, 2020 vào lúc 08:00 {SERVICE} <\ndondoc@cantho.example> đã viết:"
    ),
    "gmail-en": _gmail(f"On Mon, Nov 2, 2020 at 8:00 AM {SERVICE} <dondoc@cantho.example>\nwrote:"),
    "outlook-vi": _blocked(
        [
            f"Từ: {_WHO}",
            "Đã gửi: Thứ Hai, 2 Tháng Mười Một 2020 8:00 SA",
            f"Đến: Sở Tư pháp <{LEAD}>",
            f"Chủ đề: {TOPIC}",
        ],
        "________________________________",
    ),
    "outlook-en": _blocked(
        [f"From: {_WHO}", "Sent: Monday, November 2, 2020 8:00 AM", f"To: {LEAD}", f"Subject: {TOPIC}"]
    ),
    "apple-vi": _marked(f"Vào ngày 2 thg 11, 2020, lúc 08:00, {SERVICE} <dondoc@cantho.example> đã viết:"),
    "apple-en": _marked(f"On 2 Nov 2020, at 08:00, {SERVICE} <dondoc@cantho.example> wrote:"),
    "zimbra-vi": _blocked(
        [
            f'Từ: "{SERVICE}" <dondoc@cantho.example>',
            f'Đến: "Sở Tư pháp" <{LEAD}>',
            "Đã gửi: Thứ Hai, 2 Tháng 11, 2020 08:00:00",
            f"Chủ đề: {TOPIC}",
        ],
        "----- Thư gốc -----",
    ),
    "zimbra-en": _blocked(
        [
            f'From: "{SERVICE}" <dondoc@cantho.example>',
            f'To: "Sở Tư pháp" <{LEAD}>',
            "Sent: Monday, November 2, 2020 8:00:00 AM",
            f"Subject: {TOPIC}",
        ],
        "----- Original Message -----",
    ),
    "thunderbird-vi": _marked(f"Vào 02/11/2020 08:00, {SERVICE} đã viết:"),
    "thunderbird-en": _marked(f"On 02/11/2020 08:00, {SERVICE} wrote:"),
    "ios-vi": _ios(
        f"Vào 2 thg 11, 2020, lúc 08:00, {SERVICE} <dondoc@cantho.example> đã viết:",
        "Đã gửi từ iPhone của tôi",
    ),
    "ios-en": _ios(
        f"On 2 Nov 2020, at 08:00, {SERVICE} <dondoc@cantho.example> wrote:", "Sent from my iPhone"
    ),
}
