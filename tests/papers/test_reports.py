"""The consolidated report: its totals are the ledger's, it is frozen, and what comes later goes to an addendum."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from directives.errors import DondocError, Refused
from directives.evaluate import Status, counts
from directives.ledger.engine import reading
from directives.ledger.papers import report_facts, stand_at
from directives.ledger.states import ident
from directives.papers import AddendumFacts, Counts, Owing, ReportFacts, summed
from notifications.papers.drafting import facts_of, rendered
from notifications.papers.report import named
from tests.ledger.campaigns import Followed, a_campaign, at, content
from tests.papers.office import a_paper_campaign, a_report, an_office, opened

CUT_OFF, MORNING = "2020-11-10 00:00", "2020-11-10 08:15"
STEPS = [
    "1g/plan/STP",
    "1g/plan/NK1",
    "1g/report/STP",
    "1g/report/NK",
    "1g/commune-report/NK2",
    "2/consolidated/SNV",
]


def reported(followed: Followed, step: str, when: str, number: str, recorded: str = "", **said: Any) -> None:
    followed.answer(
        step, "done", when, recorded, doc_number=number, doc_date=when[:10], by="Nguyễn Thị Hoa", **said
    )


def facts(followed: Followed, folder: Path, when: str = MORNING) -> ReportFacts:
    found = facts_of(an_office(followed, folder).draft_report(followed.key, None, at(when)))
    assert isinstance(found, ReportFacts)
    return found


def ledger_counts(followed: Followed, when: Any) -> Counts:
    """What the boards would count at that moment, from the rows as they are."""
    with reading(followed.engine) as session:
        book = followed.book(session)
        steps = {ident(step): step for step in followed.steps().values()}
        return counts(book.states(steps).values(), book.calendar, when)


# Totals


ACTS = st.lists(
    st.tuples(
        st.integers(0, 170),
        st.sampled_from(STEPS),
        st.sampled_from(["done", "received", "accept", "waive", "undo"]),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(acts=ACTS, cut=st.integers(0, 170))
def test_totals_equal_the_ledgers_at_any_cut_off_whatever_comes_later(
    sqlite_files: Any, acts: list[tuple[int, str, str]], cut: int
) -> None:
    followed = a_paper_campaign(sqlite_files.ledger())
    start = at("2020-07-01 09:00")
    moment = start + timedelta(days=cut, hours=3)
    before: Counts | None = None
    for day, step, kind in sorted(acts):
        when = start + timedelta(days=day)
        if when > moment and before is None:
            before = ledger_counts(followed, moment)
        act(followed, step, kind, f"{when:%Y-%m-%d %H:%M}")
    before = before or ledger_counts(followed, moment)
    with reading(followed.engine) as session:
        book = followed.book(session)
        found = report_facts(book, moment, moment.date(), {})
    assert found.counts == before
    assert sum(found.counts.values()) == len(followed.steps())
    assert summed(unit.counts for unit in found.units) == before
    assert summed([*(part.counts for part in found.parts), found.beside.counts]) == before
    sqlite_files.clear()


def act(followed: Followed, step: str, kind: str, when: str) -> None:
    try:
        if kind in ("accept", "waive"):
            followed.decide(step, kind, when, reason="theo ý kiến chỉ đạo")
        else:
            said = {"doc_number": "1/BC"} if kind == "done" else {}
            followed.answer(step, kind, when, **said)
    except Refused:
        pass  # it made no sense then: nothing was changed


def test_the_three_parts_and_what_stands_beside_them_come_from_the_campaigns_file(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    followed = a_paper_campaign(sqlite_engine)
    found = facts(followed, tmp_path)
    assert [[one.clause for one in part.clauses] for part in found.parts] == [["điểm a khoản 1"], [], []]
    assert [one.clause for one in found.beside.clauses] == ["điểm g khoản 1", "khoản 2"]
    paper = a_report(followed, tmp_path)
    assert paper.line("Trong tổng số").text.startswith("Trong tổng số 14 nhiệm vụ: ")
    rows = paper.table("Ghi chú")
    assert rows[-1][1:3] == ["Tổng cộng", "14"]
    assert [sum(int(row[n]) for row in rows[1:-1]) for n in range(2, 9)] == [
        int(cell) for cell in rows[-1][2:9]
    ]


# Who is late, and what was submitted


def test_late_and_missing_units_are_named_communes_under_their_district(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    followed = a_paper_campaign(sqlite_engine)
    reported(followed, "1g/plan/STP", "2020-08-03 09:00", "12/KH-STP")
    reported(followed, "1g/commune-report/NK1", "2020-11-02 09:00", "7/BC-UBND")
    step = followed.step("1g/plan/STP").id
    paper = a_report(followed, tmp_path, remarks=lambda _book, _at: {step: "nhận giao việc muộn"})
    assert "+ Gửi sau thời hạn (1): Sở Tư pháp (chậm 3 ngày; nhận giao việc muộn)." in paper.text
    assert (
        "+ Chưa gửi (3): Ủy ban nhân dân quận Ninh Kiều; Ủy ban nhân dân các xã, phường, thị trấn của quận Ninh Kiều: "
        "phường An Hòa, phường Cái Khế." in paper.text
    )
    assert [row[-1] for row in paper.table("Ghi chú") if row[1] == "Sở Tư pháp"] == ["nhận giao việc muộn"]


def test_a_district_stands_once_whatever_the_order_of_its_communes() -> None:
    def owing(step_id: int, name: str, kind: str, above: str) -> Owing:
        return Owing(
            step_id=step_id,
            name=name,
            kind=kind,
            above=above,
            due_before=at("2020-10-31 00:00"),
            days_late=10,
        )

    late = (
        owing(1, "Phường An Hòa", "ward", "Quận Ninh Kiều"),
        owing(2, "Xã Thạnh Mỹ", "commune", "Huyện Vĩnh Thạnh"),
        owing(3, "Sở Tư pháp", "department", ""),
        owing(4, "Phường Cái Khế", "ward", "Quận Ninh Kiều"),
    )
    assert named(late) == (
        "Sở Tư pháp; Ủy ban nhân dân các xã, phường, thị trấn của quận Ninh Kiều: phường An Hòa, phường Cái Khế; "
        "Ủy ban nhân dân các xã, phường, thị trấn của huyện Vĩnh Thạnh: xã Thạnh Mỹ"
    )


def test_the_body_says_what_stands_in_each_annex(sqlite_engine: Engine, tmp_path: Path) -> None:
    body = a_report(a_paper_campaign(sqlite_engine), tmp_path).line("Trong tổng số").text
    assert "tại Phụ lục I; văn bản, tài liệu do các đơn vị gửi tại Phụ lục II." in body


def test_what_units_submitted_is_listed_with_document_words_and_files(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    followed = a_paper_campaign(sqlite_engine)
    reported(
        followed,
        "1g/report/STP",
        "2020-11-06 09:00",
        "215/BC-STP",
        text="Kính gửi báo cáo năm 2020.",
        file_sha256="ab" * 32,
        file_name="bao-cao.pdf",
    )
    (row,) = a_report(followed, tmp_path).table("Tài liệu kèm theo")[1:]
    assert row[1:3] == ["Sở Tư pháp", "215/BC-STP ngày 06/11/2020"]
    assert row[3].split("\n") == ["Báo cáo kết quả (điểm g khoản 1)", "“Kính gửi báo cáo năm 2020.”"]
    assert row[4:] == ["06/11/2020", f"bao-cao.pdf ({'ab' * 6})"]


def test_a_step_assigned_after_the_cut_off_is_told_of_the_unit_that_owed_it_then(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    followed = a_paper_campaign(sqlite_engine)
    reported(followed, "1g/report/STP", "2020-11-05 09:00", "215/BC-STP")
    followed.decide("1g/report/STP", "return", "2020-11-06 09:00", until="2020-11-09", reason="thiếu biểu")
    followed.decide(
        "1g/report/STP", "assign", "2020-11-10 07:00", to="SNV", until="2020-11-20", reason="chức năng"
    )
    found = facts(followed, tmp_path)
    missing = {
        owing.name for item in found.items if item.title == "Báo cáo kết quả" for owing in item.missing
    }
    assert "Sở Tư pháp" in missing
    assert "Sở Nội vụ" not in missing
    assert [one.name for one in found.submitted] == ["Sở Tư pháp"]
    (tally,) = [one for one in found.units if one.name == "Sở Tư pháp"]
    assert tally.counts[Status.OVERDUE]


def test_what_was_taken_back_is_not_listed(sqlite_engine: Engine, tmp_path: Path) -> None:
    followed = a_paper_campaign(sqlite_engine)
    reported(followed, "1g/report/STP", "2020-11-06 09:00", "215/BC-STP")
    followed.answer("1g/report/STP", "undo", "2020-11-06 10:00", by="Nguyễn Thị Hoa")
    assert a_report(followed, tmp_path).table("Tài liệu kèm theo")[1:] == []


# Frozen


def test_a_second_run_gives_the_frozen_report_back_byte_by_byte_whatever_came_since(
    engine: Engine, tmp_path: Path
) -> None:
    followed = a_paper_campaign(engine)
    reported(followed, "1g/report/STP", "2020-11-06 09:00", "215/BC-STP")
    office = an_office(followed, tmp_path)
    first = office.draft_report(followed.key, None, at(MORNING))
    reported(followed, "1g/report/NK", "2020-11-09 09:00", "33/BC-UBND", recorded="2020-11-12 09:00")
    before = content(engine)
    again = office.draft_report(followed.key, None, at("2020-11-20 08:15"))
    assert again == first
    assert office.read(again) == office.read(first)
    assert content(engine) == before
    assert followed.broken() == []


def test_the_same_facts_give_the_same_bytes_also_after_their_way_through_the_ledger(
    engine: Engine, tmp_path: Path
) -> None:
    followed = a_paper_campaign(engine)
    reported(followed, "1g/report/STP", "2020-11-06 09:00", "215/BC-STP", text="Đã xong.")
    office = an_office(followed, tmp_path)
    kept = office.draft_report(followed.key, None, at(MORNING))
    assert rendered(facts_of(kept)) == rendered(facts_of(kept)) == office.read(kept)


def test_freezing_is_one_audit_event(sqlite_engine: Engine, tmp_path: Path) -> None:
    followed = a_paper_campaign(sqlite_engine)
    before = followed.campaign().audit_seq
    facts(followed, tmp_path)
    assert followed.campaign().audit_seq == before + 1
    assert followed.broken() == []


def test_a_cut_off_to_come_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    followed = a_paper_campaign(sqlite_engine)
    with pytest.raises(DondocError, match="2020-11-10 00:00 is still to come.*--at"):
        facts(followed, tmp_path, "2020-11-09 16:00")


def test_a_cut_off_before_the_opening_is_refused_and_freezes_nothing(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    followed = a_paper_campaign(sqlite_engine)
    office, before = an_office(followed, tmp_path), content(followed.engine)
    for draft in (office.draft_report, office.draft_addendum):
        with pytest.raises(Refused, match="2019-01-02 00:00 is before the campaign was opened"):
            draft(followed.key, at("2019-01-02 00:00"), at(MORNING))
    assert content(followed.engine) == before


def test_a_campaign_that_says_nothing_of_its_papers_is_told_so(sqlite_engine: Engine, tmp_path: Path) -> None:
    followed = a_campaign(sqlite_engine)
    with pytest.raises(DondocError, match="add 'report:' to its file"):
        facts(followed, tmp_path)


def test_a_file_that_was_lost_is_named(sqlite_engine: Engine, tmp_path: Path) -> None:
    followed = a_paper_campaign(sqlite_engine)
    office = an_office(followed, tmp_path)
    kept = office.draft_report(followed.key, None, at(MORNING))
    office.store.path(kept.sha256).unlink()
    with pytest.raises(DondocError, match="restore it from a backup"):
        office.read(kept)


# What comes later


def test_later_answers_go_to_an_addendum_that_lists_only_the_differences(
    engine: Engine, tmp_path: Path
) -> None:
    followed = a_paper_campaign(engine)
    reported(followed, "1g/report/STP", "2020-11-06 09:00", "215/BC-STP")
    office = an_office(followed, tmp_path)
    first = office.draft_report(followed.key, None, at(MORNING))
    reported(followed, "1g/report/NK", "2020-11-09 09:00", "33/BC-UBND", recorded="2020-11-11 09:00")
    reported(followed, "1g/commune-report/NK1", "2020-11-12 09:00", "7/BC-UBND")
    kept = office.draft_addendum(followed.key, None, at("2020-11-13 09:00"))
    found = facts_of(kept)
    assert isinstance(found, AddendumFacts)
    before = facts_of(first)
    assert isinstance(before, ReportFacts)
    assert (found.since, found.before) == (before.cut_off, before.counts)
    rows = {row[1]: row[3:] for row in opened(office, kept).table("Trước")[1:]}
    assert rows == {
        "UBND quận Ninh Kiều": [
            "Đang thực hiện (quá hạn)",
            "Đã gửi báo cáo, chờ xác nhận",
            "09/11/2020",
            "ghi nhận sau ngày chốt số liệu",
        ],
        "UBND phường An Hòa, quận Ninh Kiều": [
            "Đang thực hiện (quá hạn)",
            "Hoàn thành quá hạn",
            "12/11/2020",
            "13 ngày",
        ],
    }
    assert [row[2] for row in opened(office, kept).table("Tài liệu kèm theo")[1:]] == [
        "33/BC-UBND ngày 09/11/2020",
        "7/BC-UBND ngày 12/11/2020",
    ]
    assert office.draft_addendum(followed.key, at("2020-11-13 09:00"), at("2020-11-16 09:00")) == kept


def test_the_next_addendum_goes_on_from_the_one_before(sqlite_engine: Engine, tmp_path: Path) -> None:
    followed = a_paper_campaign(sqlite_engine)
    office = an_office(followed, tmp_path)
    office.draft_report(followed.key, None, at(MORNING))
    reported(followed, "1g/report/NK", "2020-11-11 09:00", "33/BC-UBND")
    office.draft_addendum(followed.key, None, at("2020-11-12 09:00"))
    with pytest.raises(DondocError, match="nothing came after"):
        office.draft_addendum(followed.key, None, at("2020-11-13 09:00"))
    reported(followed, "1g/report/STP", "2020-11-13 10:00", "216/BC-STP")
    found = facts_of(office.draft_addendum(followed.key, None, at("2020-11-14 09:00")))
    assert isinstance(found, AddendumFacts)
    assert [one.name for one in found.changes] == ["Sở Tư pháp"]


def test_time_alone_is_no_difference(sqlite_engine: Engine, tmp_path: Path) -> None:
    """The consolidated report itself falls due after the cut-off: nobody answered anything."""
    followed = a_paper_campaign(sqlite_engine)
    office = an_office(followed, tmp_path)
    office.draft_report(followed.key, None, at(MORNING))
    with reading(sqlite_engine) as session:
        late = stand_at(followed.book(session), at("2020-11-25 09:00"))
    assert list(late.found.values()).count(Status.OVERDUE) == 13
    with pytest.raises(DondocError, match="nothing came after"):
        office.draft_addendum(followed.key, None, at("2020-11-25 09:00"))


def test_an_addendum_needs_a_report(sqlite_engine: Engine, tmp_path: Path) -> None:
    followed = a_paper_campaign(sqlite_engine)
    with pytest.raises(DondocError, match="run 'dondoc report thu-2020' first"):
        an_office(followed, tmp_path).draft_addendum(followed.key, None, at(MORNING))


def test_a_unit_that_was_told_only_after_the_deadline_is_marked_so(engine: Engine, tmp_path: Path) -> None:
    followed = a_paper_campaign(engine).live("2020-11-12")
    office = an_office(followed, tmp_path)
    kept = office.draft_report(followed.key, at("2020-11-19 17:00"), at("2020-11-20 08:15"))
    paper = opened(office, kept)
    assert "nhận việc muộn, thư đầu tiên đến 12/11/2020, sau hạn 3 ngày" in paper.text
