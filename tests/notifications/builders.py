"""Small digests and boards about the directive of 2020, in the campaign's own words."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from directives.digest import (
    CampaignBoard,
    CampaignFacts,
    Clause,
    DigestItem,
    InstructionBoard,
    LeadDigest,
    OverviewDigest,
    OverviewRow,
    OwingUnit,
    Recipient,
)
from directives.evaluate import Status
from directives.model import Source, Target
from directives.plan import Reason
from directives.workdays import WorkCalendar
from notifications.compose import Composed, compose

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = WorkCalendar(
    "Asia/Ho_Chi_Minh", date(2020, 1, 1), date(2021, 12, 31), frozenset({date(2020, 9, 2)}), frozenset()
)

JUSTICE = Recipient("STP", "Sở Tư pháp", "department", "", "van-thu.stp@cantho.example")
NINH_KIEU = Recipient("916", "Quận Ninh Kiều", "urban_district", "", "van-thu.916@cantho.example")
AN_HOA = Recipient("31120", "Phường An Hòa", "ward", "", "van-thu.31120@cantho.example")
CITY = Recipient("UBND-TP", "Ủy ban nhân dân thành phố Cần Thơ", "committee", "", "van-thu@cantho.example")
MONITOR = Recipient("SNV", "Sở Nội vụ", "department", "", "dan-van.snv@cantho.example")

CLAUSES = {
    "1a": Clause(
        "1a",
        "điểm a khoản 1",
        "Triển khai các kế hoạch về công tác dân vận",
        "Lãnh đạo, chỉ đạo thực hiện các kế hoạch.",
    ),
    "1b": Clause("1b", "điểm b khoản 1", "Đẩy mạnh thi đua", "Đẩy mạnh phong trào thi đua yêu nước."),
    "1đ": Clause("1đ", "điểm đ khoản 1", "Nâng cao đạo đức công vụ", "Thường xuyên giáo dục, bồi dưỡng."),
    "1e": Clause(
        "1e", "điểm e khoản 1", "Phân công người phụ trách", "Phân công cán bộ, công chức phụ trách."
    ),
    "1g": Clause(
        "1g",
        "điểm g khoản 1",
        "Xây dựng kế hoạch và báo cáo kết quả",
        "Xây dựng kế hoạch; gửi báo cáo kết quả.",
    ),
    "3": Clause("3", "khoản 3", "Rà soát, sắp xếp bộ máy", "Tiếp tục rà soát, sắp xếp, kiện toàn."),
}


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=HANOI)


FRIDAY, MONDAY, TUESDAY = at(2020, 11, 6, 8), at(2020, 11, 9, 8), at(2020, 11, 10, 8)
NOVEMBER_10 = at(2020, 11, 10)  # "trước ngày 10 tháng 11 năm 2020"


def a_campaign(**changes: Any) -> CampaignFacts:
    facts: dict[str, Any] = {
        "key": "dan-van-kheo-2020",
        "title": "Công tác dân vận và “Năm dân vận khéo” 2020",
        "rehearsal": False,
        "directive_kind": "Công văn",
        "directive_number": "1914/UBND-KGVX",
        "directive_issued": date(2020, 6, 30),
        "directive_issuer": "Ủy ban nhân dân thành phố Cần Thơ",
        "directive_subject": (
            "triển khai thực hiện công tác dân vận của cơ quan hành chính nhà nước, chính quyền các cấp"
            " và thực hiện “Năm dân vận khéo” 2020"
        ),
        "monitor_name": "Sở Nội vụ",
        "officer_name": "Đầu mối theo dõi công tác dân vận, Sở Nội vụ",
        "officer_phone": "0292 0000 000",
        "officer_address": "dan-van.snv@cantho.example",
        "calendar": CALENDAR,
    }
    return CampaignFacts(**(facts | changes))


def a_report(**changes: Any) -> DigestItem:
    """The report of clause 1g, the one date that the directive sets; one day late unless told otherwise."""
    facts: dict[str, Any] = {
        "n": 1,
        "step_id": 7,
        "key": "dan-van-kheo-2020/1g/report/STP",
        "title": "Báo cáo kết quả công tác dân vận và “Năm dân vận khéo” 2020",
        "deliverable": "Báo cáo kết quả công tác dân vận, “Năm dân vận khéo” 2020 và quy chế dân chủ ở cơ sở",
        "send_to": "Ủy ban nhân dân thành phố (qua Sở Nội vụ)",
        "clauses": tuple(CLAUSES[label] for label in ("1g", "1a", "1b", "1đ", "1e")),
        "due_before": NOVEMBER_10,
        "deadline_number": 1,
        "source": Source.DIRECTIVE,
        "basis": "trước ngày 10 tháng 11 năm 2020",
        "reason": Reason.BEFORE_DEADLINE,
        "first": False,
        "status": Status.DUE_SOON,
        "days_late": 0,
    }
    facts |= changes
    return DigestItem(**({"original_due_before": facts["due_before"]} | facts))


def an_officer(**changes: Any) -> DigestItem:
    """The officer of clause 1e: a date that the monitor set, Friday 31/07/2020."""
    return a_report(
        **{
            "step_id": 5,
            "key": "dan-van-kheo-2020/1e/officer/STP",
            "title": "Phân công cán bộ, công chức phụ trách dân vận",
            "deliverable": "Văn bản phân công cán bộ, công chức phụ trách",
            "send_to": "Sở Nội vụ",
            "clauses": (CLAUSES["1e"],),
            "due_before": at(2020, 8, 1),
            "source": Source.MONITOR,
            "basis": "để lập danh sách đầu mối theo dõi",
        }
        | changes
    )


def overdue(days: int, reason: Reason = Reason.FIRST_OVERDUE) -> dict[str, Any]:
    return {"reason": reason, "status": Status.OVERDUE, "days_late": days}


def a_digest(*items: DigestItem, now: datetime, **changes: Any) -> LeadDigest:
    """A digest of these items, numbered in their order; `open_items` go on counting."""
    facts: dict[str, Any] = {"campaign": a_campaign(), "recipient": JUSTICE, "open_items": ()}
    return LeadDigest(now=now, items=items, **(facts | changes))


def a_row(**changes: Any) -> OverviewRow:
    facts: dict[str, Any] = {
        "unit_name": "Phường An Hòa",
        "above": "Quận Ninh Kiều",
        "title": "Báo cáo kết quả gửi quận, huyện",
        "labels": ("1a", "1b", "1g"),
        "due_before": at(2020, 10, 31),
        "source": Source.MONITOR,
        "days_late": 5,
        "reminders": 3,
        "reason": Reason.ESCALATED,
    }
    return OverviewRow(**(facts | changes))


def an_overview(*rows: OverviewRow, **changes: Any) -> OverviewDigest:
    facts: dict[str, Any] = {
        "campaign": a_campaign(),
        "recipient": NINH_KIEU,
        "target": Target.SUPERIOR,
        "now": at(2020, 11, 4, 8),
        "letter": False,
        "since": 3,
    }
    return OverviewDigest(rows=rows, **(facts | changes))


def an_instruction_board(**changes: Any) -> InstructionBoard:
    """Clause 1g: three late of ten."""
    counts = dict.fromkeys(Status, 0) | {
        Status.OVERDUE: 3,
        Status.COMPLETED_ON_TIME: 5,
        Status.AWAITING_ACCEPTANCE: 2,
    }
    owing = {
        "Quận Ninh Kiều": (an_owing_unit("Phường An Hòa", 2), an_owing_unit("Phường Cái Khế", 11)),
        "Huyện Phong Điền": (an_owing_unit("Xã Mỹ Khánh", 1),),
    }
    facts: dict[str, Any] = {
        "campaign": a_campaign(),
        "now": at(2020, 11, 11, 8),
        "key": "1g",
        "label": "1g",
        "clause": "điểm g khoản 1",
        "title": "Xây dựng kế hoạch và báo cáo kết quả",
        "summary": "Xây dựng kế hoạch thực hiện công tác dân vận; gửi báo cáo kết quả.",
        "note": "",
        "ladder": "Thang nhắc việc chuẩn",
        "counts": counts,
        "owing": owing,
        "next_action_at": at(2020, 11, 12, 7, 30),
    }
    return InstructionBoard(**(facts | changes))


def an_owing_unit(name: str, days_late: int) -> OwingUnit:
    return OwingUnit(name, ("Báo cáo kết quả",), at(2020, 11, 11 - min(days_late, 10)), days_late)


def a_campaign_board(*rows: InstructionBoard, **changes: Any) -> CampaignBoard:
    facts: dict[str, Any] = {
        "campaign": a_campaign(),
        "now": at(2020, 11, 11, 8),
        "mail": {"accepted": 112, "failed": 1},
    }
    return CampaignBoard(rows=rows or (an_instruction_board(),), **(facts | changes))


def flat(mail: Composed) -> str:
    """The text part without its line ends."""
    return " ".join(mail.text.split())


def both(mail: Composed) -> tuple[str, str]:
    """The two parts as running words."""
    return flat(mail), " ".join(re.sub(r"<[^>]+>", " ", mail.html).split())


def a_reminder(**changes: Any) -> Composed:
    """The mail of Monday 09/11/2020 about the report."""
    return compose(a_digest(a_report(**changes), now=MONDAY))
