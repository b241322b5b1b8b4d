"""Lesson 8. An answer ends the reminders, at once and for good.

However an answer comes (a reply, the page, a phone call that a coordinator writes down), it ends as one typed
`Answer` given to `ledger.answer`. It is checked, written with its audit event in one transaction, and the ladder
falls silent: a reminder that was planned this morning does not leave any more.
"""

import pytest
from sqlalchemy import Engine

from directives.errors import Refused
from directives.ledger.engine import begin
from directives.ledger.passes import run_pass
from tests.directives.builders import a_definition, a_spec, an_instruction, at
from tests.fundamentals.living import Life, opened

BOTH = a_spec("report", ["STP", "916"])


def a_life(engine: Engine) -> Life:
    life = opened(engine, a_definition(an_instruction("1g", BOTH)))
    life.live("2020-06-30", "2020-07-02")
    return life


def days_of_mails(life: Life, unit: str) -> list[str]:
    return [mail.day for mail in life.mails() if (mail.unit, mail.target) == (unit, "lead")]


def test_who_answered_gets_no_more_mail_and_who_did_not_does(sqlite_engine: Engine) -> None:
    life = a_life(sqlite_engine)
    life.live("2020-10-29", "2020-11-05")
    life.done("1g", "report", "STP", "2020-11-05 10:00")
    life.live("2020-11-06", "2020-11-30")
    before = ["2020-06-30", "2020-07-02", "2020-10-29"]
    after = ["2020-11-06", "2020-11-10", "2020-11-12", "2020-11-16", "2020-11-23", "2020-11-30"]
    assert days_of_mails(life, "STP") == before
    assert days_of_mails(life, "916") == before + after


def test_a_reminder_planned_in_the_morning_does_not_leave_after_an_answer(sqlite_engine: Engine) -> None:
    life = a_life(sqlite_engine)
    early = at("2020-11-06 07:10")  # a pass runs before the window opens, the digest leaves at 08:00
    with begin(life.engine) as session:
        assert run_pass(session, life.key, "1g", early, early).notices == 2
    life.done("1g", "report", "STP", "2020-11-06 07:40")
    life.live("2020-11-06", "2020-11-06")
    assert "2020-11-06" not in days_of_mails(life, "STP")
    assert "2020-11-06" in days_of_mails(life, "916")


def test_an_answer_that_makes_no_sense_is_refused_and_changes_nothing(sqlite_engine: Engine) -> None:
    life = a_life(sqlite_engine)
    life.done("1g", "report", "STP", "2020-07-02 10:00")
    before = life.statuses("2020-12-31 08:00")
    with pytest.raises(Refused, match="'1g/report' is not asked of 'SNV'"):
        life.done("1g", "report", "SNV", "2020-07-02 10:00")
    assert life.statuses("2020-12-31 08:00") == before
