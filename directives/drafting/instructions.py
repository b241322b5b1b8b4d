"""Duties of one clause → one instruction of the campaign, with its key, as flows are named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from directives.drafting.duty import Duty
from directives.names import folded


@dataclass
class Group:
    """One instruction: one Prefect flow. `key` in ASCII: 1đ → 1dd."""

    key: str
    label: str
    clause: str
    duties: list[Duty] = field(default_factory=list[Duty])

    def keyed(self) -> Iterator[tuple[str, Duty]]:
        """Each duty with the key of its step."""
        for n, duty in enumerate(self.duties, start=1):
            yield ("result" if len(self.duties) == 1 else f"part-{n}"), duty


def groups(duties: Sequence[Duty]) -> list[Group]:
    """Neighbouring duties below one clause are one instruction; one without a label is its own."""
    found: list[Group] = []
    for duty in duties:
        base = _base(duty.label)
        if base and found and found[-1].label == base:
            found[-1].duties.append(duty)
            continue
        key = _key(base, {group.key for group in found}, len(found) + 1)
        found.append(Group(key, base or f"Mục {len(found) + 1}", _clause(base, duty), [duty]))
    return found


def _base(label: str) -> str:
    return "" if label.startswith(("-", "+", "•")) else re.sub(r"(?:-\d{1,9}){1,9}$", "", label)


def _key(base: str, taken: set[str], number: int) -> str:
    plain = "-".join(one for one in folded(re.sub(r"[đĐ]", "dd", base)) if one.isascii()) or f"item-{number}"
    key, n = plain, 2
    while key in taken:
        key, n = f"{plain}-{n}", n + 1
    return key


def _clause(base: str, duty: Duty) -> str:
    if not base:
        return f"đoạn không đánh số, dòng {duty.line} của văn bản"
    if found := re.fullmatch(r"(\d{1,2})([a-zđ])", base):
        return f"điểm {found[2]} khoản {found[1]}"
    if base.isdigit():
        return f"khoản {base}"
    if found := re.fullmatch(r"([a-zđ])", base):
        return f"điểm {found[1]}"
    return f"mục {base}"
