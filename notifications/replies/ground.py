"""What a sender's words are read against: the digest's items, the day, the sender's own office, papers that are cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from notifications.replies.context import Digest, DigestItem, ReplyContext
from notifications.replies.words import document_number, fold, words_of

_AUTHORITY = ("ubnd", "uy", "ban", "nhan", "dan")
_KINDS_OF_PLACES = frozenset("quan huyen xa phuong thi tran thanh pho tx tt q h p".split())
_IDLE = frozenset({"va", "cua", "voi"})
_NO_CODES = frozenset("cantho gov vn com example gmail mail van thu vanthu lanh dao lanhdao".split())
_SALUTATION = re.compile(r"[>|\s]*kinh gui:?\s+(.{2,120})")
# A number that the quoted mail gives to a paper of somebody else's; what a receipt repeats is the sender's own.
_PAPERS = ("cong van", "chi thi", "ke hoach", "quyet dinh", "ket luan", "nghi quyet", "thong bao")


@dataclass(frozen=True)
class OwnOffice:
    """By which names the sender's unit may be called. `codes`: its code, and what its addresses are called."""

    names: frozenset[tuple[str, ...]] = frozenset()
    codes: frozenset[str] = frozenset()

    def known_as(self, written: str) -> bool:
        """Whether a written office is the sender's own: "Sở Tư pháp", "Sở TP", "UBND quận", of unit STP or NK."""
        said = _name(written)
        if not said:
            return False
        if any(said == name[: len(said)] or name == said[: len(name)] for name in self.names):
            return True
        if said == ("so",) and any(code.startswith("s") for code in self.codes):
            return True  # "Sở đã hoàn thành": a department speaks of itself
        short = _initials(written)
        return any(
            short == code or (len(code) >= 3 and short.startswith(code)) or "".join(said) == code
            for code in self.codes
        )


@dataclass(frozen=True)
class Ground:
    """`cited`: numbers of papers that the mail which is answered cites: no evidence of what the sender did."""

    today: date
    items: Sequence[DigestItem] = ()
    own: OwnOffice = field(default_factory=OwnOffice)
    cited: frozenset[str] = frozenset()


def ground_of(digest: Digest, context: ReplyContext, sender_name: str, text: str, today: date) -> Ground:
    """`text`: the whole mail with its quotations; our own salutation in them says what the unit is called."""
    lines = [fold(line) for line in text.split("\n")]
    salutations = [found[1] for line in lines if (found := _SALUTATION.match(line)) and line[:1] in ">|"]
    units = [one for one in context.units_of(digest) if " " in one]  # a name, not a code
    written = [digest.unit_name or "", sender_name, *units, *salutations[:3]]
    names = {name for one in written if len(name := _office_in(one)) >= 2}
    return Ground(today, digest.items, OwnOffice(frozenset(names), _codes(digest, context)), _cited(text))


def _office_in(written: str) -> tuple[str, ...]:
    """The office in a display name or salutation: "Văn thư Sở Tư pháp" → so tu phap."""
    words = [word for word in fold(written).replace(":", " ").split() if word.isalnum()]
    heads = [
        n
        for n, word in enumerate(words)
        if word in ("so", "ubnd", "uy", "quan", "huyen", "xa", "phuong", "thi")
    ]
    return _name(" ".join(words[heads[0] :] if heads else words))


def _name(written: str) -> tuple[str, ...]:
    """The words that tell: without "Ủy ban nhân dân" before the name of a place."""
    words = [word for word in re.findall(r"[^\W_]+", fold(written)) if word not in _IDLE]
    if words[:1] == ["ubnd"]:
        words = words[1:]
    elif words[:4] == ["uy", "ban", "nhan", "dan"]:
        words = words[4:]
    return tuple(words)


def _initials(written: str) -> str:
    """ "Sở Giáo dục và Đào tạo" → sgddt, "Sở TP" → stp, "UBND quận Ninh Kiều" → nk."""
    parts = [part for part in re.findall(r"[^\W_]+", written) if fold(part) not in _IDLE]
    place = fold(parts[0]) in (*_AUTHORITY, *_KINDS_OF_PLACES) if parts else False
    if place:
        parts = [part for part in parts if fold(part) not in (*_AUTHORITY, *_KINDS_OF_PLACES)]
    shouted = all(part.isupper() for part in parts)
    return "".join(fold(part) if part.isupper() and not shouted else fold(part)[0] for part in parts)


def _codes(digest: Digest, context: ReplyContext) -> frozenset[str]:
    """The unit's code, and the words of its addresses: van-thu@stp.… and stp@… alike."""
    called = [part for one in context.addresses_of(digest) for part in re.split(r"[^a-z0-9]+", one)]
    codes = [re.sub(r"[^a-z0-9]", "", fold(one)) for one in (*context.units_of(digest), *called)]
    return frozenset(one for one in codes if len(one) >= 2 and not one.isdigit() and one not in _NO_CODES)


def _cited(text: str) -> frozenset[str]:
    quoted = "\n".join(line.lstrip("> |") for line in text.split("\n") if line.startswith((">", "|")))
    found: set[str] = set()
    words = words_of(quoted[:20_000])
    for n, word in enumerate(words):
        before = " ".join(fold(one.text) for one in words[max(0, n - 4) : n])
        if word.kind == "doc" and any(paper in before for paper in _PAPERS):
            found.add(document_number(word.text))
    return frozenset(found)


def foreign_code(number: str, own: OwnOffice) -> bool:
    """ "215/BC-SYT", "1914/UBND-KGVX" from unit STP: another's paper. Departments' codes begin with S."""
    if not any(code.startswith("s") for code in own.codes):
        return False
    parts = [fold(part) for part in re.split(r"[/\-.]", number)[1:]]
    others = [part for part in parts if re.fullmatch(r"s[a-z]{1,7}|ubnd", part)]
    return bool(others) and not any(part in own.codes for part in parts)


def own_code(number: str, own: OwnOffice) -> bool:
    """ "1302/STP-VP" from unit STP."""
    return any(fold(part) in own.codes for part in re.split(r"[/\-.]", number)[1:])


def offices(lines: Iterable[str]) -> list[str]:
    """Lines that name a department or an authority, as signatures do: "TM. Sở Tài chính", "UBND quận Ninh Kiều"."""
    found: list[str] = []
    for line in lines:
        match = re.search(
            r"\b(?:sở|ubnd|ủy ban nhân dân|uỷ ban nhân dân)\s+[^\W\d_].{0,80}", line, re.IGNORECASE
        )
        if match:
            found.append(re.split(r"[,;.()–-]", match[0])[0].strip())
    return found
