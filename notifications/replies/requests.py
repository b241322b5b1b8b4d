"""What a coordinator decides: more time until a day, or that somebody else takes the task; each with its reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from notifications.replies.atom import Atom
from notifications.replies.clauses import Clause
from notifications.replies.items import items_of
from notifications.replies.lexicon import NAME_ENDS, NAMES
from notifications.replies.said import Said, Unclear, cut
from notifications.replies.sentences import Sentence
from notifications.replies.verdict import ActionKind
from notifications.replies.words import fold

PUNCTUATION = " \t,;:.-–—()[]\"'“”*"
_REQUEST_FILLERS = set("nNBJIAHUc,DOGF")
LONGEST_EXTENSION = 180  # days from today
# In the name of who is to take a task over, these make it something else.
_NO_NAME = re.compile(
    r"\b(?:hoac|hay|neu|ky|y kien|gop y|xem xet|tham dinh|tu|da|de|biet|duoc|phoi hop|nghien cuu|chua|chuyen mon)\b"
)
_TAKEN_BACK = ("khong can", "khong nua", "dua", "thoi", "nham", "khong phai")
_BARE = frozenset(
    "ban phong so to doi hoi lanh dao can bo cong chuc chuyen vien ubnd bo phan truong pho anh chi ong ba".split()
)
_SPOKEN_OF = ("cam on", "xin cam on", "dong y", "nhat tri", "thong nhat", "chap thuan", "xem xet chap thuan")
_LAST_WORDS = re.compile(r"(?:\s{1,3}(?:rồi|roi|nhé|nhe|ạ|nha|luôn|luon)){1,6}$", re.IGNORECASE)
_PASSABLE = ("viec", "nhiem vu", "noi dung", "muc", "cong viec", "yeu cau")


def extension(clause: Clause, sentence: Sentence, base: Said, pre_reason: str | None) -> Said:
    atoms = clause.atoms
    asked = next(n for n, atom in enumerate(atoms) if atom.kind == "X")
    _only(atoms[:asked], set("IAnNBJHORPc,WDKr"), sentence, "xin gia hạn")
    _refuse_another(atoms[:asked], sentence)
    _refuse_told(atoms, asked, sentence, base)
    n = asked + 1
    while n < len(atoms) and atoms[n].kind in _REQUEST_FILLERS:
        n += 1
    early = ""
    if n < len(atoms) and atoms[n].kind == "y":  # "vì chờ số liệu, đến 15/11"
        day = max((k for k, atom in enumerate(atoms) if atom.kind == "T"), default=-1)
        until = max((k for k in range(n, day) if atoms[k].kind == "U"), default=-1)
        if until < 2 or atoms[until - 1].kind != ",":
            raise Unclear("Xin gia hạn nhưng không rõ đến ngày nào.")
        early, n = sentence.span(atoms[n].last, atoms[until - 1].first), day
    dated = n < len(atoms) and atoms[n].kind == "T"
    if not dated or not (any(atom.kind == "U" for atom in atoms[asked + 1 : n]) or atoms[n - 1].kind in "Xn"):
        raise Unclear("Xin gia hạn nhưng không ghi rõ đến ngày nào.")
    if atoms[n].day is None:
        raise Unclear("Ngày xin gia hạn không có thật.")
    if any("khoang" in fold(sentence.span(one.first, one.last)).split() for one in atoms[asked:n]):
        raise Unclear("Xin gia hạn đến khoảng ngày nào, chưa rõ đúng ngày nào.")
    rest = _rest(atoms[n + 1 :], sentence)
    if fold(rest.reason).startswith(_TAKEN_BACK):
        raise Unclear(f"Có ý xin gia hạn nhưng chưa rõ: “{cut(base.text)}”.")
    spoken = [*atoms[:n], *rest.spoken]
    return replace(
        base,
        **_item_fields(items_of(spoken)),
        action=ActionKind.EXTENSION,
        until=atoms[n].day,
        reason=_reason(early, rest.reason, pre_reason),
    )


def delegation(clause: Clause, sentence: Sentence, base: Said, pre_reason: str | None) -> Said:
    atoms = clause.atoms
    passed = next(n for n, atom in enumerate(atoms) if atom.kind == "M")
    _only(atoms[:passed], set("IAnNHORPcKD,r"), sentence, "chuyển việc")
    _refuse_another(atoms[:passed], sentence)
    n = passed + 1
    while n < len(atoms) and atoms[n].kind in "nNIAHU,M" and atoms[n].kind != "O":
        n += 1
    if n >= len(atoms) or atoms[n].kind not in "Oop":
        raise Unclear(f"Không rõ chuyển việc cho ai: “{cut(base.text)}”.")
    for one in atoms[passed + 1 : n]:
        passed_on = fold(sentence.span(one.first, one.last))
        if one.kind == "N" and not passed_on.startswith(_PASSABLE):
            raise Unclear(f"Chưa rõ chuyển việc hay chuyển {cut(passed_on)}: “{cut(base.text)}”.")
    if atoms[n].kind != "p" and _is_internal(sentence.span(atoms[passed].first, atoms[passed].last)):
        raise Unclear(f"Chưa rõ đơn vị chuyển việc hay giao cho bộ phận của mình: “{cut(base.text)}”.")
    start = atoms[n].first
    end = _end_of_name(sentence, start, atoms[-1].last)
    to = _balanced(_LAST_WORDS.sub("", sentence.span(start, end).strip(PUNCTUATION)))
    _refuse_no_name(to, sentence.span(end, atoms[-1].last), base)
    left = [atom for atom in atoms[n + 1 :] if atom.first >= end]
    if len(left) < len([atom for atom in atoms[n + 1 :] if atom.last > end]):
        left = [atom for atom in atoms[n + 1 :] if atom.last > end]
    rest = _rest(_without_duties(left, sentence), sentence)
    return replace(
        base,
        **_item_fields(items_of([*atoms[:n], *rest.spoken])),
        action=ActionKind.DELEGATE,
        to=to,
        reason=_reason("", rest.reason, pre_reason),
    )


def _refuse_told(atoms: Sequence[Atom], asked: int, sentence: Sentence, base: Said) -> None:
    """Errors: Unclear where an extension is spoken of and not asked for: "đã được gia hạn", "đồng ý gia hạn"."""
    before = [one for one in atoms[:asked] if one.kind not in ",IAHc"]
    words = [fold(sentence.span(one.first, one.last)) for one in before]
    told = bool(before) and (before[-1].kind == "P" or words[-1] in ("duoc", "se duoc"))
    over = any(fold(sentence.span(one.first, one.last)) == "roi" for one in atoms[asked:])
    if told or over or any(word.startswith(_SPOKEN_OF) for word in words):
        raise Unclear(f"Chưa rõ đề nghị gia hạn hay nói về việc gia hạn: “{cut(base.text)}”.")


def _refuse_another(atoms: Sequence[Atom], sentence: Sentence) -> None:
    """Errors: Unclear where another office asks: "Sở Tài chính xin gia hạn …"; who is asked stands after the asking."""
    for n, atom in enumerate(atoms):
        if atom.kind != "O":
            continue
        before = fold(sentence.span(atoms[n - 1].first, atoms[n - 1].last)) if n else ""
        if not (n and (atoms[n - 1].kind == "r" or before in ("gui", "kinh gui", "thua", "voi"))):
            raise Unclear(f"Chưa rõ “{cut(sentence.span(atom.first, atom.last))}” là ai trong đề nghị này.")


def _is_internal(verb: str) -> bool:
    """ "đã giao phòng chuyên môn xử lý" says how the unit works, not that somebody else owes now."""
    return fold(verb).startswith(("da giao", "da phan cong", "se giao"))


def _refuse_no_name(to: str, rest: str, base: Said) -> None:
    said = fold(to)
    tail = fold(rest).strip(PUNCTUATION)
    if (
        set(said.split()) <= _BARE
        or _NO_NAME.search(said)
        or tail.startswith(("de biet", "phoi hop", "tong hop", "hoac", "hay"))
    ):
        raise Unclear(f"Không rõ chuyển việc cho ai, để làm gì: “{cut(base.text)}”.")


def _balanced(name: str) -> str:
    return name + ")" if "(" in name and ")" not in name else name


def _end_of_name(sentence: Sentence, start: int, last: int) -> int:
    for n in range(start + 1, last):
        word = sentence.words[n]
        if word.kind != "word" and not (word.text in ",()-" and _names_on(sentence, n, last)):
            return n
        ends = NAME_ENDS.at(list(sentence.words[:last]), n)
        if ends and not word.text[0].isupper() and n - start >= 2:
            return n
    return last


def _names_on(sentence: Sentence, n: int, last: int) -> bool:
    """ "đồng chí A, Phó Giám đốc", "đồng chí A (Phòng Nội vụ)": a person's post belongs to the name."""
    if sentence.words[n].text == ")":
        return "(" in [word.text for word in sentence.words[:n]]
    words = list(sentence.words[:last])
    return n + 1 < last and NAMES.at(words, n + 1) is not None


