"""A pass writes what is due, once: whenever it runs, however often, and however long it did not."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Event, Thread, get_ident

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from directives.errors import DondocError, UnknownCampaign
from directives.ledger import passes
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Addressee, Instruction, Notice, Pass, Step, Unit
from notifications.smtp import Fate
from tests.conftest import until_one_waits
from tests.ledger.campaigns import Followed, a_campaign, at, content, directive_1914

OPENING_DAY = "2020-06-30 07:05"


def addressees(followed: Followed, step: str, rung: str) -> dict[str, str]:
    """Who is told of a rung: unit codes by target."""
    with reading(followed.engine) as session:
        rows = session.exec(
            select(Addressee.target, Unit.code)
            .join(Notice, col(Notice.id) == Addressee.notice_id)
            .join(Unit, col(Unit.id) == Addressee.unit_id)
            .where(Notice.step_id == followed.step(step).id, Notice.rung == rung)
        )
        return dict(rows.all())


@pytest.mark.parametrize(
    "when", [OPENING_DAY, "2020-07-24 07:05", "2020-11-10 07:05", "2020-11-14 10:00", "2021-03-01 12:00"]
)
def test_a_second_pass_writes_nothing_but_its_mark(engine: Engine, when: str) -> None:
    followed = a_campaign(engine)
    assert followed.passes(when).notices == 13
    before = content(engine, "passes")
    assert followed.passes(when) == passes.PassResult()
    assert content(engine, "passes") == before


def test_a_second_pass_over_the_directive_of_2020_writes_nothing_but_its_mark(engine: Engine) -> None:
    followed = a_campaign(engine, definition=directive_1914())
    assert followed.passes(OPENING_DAY) == passes.PassResult(due=1058, notices=1058)
    before = content(engine, "passes")
    assert followed.passes(OPENING_DAY) == passes.PassResult()
    assert content(engine, "passes") == before


def test_the_database_itself_refuses_a_notice_twice(engine: Engine) -> None:
    followed = a_campaign(engine)
    followed.passes(OPENING_DAY)
    with reading(engine) as session:
        known = session.exec(select(Notice)).first()
    assert known is not None
    with pytest.raises(IntegrityError), begin(engine) as session:
        session.add(Notice.model_validate(known.model_dump(exclude={"id"})))


def test_an_outage_of_days_makes_one_notice_a_step_and_writes_down_what_it_passed_over(
    engine: Engine,
) -> None:
    followed = a_campaign(engine).live("2020-06-30", "2020-07-02")
    followed.passes("2020-07-31 07:05")  # 22/07 (seven working days) and 30/07 (one) were missed
    assert followed.notices("1g/plan/STP")[3:] == ["before-1"]
    assert followed.notices("1g/plan/STP", superseded=True) == ["before-7"]


def test_passes_during_an_outage_of_the_mail_leave_one_waiting_notice_a_step_and_reader(
    engine: Engine,
) -> None:
    followed = a_campaign(engine).live("2020-06-30", "2020-07-02")
    for day in ("22", "30", "31"):
        followed.passes(f"2020-07-{day} 07:05")
    with reading(engine) as session:
        waiting = select(Addressee.step_id, Addressee.target).where(Addressee.state == "pending")
        counts = Counter(session.exec(waiting).all())
    assert set(counts.values()) == {1}
    assert len(counts) == 4  # the plan, of four units


def test_only_what_is_due_is_read(engine: Engine) -> None:
    """Cost grows with what is due, not with what exists."""
    followed = a_campaign(engine).live("2020-06-30", "2020-07-02")
    loaded: list[object] = []

    def count(step: Step, _context: object) -> None:
        loaded.append(step)

    event.listen(Step, "load", count)
    try:
        assert followed.passes("2020-07-21 07:05").due == 0
        assert loaded == []
        assert followed.passes("2020-07-22 07:05").due == 4  # before-7 of the plans
        assert len(loaded) == 4
    finally:
        event.remove(Step, "load", count)


def test_a_pass_before_the_opening_does_nothing_and_says_when_it_opens(engine: Engine) -> None:
    followed = a_campaign(engine, "2020-06-01 10:00")
    before = content(engine)
    assert followed.passes("2020-06-29 16:00").note == "the campaign opens at 2020-06-30 07:30"
    assert content(engine) == before


def test_a_pass_on_a_day_that_is_in_no_calendar_yet_says_when_the_campaign_opens(engine: Engine) -> None:
    """As a clock that was set back may say."""
    followed = a_campaign(engine)
    assert followed.passes("2019-06-30 07:05").note == "the campaign opens at 2020-06-30 07:30"
    assert followed.deliver("2019-07-01 08:00").tried == 0


def test_what_a_clock_ahead_put_off_is_looked_at_when_its_time_comes(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30", "2020-07-03")
    wanted = followed.step("1g/report/STP").next_action_at
    followed.passes("2020-09-03 07:05")
    assert followed.step("1g/plan/STP").next_action_at == at("2020-09-07 07:30")
    followed.passes("2020-07-06 07:05")
    assert followed.step("1g/report/STP").next_action_at == wanted
    assert followed.step("1g/plan/STP").next_action_at == at("2020-07-22 07:30")
    with reading(engine) as session:
        assert {one.ran_at for one in session.exec(select(Pass))} == {at("2020-07-06 07:05")}


def test_a_pass_after_the_closing_does_nothing_and_says_so(engine: Engine) -> None:
    followed = a_campaign(engine)
    with begin(engine) as session:
        campaign_row(session, followed.key).closed_at = at("2020-12-31 17:00")
    before = content(engine)
    assert followed.passes("2021-01-04 07:05").note == "the campaign was closed at 2020-12-31 17:00"
    assert content(engine) == before
    assert followed.deliver("2021-01-04 08:00").sent == 0


def test_a_pass_before_the_window_opens_plans_for_the_day(engine: Engine) -> None:
    """Passes run at 07:00-07:25 and the rung's time is 07:30."""
    followed = a_campaign(engine)
    assert followed.passes("2020-06-30 00:10").notices == 13
    assert {one.planned_at for one in _notices(engine)} == {at("2020-06-30 07:30")}


