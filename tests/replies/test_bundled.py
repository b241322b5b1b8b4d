"""A reply to the mail of two campaigns: each answer goes to its own campaign, and each campaign acknowledges its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from config.contacts import default_contacts
from directives.conversation import StepRef
from directives.ledger import archiving, bounces, closing, undecided
from directives.ledger.answers import find_step
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Audit, Campaign, Message, Step, Token
from directives.model import Contact, ContactRole
from tests.ledger.campaigns import POST, UNITS, Followed, a_definition, at, box_of
from tests.notifications.test_bundle import second
from tests.replies.desks import Answered, answering

OTHER = "thu-hai-2020"


@pytest.fixture
def unit(engine: Engine, tmp_path: Path) -> Answered:
    """Two campaigns, whose first digests left on 30/06/2020 in one mail: items 1 and 2 of the one, 3 and 4 of the other."""
    return opened(engine, tmp_path)


def opened(engine: Engine, folder: Path, contacts: list[Contact] | None = None) -> Answered:
    followed = Answered(engine, folder)
    followed.open("2020-06-30 07:00")
    other = Followed(engine, a_definition(second), POST)
    other.open("2020-06-30 07:00", contacts=contacts)
    followed.passes("2020-06-30 07:05")
    other.passes("2020-06-30 07:05")
    followed.deliver("2020-06-30 08:00")
    return followed


def step(unit: Answered, campaign: str, key: str) -> Step:
    instruction, name, code = key.split("/")
    with reading(unit.engine) as session:
        ref = StepRef(campaign=campaign, instruction=instruction, step=name, unit=code)
        return find_step(session, campaign_row(session, campaign), ref)


def events(unit: Answered, campaign: str) -> list[str]:
    with reading(unit.engine) as session:
        rows = session.exec(
            select(Audit.kind)
            .join(Campaign, col(Campaign.id) == Audit.campaign_id)
            .where(Campaign.key == campaign)
        )
        return [kind for kind in rows if kind.startswith("answer")]


def waiting(unit: Answered, campaign: str) -> list[str]:
    with reading(unit.engine) as session:
        return [one.kind for one in undecided.undecided(Casebook(session, campaign_row(session, campaign)))]


def test_an_answer_by_number_goes_to_the_campaign_of_its_item(unit: Answered) -> None:
    done = unit.hears(
        answering(unit.digest("STP"), "4 đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"), "2020-07-01 09:00"
    )
    assert dict(done) == {"applied": 1}
    assert step(unit, OTHER, "1g/report/STP").reported_at == at("2020-07-01 09:00")
    assert step(unit, unit.key, "1g/report/STP").reported_at is None
    assert "answer.done" in events(unit, OTHER)
    assert events(unit, unit.key) == []
    (receipt,) = unit.written_back("STP", "receipt")
    assert "2/UBND" in receipt["Subject"]
    assert "4. Báo cáo kết quả Ghi nhận: đã gửi văn bản số 215/BC-STP" in receipt.text


def test_one_reply_answers_both_and_each_campaign_acknowledges_and_audits_its_own(unit: Answered) -> None:
    text = "1 đã gửi văn bản số 10/KH-STP ngày 30/06/2020\n4 đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"
    assert dict(unit.hears(answering(unit.digest("STP"), text), "2020-07-01 09:00")) == {"applied": 1}
    assert step(unit, unit.key, "1g/plan/STP").reported_at is not None
    assert step(unit, OTHER, "1g/report/STP").reported_at is not None
    assert set(events(unit, unit.key)) == set(events(unit, OTHER)) == {"answer.done"}
    receipts = unit.written_back("STP", "receipt")
    assert ["2/UBND" in one["Subject"] for one in receipts] == [False, True]
    assert "10/KH-STP" in receipts[0].text
    assert "215/BC-STP" not in receipts[0].text
    assert unit.broken() == unit.unlike() == []


def test_all_means_every_item_of_the_mail(unit: Answered) -> None:
    unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận"), "2020-07-01 09:00")
    for campaign in (unit.key, OTHER):
        for key in ("1g/plan/STP", "1g/report/STP"):
            assert step(unit, campaign, key).received_at == at("2020-07-01 09:00")


def test_what_was_said_wrongly_can_be_withdrawn_in_both(unit: Answered) -> None:
    unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận"), "2020-07-01 09:00")
    receipt = unit.written_back("STP", "receipt")[-1]
    done = unit.hears(answering(receipt, "SAI"), "2020-07-01 10:00")
    assert dict(done) == {"applied": 1}
    for campaign in (unit.key, OTHER):
        assert step(unit, campaign, "1g/report/STP").received_at is None


def test_who_is_registered_in_one_of_the_campaigns_only_answers_neither_by_himself(
    engine: Engine, tmp_path: Path
) -> None:
    """What he says of his own may be right, but the mail speaks for both."""
    here_only = Contact(unit="STP", role=ContactRole.DEPUTY, name="Hà", address="ha@cantho.example")
    unit = opened(engine, tmp_path, [*default_contacts(UNITS), here_only])
    reply = answering(unit.digest("STP"), "tất cả đã tiếp nhận", sender=here_only.address)
    assert dict(unit.hears(reply, "2020-07-01 09:00")) == {"queued": 1}
    assert step(unit, unit.key, "1g/report/STP").received_at is None


def test_a_reply_that_nobody_understood_waits_in_both_campaigns_and_is_settled_in_either(
    unit: Answered,
) -> None:
    reply = answering(unit.digest("STP"), "Đơn vị đang xem xét, sẽ báo sau khi họp giao ban.")
    assert dict(unit.hears(reply, "2020-07-01 09:00")) == {"queued": 1}
    assert waiting(unit, unit.key) == waiting(unit, OTHER) == ["mail"]
    (mail,) = unit.inbound()
    other = Followed(unit.engine, a_definition(second), POST)
    other.decide("", "answer_unclear", "2020-07-01 10:00", inbound_sha256=mail.sha256, reason="đã trao đổi")
    assert waiting(unit, unit.key) == waiting(unit, OTHER) == []


def test_the_address_works_on_for_one_campaign_when_the_other_is_closed(unit: Answered) -> None:
    with begin(unit.engine) as session:
        row = campaign_row(session, unit.key)
        row.closed_at = at("2020-07-01 08:00")
        session.add(row)
        mine = session.exec(select(Message.id).where(Message.campaign_id == row.id)).all()
        for token in session.exec(select(Token)):
            if token.message_id in mine:
                token.revoked_at = at("2020-07-01 08:00")
                session.add(token)
    letter = unit.digest("STP")
    done = unit.hears(answering(letter, "4 đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"), "2020-07-01 09:00")
    assert dict(done) == {"applied": 1}
    assert step(unit, OTHER, "1g/report/STP").reported_at is not None
    unit.hears(answering(letter, "1 đã gửi văn bản số 10/KH-STP ngày 30/06/2020"), "2020-07-01 10:00")
    assert step(unit, unit.key, "1g/plan/STP").reported_at is None


def test_a_mail_that_comes_back_marks_the_address_in_both(unit: Answered) -> None:
    with begin(unit.engine) as session:
        carrier = session.exec(
            select(Message).where(Message.address == box_of("STP"), col(Message.within_id).is_(None))
        ).one()
        assert carrier.id is not None
        assert bounces.returned(session, carrier.id, box_of("STP"), at("2020-07-01 09:00"))
    with reading(unit.engine) as session:
        rows = session.exec(select(Message.state).where(Message.address == box_of("STP"))).all()
    assert rows == ["bounced", "bounced"]
    for campaign in (unit.key, OTHER):
        assert step(unit, campaign, "1g/report/STP").first_mailed_at is None


def test_what_answered_both_is_in_the_archive_of_each_with_the_keys_that_still_work_counted(
    unit: Answered,
) -> None:
    unit.hears(
        answering(unit.digest("STP"), "4 đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"), "2020-07-01 09:00"
    )
    moment = at("2020-07-02 09:00")
    found: list[tuple[int, int]] = []
    for key in (OTHER, unit.key):
        with begin(unit.engine) as session:
            closing.close(session, key, by="Ops", reason="", at=moment, machine_now=moment)
            contents = archiving.contents(session, campaign_row(session, key))
            found.append((len(contents.tables["inbound"]), contents.keys))
    assert found == [(1, 1), (1, 0)]
