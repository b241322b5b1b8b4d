"""Vietnamese text as words that compare with and without diacritics, each aligned with what was written.

A word typed with diacritics means only itself; one typed wholly without them may mean any word it folds from;
one typed in Telex whose marks stayed letters ("ddax" for "đã") means what it was meant to be.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
TELEX_TONES = {"f": "\u0300", "s": "\u0301", "x": "\u0303", "r": "\u0309", "j": "\u0323"}
TELEX_LETTERS = (
    ("dd", "đ"), ("uow", "ươ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"),
)  # fmt: skip
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f]"
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")  # NUL is no text for PostgreSQL
_CODE = r"[A-Za-zĐđƯư][A-Za-zĐđƯư0-9&]{0,12}"
_TOKEN = re.compile(
    rf"(?P<doc>\d{{1,6}}(?:/(?:19|20)\d\d)?[ ]?/[ ]?{_CODE}(?:[ ]?[-–.][ ]?{_CODE}){{0,4}})"
    r"|(?P<percent>\d{1,4}[ ]?%)"
    r"|(?P<date>(?<![\d/.-])\d{1,2}[ ]?(?:/[ ]?\d{1,2}[ ]?/|\.\d{1,2}\.|-\d{1,2}-)[ ]?(?:\d{4}|\d{2})(?![\d/])"
    r"|(?<![\d/.-])\d{1,2}/\d{1,2}(?![\d/%]))"
    r"|(?P<number>\d{1,12}(?![^\W\d_]))"
    r"|(?P<word>đ/c|[^\W\d_]+)"
    r"|(?P<mixed>\w{1,64})"
    r"|(?P<dots>\.{2,}|…)"
    r"|(?P<punct>[^\w\s])",
    re.IGNORECASE,
)
# Document types that stand alone behind the slash; with a hyphen any code will do (decree 30/2020/NĐ-CP).
LONE_CODES = {"BC", "KH", "CV", "TB", "QĐ", "QD", "TTR", "UBND", "CT", "NQ", "HD", "BB", "GM", "PA"}


@dataclass(frozen=True, slots=True)
class Word:
    """A token of the text. `kind`: doc, percent, date, number, word, mixed, dots, punct; `end` is exclusive."""

    text: str
    start: int
    end: int
    kind: str
    keys: frozenset[str]


def clean(text: str) -> str:
    """NFC, without invisible characters, with plain spaces; line ends are \\n."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = _CONTROLS.sub("", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return re.sub(r"[^\S\n]", " ", text)


def fold(text: str) -> str:
    """Lower case without diacritics, one character for each of an NFC text's."""
    return "".join(_folded(char) for char in text)


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0].lower()[:1]
    return "d" if base == "đ" else base or char


@lru_cache(maxsize=8192)
def key(word: str) -> str:
    """The word in lower case with its tone at the end, so that "hoà" and "hòa" are one."""
    parts = unicodedata.normalize("NFD", word.lower())
    tone = "".join(char for char in parts if char in TONES)
    return unicodedata.normalize("NFC", "".join(char for char in parts if char not in TONES)) + tone


@lru_cache(maxsize=8192)
def keys_of(word: str) -> frozenset[str]:
    """All that a typed word may stand for: itself; "~" and its letters if typed plainly; its Telex reading."""
    own = key(word)
    found = {own}
    if own.isascii():
        found.add("~" + own)
    if len(word) <= 12 and (telexed := _telex(word.lower())):
        found.add(telexed)
    return frozenset(found)


def _telex(word: str) -> str | None:
    """The key of a word whose Telex keystrokes were not turned into marks; None where there are none."""
    text = unicodedata.normalize("NFC", word)
    for typed, meant in TELEX_LETTERS:
        text = text.replace(typed, meant)
    first = next((n for n, char in enumerate(text) if _folded(char) in "aeiouy"), len(text))
    tones = [char for char in text[first + 1 :] if char in TELEX_TONES]
    if len(tones) > 1:
        return None
    kept = text[: first + 1] + "".join(char for char in text[first + 1 :] if char not in TELEX_TONES)
    kept = re.sub("uo(?=[^w]{0,2}w)", "ươ", kept).replace("w", "") if "w" in kept[first:] else kept
    if kept == word:
        return None
    return key(kept) + (TELEX_TONES[tones[0]] if tones else "")


def words_of(text: str) -> list[Word]:
    """The tokens of a cleaned text, in order."""
    words: list[Word] = []
    at = 0
    while match := _TOKEN.search(text, at):
        kind = match.lastgroup or "punct"
        end = match.end()
        if kind == "doc" and not _is_document(match[0]):
            # "1/Đã xong": a number and what follows it
            kind, end = "number", match.start() + len(re.match(r"\d+", match[0])[0])  # type: ignore[index]
            if date := re.compile(r"\d{1,2}/\d{1,4}(?!\d)").match(text, match.start()):
                kind, end = "mixed", date.end()
        written = text[match.start() : end]
        keys = keys_of(written) if kind == "word" else frozenset()
        words.append(Word(written, match.start(), end, kind, keys))
        at = end
    return words


def _is_document(text: str) -> bool:
    code = text.partition("/")[2].rpartition("/")[2].strip()
    parts = re.split(r" ?[-–.] ?", code)
    if len(parts) > 1:
        return " " not in text or code == code.upper() or "/ " not in text
    return code.upper() in LONE_CODES and (code == code.upper() or code.lower() == "ttr" or code.isascii())


def document_number(text: str) -> str:
    """As an office writes it: "215 / bc - stp" → "215/BC-STP"."""
    number = text.replace(" ", "").replace("–", "-").upper()
    return re.sub(r"(?<=/)TTR(?=[-/.]|$)", "TTr", number)
