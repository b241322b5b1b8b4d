"""What leaves as bytes is read back by the standard library's parsers exactly as it was meant."""

import re
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import EmailMessage, Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notifications.message import Attachment, HeaderInjection, Inline, Mail, Mailbox, to_bytes

HANOI = timezone(timedelta(hours=7))
WORDS = (
    "Sở Nội vụ thành phố Cần Thơ báo cáo kết quả thực hiện Chỉ thị đôn đốc Ủy ban nhân dân phường Cái Khế"
    " ĐỀ NGHỊ gửi trước ngày 10/11/2020 (lần 2), “Dân vận khéo” Nguyễn Thị Ước quyền giải trình"
).split()
ODDITIES = [*r'a@b.vn " \ , ; ( ) < > =?utf-8?q?x?= =? ?= = . 👩‍👩‍👧 🇻🇳'.split(" "), "\u2028"]

anything = st.characters(exclude_categories=("Cc", "Cs"))
decomposed = [unicodedata.normalize("NFD", text) for text in WORDS]
word = st.sampled_from([*WORDS, *decomposed, *ODDITIES]) | st.text(anything, min_size=1, max_size=90)
gap = st.sampled_from(["", " ", " ", " ", "  ", "   "])
vietnamese = st.lists(st.tuples(gap, word), max_size=24).flatmap(
    lambda pairs: gap.map(lambda end: "".join(before + text for before, text in pairs) + end)
)
body = st.text(st.sampled_from("aếĐ =.-\r\n\t") | st.characters(exclude_categories=("Cs",)), max_size=600)
modest = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def a_mail(**changes: object) -> Mail:
    mail = Mail(
        sender=Mailbox("Sở Nội vụ", "dondoc@cantho.gov.vn"),
        recipient=Mailbox("Ủy ban nhân dân phường Cái Khế", "caikhe@cantho.gov.vn"),
        reply_to=Mailbox("", "dondoc+k7.x@cantho.gov.vn"),
        subject="3 việc cần báo cáo trước ngày 10/11/2020",
        text="Kính gửi quý cơ quan,\n",
        html='<p style="margin:0">Kính gửi quý cơ quan,</p>\n',
        message_id="<20201109.k7@cantho.gov.vn>",
        date=datetime(2020, 11, 9, 8, 0, tzinfo=HANOI),
    )
    return replace(mail, **changes)  # type: ignore[arg-type]


def parsed(mail: Mail) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(to_bytes(mail), policy=policy.default))


def decoded(words: str) -> str:
    """RFC 2047 as the older, complete decoder of the standard library does it."""
    return "".join(
        part if isinstance(part, str) else part.decode(charset or "ascii")
        for part, charset in decode_header(words)
    )


def lines_of(raw: bytes) -> list[bytes]:
    assert raw.isascii()
    assert raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n")
    return raw.split(b"\r\n")


@modest
@given(vietnamese)
@example("=?utf-8?q?x?= in ASCII")
def test_any_subject_reads_back_exactly(text: str) -> None:
    assert str(parsed(a_mail(subject=text))["subject"]) == text


@modest
@given(vietnamese)
def test_any_text_in_an_x_header_reads_back_exactly(text: str) -> None:
    message = parsed(a_mail(headers=(("X-D", text), ("X-" + "N" * 52, text))))
    assert [str(message[name]) for name in ("x-d", "x-" + "n" * 52)] == [text, text]


@modest
@given(vietnamese)
@example("=?utf-8?q?x?= in ASCII")
@example('a "b" \\c, (d)')
def test_any_display_name_reads_back_exactly_and_keeps_its_address(name: str) -> None:
    box = Mailbox(name, "don.vi+7@cantho.gov.vn")
    message: Message = message_from_bytes(to_bytes(a_mail(sender=box, recipient=box, reply_to=box)))
    for header in ("From", "To", "Reply-To"):
        phrase, address = parseaddr(message[header])
        assert (decoded(phrase), address) == (name, box.address)


