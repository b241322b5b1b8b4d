"""The annex read back: a sheet an instruction, dates as dates, and nothing of it a formula."""

from __future__ import annotations

import io
from datetime import date, datetime, time

from openpyxl import Workbook, load_workbook

from directives.board import StepLine
from directives.evaluate import Status
from notifications.annex import FILLS, Sheet, annex
from notifications.words import say
from tests.ledger.campaigns import CALENDAR, at

LATE = StepLine("Sở Tư pháp", "Báo cáo kết quả", at("2020-11-10 00:00"), Status.OVERDUE, 3, None, 2, 1)
DONE = StepLine(
    "Quận Ninh Kiều",
    "Báo cáo kết quả",
    at("2020-11-10 00:00"),
    Status.COMPLETED_ON_TIME,
    0,
    at("2020-11-06 23:30"),
    0,
)
CONTINUING = StepLine("Sở Nội vụ", "Theo dõi", None, Status.CONTINUING, 0, None, 0)
NOW = at("2020-11-12 07:35")
# As Excel keeps days: midnights without a zone.
NINTH, SIXTH = (datetime.combine(date(2020, 11, day), time(0)) for day in (9, 6))


def read(*sheets: Sheet) -> Workbook:
    return load_workbook(io.BytesIO(annex(sheets, CALENDAR, NOW)))


def test_days_are_days_and_counts_are_numbers() -> None:
    sheet = read(Sheet("1g", "Kế hoạch và báo cáo", [LATE, DONE, CONTINUING]))["1g"]
    head, late, done, continuing = sheet.iter_rows(values_only=True)
    assert head[:4] == ("Đơn vị", "Việc", "Hết ngày", "Tình trạng")
    assert late == ("Sở Tư pháp", "Báo cáo kết quả", NINTH, say("status.overdue"), 3, None, 2, 1)
    assert done[5] == SIXTH
    assert continuing[2] is None
    assert (sheet["C2"].number_format, sheet["F3"].number_format) == ("dd/mm/yyyy", "dd/mm/yyyy")


def test_it_can_be_filtered_scrolled_and_printed() -> None:
    sheet = read(Sheet("1g", "Kế hoạch", [LATE, DONE]))["1g"]
    assert sheet.auto_filter.ref == "A1:H3"
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    rules = [rule for some in sheet.conditional_formatting for rule in some.rules]
    assert len(rules) == len(FILLS)
    assert any(say("status.overdue") in rule.formula[0] for rule in rules)


def test_the_first_sheet_counts_by_status() -> None:
    first, *others = read(
        Sheet("1g", "Kế hoạch", [LATE, DONE]), Sheet("2", "Tổng hợp", [CONTINUING])
    ).worksheets
    rows = list(first.iter_rows(values_only=True))
    assert rows[0][:3] == ("Mục", "Nội dung", "Số việc")
    assert [row[0] for row in rows[1:]] == ["1g", "2"]
    assert [row[3:] for row in rows[1:]] == [(1, 1, 0), (0, 0, 1)]
    assert [one.title for one in others] == ["1g", "2"]


def test_a_name_that_begins_like_a_formula_is_text() -> None:
    for bad in ("=1+1", "+CMD|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"):
        line = StepLine(bad, bad, None, Status.OVERDUE, 1, None, 0)
        sheet = read(Sheet(bad, bad, [line])).worksheets[1]
        assert sheet["A2"].data_type == "s"
        assert sheet["A2"].value == bad.strip()


def test_sheets_have_names_that_excel_takes_each_once() -> None:
    names = read(*(Sheet("Nội dung [1/2]: rất dài và giống nhau", "x", [LATE]) for _ in range(3))).sheetnames
    assert len({name.casefold() for name in names}) == 4
    assert all(len(name) <= 31 and not set("[]:*?/\\") & set(name) for name in names)


def test_the_same_facts_make_the_same_bytes() -> None:
    sheets = [Sheet("1g", "Kế hoạch", [LATE, DONE])]
    assert annex(sheets, CALENDAR, NOW) == annex(sheets, CALENDAR, NOW)
