"""What it is fair to say beside a late step; beside one that is not late, nothing."""

from __future__ import annotations

from sqlalchemy import Engine, event
from sqlmodel import col, select

from directives.ledger import bounces
from directives.ledger.engine import begin, reading
from directives.ledger.fairness import Fair, remarks
from directives.ledger.states import ident
from directives.ledger.tables import Message, Step
from tests.ledger.campaigns import Followed, a_campaign, at, box_of

PLAN = "1g/plan/STP"


def said(followed: Followed, step: str, now: str = "2020-08-20 09:00") -> list[tuple[Fair, int]]:
    with reading(followed.engine) as session:
        row = session.get_one(Step, followed.step(step).id)
        found = remarks(followed.book(session), {ident(row): row}, at(now))
        return [(one.kind, one.days) for one in found.get(ident(row), ())]


def test_who_was_told_in_time_and_is_late_gets_no_remark(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    assert said(followed, PLAN) == []


def test_who_was_told_a_few_days_before_was_told_shortly(engine: Engine) -> None:
    followed = a_campaign(engine, "2020-07-28 07:00").live("2020-07-28")
    assert said(followed, PLAN) == [(Fair.TOLD_SHORTLY, 3)]
    assert said(followed, PLAN, now="2020-07-31 23:59") == []  # not late yet


def test_who_was_told_after_the_deadline_was_told_late(engine: Engine) -> None:
    followed = a_campaign(engine, "2020-08-10 07:00").live("2020-08-10")
    assert said(followed, PLAN) == [(Fair.TOLD_LATE, 10)]


def test_who_was_never_reached_was_never_told(engine: Engine) -> None:
    followed = a_campaign(engine, contacts=[]).live("2020-06-30")
    assert said(followed, PLAN) == [(Fair.NEVER_TOLD, 0)]


def test_an_address_that_bounced_before_the_deadline_is_said(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    with begin(engine) as session:
        message = session.exec(select(Message).where(Message.address == box_of("STP"))).one()
        bounces.returned(session, ident(message), box_of("STP"), at("2020-07-01 09:00"))
    assert said(followed, PLAN) == [(Fair.NEVER_TOLD, 0), (Fair.BOUNCED, 1)]
    assert said(followed, "1g/plan/NK") == []


def test_a_request_that_was_pending_across_the_deadline_is_said_with_its_days(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    followed.answer(PLAN, "extension", "2020-07-30 09:00", until="2020-08-31", reason="thiếu người")
    assert said(followed, PLAN, now="2020-08-05 09:00") == [(Fair.WAITED, 6)]
    followed.decide(PLAN, "refuse_extension", "2020-08-07 09:00", reason="không có cơ sở")
    assert said(followed, PLAN) == [(Fair.WAITED, 8)]


def test_a_request_decided_in_time_is_not_said(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    followed.answer(PLAN, "extension", "2020-07-28 09:00", until="2020-08-31", reason="thiếu người")
    followed.decide(PLAN, "refuse_extension", "2020-07-30 09:00", reason="không có cơ sở")
    assert said(followed, PLAN) == []


def test_a_report_that_was_returned_after_the_deadline_is_said(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    followed.answer("1g/report/NK", "done", "2020-11-06 09:00")
    followed.decide("1g/report/NK", "return", "2020-11-11 09:00", until="2020-11-16", reason="thiếu số liệu")
    assert said(followed, "1g/report/NK", now="2020-11-20 09:00") == [(Fair.RETURNED, 0)]


def test_many_steps_take_no_more_queries_than_one(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    counts: list[int] = []
    for steps in (1, 14):
        with reading(engine) as session:
            book = followed.book(session)
            rows = {ident(row): row for row in session.exec(select(Step).order_by(col(Step.id)).limit(steps))}
            sent: list[str] = []
            connection = session.connection()
            event.listen(connection, "before_cursor_execute", lambda *given: sent.append(given[2]))  # noqa: B023
            remarks(book, rows, at("2020-12-20 09:00"))
            counts.append(len(sent))
    assert counts[0] == counts[1]
