"""Titles of instructions and names of flows: the first words of what is to be done, up to where they may end."""

from __future__ import annotations

import re

from directives.drafting.letters import UPPER

CUT = "…"
LEAST = 12  # characters
# Where it goes and by when say nothing of what it is: a title ends before them.
_MAY_END = re.compile(
    r",? (?:(?:và )?(?:gửi|báo cáo|trình|nộp|hoàn thành)(?= (?:về|cho|đến|tới|trước|trong|chậm|kết quả|danh sách|"
    rf"[{UPPER}]))|về (?=[{UPPER}])|\(qua |trước (?=ngày|\d)|chậm nhất|trong (?=tháng \d|quý|năm|vòng))"
)


def shortened(text: str, longest: int) -> str:
    """At most `longest` characters; ends with "…" where no fitting end was found."""
    text = " ".join(text.split()).strip(" .,;:/")
    if len(text) <= longest:
        return text
    end = next((found.start() for found in _MAY_END.finditer(text) if found.start() >= LEAST), None)
    if end is not None and end <= longest:
        return text[:end].rstrip(" ,;:(")
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + CUT


def was_cut(title: str) -> bool:
    return title.endswith(CUT)
