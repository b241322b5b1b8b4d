"""Lesson 7. A recipient gets one digest a day, whatever is due.

Notices are decided step by step; mail is not. At the slot, 08:00 on working days, all that waits for one recipient
becomes one digest: numbered items due now, then shortly what else is open. The superior and the monitor get digests
of their own (who below them is late), nobody stands in Cc, and an empty digest is never sent.
"""

from datetime import date

from sqlalchemy import Engine

from tests.directives.builders import a_definition, a_spec, an_instruction
from tests.fundamentals.living import Life, opened

WARDS = {"kinds": ["ward"]}


def a_life(engine: Engine) -> Life:
    """Two deliverables of one date, asked of the two wards of a district."""
    plan, report = a_spec("plan", WARDS, title="Kế hoạch"), a_spec("report", WARDS, title="Báo cáo")
    return opened(engine, a_definition(an_instruction("1g", plan, report)))


def test_two_notices_for_one_unit_are_one_mail_with_two_items(sqlite_engine: Engine) -> None:
    life = a_life(sqlite_engine)
    life.live("2020-06-30", "2020-06-30")
    assert [(mail.unit, mail.target) for mail in life.mails()] == [("31120", "lead"), ("31135", "lead")]
    for mail in life.mails():
        assert "1. Kế hoạch" in mail.text
        assert "2. Báo cáo" in mail.text


def test_the_superior_gets_one_digest_about_all_its_units(sqlite_engine: Engine) -> None:
    life = a_life(sqlite_engine)
    life.live("2020-06-30", "2020-06-30")
    life.live("2020-11-10", "2020-11-12")  # the first three working days after the last good day
    (mail,) = [mail for mail in life.mails() if mail.unit == "916"]
    assert (mail.day, mail.target) == ("2020-11-12", "superior")
    assert "An Hòa" in mail.text
    assert "An Khánh" in mail.text


def test_no_unit_gets_two_mails_on_one_day_and_none_on_a_day_off(sqlite_engine: Engine) -> None:
    life = a_life(sqlite_engine)
    life.live("2020-06-30", "2020-07-05")
    life.live("2020-11-07", "2020-12-06")  # from a Saturday to a Sunday
    sent = [(mail.day, mail.unit, mail.target) for mail in life.mails()]
    assert len(sent) == len(set(sent)) > 10
    assert all(date.fromisoformat(day).weekday() < 5 for day, _, _ in sent)
