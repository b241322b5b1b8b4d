"""Mails made to hurt: small to write, endless to read for a reader that does not look first. Each of a size in octets."""

from __future__ import annotations

import base64
from collections.abc import Callable
from itertools import chain

HEAD = (
    b"From: van-thu.stp@cantho.example\r\nTo: dondoc@dondoc.example\r\nSubject: Re\r\n"
    b"Message-ID: <bomb@cantho.example>\r\n"
)


def _filled(start: bytes, unit: bytes, end: bytes = b"") -> Callable[[int], bytes]:
    return lambda size: HEAD + start + unit * max(1, (size - len(start)) // len(unit)) + end


def _encoded(kind: bytes, unit: bytes, start: bytes = b"", end: bytes = b"") -> Callable[[int], bytes]:
    """Lines that no count of lines in the mail itself sees: they stand in base64."""

    def made(size: int) -> bytes:
        text = start + unit * (size * 3 // 4 // len(unit)) + end
        head = b"Content-Type: %b\r\nContent-Transfer-Encoding: base64\r\n\r\n" % kind
        return HEAD + head + base64.encodebytes(text)

    return made


def _nested(head: Callable[[int], bytes], most: int) -> Callable[[int], bytes]:
    def made(size: int) -> bytes:
        levels = chain.from_iterable([head(n)] for n in range(min(most, max(1, size // 60))))
        return HEAD + b"".join(levels) + b"x"

    return made


def _multipart(n: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)


TEXT, FLOWED, HTML = b"text/plain; charset=utf-8", b"text/plain; format=flowed", b"text/html; charset=utf-8"
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
BOMBS: dict[str, Callable[[int], bytes]] = {
    "a very long letter": _filled(b"\r\n", "Kính gửi Sở Nội vụ, đơn vị đã hoàn thành.\r\n".encode()),
    "a letter on one line": _filled(b"\r\n", b"abc "),
    "a letter of empty lines": _filled(b"\r\n", b"\n"),
    "a letter of carriage returns": _filled(b"\r\n", b"\r"),
    "flowed text in short lines": _encoded(FLOWED, b"a \n"),
    "flowed text with DelSp": _encoded(FLOWED + b"; delsp=yes", b"a \n"),
    "quotation marks": _encoded(TEXT, b"> "),
    "lines of quotation": _encoded(TEXT, b">\n"),
    "a hundred thousand header lines": _filled(b"", b"X-Long: y\n"),
    "one endless header": _filled(b"X-Long: ", b"y"),
    "one header without end of head": _filled(b"X-Long: y", b"\n y"),
    "semicolons for parameters": _filled(b"Content-Type: multipart/mixed; ", b";\n "),
    "semicolons in a part": _filled(MIXED + b"--b\r\nContent-Disposition: attachment; ", b";", b"\r\n\r\nx\r\n"),
    "file names in continuations": _filled(
        MIXED + b"--b\r\nContent-Disposition: attachment; ", b"filename*0*=a;", b"\r\n\r\nx\r\n"
    ),
    "recipients": _filled(b"To: ", b"a@b.example,"),
    "To again and again": _filled(b"", b"To: a@b.example\n"),
    "parentheses in From": _filled(b"Sender: ", b"("),
    "words of RFC 2047": _filled(b"X-Words: ", b"=?utf-8?q?a", b"\r\n\r\nx"),
    "references": _filled(b"References: ", b"<", b"\r\n\r\nx"),
    "authentication results": _filled(b"Authentication-Results: mx.cantho.example; ", b"x=(", b"\r\n\r\nx"),
    "parts": _filled(MIXED, b"--b\n\n\n"),
    "parts of long lines": _filled(MIXED, b"--b\n\n" + b"x" * 400 + b"\n"),
    "boundaries without parts": _filled(MIXED, b"--b\n"),
    "headers of a part": _filled(MIXED + b"--b\n", b"X: y\n"),
    "multipart in multipart": _nested(_multipart, 10_000),
    "multipart in multipart, a few hundred": _nested(_multipart, 300),
    "mail in mail": _nested(lambda _: b"Content-Type: message/rfc822\r\n\r\n", 10_000),
    "mail in mail, a few hundred": _nested(lambda _: b"Content-Type: message/rfc822\r\n\r\n", 150),
    "a delivery report of many recipients": _filled(
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Action: failed\n\n",
    ),
    "HTML comments": _encoded(HTML, b"<!--\n"),
    "HTML comments that end once": _encoded(HTML, b"<!--\n", end=b"-->"),
    "HTML tags that never end": _encoded(HTML, b"<a "),
    "HTML attributes that never end": _encoded(HTML, b'<a b="\n'),
    "HTML attributes": _encoded(HTML, b" a=b", b"<a", b">"),
    "HTML attributes in quotes": _encoded(HTML, b" a='b'c", b"<a", b">"),
    "HTML end tags": _encoded(HTML, b"</\n"),
    "HTML end tags with one end": _encoded(HTML, b"</\n", end=b">"),
    "HTML marked sections": _encoded(HTML, b"<![if a\n"),
    "HTML processing instructions": _encoded(HTML, b"<?\n"),
    "HTML declarations": _encoded(HTML, b"<!DOCTYPE a [\n"),
    "HTML angle brackets": _encoded(HTML, b"<"),
    "HTML references": _encoded(HTML, b"&#x"),
    "HTML script": _encoded(HTML, b"</s\n", b"<script>"),
    "HTML boxes in boxes": _encoded(HTML, b"<div>\n"),
    "HTML lists in lists": _encoded(HTML, b"<ol><li>\n"),
    "HTML ends of what never began": _encoded(HTML, b"<a>x</b>\n"),
    "a charset that decodes by names": _encoded(b"text/plain; charset=unicode_escape", b"\\N{LATIN SMALL LETTER A}"),
    "a charset of domain names": _encoded(b"text/plain; charset=idna", b"xn--a."),
    "punycode": _encoded(b"text/plain; charset=punycode", b"abc-a\n"),
    "a charset that is a compressor": _encoded(b"text/plain; charset=zlib_codec", b"x\x9c"),
    "uuencode": _filled(b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\n", b"#86)C\n"),
    "quoted-printable": _filled(b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=\n"),
    "broken base64": _filled(b"Content-Transfer-Encoding: base64\r\n\r\n", b"=A===\n"),
    "NUL and high octets": _filled(b"X-\x00\xff: \x00\xff\r\n\r\n", b"\x00\xff\xfe"),
}  # fmt: skip
