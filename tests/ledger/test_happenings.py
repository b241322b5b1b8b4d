"""What Prefect is told of the audit chain: each thing once, under an id that stays, and nothing personal."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from directives.ledger import happenings
from directives.ledger.engine import begin, reading
from directives.ledger.happenings import Happening, News
from tests.ledger.campaigns import Followed, a_campaign, box_of
from tests.replies.desks import Answered
from tests.replies.test_bounces import bounce_of

REPORT, PLAN, CARRIED = "1g/report/STP", "1g/plan/STP", "1a/result/STP"


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """First mails were sent on 30/06/2020, and Prefect knows."""
    followed = a_campaign(engine).live("2020-06-30")
    tell(followed)
    return followed


def tell(followed: Followed) -> list[Happening]:
    """Everything that is still to be told, and that it was."""
    found: list[Happening] = []
    while (said := untold(followed)).upto != said.after:
        found += said.happenings
        with begin(followed.engine) as session:
            assert happenings.told(session, said)
    return found


def untold(followed: Followed, limit: int = happenings.READ) -> News:
    with reading(followed.engine) as session:
        return happenings.news(session, followed.key, limit)


def kinds(found: list[Happening]) -> dict[str, set[str]]:
    """Steps by what happened to them."""
    by_kind: dict[str, set[str]] = {}
    for one in found:
        by_kind.setdefault(one.kind, set()).add(f"{one.instruction}/{one.step}/{one.unit}")
    return by_kind


def test_an_assignment_is_no_news(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30", "2020-07-01")
    assert tell(followed) == []
    assert untold(followed).after == followed.campaign().audit_seq


def test_a_step_is_overdue_once_and_escalated_with_each_rung_that_goes_upward(followed: Followed) -> None:
    found = tell(followed.live("2020-08-01", "2020-08-21"))
    mine = [one for one in found if (one.step, one.unit) == ("plan", "NK")]
    assert [(one.kind, one.details["rung"]) for one in mine] == [
        ("overdue", "overdue-1"),
        ("escalated", "overdue-3"),
        ("escalated", "overdue-5"),
        ("escalated", "overdue-10"),
        ("escalated", "overdue-10"),
    ]
    assert [one.details["repeat"] for one in mine[-2:]] == ["0", "1"]
    assert {(one.campaign, one.instruction, one.unit_name, one.due) for one in mine} == {
        ("thu-2020", "1g", "Quận Ninh Kiều", "2020-07-31")
    }
    assert f"{mine[0].at:%Y-%m-%d %H:%M}" == "2020-08-03 00:30"  # the window's opening, in UTC


def test_a_step_overdue_during_an_outage_is_told_with_the_rung_that_holds_then(followed: Followed) -> None:
    found = tell(followed.live("2020-08-06"))
    plans = {f"1g/plan/{unit}" for unit in ("STP", "NK", "NK1", "NK2")}
    assert kinds(found) == {"overdue": plans, "escalated": plans}
    assert {one.details["rung"] for one in found} == {"overdue-3"}


def test_a_report_is_told_of_its_step_and_of_each_that_it_carries(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-07-02 09:00", doc_number="215/BC-STP", by="ông Bình")
    found = tell(followed)
    assert kinds(found) == {"reported": {REPORT, CARRIED}}
    assert {one.details["document"] for one in found} == {"215/BC-STP"}
    assert len({one.id for one in found}) == 2


def test_evidence_that_completes_a_step_is_an_acceptance_too(followed: Followed) -> None:
    followed.answer(PLAN, "done", "2020-07-02 09:00", doc_number="9/KH")
    assert kinds(tell(followed)) == {"reported": {PLAN}, "accepted": {PLAN}}


def test_a_carried_step_is_accepted_as_the_one_that_carries_it(followed: Followed) -> None:
    """`1a/result` of a commune asks for the monitor, but is carried by a report that evidence completes."""
    followed.answer("1g/commune-report/NK1", "done", "2020-07-02 09:00", doc_number="9/BC")
    both = {"1g/commune-report/NK1", "1a/result/NK1"}
    assert kinds(tell(followed)) == {"reported": both, "accepted": both}


def test_a_decision_accepts_the_step_and_what_it_carries(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-07-02 09:00")
    tell(followed)
    followed.decide(REPORT, "accept", "2020-07-03 09:00")
    found = tell(followed)
    assert kinds(found) == {"accepted": {REPORT, CARRIED}}
    assert {one.details["by"] for one in found} == {"decision"}


def test_a_second_report_that_changes_nothing_and_one_withdrawn_in_time_are_not_told(
    followed: Followed,
) -> None:
    followed.answer(REPORT, "done", "2020-07-02 09:00")
    tell(followed)
    followed.answer(REPORT, "done", "2020-07-02 09:30")
    followed.answer("1g/report/NK", "done", "2020-07-02 10:00")
    followed.answer("1g/report/NK", "undo", "2020-07-02 10:05")
    assert tell(followed) == []


def test_what_came_back_names_the_steps_it_had_asked_for(engine: Engine, tmp_path: Path) -> None:
    unit = Answered(engine, tmp_path)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30")
    tell(unit)
    (letter,) = unit.letters("STP")
    unit.hears(bounce_of(unit, letter), "2020-07-01 09:00")
    found = tell(unit)
    assert kinds(found) == {"unreached": {PLAN, REPORT}}
    assert box_of("STP") not in repr(found)


def test_an_overview_that_came_back_is_told_of_its_unit(engine: Engine, tmp_path: Path) -> None:
    unit = Answered(engine, tmp_path)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30").live("2020-08-03", "2020-08-05")
    tell(unit)
    (letter,) = [one for one in unit.letters("NK") if one.kind == "superior"]
    unit.hears(bounce_of(unit, letter), "2020-08-06 09:00")
    assert [(one.kind, one.instruction, one.step, one.unit) for one in tell(unit)] == [
        ("unreached", "", "", "NK")
    ]


def test_nothing_personal_is_told(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-07-02 09:00", by="ông Bình", text="Đã gửi, xin cảm ơn.")
    followed.decide(REPORT, "accept", "2020-07-03 09:00", by="bà Hạnh", reason="đủ phụ lục")
    said = repr(tell(followed))
    assert not [words for words in ("Bình", "cảm ơn", "Hạnh", "phụ lục") if words in said]


def test_told_again_a_thing_has_the_same_id(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-07-02 09:00")
    first, again = untold(followed), untold(followed)
    assert [one.id for one in first.happenings] == [one.id for one in again.happenings] != []


def test_of_two_runs_that_tell_the_same_one_moves_on(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-07-02 09:00")
    said = untold(followed)
    with begin(followed.engine) as session:
        assert happenings.told(session, said)
    with begin(followed.engine) as session:
        assert not happenings.told(session, said)
    assert tell(followed) == []


def test_a_long_history_is_told_in_pieces_and_in_order(followed: Followed) -> None:
    followed.live("2020-08-01", "2020-08-21")
    whole = [one.id for one in untold(followed).happenings]
    pieces: list[Happening] = []
    while (said := untold(followed, limit=1)).upto != said.after:
        assert said.upto == said.after + 1
        pieces += said.happenings
        with begin(followed.engine) as session:
            assert happenings.told(session, said)
    assert [one.id for one in pieces] == whole
    assert [one.seq for one in pieces] == sorted(one.seq for one in pieces)


def test_only_campaigns_with_something_to_tell_are_named_closed_ones_too(followed: Followed) -> None:
    def names() -> list[str]:
        with reading(followed.engine) as session:
            return happenings.untold(session)

    assert names() == []
    followed.answer(REPORT, "done", "2020-07-02 09:00")
    followed.change("UPDATE campaigns SET closed_at = :at", at="2020-07-03 00:00:00")
    assert names() == [followed.key]


def test_after_a_replay_nothing_of_it_is_news(followed: Followed) -> None:
    followed.live("2020-08-01", "2020-08-05")
    with begin(followed.engine) as session:
        happenings.nothing_to_tell(session, followed.key)
    assert tell(followed) == []
    assert followed.broken() == []
