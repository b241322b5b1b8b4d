"""Named audiences of a drafted campaign: each set of units that duties ask, once, under a name people know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from directives.drafting.document import Document
from directives.drafting.duty import Duty
from directives.drafting.units import COMMUNES, DEPARTMENTS, DISTRICTS, Meant, meant
from directives.drafting.yaml_text import listed, mark
from directives.model import Unit, UnitKind

_NAMES: Mapping[tuple[UnitKind, ...], str] = {
    DEPARTMENTS: "departments",
    DISTRICTS: "districts",
    COMMUNES: "communes",
    (UnitKind.DEPARTMENT,): "departments-only",
    (*DEPARTMENTS, *DISTRICTS): "reporting",
    (*DEPARTMENTS, *DISTRICTS, *COMMUNES): "all",
    (UnitKind.PRESS,): "press",
}


class Audiences:
    """Names each audience when it is first asked for; `lines` writes those that were."""

    def __init__(self, document: Document, units: Mapping[str, Unit]) -> None:
        self.units = units
        self.addressed = meant(document.head.addressees, units) if units else Meant()
        self.named: dict[str, Meant] = {}

    def line(self, duty: Duty) -> str:
        """`audience: …` of a step, with a mark where the text does not say it surely."""
        if not self.units:
            return "audience: []" + mark(
                f"cơ quan thực hiện theo văn bản: {'; '.join(duty.parties) or 'không rõ'}"
            )
        found = meant(duty.parties, self.units)
        why = [f"“{party}” hiểu là {code}" for party, code in found.proposed]
        if found.unknown:
            why.append(f"chưa xác định được đơn vị: {'; '.join(f'“{one}”' for one in found.unknown)}")
        if found.anybody:
            why.append(f"{'; '.join(f'“{one}”' for one in found.anybody)}: chưa rõ đơn vị nào")
            if not self.addressed.empty and found.empty:
                found, why[-1] = self.addressed, f"{why[-1]}; ở đây hiểu là các nơi trong Kính gửi"
        if not duty.parties:
            why.append("câu không nêu cơ quan thực hiện")
        text = f"audience: {self._name(found)}"
        return text + (mark("; ".join(why)) if why else "")

    def lines(self) -> Iterator[str]:
        if self.named:
            yield "audiences:"
            yield from (f"  {name}: {_spec(found)}" for name, found in self.named.items())
            yield ""

    def _name(self, found: Meant) -> str:
        """A list of codes where only units are named; else the name of the audience."""
        if found.empty:
            return "[]"
        if not found.kinds and not found.except_:
            return listed(found.units)
        plain = Meant(found.kinds, found.units, found.except_)
        for name, known in self.named.items():
            if known == plain:
                return name
        name = _NAMES.get(found.kinds, "") if not (found.units or found.except_) else ""
        name = name or f"group-{len(self.named) + 1}"
        self.named[name] = plain
        return name


def _spec(found: Meant) -> str:
    parts = [
        ("kinds", [kind.value for kind in found.kinds]),
        ("units", found.units),
        ("except", found.except_),
    ]
    return "{" + ", ".join(f"{name}: {listed(items)}" for name, items in parts if items) + "}"
