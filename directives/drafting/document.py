"""A whole directive, read: what `dondoc draft --json` prints, and what a campaign file is written from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from directives.drafting import details, phrases
from directives.drafting.citations import Citation, references
from directives.drafting.duties import Duties
from directives.drafting.duty import Duty, Order
from directives.drafting.head import FOOT, SIGNS, Head, read_head
from directives.drafting.letters import LOWER, UPPER
from directives.drafting.outline import outline
from directives.drafting.phrase import Signing
from directives.drafting.text import Paragraph, paragraphs
from directives.errors import DondocError
from directives.workdays import WorkCalendar

ANNEX = re.compile(
    r"(?:PHỤ LỤC|Phụ lục|BIỂU|DANH MỤC|BẢNG PHÂN CÔNG|PHÂN CÔNG)(?![\wÀ-ỹ])|\(Kèm theo|\(Ban hành kèm theo"
)
AT_LEAST = 2  # signs of a document of an authority, of: number, date, issuer


@dataclass(frozen=True, slots=True)
class Document:
    """What was read. `signer`: (title, name) of the foot, where it could be told."""

    head: Head
    signer: tuple[str | None, str | None]
    references: tuple[Citation, ...]
    duties: tuple[Duty, ...]

    def as_data(self) -> dict[str, Any]:
        """Shape: number, date (ISO 8601), issuer, subject, addressees, references [{number, date, issuer}],
        instructions [{label, text, obliged, lead, support, kind, deliverable, to, through, deadlines}]."""
        head = self.head
        return {
            "number": head.number,
            "date": head.issued.isoformat() if head.issued else None,
            "issuer": head.issuer,
            "subject": head.subject,
            "addressees": list(head.addressees),
            "references": [
                {
                    "number": one.number,
                    "date": one.issued.isoformat() if one.issued else None,
                    "issuer": one.issuer,
                }
                for one in self.references
            ],
            "instructions": [_instruction(duty) for duty in self.duties],
        }


def _instruction(duty: Duty) -> dict[str, Any]:
    return {
        "label": duty.label or None,
        "text": duty.text,
        "obliged": list(duty.parties),
        "lead": duty.parties[0] if duty.leads and duty.parties else None,
        "support": list(duty.support),
        "kind": details.nature(duty).value,
        "deliverable": details.product(duty),
        "to": details.receiver(duty),
        "through": details.through(duty),
        "deadlines": [one.as_data() for one in duty.phrases],
    }


def read(text: str, calendar: WorkCalendar) -> Document:
    """Errors: DondocError where the text is no document of an authority."""
    lines = paragraphs(text)
    head = read_head(lines)
    if sum(one is not None for one in (head.number, head.issued, head.issuer)) < AT_LEAST:
        raise DondocError(
            "is no directive: no number (Số: …/…), date (…, ngày … tháng … năm …) or issuer stands at its head; "
            "give the text of a công văn, chỉ thị, kế hoạch, …"
        )
    body, foot, annexes = _parts(lines, head.body)
    signing = Signing(head.issued, calendar)
    whom = (head.alias,) if head.alias else head.addressees
    reader = Duties(head.issuer, whom, signing)
    reader.read(outline(body), Order(parties=whom))
    reader.read(outline(annexes), Order(parties=whom))
    _late(foot if not annexes else (), reader, signing)
    cited = references((one.text for one in (*body, *annexes)), head.number)
    _relabel(reader.found)
    return Document(head, _signer(foot), tuple(cited), tuple(reader.found))


def _relabel(duties: Sequence[Duty]) -> None:
    """Where one clause asks more than once, the first is "1b-1" beside "1b-2"."""
    labels = {one.label for one in duties}
    for one in duties:
        if (
            one.label
            and not one.label.startswith("-")
            and f"{one.label}-2" in labels
            and f"{one.label}-1" not in labels
        ):
            one.label = f"{one.label}-1"


def _parts(
    lines: Sequence[Paragraph], start: int
) -> tuple[Sequence[Paragraph], Sequence[Paragraph], Sequence[Paragraph]]:
    """Body, foot (Nơi nhận and signature), annexes."""
    end = next((n for n in range(start, len(lines)) if _ends_body(lines, n)), len(lines))
    after = next((n for n in range(end, len(lines)) if ANNEX.match(lines[n].text)), len(lines))
    return lines[start:end], lines[end:after], lines[after:]


def _ends_body(lines: Sequence[Paragraph], n: int) -> bool:
    text = lines[n].text
    if FOOT.match(text) and len(text) < 40:
        return True
    return bool(SIGNS.match(text)) and text.isupper() and len(text) < 60 and lines[n - 1].text.endswith("./.")


def _late(foot: Sequence[Paragraph], reader: Duties, signing: Signing) -> None:
    """Below the signature only what has a date of its own counts: the rest are names and copies."""
    dated = [
        one
        for one in foot
        if phrases.find(one.text, signing) and not one.cells and not one.text.startswith("-")
    ]
    if dated:
        reader.read(outline(dated), Order(parties=reader.collected.addressed, asks=True))


def _signer(foot: Sequence[Paragraph]) -> tuple[str | None, str | None]:
    """The title in capitals after the list of copies, and the name below it."""
    titles: list[str] = []
    for one in foot:
        text = one.text
        if SIGNS.match(text) and text.isupper():
            titles.append(text)
        elif titles and re.fullmatch(rf"(?:[{UPPER}][{LOWER}]{{0,6}} ?){{2,6}}", text):
            return " - ".join(titles), text.strip()
    return (" - ".join(titles) or None), None
