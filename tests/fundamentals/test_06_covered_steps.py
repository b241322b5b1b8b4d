"""Lesson 6. One report can cover many steps.

Clause 1a asks for results, clause 1g for a report that contains them. The result is a step of its own: it counts and
goes overdue in its own flow. But nobody wants two mails about one document: `covered_by` makes them one numbered
item with its clauses listed, and the answer to the report answers the result too.

From here on the lessons use the real ledger, an empty SQLite file for each test, with the passes and deliveries of
production.
"""

from sqlalchemy import Engine

from directives.evaluate import Status
from tests.directives.builders import a_definition, a_spec, an_instruction
from tests.fundamentals.living import Life, opened

RESULT = an_instruction("1a", a_spec("result", title="Kết quả", covered_by="1g/report"))
REPORT = an_instruction("1g", a_spec("report", title="Báo cáo kết quả"))


def a_life(engine: Engine) -> Life:
    life = opened(engine, a_definition(RESULT, REPORT))
    life.live("2020-06-30", "2020-07-01")
    return life


def test_both_steps_count(sqlite_engine: Engine) -> None:
    assert a_life(sqlite_engine).statuses("2020-11-10 12:00")["STP"] == [Status.OVERDUE, Status.OVERDUE]


def test_the_mail_has_one_item_that_names_both_clauses(sqlite_engine: Engine) -> None:
    (mail,) = a_life(sqlite_engine).mails()
    assert "1. Báo cáo kết quả" in mail.text
    assert "2. Kết quả" not in mail.text
    assert "khoản 1g" in mail.text
    assert "khoản 1a" in mail.text


def test_the_report_answers_for_the_result(sqlite_engine: Engine) -> None:
    life = a_life(sqlite_engine)
    life.done("1g", "report", "STP", "2020-11-06 10:00")
    assert life.statuses("2020-11-06 10:00")["STP"] == [Status.AWAITING_ACCEPTANCE] * 2
