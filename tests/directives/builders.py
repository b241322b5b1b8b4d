"""Small calendars, steps, ladders and campaigns to ask the rules about.

Dates are real: the directive of 30/06/2020, whose report is due "trước ngày 10 tháng 11 năm 2020".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.loader import CONFIG, load_model, work_calendar
from directives.definition import Definition
from directives.evaluate import HoldSpan, StepState
from directives.model import CalendarSpec, Campaign, Instruction, Ladder, Rung, StepSpec, Unit
from directives.plan import Plan, Policy
from directives.workdays import SendWindow, WorkCalendar

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
GOLDEN = Path(__file__).parent / "golden"


def at(text: str) -> datetime:
    """An instant of the campaign's zone: `at("2020-11-10 07:30")`, or a day's midnight `at("2020-11-10")`."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def day(text: str) -> date:
    return date.fromisoformat(text)


def after(last_good_day: str) -> datetime:
    """The deadline whose last good day that is."""
    return at(last_good_day) + timedelta(1)


NOVEMBER_10 = at("2020-11-10")  # L is Monday 09/11/2020
OPENED = at("2020-06-30 07:30")
MAILED = at("2020-06-30 08:00")


@cache
def vietnam() -> WorkCalendar:
    """The calendar that ships, with its decrees."""
    return work_calendar(load_model(CalendarSpec, CONFIG / "calendars" / "vn.yaml"), SendWindow())


def a_calendar(*, off: Iterable[str] = (), worked: Iterable[str] = ()) -> WorkCalendar:
    """2020 and 2021 with these days off and Saturdays worked, and no other."""
    return WorkCalendar(
        "Asia/Ho_Chi_Minh",
        date(2020, 1, 1),
        date(2021, 12, 31),
        frozenset(map(day, off)),
        frozenset(map(day, worked)),
    )


@cache
def the_standard_ladder() -> Ladder:
    return load_model(Ladder, CONFIG / "escalations" / "standard.yaml")


def a_ladder(*rungs: dict[str, Any]) -> Ladder:
    """A ladder that starts at assignment and goes on with these rungs."""
    first = Rung(key="assigned", at_assignment=True)
    return Ladder(ladder="own", title="Own", rungs=(first, *(Rung.model_validate(rung) for rung in rungs)))


def a_policy(ladder: Ladder | None = None, calendar: WorkCalendar | None = None) -> Policy:
    return Policy(ladder or the_standard_ladder(), calendar or vietnam())


def a_step(**changes: Any) -> StepState:
    """The report of clause 1g: nothing mailed, answered or decided yet."""
    return replace(StepState(step_id=1, opened_at=OPENED, due_before=NOVEMBER_10), **changes)


def a_mailed_step(**changes: Any) -> StepState:
    """First mailed and acknowledged on the day of opening, so that only the deadline places rungs."""
    noticed = frozenset({("assigned", 0)})
    return a_step(**{"first_mailed_at": MAILED, "received_at": MAILED, "noticed": noticed} | changes)


def an_overdue_step(*rungs: str, **changes: Any) -> StepState:
    """A mailed step past every rung before the deadline, with these overdue ones noticed too."""
    keys = ("assigned", "before-30", "before-7", "before-1", *rungs)
    return a_mailed_step(**{"noticed": frozenset((key, 0) for key in keys)} | changes)


def a_hold(first: str, last: str | None) -> HoldSpan:
    """A hold of whole days, both inclusive, as a coordinator states it; open without a last one."""
    return HoldSpan(at(first), at(last) + timedelta(1) if last else None)


def noticed(state: StepState, plan: Plan) -> StepState:
    """The state after the ledger has written a plan down: knowing a repeat is knowing all before it."""
    keys = {time.key for time in plan.superseded}
    if plan.notice:
        keys |= {(plan.notice.rung, n) for n in range(plan.notice.repeat + 1)}
    return replace(state, noticed=state.noticed | keys)


def a_unit(code: str, kind: str = "department", parent: str | None = "UBND-TP", **changes: Any) -> Unit:
    return Unit.model_validate(
        {"code": code, "name": f"Đơn vị {code}", "kind": kind, "parent": parent} | changes
    )


def an_organisation() -> dict[str, Unit]:
    """The city; two departments, one of them the monitor; a district with two wards."""
    units = (
        a_unit("UBND-TP", "committee", None, name="Ủy ban nhân dân thành phố Cần Thơ"),
        a_unit("SNV", name="Sở Nội vụ"),
        a_unit("STP", name="Sở Tư pháp"),
        a_unit("916", "urban_district", name="Quận Ninh Kiều"),
        a_unit("31120", "ward", "916", name="Phường An Hòa"),
        a_unit("31135", "ward", "916", name="Phường An Khánh"),
    )
    return {unit.code: unit for unit in units}


def a_spec(key: str = "report", audience: Any = "STP", **changes: Any) -> StepSpec:
    """A deliverable due before 10/11/2020, on the directive's own word; `due=None` with `continuing=True` has no date."""
    facts: dict[str, Any] = {
        "key": key,
        "audience": audience,
        "title": "Báo cáo kết quả",
        "deliverable": "Báo cáo kết quả",
        "due": {"before": "2020-11-10"},
        "basis": {"source": "directive", "text": "trước ngày 10 tháng 11 năm 2020"},
    }
    return StepSpec.model_validate(facts | changes)


def an_instruction(key: str = "1g", *specs: StepSpec) -> Instruction:
    return Instruction(
        key=key,
        label=key,
        clause=f"khoản {key}",
        title=f"Việc {key}",
        summary=f"Nội dung {key}.",
        steps=specs or (a_spec(),),
    )


def a_campaign(*instructions: Instruction, **changes: Any) -> Campaign:
    facts: dict[str, Any] = {
        "campaign": "dan-van-kheo-2020",
        "series": "dan-van-kheo",
        "title": "Năm dân vận khéo 2020",
        "directive": {
            "kind": "Công văn",
            "number": "1914/UBND-KGVX",
            "issued": "2020-06-30",
            "issuer": "Ủy ban nhân dân thành phố Cần Thơ",
            "signatory": {"title": "Chủ tịch", "name": "Lê Quang Mạnh"},
            "subject": "thực hiện công tác dân vận",
            "addressees": ["Giám đốc Sở"],
        },
        "opens": "2020-06-30",
        "calendar": "vn",
        "organisation": "can-tho-2020",
        "monitor": {
            "unit": "SNV",
            "officer": {"name": "Đầu mối", "phone": "0292 0000 000", "address": "dan-van.snv@cantho.example"},
        },
        "ladder": "standard",
        "instructions": [one.model_dump(by_alias=True) for one in instructions or (an_instruction(),)],
    }
    return Campaign.model_validate(facts | changes)


def a_definition(*instructions: Instruction, **changes: Any) -> Definition:
    """A campaign with what it refers to: the standard ladder, the calendar that ships and the small organisation.

    `ladder_is`, `units` and `calendar_is` replace those; everything else changes the campaign.
    """
    ladder = changes.pop("ladder_is", None) or the_standard_ladder()
    units = changes.pop("units", None) or an_organisation()
    calendar = changes.pop("calendar_is", None) or vietnam()
    return Definition(a_campaign(*instructions, **changes), ladder, units, calendar)
