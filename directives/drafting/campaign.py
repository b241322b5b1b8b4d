"""A document that was read → the campaign file a person reviews. What is uncertain carries a mark, and no file with one opens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from directives.drafting import details
from directives.drafting.audiences import Audiences
from directives.drafting.document import Document
from directives.drafting.doubts import MARK
from directives.drafting.duty import Duty
from directives.drafting.instructions import Group, groups
from directives.drafting.steps import steps
from directives.drafting.titles import LEAST, shortened
from directives.drafting.units import Meant, meant
from directives.drafting.yaml_text import folded, listed, mark, scalar, titled
from directives.model import Unit
from directives.names import folded as plain

SHORT = 90  # characters of a title
PREFACE = re.compile(r"(?:căn cứ|thực hiện|theo|trên cơ sở)(?![\wÀ-ỹ])", re.I)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller knows beside the text. `flows`: keys that the series has; `cut`: of those with a cut name."""

    campaign: str
    series: str | None
    organisation: str | None
    units: Mapping[str, Unit] = field(default_factory=dict[str, Unit])
    flows: frozenset[str] = frozenset()
    cut: tuple[str, ...] = ()


def campaign_text(document: Document, wanted: Wanted) -> str:
    """The whole file, in the form that `config/loader.py` reads."""
    found = groups(document.duties)
    audiences = Audiences(document, wanted.units)
    body = [line for group in found for line in _instruction(group, document, audiences, wanted)]
    lines = [
        *_opening(document, wanted, found),
        *_directive(document, wanted),
        *_running(document, wanted),
        "",
        *audiences.lines(),
        "instructions:",
        *body,
    ]
    return "\n".join(lines) + "\n"


def _opening(document: Document, wanted: Wanted, found: Sequence[Group]) -> Iterator[str]:
    number = document.head.number or "?"
    yield f"# Drafted from {number}. Read it beside the directive: settle and delete every comment that begins with"
    yield f"# '{MARK}' (dondoc check names them), fill what is empty, then `dondoc check` and `dondoc open`."
    yield f"campaign: {scalar(wanted.campaign)}"
    missing = [group.key for group in found if group.key not in wanted.flows]
    if wanted.series is None:
        yield "series:" + mark(
            "tên nhóm văn bản hằng năm (config/series); chạy lại với --series TÊN --write-series"
        )
    elif missing:
        why = f"nhóm chưa có luồng cho {', '.join(missing)}; chạy lại với --write-series để ghi thêm"
        yield f"series: {scalar(wanted.series)}{mark(why)}"
    else:
        yield f"series: {scalar(wanted.series)}" + _cut_names(wanted, found)
    subject = document.head.subject
    yield from folded("title", _capital(subject), 0) if subject else ["title:" + mark("không thấy trích yếu")]


def _cut_names(wanted: Wanted, found: Sequence[Group]) -> str:
    keys = [group.key for group in found if group.key in wanted.cut]
    why = f"tên luồng của {', '.join(keys)} cắt ngắn; viết lại trong config/series/{wanted.series}.yaml"
    return mark(why) if keys else ""


def _directive(document: Document, wanted: Wanted) -> Iterator[str]:
    head, (title, name) = document.head, document.signer
    yield "directive:"
    yield f"  kind: {scalar(head.kind)}"
    yield (
        f"  number: {scalar(head.number)}"
        if head.number
        else "  number:" + mark("không thấy số, ký hiệu, hoặc số để trống")
    )
    yield (
        f"  issued: {head.issued.isoformat()}"
        if head.issued
        else "  issued:" + mark("không thấy ngày ký, hoặc ngày để trống")
    )
    yield _issuer(head.issuer, wanted.units)
    if title and name:
        yield f"  signatory: {{title: {scalar(_capital(title.lower()))}, name: {scalar(name)}}}"
    else:
        yield "  signatory: {title: '', name: ''}" + mark("không thấy người ký hoặc chức vụ")
    if head.subject:
        yield from folded("subject", head.subject, 2)
    else:
        yield "  subject:" + mark("không thấy trích yếu")
    if head.addressees:
        yield "  addressees:"
        yield from (f"    - {scalar(one)}" for one in head.addressees)
    else:
        yield "  addressees: []" + mark("văn bản không có Kính gửi; ghi các nơi nhận để thực hiện")
    yield from _references(document)


