"""What was counted at the cut-off stays so: steps that moved, came or are carried otherwise since change no report."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from directives.ledger.addenda import addendum_facts
from directives.ledger.engine import reading
from directives.ledger.papers import report_facts, stand_at
from directives.papers import AddendumFacts, ReportFacts
from notifications.fairness import remarks_in_words
from notifications.papers.drafting import facts_of
from tests.ledger.campaigns import a_definition, at, spec
from tests.papers.office import a_paper_campaign, an_office, with_papers
from tests.papers.test_reports import MORNING, facts, reported


def test_what_a_report_carried_is_no_change_of_its_own_after_it_was_assigned_away(
    engine: Engine, tmp_path: Path
) -> None:
    """The result of 1a was a part of the report: what the district itself sends is told once, by the report."""
    followed = a_paper_campaign(engine)
    office = an_office(followed, tmp_path)
    first = facts_of(office.draft_report(followed.key, None, at(MORNING)))
    assert isinstance(first, ReportFacts)
    followed.decide("1g/report/NK", "assign", "2020-11-11 09:00", to="SNV", until="2020-11-20", reason="đúng")
    with reading(engine) as session:
        again = stand_at(followed.book(session), first.cut_off)
    assert first.standing.roots == tuple(one for one, above in again.above.items() if above is None)
    assert first.standing.roots is not None and len(first.standing.roots) == 10
    reported(followed, "1g/report/SNV", "2020-11-12 09:00", "8/BC-SNV")
    found = facts_of(office.draft_addendum(followed.key, None, at("2020-11-13 09:00")))
    assert isinstance(found, AddendumFacts)
    assert [(one.name, one.clause) for one in found.changes] == [("Sở Nội vụ", "điểm g khoản 1")]


def test_a_report_drafted_late_is_that_of_its_cut_off(engine: Engine, tmp_path: Path) -> None:
    """Whether it is drafted on the morning after or weeks later: assignments and amended files since change nothing."""
    followed = a_paper_campaign(engine)
    early = facts(followed, tmp_path / "early")
    followed.decide("1a/result/NK", "assign", "2020-11-11 09:00", to="SNV", until="2020-11-20", reason="đúng")
    more = {"key": "more", "audience": ["STP"], "due": {"by": "2020-11-30"}}
    edited = a_definition(
        with_papers, lambda data: data["instructions"][1]["steps"].append({**spec(data, "1g/plan"), **more})
    )
    followed.open("2020-11-12 09:00", edited, confirmed=True)
    with reading(engine) as session:
        book = followed.book(session)
        remarks = remarks_in_words(book, early.cut_off)
        assert report_facts(book, early.cut_off, early.head.drawn_on, remarks) == early


def test_what_a_report_named_by_itself_is_named_in_the_addendum_though_another_carries_it_now(
    engine: Engine, tmp_path: Path
) -> None:
    followed = a_paper_campaign(engine)
    office = an_office(followed, tmp_path)
    office.draft_report(followed.key, None, at(MORNING))
    edited = a_definition(
        with_papers, lambda data: spec(data, "1g/plan").update(audience="reporting", covered_by="1g/report")
    )
    followed.open("2020-11-11 09:00", edited, confirmed=True)
    reported(followed, "1g/report/STP", "2020-11-12 09:00", "215/BC-STP")
    found = facts_of(office.draft_addendum(followed.key, None, at("2020-11-13 09:00")))
    assert isinstance(found, AddendumFacts)
    assert {one.title for one in found.changes if one.name == "Sở Tư pháp"} == {
        "Báo cáo kết quả",
        "Kế hoạch năm 2020",
    }


def test_a_paper_of_before_it_said_what_it_named_is_gone_on_from_all_the_same(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    followed = a_paper_campaign(sqlite_engine)
    office = an_office(followed, tmp_path)
    before = facts_of(office.draft_report(followed.key, None, at(MORNING)))
    assert isinstance(before, ReportFacts)
    older = before.model_copy(update={"standing": before.standing.model_copy(update={"roots": None})})
    followed.decide("1g/report/NK", "assign", "2020-11-11 09:00", to="SNV", until="2020-11-20", reason="đúng")
    reported(followed, "1g/report/SNV", "2020-11-12 09:00", "8/BC-SNV")
    now = at("2020-11-13 09:00")
    with reading(sqlite_engine) as session:
        book = followed.book(session)
        assert addendum_facts(book, older, now, now.date()) == addendum_facts(book, before, now, now.date())


def test_reminders_are_counted_to_the_cut_off(sqlite_engine: Engine, tmp_path: Path) -> None:
    followed = a_paper_campaign(sqlite_engine).live("2020-11-02", "2020-11-09")
    early = facts(followed, tmp_path)
    followed.live("2020-11-10", "2020-11-16")
    with reading(sqlite_engine) as session:
        late = report_facts(followed.book(session), early.cut_off, early.head.drawn_on, {})
    counted = {one.step_id: one.reminders for item in early.items for one in item.missing}
    assert any(counted.values())
    assert {one.step_id: one.reminders for item in late.items for one in item.missing} == counted