@modest
@given(vietnamese)
def test_the_newer_parser_finds_the_one_address_and_at_most_adds_or_drops_spaces(name: str) -> None:
    """Python 3.11, against RFC 2047: in a phrase it keeps the folding between words, merges double spaces."""
    (address,) = parsed(a_mail(recipient=Mailbox(name, "a@cantho.gov.vn")))["to"].addresses
    assert address.addr_spec == "a@cantho.gov.vn"
    assert "".join(address.display_name.split()) == "".join(name.split())
    if len(name.encode()) <= 45 and not re.search(r"\s\s", name):  # one encoded-word
        assert address.display_name == name


def test_a_long_name_is_cut_between_words_for_readers_that_show_the_folding() -> None:
    name = "Đài Phát thanh và Truyền hình thành phố Cần Thơ"
    (address,) = parsed(a_mail(recipient=Mailbox(name, "a@cantho.gov.vn")))["to"].addresses
    assert " ".join(address.display_name.split()) == name


@modest
@given(vietnamese, vietnamese.filter(bool), body, body)
def test_no_line_is_longer_than_76_octets(text: str, name: str, plain: str, html: str) -> None:
    box = Mailbox(text, "don.vi@cantho.gov.vn")
    files = (Attachment(name, "text/calendar; charset=utf-8; method=PUBLISH", plain.encode()),)
    raw = to_bytes(
        a_mail(
            sender=box, subject=text, text=plain, html=html, headers=(("X-Ghi-Chu", text),), attachments=files
        )
    )
    assert max(map(len, lines_of(raw))) <= 76


@modest
@given(body, body)
def test_bodies_read_back_exactly_but_for_their_line_ends(plain: str, html: str) -> None:
    message = parsed(a_mail(text=plain, html=html))
    for kind, meant in (("plain", plain), ("html", html)):
        part = message.get_body((kind,))
        assert part is not None
        assert part.get_content() == meant.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


@modest
@given(vietnamese.filter(bool), st.binary(max_size=300))
def test_attachments_read_back_exactly_with_their_names(name: str, content: bytes) -> None:
    files = (Attachment(name, "application/pdf", content), Attachment("lich.ics", "text/x-none; x=1", b""))
    first, second = parsed(a_mail(attachments=files)).iter_attachments()
    # Not get_filename(), which strips what it reads.
    assert first["content-disposition"].params["filename"] == name
    assert second["content-disposition"].params["filename"] == "lich.ics"
    assert (first.get_payload(decode=True), second.get_payload(decode=True)) == (content, b"")


@modest
@given(
    st.sampled_from(
        ["name", "subject", "address", "message_id", "reference", "header", "header name", "file", "type"]
    ),
    st.characters(categories=("Cc", "Cs")),
    st.integers(0, 6),
)
def test_control_characters_are_refused_in_everything_that_goes_into_a_header(
    field: str, bad: str, at: int
) -> None:
    def spoilt(value: str) -> str:
        return value[:at] + bad + value[at:]

    mail = {
        "name": a_mail(recipient=Mailbox(spoilt("Sở Nội vụ"), "a@b.vn")),
        "subject": a_mail(subject=spoilt("Nhắc việc")),
        "address": a_mail(sender=Mailbox("", spoilt("ab@c.vn"))),
        "message_id": a_mail(message_id=spoilt("<a@b.vn>")),
        "reference": a_mail(references=("<a@b>", spoilt("<c@d.vn>"))),
        "header": a_mail(headers=(("List-Id", spoilt("<dondoc>")),)),
        "header name": a_mail(headers=((spoilt("X-Dondoc"), "1"),)),
        "file": a_mail(attachments=(Attachment(spoilt("lich.ics"), "text/calendar", b""),)),
        "type": a_mail(attachments=(Attachment("lich.ics", spoilt("text/calendar"), b""),)),
    }[field]
    with pytest.raises(HeaderInjection, match=rf"^[ -~]+: U\+{ord(bad):04X} [ -~]+\Z"):
        to_bytes(mail)


def test_an_injected_header_is_refused_by_the_name_of_the_header() -> None:
    with pytest.raises(HeaderInjection, match=r"^Subject: U\+000D may not stand in a header \(position 4\)$"):
        to_bytes(a_mail(subject="Nhắc\r\nBcc: ai-do@example.org"))