def test_an_unknown_instruction_is_named(engine: Engine) -> None:
    followed = a_campaign(engine)
    now = at(OPENING_DAY)
    with (
        pytest.raises(DondocError, match="has no instruction '9z'; run 'dondoc check"),
        begin(engine) as session,
    ):
        passes.run_pass(session, followed.key, "9z", now, now)
    with pytest.raises(UnknownCampaign), begin(engine) as session:
        passes.run_pass(session, "nothing", "1a", now, now)


def test_the_mark_is_the_last_pass_and_never_goes_back(engine: Engine) -> None:
    followed = a_campaign(engine)
    with begin(engine) as session:
        passes.run_pass(session, followed.key, "1g", at("2020-07-02 07:05"), at("2026-01-01 00:00"))
    with begin(engine) as session:
        passes.run_pass(session, followed.key, "1g", at("2020-07-01 07:05"), at("2026-01-02 00:00"))
    with reading(engine) as session:
        (mark,) = session.exec(
            select(Pass)
            .join(Instruction, col(Instruction.id) == Pass.instruction_id)
            .where(Instruction.key == "1g")
        )
        assert (mark.at, mark.ran_at) == (at("2020-07-02 07:05"), at("2026-01-01 00:00"))


def test_escalation_adds_the_superior_then_the_monitor(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-10-30").live("2020-11-02")
    for day in ("04", "06"):
        followed.passes(f"2020-11-{day} 07:05")
    assert addressees(followed, "1g/commune-report/NK1", "overdue-1") == {"lead": "NK1"}
    assert addressees(followed, "1g/commune-report/NK1", "overdue-3") == {"lead": "NK1", "superior": "NK"}
    assert addressees(followed, "1g/commune-report/NK1", "overdue-5") == {
        "lead": "NK1",
        "superior": "NK",
        "monitor": "SNV",
    }


def test_what_the_monitor_owes_escalates_to_its_own_superior(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-11-20").live("2020-11-27")
    told = addressees(followed, "2/consolidated/SNV", "overdue-5")
    assert told == {"lead": "SNV", "superior": "UBND"}


def test_a_duty_without_date_is_never_asked_for(engine: Engine) -> None:
    followed = a_campaign(engine)
    for when in (OPENING_DAY, "2020-11-10 07:05", "2021-06-01 07:05"):
        followed.passes(when)
    assert followed.notices("2/monitoring/SNV") == followed.notices("2/monitoring/SNV", superseded=True) == []


def test_every_open_step_has_a_next_action_or_a_reason_after_every_pass(engine: Engine) -> None:
    followed = a_campaign(engine)
    for when in (OPENING_DAY, "2020-07-24 07:05", "2020-11-10 07:05", "2021-03-01 07:05"):
        followed.passes(when)
        for step in followed.steps().values():
            assert step.next_action_at is not None or step.next_reason in ("continuing", "ladder_ended")
            assert step.next_action_at is None or step.next_action_at > at(when)


def test_a_late_opening_begins_at_the_first_overdue_rung_with_the_unit_alone(engine: Engine) -> None:
    followed = a_campaign(engine, "2020-11-20 09:00")
    followed.passes("2020-11-20 09:05")
    assert followed.notices("1g/plan/STP") == ["overdue-1"]
    assert addressees(followed, "1g/plan/STP", "overdue-1") == {"lead": "STP"}
    assert set(followed.notices("1g/plan/STP", superseded=True)) >= {"assigned", "before-30", "before-1"}


def test_a_pass_and_a_first_mail_at_once_lose_nothing(engine: Engine) -> None:
    """The pass reads its steps, the mail is accepted meanwhile: the rung "no receipt" must not get lost."""
    followed = a_campaign(engine)
    followed.passes(OPENING_DAY)
    read, mailed = Event(), Event()

    def slow_pass() -> None:
        now = at("2020-07-01 07:05")
        with begin(engine) as session:
            row = campaign_row(session, followed.key)
            (instruction,) = session.exec(
                select(Instruction).where(Instruction.campaign_id == row.id, Instruction.key == "1g")
            )
            as_they_were = passes.due_steps(session, instruction, now + timedelta(minutes=25))
            read.set()
            mailed.wait(0.3)
            passes.run_pass(session, followed.key, "1g", now, now)
            assert as_they_were

    thread = Thread(target=slow_pass)

    def while_sending(_: str) -> Fate:
        if not thread.ident:
            thread.start()
            read.wait()
        return Fate.ACCEPTED

    followed.box.says = while_sending
    followed.deliver("2020-06-30 08:00")
    mailed.set()
    thread.join()
    step = followed.step("1g/plan/STP")
    assert step.first_mailed_at == at("2020-06-30 08:00")
    assert step.next_action_at is not None
    assert step.next_action_at <= at("2020-07-02 07:30")


def test_a_pass_and_an_answer_at_once_do_not_wait_for_each_other(postgres_engine: Engine) -> None:
    """The pass has its steps and wants the chain; an answer that had the chain would want its steps."""
    followed = a_campaign(postgres_engine)
    failures: list[Exception] = []

    def answer() -> None:
        try:
            followed.answer("1g/report/STP", "done", "2020-06-30 07:00")
        except Exception as error:
            failures.append(error)

    thread = Thread(target=answer)
    reader = get_ident()

    def with_its_steps(_step: Step, _context: object) -> None:
        if get_ident() == reader and not thread.ident:
            thread.start()
            until_one_waits(postgres_engine)

    event.listen(Step, "load", with_its_steps)
    try:
        with begin(postgres_engine) as session:
            now = at(OPENING_DAY)
            passes.run_pass(session, followed.key, "1a", now, now)
    finally:
        event.remove(Step, "load", with_its_steps)
    thread.join()
    assert failures == []
    assert followed.step("1a/result/STP").reported_at == at("2020-06-30 07:00")
    assert followed.broken() == []


def _notices(engine: Engine) -> list[Notice]:
    with reading(engine) as session:
        return list(session.exec(select(Notice)))
