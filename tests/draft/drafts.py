"""What tests of drafting share: the calendar, a signing day, a document around a body, and the examples."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from config.loader import CONFIG, load_model, work_calendar
from directives.drafting import phrases
from directives.drafting.document import Document, read
from directives.drafting.phrase import Signing
from directives.model import CalendarSpec
from directives.workdays import SendWindow, WorkCalendar

EXAMPLES = Path(__file__).parent / "examples"
HEAD = """ỦY BAN NHÂN DÂN
THÀNH PHỐ CẦN THƠ

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: 2100/UBND-NC
V/v thử nghiệm việc đọc văn bản

Cần Thơ, ngày {day}

Kính gửi:
- Giám đốc Sở, Thủ trưởng cơ quan ban, ngành thành phố;
- Chủ tịch Ủy ban nhân dân quận, huyện.

Chủ tịch Ủy ban nhân dân thành phố có ý kiến như sau:

{body}

Nơi nhận:
- Như trên;
- Lưu: VT.

CHỦ TỊCH

Nguyễn Văn Mẫu
"""


@cache
def calendar() -> WorkCalendar:
    return work_calendar(load_model(CalendarSpec, CONFIG / "calendars" / "vn.yaml"), SendWindow())


def a_text(body: str, day: str = "06 tháng 7 năm 2020") -> str:
    """A letter of the city with that body."""
    return HEAD.format(day=day, body=body)


def a_document(body: str, day: str = "06 tháng 7 năm 2020") -> Document:
    return read(a_text(body, day), calendar())


def deadlines(sentence: str, signed: str = "2026-03-05") -> list[dict[str, Any]]:
    """The deadline phrases of a sentence, as `dondoc deadline --json` prints them."""
    signing = Signing(date.fromisoformat(signed), calendar())
    return [one.as_data() for one in phrases.find(sentence, signing)]
