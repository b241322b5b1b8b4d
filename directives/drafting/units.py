"""Parties as written → units of an organisation: kinds ("quận, huyện"), lists ("các sở: Y tế, Công Thương"), exceptions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from directives.bulk_units import Directory, find_unit
from directives.drafting.letters import UPPER
from directives.drafting.parties import split
from directives.model import Unit, UnitKind
from directives.names import folded

_POST = re.compile(
    r"^(?:các )?(?:đồng chí )?(?:phó )?(?:giám đốc|chủ tịch|thủ trưởng|chánh|cục trưởng|chi cục trưởng"
    r"|hiệu trưởng|bí thư|tổng biên tập|lãnh đạo|người đứng đầu|trưởng(?= ban| phòng))(?: các)? ",
    re.I,
)
_EXCEPT = re.compile(r"\(?(?:trừ|ngoại trừ|không bao gồm) (?P<who>[^()]{2,200})\)?", re.I)
_COMMITTEE = r"(?:(?:UBND|[ỦUủu][yỷ] ban nhân dân) (?:các )?)?"
_LISTED = re.compile(
    rf"^(?:các )?{_COMMITTEE}(?P<head>sở|Sở|Bộ|bộ|ban|Ban|quận|huyện|phường|xã)(?:, (?:ban"
    r"|ngành))*(?: thành phố)? ?: (?P<names>.+)$",
    re.I,
)
_BEHIND = re.compile(
    rf"^(?:các )?{_COMMITTEE}(?P<head>quận|huyện|phường|xã|thị trấn) (?P<names>[{UPPER}].+(?:,| và (?=[{UPPER}])).+)$"
)
_OWN_HEAD = re.compile(
    r"(?:Ủy ban|UBND|Ban|Sở|Công an|Văn phòng|Thanh tra|quận|huyện|phường|xã|thị trấn|các)(?![\wÀ-ỹ])", re.I
)
_BODIES = (
    "đoàn thể",
    "hội",
    "tổ chức chính trị - xã hội",
)  # named beside departments, and in no kind of units
T = TypeVar("T")
DEPARTMENTS = (UnitKind.DEPARTMENT, UnitKind.AGENCY)
DISTRICTS = (UnitKind.URBAN_DISTRICT, UnitKind.RURAL_DISTRICT)
COMMUNES = (UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNSHIP)
# What a phrase without a name means, by its words without diacritics; the first that fits.
_KINDS: tuple[tuple[re.Pattern[str], tuple[UnitKind, ...]], ...] = (
    (
        re.compile(
            r"(?:uy ban nhan dan |ubnd )?(?:cac )?(?:quan huyen|huyen quan|huyen thi xa thanh pho"
            r"|quan huyen thi xa|huyen thanh pho|huyen thi xa|huyen)(?: thanh pho)?"
        ),
        DISTRICTS,
    ),
    (re.compile(r"(?:uy ban nhan dan |ubnd )?(?:cac )?(?:quan)"), (UnitKind.URBAN_DISTRICT,)),
    (
        re.compile(
            r"(?:uy ban nhan dan |ubnd )?(?:cac )?(?:xa phuong thi tran|phuong xa thi tran"
            r"|xa thi tran phuong|phuong xa|xa phuong|xa thi tran|cap xa|xa phuong dac khu)"
        ),
        COMMUNES,
    ),
    (re.compile(r"(?:uy ban nhan dan |ubnd )?(?:cac )?phuong"), (UnitKind.WARD,)),
    (re.compile(r"(?:uy ban nhan dan |ubnd )?(?:cac )?xa"), (UnitKind.COMMUNE,)),
    (re.compile(r"(?:cac )?so"), (UnitKind.DEPARTMENT,)),
    (
        re.compile(
            r"(?:cac )?(?:so )?(?:co quan )?(?:so )?(?:ban nganh|so ban nganh|so nganh"
            r"|so ban)(?: doan the)?(?: (?:cap )?(?:thanh pho|tinh))?"
        ),
        DEPARTMENTS,
    ),
    (
        re.compile(r"(?:cac )?co quan chuyen mon(?: thuoc uy ban nhan dan(?: thanh pho| tinh)?)?"),
        (UnitKind.DEPARTMENT,),
    ),
    (
        re.compile(r"(?:cac )?co quan (?:bao chi|thong tan bao chi|truyen thong)(?: thanh pho)?"),
        (UnitKind.PRESS,),
    ),
)
_ANYBODY = re.compile(
    r"(?:cac )?(?:thu truong )?(?:cac )?(?:co quan|don vi|dia phuong|to chuc|ca nhan|nganh|cap"
    r"|thanh vien)(?: (?:co quan|don vi|dia phuong|to chuc|ca nhan|nganh))*(?: (?:co )?lien quan"
    r"| truc thuoc| nay| tren| neu tren)?"
)


@dataclass(frozen=True, slots=True)
class Meant:
    """What parties mean. `unknown`: what could not be resolved, as written; `proposed`: (as written, code) guessed."""

    kinds: tuple[UnitKind, ...] = ()
    units: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    proposed: tuple[tuple[str, str], ...] = ()
    anybody: tuple[str, ...] = ()

    def __or__(self, other: Meant) -> Meant:
        return Meant(
            _once(self.kinds + other.kinds),
            _once(self.units + other.units),
            _once(self.except_ + other.except_),
            _once(self.unknown + other.unknown),
            _once(self.proposed + other.proposed),
            _once(self.anybody + other.anybody),
        )

    @property
    def empty(self) -> bool:
        return not (self.kinds or self.units)


def _once(items: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def meant(parties: Sequence[str], units: Mapping[str, Unit]) -> Meant:
    """All the units that parties, as written, name."""
    found = Meant()
    for party in parties:
        excepted = _EXCEPT.search(party)
        said = _EXCEPT.sub("", party).strip(" ,") if excepted else party
        found |= _one(said, units)
        if excepted:
            out = _one(excepted["who"], units)
            found |= Meant(except_=out.units, unknown=out.unknown)
    return found


def _one(party: str, units: Mapping[str, Unit]) -> Meant:
    """One party; where it is no single one, the list it may be."""
    bare = _POST.sub("", party.strip(" .;"))
    if listed := _LISTED.match(bare) or _BEHIND.match(bare):
        return _list(listed["head"], listed["names"], units)
    if exact := _exact(party, bare, units):
        return exact
    said = " ".join(folded(bare))
    for pattern, kinds in _KINDS:
        if pattern.fullmatch(said):
            present = tuple(kind for kind in kinds if any(unit.kind is kind for unit in units.values()))
            beside = tuple(body for body in _BODIES if body in bare.lower())
            return Meant(kinds=present, unknown=beside) if present else Meant(unknown=(party,))
    if _ANYBODY.fullmatch(said):
        return Meant(anybody=(party,))
    parts = [
        part
        for piece in split(party)
        for part in re.split(r", (?=các |Ủy|UBND|Sở|Ban|Chủ tịch)| và (?=các |Ủy|UBND)", piece)
    ]
    if len(parts) > 1:
        found = Meant()
        for part in parts:
            found |= _one(part, units)
        return found
    proposed = find_unit([[bare]], Directory(units))
    if len(proposed) == 1:
        return Meant(units=(proposed[0].code,), proposed=((party, proposed[0].code),))
    return Meant(unknown=(party,))


def _exact(party: str, bare: str, units: Mapping[str, Unit]) -> Meant | None:
    for text in (party, bare, f"{bare} {_place(units)}"):
        codes = [one.code for one in find_unit([[text]], Directory(units)) if not one.proposed]
        if len(codes) == 1:
            return Meant(units=tuple(codes))
    short = [
        code for code, unit in units.items() if _initials(bare) and _initials(bare) == _initials_of(unit.name)
    ]
    return Meant(units=tuple(short)) if len(short) == 1 else None


def _initials(text: str) -> str:
    """ "Sở GDĐT", "Sở NN&PTNT" → GDĐT, NNPTNT; nothing for a name in words."""
    found = re.fullmatch(r"(?:Sở|Ban) ([A-ZĐ]{2,5}(?: ?[&-] ?[A-ZĐ]{2,5}){0,2})", text)
    return re.sub(r"[^A-ZĐ]", "", found[1]) if found else ""


def _initials_of(name: str) -> str:
    words = re.findall(r"\w+", re.sub(r"^(?:Sở|Ban) ", "", name))
    return "".join(word[0].upper() for word in words if word != "và")


def _place(units: Mapping[str, Unit]) -> str:
    """The name of the place, as the body at the top of the organisation bears it: "Đài … thành phố" + "Cần Thơ"."""
    top = next((unit.name for unit in units.values() if unit.kind is UnitKind.COMMITTEE), "")
    return re.sub(r"^.*?(?:thành phố|tỉnh) ", "", top)


def _list(head: str, names: str, units: Mapping[str, Unit]) -> Meant:
    """ "Y tế, Công Thương và Nội vụ" behind one word. Names with commas of their own lie over neighbours."""
    pieces = [
        piece.strip(" .;") for piece in re.split(rf"[,;]| và (?=[{UPPER}])", names) if piece.strip(" .;")
    ]
    found, at = Meant(), 0
    while at < len(pieces):
        for end in range(min(len(pieces), at + 4), at, -1):
            for joined in _joined(pieces[at:end]):
                text = joined if _OWN_HEAD.match(joined) else f"{head} {joined}"
                if exact := _exact(text, _POST.sub("", text), units):
                    found, at = found | exact, end
                    break
            else:
                continue
            break
        else:
            found |= _one(
                pieces[at] if _OWN_HEAD.match(pieces[at]) else f"{head.capitalize()} {pieces[at]}", units
            )
            at += 1
    return found


def _joined(pieces: Sequence[str]) -> tuple[str, ...]:
    return (
        (pieces[0],)
        if len(pieces) == 1
        else (", ".join(pieces), " và ".join((", ".join(pieces[:-1]), pieces[-1])))
    )
