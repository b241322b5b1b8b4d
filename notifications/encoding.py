"""Text as 7-bit ASCII in lines of up to 76 octets: encoded-words, quoted-printable, base64."""

import re
from base64 import b64encode
from binascii import b2a_qp
from functools import lru_cache

LINE = 76  # octets without CRLF; RFC 2045 §6.7 and §6.8, RFC 2047 §2
_LINE = re.compile(rb".{1,%d}" % LINE)


def encoded_words(text: str, column: int) -> str:
    """RFC 2047 words of whole characters, one a line; the first starts at `column` of its line.

    Decoders drop the folding between words (RFC 2047 §6.2), so the words join to exactly `text`. Cut after a
    space where there is one, since some (Python before 3.13, in names) wrongly show the folding as a space.
    """
    octets = text.encode("utf-8")
    words: list[str] = []
    start, room = 0, LINE - column
    while start < len(octets):
        end = min(start + (room - len("=?utf-8?b??=")) // 4 * 3, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:
            end -= 1
        space = octets.rfind(b" ", start + (end - start) // 2, end) if end < len(octets) else -1
        end = space + 1 if space > 0 else end
        words.append(f"=?utf-8?b?{b64encode(octets[start:end]).decode('ascii')}?=")
        start, room = end, LINE - 1
    return "\r\n ".join(words)


@lru_cache(maxsize=8192)  # one morning's mails share most of their lines of HTML; encoding them is what costs
def quoted_line(octets: bytes) -> bytes:
    """Each line by itself is encoded as it is among others: RFC 2045 6.7 looks no further than its end.

    One of which a piece would begin with a dot, which SMTP must double, is encoded octet by octet.
    """
    encoded = b2a_qp(octets)
    if encoded.startswith(b".") or b"\n." in encoded:
        each = [b"=%02X" % octet for octet in octets]
        pieces = [b"".join(each[start : start + LINE // 3]) for start in range(0, len(each), LINE // 3)]
        encoded = b"=\n".join(pieces)
    return encoded.replace(b"\n", b"\r\n")


def base64_lines(octets: bytes) -> bytes:
    return b"\r\n".join(_LINE.findall(b64encode(octets)))