def _issuer(issuer: str | None, units: Mapping[str, Unit]) -> str:
    if not issuer:
        return "  issuer:" + mark("không thấy tên cơ quan ban hành")
    same = [unit.name for unit in units.values() if plain(unit.name) == plain(issuer)]
    if same or not units:
        return f"  issuer: {scalar(same[0] if same else issuer)}"
    starts = [
        unit.name for unit in units.values() if plain(issuer)[: len(plain(unit.name))] == plain(unit.name)
    ]
    if len(starts) == 1:
        return f"  issuer: {scalar(starts[0])}" + mark(f"văn bản ghi “{issuer}”")
    return f"  issuer: {scalar(issuer)}" + mark("cơ quan này không có trong danh sách đơn vị")


def _references(document: Document) -> Iterator[str]:
    if not document.references:
        return
    yield "  references:"
    for one in document.references:
        issued = f", issued: {one.issued.isoformat()}" if one.issued else ""
        if one.issuer:
            yield f"    - {{number: {scalar(one.number)}{issued}, issuer: {_inline(one.issuer)}}}"
        else:
            yield f"    - {{number: {scalar(one.number)}{issued}, issuer: '?'}}" + mark(
                "không rõ cơ quan ban hành văn bản viện dẫn"
            )


def _inline(text: str) -> str:
    return listed([text])[1:-1]


def _running(document: Document, wanted: Wanted) -> Iterator[str]:
    issued = document.head.issued
    why = "ngày mở đợt theo dõi; ở đây là ngày ký"
    yield f"opens: {issued.isoformat()}{mark(why)}" if issued else "opens:" + mark("ngày mở đợt theo dõi")
    yield "calendar: vn"
    if wanted.organisation:
        yield f"organisation: {scalar(wanted.organisation)}"
    else:
        yield "organisation:" + mark("danh sách đơn vị (config/units); chạy lại với --units TÊN")
    yield "monitor:"
    yield from _monitor(document, wanted.units)
    yield "ladder: standard"


def _monitor(document: Document, units: Mapping[str, Unit]) -> Iterator[str]:
    """Who collects the answers ("qua Sở Nội vụ") is proposed as the monitor; a person says who it is."""
    named = [details.through(one) or details.receiver(one) for one in document.duties if one.phrases]
    codes = [code for one in named if one for code in meant([one], units).units]
    if codes:
        yield f"  unit: {scalar(codes[0])}" + mark(
            f"cơ quan theo dõi: nơi nhận báo cáo là “{units[codes[0]].name}”"
        )
    else:
        yield "  unit:" + mark("cơ quan theo dõi: mã đơn vị trong danh sách")
    yield "  officer:"
    for name, what in (
        ("name", "đầu mối theo dõi"),
        ("phone", "điện thoại đầu mối"),
        ("address", "thư điện tử đầu mối"),
    ):
        yield f"    {name}:" + mark(what)


def _instruction(group: Group, document: Document, audiences: Audiences, wanted: Wanted) -> Iterator[str]:
    first = group.duties[0]
    yield f"  - key: {scalar(group.key) if not group.key.isdigit() else repr(group.key)}"
    yield f"    label: {_text(group.label)}"
    yield f"    clause: {_text(group.clause)}"
    yield from titled(_short(first), 4)
    yield from folded("summary", _joined(one.text for one in group.duties), 4)
    yield from _support(group.duties, wanted.units)
    yield "    steps:"
    for key, duty in group.keyed():
        for line in steps(key, duty, document, audiences, _short(duty)):
            yield f"      {line}"


def _joined(texts: Iterable[str]) -> str:
    """Duties of one sentence were cut at its semicolon; those of several sentences follow each other."""
    whole = ""
    for text in texts:
        whole += f"{'; ' if text[:1].islower() and not whole.endswith(('.', ':', ';')) else ' '}{text}"
    return whole.strip(" ;")


def _text(value: str) -> str:
    """Text, also where it looks like a number."""
    return repr(value) if value.replace(".", "").isdigit() else scalar(value)


def _support(duties: Sequence[Duty], units: Mapping[str, Unit]) -> Iterator[str]:
    """Codes of those who support; a supporter that is no single unit stands in the note."""
    named = tuple(dict.fromkeys(party for duty in duties for party in duty.support))
    found = meant(named, units) if units else Meant(unknown=named)
    rest = [party for party in named if not meant([party], units).units] if units else list(named)
    if rest:
        yield from folded("note", f"Phối hợp: {'; '.join(rest)}.", 4)
    if found.units:
        why = [f"“{party}” hiểu là {code}" for party, code in found.proposed]
        yield f"    support: {listed(found.units)}" + (mark("; ".join(why)) if why else "")


def _short(duty: Duty) -> str:
    """A title: the first words, without their order and party where those can be left out."""
    text = details.action(duty)
    if PREFACE.match(text) or len(text.split(";")[0]) < LEAST:
        text = details.product(duty) or text
    return _capital(shortened(text.split(";")[0], SHORT))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
