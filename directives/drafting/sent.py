"""Whether right before a date stands only that something is sent, and to whom: "gửi … về Sở Nội vụ", "báo cáo Bộ Y tế"."""

from __future__ import annotations

import re

from directives.drafting.letters import LOWER, UPPER

_FIELD = rf"[{UPPER}][\wÀ-ỹ]*(?: [{LOWER}]+)?(?: vận tải)?"
_BODY = (
    r"(?:(?:Chủ tịch )?(?:Ủy ban nhân dân|Uỷ ban nhân dân|UBND)|(?:Thủ tướng )?Chính phủ|Công an|Thanh tra"
    r"|Văn phòng(?: Chính phủ| Ủy ban nhân dân| UBND)?"
    rf"|(?:Giám đốc |Bộ trưởng )?(?:Sở|Bộ|Ban|Cục|Chi cục|Phòng) {_FIELD}(?:(?:,| và| -) {_FIELD}){{0,3}})"
)
_PLACE = (
    rf"(?: (?:tỉnh|thành phố|huyện|quận|thị xã|xã|phường|cấp trên))?(?: [{UPPER}](?:[{LOWER}]*|\d*)){{0,3}}"
)
_WHOM = rf"{_BODY}{_PLACE}(?: \((?:thông )?qua {_BODY}{_PLACE}\))?"
# The name must end there: "báo cáo Sở Y tế số ca mắc trong tháng 8" says which month's cases are meant.
_SENT = re.compile(
    rf"(?:[Bb]áo cáo(?: (?:về|cho|lên))?(?: {_WHOM})?"
    rf"|(?:[Gg]ửi|[Nn]ộp) (?P<what>[^.;]{{2,100}}) (?:về|đến|tới|cho|lên) {_WHOM}),? ?$"
)
_DATA = re.compile(r"số liệu|kết quả|tình hình", re.I)
# Whose sending it is, not who is to send: "các sự cố do các xã báo cáo …".
_TOLD = re.compile(r"(?<![\wÀ-ỹ])(?:do|đã|được|mà|của)(?![\wÀ-ỹ])[^,]{0,60}$", re.I)


def is_sent(clause: str) -> bool:
    """`clause`: the words before the date, from the last full stop or semicolon on."""
    found = _SENT.search(clause)
    if found is None or _DATA.search(found[0]):
        return False
    return not _TOLD.search(clause[: found.start()])
