"""A step assigned to another unit: the duty moves, with its mails and links; what the former unit said counts no more."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from directives.errors import Refused
from directives.evaluate import Status
from directives.ledger.engine import reading
from directives.ledger.inbound import sent_digests
from directives.ledger.states import ident
from directives.ledger.tables import Token
from directives.ledger.undecided import undecided
from tests.ledger.campaigns import Followed, a_campaign, a_definition, at, content
from tests.ledger.test_answers import status_of

CONSOLIDATED = "2/consolidated/SNV"


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """Everybody was first mailed on 30/06/2020; the monitor owes a consolidated report and nothing else with a date."""
    return a_campaign(engine).live("2020-06-30")


def test_the_other_unit_owes_it_by_the_same_date_and_is_mailed_as_of_a_new_duty(followed: Followed) -> None:
    followed.answer(CONSOLIDATED, "received", "2020-07-01 09:00")
    before = len(followed.letters("STP"))
    followed.decide(CONSOLIDATED, "assign", "2020-07-06 09:00", to="STP", reason="đúng chức năng")
    step = followed.step("2/consolidated/STP")
    assert (step.due_before, step.deadline_number) == (at("2020-11-21 00:00"), 2)
    assert (step.received_at, step.first_mailed_at) == (None, None)
    assert status_of(followed, "2/consolidated/STP", "2020-07-06 10:00") is Status.NOT_RECEIVED
    followed.live("2020-07-07")
    (letter,) = followed.letters("STP")[before:]
    assert "Báo cáo tổng hợp" in letter.text
    assert followed.notices("2/consolidated/STP")[-1] == "assigned"
    with pytest.raises(Refused, match="is not asked of 'SNV'"):
        followed.step(CONSOLIDATED)


def test_it_may_come_with_a_new_date(followed: Followed) -> None:
    followed.decide(CONSOLIDATED, "assign", "2020-07-06 09:00", to="STP", until="2020-12-04")
    assert followed.step("2/consolidated/STP").due_before == at("2020-12-05 00:00")


def test_an_overdue_step_passes_on_only_with_a_new_date(followed: Followed) -> None:
    """Else the first mail that the other unit ever gets of it would call it overdue."""
    with pytest.raises(Refused, match="the present deadline, 20/11/2020, has passed; give a new one"):
        followed.decide(CONSOLIDATED, "assign", "2020-11-23 09:00", to="STP")
    followed.decide(CONSOLIDATED, "assign", "2020-11-23 09:00", to="STP", until="2020-12-04")
    assert status_of(followed, "2/consolidated/STP", "2020-11-23 10:00") is Status.NOT_RECEIVED


def test_links_and_reply_addresses_of_the_former_unit_end_with_its_last_step(followed: Followed) -> None:
    (mail,) = followed.messages("SNV")
    followed.decide(CONSOLIDATED, "assign", "2020-07-06 09:00", to="STP")
    with reading(followed.engine) as session:
        tokens = session.exec(select(Token).where(Token.message_id == mail.id)).all()
        assert tokens
        assert all(token.revoked_at == at("2020-07-06 09:00") for token in tokens)


def test_a_unit_that_still_owes_something_of_the_mail_keeps_its_links(followed: Followed) -> None:
    (mail,) = followed.messages("NK1")
    followed.decide("1g/plan/NK1", "assign", "2020-07-06 09:00", to="SNV")
    with reading(followed.engine) as session:
        tokens = session.exec(select(Token).where(Token.message_id == mail.id)).all()
        assert tokens
        assert all(token.revoked_at is None for token in tokens)
        (digest,) = sent_digests(session, (), {mail.uid}, at("2020-07-06 10:00"))
    assert {(one.step.unit, one.open) for one in digest.items if one.step.step == "plan"} == {("NK1", False)}
    assert any(one.open for one in digest.items)


def test_what_it_carries_goes_along(followed: Followed) -> None:
    followed.decide("1g/report/STP", "assign", "2020-07-06 09:00", to="SNV")
    carried = followed.step("1a/result/SNV")
    assert carried.covered_by_id == ident(followed.step("1g/report/SNV"))
    followed.answer("1g/report/SNV", "done", "2020-07-07 09:00")
    assert followed.step("1a/result/SNV").reported_at == at("2020-07-07 09:00")


def test_a_part_assigned_alone_stands_by_itself(followed: Followed) -> None:
    followed.decide("1a/result/STP", "assign", "2020-07-06 09:00", to="SNV")
    assert followed.step("1a/result/SNV").covered_by_id is None
    followed.live("2020-07-07", "2020-07-08")
    followed.answer("1g/report/STP", "done", "2020-07-09 09:00")
    assert followed.step("1a/result/SNV").reported_at is None


def test_passing_on_is_settled_by_it(followed: Followed) -> None:
    followed.answer(CONSOLIDATED, "delegate", "2020-07-02 09:00", to="Sở Tư pháp", reason="đúng chức năng")
    followed.decide(CONSOLIDATED, "assign", "2020-07-06 09:00", to="STP")
    with reading(followed.engine) as session:
        assert undecided(followed.book(session)) == []


def test_an_amended_campaign_file_keeps_what_was_assigned(followed: Followed) -> None:
    followed.decide("1g/report/STP", "assign", "2020-07-06 09:00", to="SNV")
    changed = a_definition(lambda data: data.update(title="Đợt thử, sửa"))
    followed.open("2020-07-07 09:00", changed, confirmed=True)
    assert followed.step("1g/report/SNV").waived_at is None
    assert followed.step("1a/result/SNV").covered_by_id == ident(followed.step("1g/report/SNV"))
    followed.live("2020-07-08", "2020-07-09")


WRONG = [
    ("2/consolidated/SNV", {"to": "SNV"}, "is with 'SNV' already"),
    ("1g/plan/STP", {"to": "NK"}, "'NK' owes '1g/plan' itself"),
    ("1g/report/STP", {"to": "NK"}, "'NK' owes '1g/report' itself"),
    ("2/consolidated/SNV", {"to": "STQ"}, "has no unit 'STQ'; did you mean"),
    ("2/consolidated/SNV", {"to": "STP", "until": "2020-07-01"}, "01/07/2020 is past"),
]


def test_an_assignment_that_makes_no_sense_is_refused_and_changes_nothing(followed: Followed) -> None:
    before = content(followed.engine)
    for step, more, why in WRONG:
        with pytest.raises(Refused, match=why):
            followed.decide(step, "assign", "2020-07-06 09:00", **more)
    assert content(followed.engine) == before