def test_the_structure_is_an_alternative_and_mixed_only_with_attachments() -> None:
    files = (
        Attachment("lịch.ics", 'text/calendar; charset="utf-8"; method=PUBLISH', b"BEGIN:VCALENDAR\r\n"),
    )
    plain, mixed = a_mail(), a_mail(attachments=files)
    two = ["multipart/alternative", "text/plain", "text/html"]
    for read in (policy.default, policy.compat32):
        assert [
            part.get_content_type() for part in message_from_bytes(to_bytes(plain), policy=read).walk()
        ] == two
        tree = list(message_from_bytes(to_bytes(mixed), policy=read).walk())
        assert [part.get_content_type() for part in tree] == ["multipart/mixed", *two, "text/calendar"]
        assert not any(part.defects for part in tree)
        assert tree[-1].get_param("method") == "PUBLISH"


def test_the_same_mail_gives_the_same_bytes_and_another_message_id_other_boundaries() -> None:
    files = (Attachment("a.txt", "text/plain", b"a"),)
    first, other = a_mail(attachments=files), a_mail(message_id="<b@c.vn>")
    assert to_bytes(first) == to_bytes(a_mail(attachments=files))
    assert parsed(first).get_boundary() not in (None, parsed(other).get_boundary())


def test_date_message_id_and_thread_read_back() -> None:
    message = parsed(a_mail(references=("<a@b>", "<c@d>")))
    assert parsedate_to_datetime(message["date"]) == datetime(2020, 11, 9, 8, 0, tzinfo=HANOI)
    assert message["message-id"] == "<20201109.k7@cantho.gov.vn>"
    assert message["in-reply-to"] == "<c@d>"
    assert message["references"] == "<a@b> <c@d>"


def test_a_long_thread_keeps_its_root_and_its_nine_newest() -> None:
    known = tuple(f"<{number}@b>" for number in range(40))
    assert parsed(a_mail(references=known))["references"].split() == [known[0], *known[-9:]]


def test_a_malformed_reference_of_another_program_is_left_out() -> None:
    message = parsed(a_mail(references=("<a@b>", "không phải mã", "<a b@c>", "")))
    assert (message["in-reply-to"], message["references"]) == ("<a@b>", "<a@b>")


def test_what_cannot_be_folded_stays_whole_up_to_998_octets() -> None:
    long_id, address = f"<{'k' * 900}@b.vn>", f"{'n' * 64}@{'.'.join(['d' * 46] * 4)}"
    raw = to_bytes(
        a_mail(message_id=long_id, references=(long_id[:-1] + "x>",) * 3, reply_to=Mailbox("Sở", address))
    )
    assert max(map(len, lines_of(raw))) <= 998
    message = message_from_bytes(raw, policy=policy.default)
    assert message["message-id"] == long_id
    assert message["reply-to"].addresses[0].addr_spec == address
    with pytest.raises(ValueError, match="Message-ID: a word of more than 998"):
        to_bytes(a_mail(message_id=f"<{'k' * 998}@b.vn>"))


def test_long_structured_headers_fold_at_their_own_spaces() -> None:
    value = ", ".join(f"<https://dondoc.cantho.gov.vn/thoi-nhan/{number}>" for number in range(9))
    raw = to_bytes(a_mail(headers=(("List-Unsubscribe", value), ("Auto-Submitted", "auto-generated"))))
    message = message_from_bytes(raw, policy=policy.default)
    assert (message["list-unsubscribe"], message["auto-submitted"]) == (value, "auto-generated")
    assert max(map(len, lines_of(raw))) <= 76


