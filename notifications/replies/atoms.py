"""A sentence as atoms: each a phrase with one role, a number, a date or a name, aligned with the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from notifications.replies.atom import Atom, says
from notifications.replies.atom_dates import day_after, short_date, spelt_date
from notifications.replies.atom_titles import title_at, title_keys
from notifications.replies.context import DigestItem
from notifications.replies.dates import read_date
from notifications.replies.lexicon import ALLS, COUNTS, MAIN, NAMES, PREFIXES, means
from notifications.replies.words import Word, document_number, fold, key

MOST_ITEMS = 40
LONGEST_NAME = 7  # words after "Sở", "Phòng", …
_SEPARATORS = set(",;:.()[]-–—*•/+&\"'“”‘’!#=>→|~_^`{}")
_JOINS = {",", "+", "&"}
_COUNTING = ("ngày", "lần", "đợt", "quý", "tháng", "năm", "tuần", "buổi", "lúc", "hôm")
# After a bare number these say how many, or of what: "1 số việc", "4 đơn vị", "1 lần".
_COUNTED = (
    "đơn vị",
    "cơ quan",
    "lần",
    "số",
    "anh",
    "chị",
    "hạn",
    "bộ phận",
    "văn thư",
    "thành phố",
    "ngày",
    "mục",
    "liên quan",
)
_PAPERS = ("hồ sơ", "tài liệu", "số liệu", "văn bản", "công văn", "thư", "email", "thông tin")
_ORDINALS = {"nhất": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8}
_SHORT = ("m", "nd", "nv")  # "M1", "nd2": written to the number


class Lexer:
    """Reads one sentence. `today` resolves dates without a year; None as a day means an impossible date."""

    def __init__(self, words: Sequence[Word], today: date, titles: Sequence[DigestItem] = ()) -> None:
        self.words = list(words)
        self.today = today
        self.titles = [(item.n, title_keys(item.title)) for item in titles]

    def atoms(self) -> list[Atom]:
        found: list[Atom] = []
        at = 0
        while at < len(self.words):
            atom = self._atom(at, found)
            found.append(atom)
            at = atom.last
        return found

    def _atom(self, n: int, before: list[Atom]) -> Atom:
        word = self.words[n]
        match word.kind:
            case "doc":
                return Atom("#", n, n + 1, number=document_number(word.text))
            case "percent":
                return Atom("C", n, n + 1, percent=int(word.text.rstrip("% ")))
            case "date":
                # "hoàn thành 2/3" may be a share as well as a day
                doubtful = word.text.count("/") == 1
                return Atom("T", n, n + 1, day=read_date(word.text, self.today), doubtful=doubtful)
            case "number":
                return self._number(n, before)
            case "word":
                return self._word(n, before)
            case "punct":
                return Atom("," if word.text in _SEPARATORS else "?", n, n + 1)
            case _:
                return Atom("?", n, n + 1)

    def _number(self, n: int, before: list[Atom]) -> Atom:
        if dated := spelt_date(self.words, n, self.today) or short_date(self.words, n, self.today, before):
            return dated
        after = self.words[n + 1] if n + 1 < len(self.words) else None
        if after and after.kind == "word" and means(after, key("phần")) and self._is(n + 2, "trăm"):
            return Atom("C", n, n + 3, percent=int(self.words[n].text[:4]))
        if not self._plain_number(n):
            return Atom("?", n, n + 1)
        found = self._items(n, n)
        written = [one for one in before if one.kind != "n" or one.last - one.first > 1]
        at_start = not written or written[-1].kind in ",cI" or (before and self._joins(before[-1]))
        if at_start and not self._counts(found.last):
            return found
        # "đã xong 1, 3", "SAI 2": at the end of what is said; "xong 1 việc" counts.
        rest = found.last
        while any(self._is(rest, one) for one in ("nhé", "ạ", "nha", "rồi", "em", "anh", "chị")):
            rest += 1
        ends = rest >= len(self.words) or self.words[rest].kind == "punct"
        return found if ends and written and written[-1].kind in "FRZDI" else Atom("?", n, n + 1)

    def _counts(self, n: int) -> bool:
        """ "2 nhiệm vụ đã xong" says how many, not which."""
        if n >= len(self.words) or self.words[n].kind != "word":
            return False
        phrase = MAIN.at(self.words, n)
        return (phrase is not None and phrase[0] in "NBJ") or any(self._reads(n, one) for one in _COUNTED)

    def _is(self, n: int, word: str) -> bool:
        return says(self.words, n, word)

    def _reads(self, n: int, phrase: str) -> bool:
        return all(self._is(n + k, word) for k, word in enumerate(phrase.split()))

    def _joins(self, atom: Atom) -> bool:
        return any(self._is(atom.first, word) for word in ("và", "còn", "với", "thì"))

    def _items(self, first: int, n: int) -> Atom:
        """A list of item numbers: `1, 3`, `2 và 3`, `1-3`, `1 đến 3`. Shape: one atom, in the order written."""
        items = [int(self.words[n].text)]
        n += 1
        while True:
            step, spans = self._join(n)
            if not step or len(items) > MOST_ITEMS:
                return Atom("I", first, n, items=tuple(dict.fromkeys(items)))
            number = int(self.words[n + step - 1].text)
            items += range(items[-1] + 1, min(number, items[-1] + MOST_ITEMS) + 1) if spans else [number]
            if spans and number <= items[0]:
                return Atom("?", first, n + step)
            n += step

    def _join(self, n: int) -> tuple[int, bool]:
        """(words to the next number of the list, whether it ends a range); 0 where the list ends."""
        if n + 1 >= len(self.words):
            return 0, False
        word = self.words[n]
        spans = word.text in ("-", "–") or (self._is(n, "đến") or self._is(n, "tới"))
        joins = word.text in _JOINS or self._is(n, "và") or self._is(n, "với")
        if word.text == "," and self._is(n + 1, "và") and self._plain_number(n + 2):
            return 3, False
        if (spans or joins) and self._plain_number(n + 1):
            return 2, spans
        prefix = (
            PREFIXES.at(self.words, n + 1) if (spans or joins) and self.words[n + 1].kind == "word" else None
        )
        if prefix and self._plain_number(n + 1 + prefix[1]):  # "mục 1 đến mục 3", "mục 1, mục 2 và mục 3"
            return 2 + prefix[1], spans
        return 0, False

    def _plain_number(self, n: int) -> bool:
        """A small number that is not the day of a spelt date, nor `60 phần trăm`."""
        if n >= len(self.words) or self.words[n].kind != "number" or len(self.words[n].text) > 2:
            return False
        return not (self._is(n + 1, "tháng") or self._is(n + 1, "phần"))

    def _word(self, n: int, before: list[Atom]) -> Atom:
        if numbered := self._document_by_number(n, before) or self._prefixed(n, before) or self._all(n):
            return numbered
        if (
            fold(self.words[n].text) in _SHORT
            and self._plain_number(n + 1)
            and self.words[n].end == self.words[n + 1].start
        ):
            return self._items(n, n + 1)
        if self._is(n, "mục") and n + 1 < len(self.words) and len(self.words[n + 1].text) == 1:
            return Atom("?", n, n + 2)  # "mục a" is no item of a digest
        if title := title_at(self.words, n, self.titles):
            return title
        if (
            any(self._is(n, one) for one in _COUNTING)
            and n + 1 < len(self.words)
            and self.words[n + 1].kind == "number"
        ):
            return day_after(self.words, n, self.today) or Atom(
                "?", n, n + 2
            )  # "ngày 3", "lần 2" number no item
        if self._is(n, "ngày") and n + 1 < len(self.words) and self.words[n + 1].kind in ("date", "number"):
            dated = day_after(self.words, n, self.today)
            if dated:
                return dated
        name, phrase = self._name(n, before), MAIN.at(self.words, n)
        head = NAMES.at(self.words, n)
        if name and (not phrase or (head and phrase[1] <= head[1] and name.last - n > phrase[1])):
            return name
        return Atom(phrase[0], n, n + phrase[1]) if phrase else Atom("?", n, n + 1)

    def _document_by_number(self, n: int, before: list[Atom]) -> Atom | None:
        """`báo cáo số 215`: a document without its code, where a paper was just named; `số 215/BC-STP`."""
        if not self._is(n, "số") or n + 1 >= len(self.words):
            return None
        after = self.words[n + 1]
        if after.text == ":" and n + 2 < len(self.words) and self.words[n + 2].kind == "doc":
            return Atom("#", n, n + 3, number=document_number(self.words[n + 2].text))
        if after.kind == "doc":
            return Atom("#", n, n + 2, number=document_number(after.text))
        paper = before and (
            before[-1].kind in "BJ" or any(self._is(before[-1].first, one) for one in ("văn", "công", "bc"))
        )
        return Atom("#", n, n + 2, number=after.text) if paper and after.kind == "number" else None

    def _prefixed(self, n: int, before: list[Atom]) -> Atom | None:
        if self._is(n, "từ") and n + 1 < len(self.words):  # "từ mục 1 đến 3" must be a range
            atom = self._prefixed(n + 1, before) if self.words[n + 1].kind == "word" else None
            return replace(atom, first=n) if atom and atom.kind == "I" and len(atom.items) > 1 else None
        found = PREFIXES.at(self.words, n)
        if not found:
            return None
        at = n + found[1]
        if at < len(self.words) and self.words[at].text in (":", "#", "(") and self._plain_number(at + 1):
            at += 1
        ordinal = self._ordinal(at)
        if ordinal and self._is(at - 1, "thứ"):
            return Atom("I", n, at + 1, items=(ordinal,))
        if not self._plain_number(at) or (at + 1 < len(self.words) and self.words[at + 1].kind == "percent"):
            return None
        return self._items(n, at)

    def _ordinal(self, n: int) -> int:
        return next((number for word, number in _ORDINALS.items() if self._is(n, word)), 0)

    def _all(self, n: int) -> Atom | None:
        """`tất cả`, or `cả hai`, `cả 3 mục` with the count that must be true."""
        if self._is(n, "cả") or (self._is(n, "tất") and self._is(n + 1, "cả")):
            at = n + (1 if self._is(n, "cả") else 2)
            count = self._count(at)
            if count:
                noun = (
                    MAIN.at(self.words, at + 1)
                    if at + 1 < len(self.words) and self.words[at + 1].kind == "word"
                    else None
                )
                last = at + 1 + (noun[1] if noun and noun[0] in "Nn" else 0)
                return Atom("A", n, last, percent=count)
        found = ALLS.at(self.words, n)
        if not found:
            return None
        last = n + found[1]
        papers = any(self._reads(last, one) for one in _PAPERS)  # "toàn bộ hồ sơ đã nhận" is no item
        return Atom("?" if papers else "A", n, last)

    def _count(self, n: int) -> int:
        if self._plain_number(n):
            return int(self.words[n].text)
        return next((count for word, count in COUNTS.items() if self._is(n, word)), 0)

    def _name(self, n: int, before: list[Atom]) -> Atom | None:
        """An office or person: its head, then unknown words and capitalised ones."""
        found = NAMES.at(self.words, n)
        if not found:
            return None
        last = n + found[1]
        while last < len(self.words) and last - n < LONGEST_NAME + found[1] and self._goes_on(last):
            last += 1
        return Atom(found[0], n, last)

    def _goes_on(self, n: int) -> bool:
        word = self.words[n]
        if word.kind != "word":
            return False
        if word.text[0].isupper() and not word.text.isupper():
            return True
        phrase = MAIN.at(self.words, n)
        return (phrase is None and NAMES.at(self.words, n) is None) or (
            self._is(n, "và") and self._capital(n + 1)
        )

    def _capital(self, n: int) -> bool:
        return n < len(self.words) and self.words[n].kind == "word" and self.words[n].text[0].isupper()
