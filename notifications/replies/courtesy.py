"""What surrounds an answer and says nothing of it: salutations, the paper it refers to, whom to call, names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from notifications.replies.atom import Atom
from notifications.replies.lexicon import CONTACT, GREETED_ONE, GREETING, NAMES, REFERENCE, REFERRED_TO
from notifications.replies.sentences import Sentence
from notifications.replies.words import Word, fold, words_of

_TELLING = set("PWFRXZMQ#C")  # kinds that a salutation or reference never holds
_PHONE = re.compile(
    r"(?:đt|sđt|dt|sdt|tel|điện thoại|dien thoai|di động|email|e-mail|phone|mobile|địa chỉ|dia chi|fax|web)\b.{0,120}"
    r"|[\d .+()-]{8,20}|\S{1,64}@\S{3,100}",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_]{1,12}\.?(?: [^\W\d_]{1,12}\.?){0,7}")


def start_of_matter(sentence: Sentence, atoms: Sequence[Atom]) -> int:
    """The word where the answer begins, after a salutation and a reference to the directive; or past the end."""
    start = _after_greeting(sentence, atoms, 0)
    return _after_reference(sentence, atoms, start)


def _after_greeting(sentence: Sentence, atoms: Sequence[Atom], start: int) -> int:
    words = list(sentence.words)
    first = _first_word(words, start)
    found = GREETING.at(words, first) if first < len(words) else None
    if not found:
        return start
    n = first + found[1]
    colon = n < len(words) and words[n].text in ":,"
    if n < len(words) and not colon and not GREETED_ONE.at(words, n) and not NAMES.at(words, n):
        return start
    end = next((k for k in range(n + colon, len(words)) if words[k].text in ",:!"), len(words))
    skipped = [atom for atom in atoms if n <= atom.first < end]
    return start if any(atom.kind in _TELLING or atom.kind in "I!" for atom in skipped) else end


def _after_reference(sentence: Sentence, atoms: Sequence[Atom], start: int) -> int:
    words = list(sentence.words)
    first = _first_word(words, start)
    found = REFERENCE.at(words, first) if first < len(words) else None
    if not found or not _refers(words, first + found[1]):
        return start
    for atom in atoms:
        if atom.first >= first + found[1] and atom.kind in "PWXZMQIA":
            commas = [
                one
                for one in atoms
                if one.kind == "," and first < one.first < atom.first and words[one.first].text in ",:"
            ]
            return commas[-1].first if commas else start
    return len(words)


def _refers(words: list[Word], n: int) -> bool:
    return any(k < len(words) and REFERRED_TO.at(words, k) is not None for k in (n, n + 1))


def _first_word(words: Sequence[Word], start: int) -> int:
    return next((n for n in range(start, len(words)) if words[n].kind == "word"), len(words))


def is_contact(sentence: Sentence, atoms: Sequence[Atom]) -> bool:
    """ "Mọi chi tiết xin liên hệ đồng chí A, số điện thoại …": says nothing of an item."""
    text = fold(sentence.span(0, len(sentence.words)))
    first = _first_word(sentence.words, 0)
    found = first < len(sentence.words) and CONTACT.at(list(sentence.words), first)
    reaches = re.search(r"\b(?:lien he|goi|alo|sdt|dien thoai|dt|zalo)\b", text)
    return bool(found and reaches) and not any(atom.kind in "PWFXZIA" for atom in atoms)


def is_name_block(lines: Sequence[str]) -> bool:
    """A signature without a closing phrase: a name in capitals, an office, a telephone, one a line."""
    filled = [line.strip() for line in lines if line.strip()]
    return 0 < len(filled) <= 7 and all(_is_name(line) for line in filled)


def _is_name(line: str) -> bool:
    if _PHONE.fullmatch(line.strip("- ,.")):
        return True
    words = words_of(line)
    if not words or len(words) > 12 or any(word.kind not in ("word", "punct") for word in words):
        return False
    spoken = [word for word in words if word.kind == "word"]
    if not spoken:
        return False
    if NAMES.at(words, 0) and spoken[0].text[0].isupper():
        return not any(fold(word.text) in _VERBS for word in spoken)
    capital = all(word.text[0].isupper() for word in spoken) and 2 <= len(spoken) <= 6
    return (
        capital
        and _NAME.fullmatch(line.strip("- ,.")) is not None
        and not any(fold(w.text) in _VERBS for w in spoken)
    )


_VERBS = {
    "da",
    "dang",
    "xong",
    "chua",
    "khong",
    "xin",
    "hoan",
    "gui",
    "se",
    "chuyen",
    "nhan",
    "sai",
    "rut",
    "ro",
    "giao",
    "gia",
}
