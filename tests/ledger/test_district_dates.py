"""A district sets its own date for its communes: a new numbered deadline with the district as its basis."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from directives.errors import Refused
from directives.ledger.engine import reading
from directives.ledger.tables import Deadline
from tests.ledger.campaigns import Followed, a_campaign, at, content

COMMUNES = ("1g/commune-report/NK1", "1a/result/NK1", "1g/commune-report/NK2")


@pytest.fixture
def followed(engine: Engine) -> Followed:
    return a_campaign(engine).live("2020-06-30")


def test_every_open_step_of_the_communes_has_the_districts_date(followed: Followed) -> None:
    followed.answer("1g/commune-report/NK2", "done", "2020-10-01 09:00", doc_number="1/BC")
    followed.decide(
        "", "district_date", "2020-10-05 09:00", district="NK", until="2020-10-20", instruction="1g"
    )
    assert followed.step("1g/commune-report/NK1").due_before == at("2020-10-21 00:00")
    assert followed.step("1g/commune-report/NK2").due_before == at("2020-10-31 00:00")  # reported already
    assert followed.step("1g/report/NK").due_before == at("2020-11-10 00:00")
    with reading(followed.engine) as session:
        row = session.exec(
            select(Deadline).where(
                Deadline.step_id == followed.step("1g/commune-report/NK1").id, Deadline.number == 2
            )
        ).one()
    assert row.source == "district"


def test_of_all_instructions_what_is_carried_too(followed: Followed) -> None:
    followed.decide("", "district_date", "2020-08-03 09:00", district="NK", until="2020-10-20")
    assert {followed.step(step).due_before for step in COMMUNES} == {at("2020-10-21 00:00")}


def test_what_is_late_already_is_dated_anew_only_where_its_instruction_is_named(followed: Followed) -> None:
    followed.answer("1g/commune-report/NK2", "done", "2020-10-01 09:00", doc_number="1/BC")
    with pytest.raises(Refused, match="nobody below 'NK'"):
        followed.decide("", "district_date", "2020-11-02 09:00", district="NK", until="2020-11-05")
    followed.decide(
        "", "district_date", "2020-11-02 09:00", district="NK", until="2020-11-05", instruction="1g"
    )
    assert followed.step("1g/commune-report/NK1").due_before == at("2020-11-06 00:00")


def test_what_a_report_carries_moves_with_it_and_what_goes_elsewhere_stays(followed: Followed) -> None:
    followed.decide(
        "", "district_date", "2020-07-13 09:00", district="NK", until="2020-10-20", instruction="1g"
    )
    assert {followed.step(step).due_before for step in COMMUNES} == {at("2020-10-21 00:00")}
    assert followed.step("1g/plan/NK1").due_before == at("2020-08-01 00:00")  # goes to SNV


WRONG = [
    ({"district": "NK", "until": "2020-10-20", "instruction": "1a"}, "nobody below 'NK'"),  # carried by 1g
    ({"district": "STP", "until": "2020-10-20"}, "nobody below 'STP'"),
    ({"district": "NK", "until": "2020-10-04"}, "04/10/2020 is past"),
    ({"district": "NK", "until": "2020-11-10"}, "after the district's own last day 09/11/2020"),
    ({"district": "NX", "until": "2020-10-20"}, "no unit 'NX'"),
]


def test_a_date_that_makes_no_sense_is_refused_and_changes_nothing(followed: Followed) -> None:
    before = content(followed.engine)
    for more, why in WRONG:
        with pytest.raises(Refused, match=why):
            followed.decide("", "district_date", "2020-10-05 09:00", **more)
    assert content(followed.engine) == before