@pytest.mark.parametrize(
    "address", ["a@localhost", "don.vi+k7=x@cantho.gov.vn", "o'neil@xn--cn-th-e0a.vn", "1@1.vn"]
)
def test_a_plain_address_is_accepted(address: str) -> None:
    assert parsed(a_mail(recipient=Mailbox("", address)))["to"].addresses[0].addr_spec == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b.vn",
        "a@",
        "a@b@c.vn",
        "a b@c.vn",
        "a@b..vn",
        ".a@b.vn",
        "a.@b.vn",
        "a@-b.vn",
        "a@b-.vn",
        "a@b.vn.",
    ]
    + ["<a@b.vn>", "a@b.vn, c@d.vn", "a@b.vn>", '"a"@b.vn', "sở@b.vn", "a@sở.vn", "a@b_c.vn", "a@[127.0.0.1]"]
    + ["a" * 65 + "@b.vn", "a@" + "b" * 64 + ".vn", "a@" + "b." * 127 + "vn"],
)
def test_an_address_that_could_mean_something_else_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"^To: .* is not an address"):
        to_bytes(a_mail(recipient=Mailbox("Sở", address)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": a_mail().date.replace(tzinfo=None)}, "Date: "),
        ({"message_id": "a@b.vn"}, "Message-ID: "),
        ({"headers": (("Bcc", "a@b.vn"),)}, "Bcc: this header comes from the fields of Mail"),
        ({"headers": (("Content-Type", "text/plain"),)}, "Content-Type: this header"),
        ({"headers": (("X:Y", "1"),)}, "'X:Y': a header name"),
        ({"headers": (("List-Id", "Đôn đốc <dondoc>"),)}, "List-Id: text beyond ASCII"),
        ({"attachments": (Attachment("", "text/plain", b""),)}, "Content-Disposition: "),
        ({"attachments": (Attachment("a", "text", b""),)}, "Content-Type: 'text' is not of the form"),
        ({"attachments": (Attachment("a", "message/rfc822", b""),)}, "Content-Type: message/rfc822"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}"):
        to_bytes(a_mail(**changes))


@modest
@given(st.lists(st.text(alphabet="a.é= ", max_size=120), max_size=5), st.integers(60, 90))
@example([".", ".a"], 75)
def test_no_line_of_a_mail_begins_with_a_dot_which_smtp_would_have_to_double(
    lines: list[str], dot: int
) -> None:
    text = "\n".join(["x" * 300, "x" * dot + ".html", *lines])
    raw = to_bytes(a_mail(text=text, html=text))
    assert not [line for line in lines_of(raw) if line.startswith(b".")]
    assert raw.endswith(b"\r\n")
    for part in message_from_bytes(raw).walk():
        content = part.get_payload(decode=True)
        assert content is None or cast(bytes, content).decode().replace("\r\n", "\n") == text


def test_text_that_is_mostly_ascii_stays_readable_on_the_wire() -> None:
    raw = to_bytes(
        a_mail(subject="[dondoc] 3 reports due", text="Dear all,\n", recipient=Mailbox("Q. 1", "a@b.vn"))
    )
    assert b"\r\nSubject: [dondoc] 3 reports due\r\n" in raw
    assert b'\r\nTo: "Q. 1" <a@b.vn>\r\n' in raw
    assert b"\r\nDear all,\r\n" in raw


@modest
@given(st.binary(max_size=400), vietnamese.filter(bool), st.booleans())
def test_a_picture_shown_in_the_html_reads_back_beside_it(png: bytes, name: str, attached: bool) -> None:
    picture = Inline("heatmap@dondoc.example", name, "image/png", png)
    files = (Attachment("a.xlsx", "application/octet-stream", png),) if attached else ()
    mail = a_mail(html='<img src="cid:heatmap@dondoc.example" alt="">', inline=(picture,), attachments=files)
    message = parsed(mail)
    related = next(part for part in message.walk() if part.get_content_type() == "multipart/related")
    html, shown = cast(list[EmailMessage], related.get_payload())
    assert html.get_content_type() == "text/html"
    assert (shown["Content-ID"], shown.get_content_disposition()) == ("<heatmap@dondoc.example>", "inline")
    assert shown.get_content() == png
    assert max(map(len, lines_of(to_bytes(mail)))) <= 76


@pytest.mark.parametrize("cid", ["no-host", "a b@c", "a@b\r\nBcc: x@y"])
def test_a_picture_needs_a_writable_content_id(cid: str) -> None:
    with pytest.raises(ValueError, match="Content-ID"):
        to_bytes(a_mail(inline=(Inline(cid, "a.png", "image/png", b"x"),)))