def _without_duties(atoms: Sequence[Atom], sentence: Sentence) -> list[Atom]:
    """ "… chủ trì, thực hiện theo chức năng": what the other is to do with it goes without saying."""
    left = list(atoms)
    while left and (
        left[0].kind in "DKn"
        or fold(sentence.span(left[0].first, left[0].last)) in ("phu", "trach", "chu", "tri")
    ):
        left = left[1:]
    return left


@dataclass(frozen=True, slots=True)
class _Rest:
    spoken: tuple[Atom, ...]
    reason: str


def _rest(atoms: Sequence[Atom], sentence: Sentence) -> _Rest:
    """What follows a request: trailing items and courtesies, then the reason, which is free text."""
    for n, atom in enumerate(atoms):
        colon = atom.kind == "," and sentence.words[atom.first].text in ":-–—("
        if atom.kind == "y" or colon:
            if all(one.kind in "n,IAHL" for one in atoms[n + 1 :]) and atom.kind == ",":
                continue
            first = atom.last if atom.kind == "," or _is_bare_why(sentence, atom) else atom.first
            if atom.kind == "," and n + 1 < len(atoms) and atoms[n + 1].kind == "y":
                continue
            return _Rest(tuple(atoms[:n]), sentence.span(first, atoms[-1].last).strip(PUNCTUATION))
        if atom.kind not in "nN,IAHO":
            raise Unclear(f"Chưa rõ phần “{cut(sentence.span(atom.first, atoms[-1].last))}”.")
    return _Rest(tuple(atoms), "")


def _is_bare_why(sentence: Sentence, atom: Atom) -> bool:
    """ "vì", "do", "lý do" introduce the reason; "để …", "nhằm …" belong to it."""
    return fold(sentence.words[atom.first].text) not in ("de", "nham")


def _reason(*found: str | None) -> str | None:
    return next((one.strip(PUNCTUATION) for one in found if one and one.strip(PUNCTUATION)), None)


def _item_fields(said: Said) -> dict[str, object]:
    return {"items": said.items, "every": said.every, "count": said.count}


def _only(atoms: Sequence[Atom], allowed: set[str], sentence: Sentence, what: str) -> None:
    for atom in atoms:
        if atom.kind not in allowed:
            found = sentence.span(atom.first, atom.last)
            raise Unclear(f"Có ý {what} nhưng chưa rõ vì có từ “{cut(found)}”.")
