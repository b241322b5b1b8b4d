"""Tables of tasks in annexes: one duty a row, each column named by the head."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from directives.drafting import parties, phrases
from directives.drafting.duty import Duty
from directives.drafting.phrase import Signing
from directives.drafting.sections import Detail

SAME = re.compile(r"[-–.\"' ]{0,3}(?:n\.?t\.?|như trên)[-–.\"' ]{0,3}|[\"”″〃]{1,3}", re.I)


@dataclass
class Table:
    """`columns`: what each column holds, by its number. `above`: the last words of each, for a "nt" below."""

    columns: dict[str, int]
    above: dict[str, str] = field(default_factory=dict[str, str])

    def duty(self, cells: tuple[str, ...], line: int, signing: Signing) -> Duty | None:
        """The duty of a row; None for a heading between rows, or a row of figures."""
        task, lead, time = (
            self._cell(cells, "task"),
            self._cell(cells, Detail.LEAD),
            self._cell(cells, Detail.TIME),
        )
        if not re.search(r"[A-Za-zÀ-ỹ]{2}", task) or not (lead or time):
            return None
        label = cells[0] if self.columns["task"] > 0 and len(cells[0]) <= 8 else ""
        support = self._cell(cells, Detail.SUPPORT)
        duty = Duty(
            label=label.strip(". "),
            text=task,
            line=line,
            parties=parties.split(lead) if lead else (),
            support=parties.split(support) if support else (),
            leads=bool(lead),
            rule="row of a table of tasks",
            product=self._cell(cells, Detail.PRODUCT) or None,
        )
        duty.add(phrases.cell(time, signing) if time else phrases.find(task, signing), " | ".join(cells))
        return duty

    def _cell(self, cells: tuple[str, ...], name: str) -> str:
        at = self.columns.get(name)
        said = cells[at].strip(" .;") if at is not None and at < len(cells) else ""
        if said and not SAME.fullmatch(said):
            self.above[name] = said
        return self.above.get(name, "") if said else ""
