"""A step passed to a deputy of the unit is the deputy's at once; passed to anybody else it is a request."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from config.contacts import default_contacts
from directives.errors import Refused
from directives.ledger.engine import reading
from directives.ledger.tables import Addressee, Answer, Audit, AuditText, Message, Token
from directives.model import Contact, ContactRole
from notifications.delivery import Delivery, deliver
from tests.ledger.campaigns import UNITS, Followed, Letter, a_campaign, at, content

REPORT, CARRIED, PLAN = "1g/report/STP", "1a/result/STP", "1g/plan/STP"
LEAD, HA, TAM, GONE = (f"{name}.stp@cantho.example" for name in ("lanh", "ha", "tam", "gone"))
PEOPLE = [
    Contact(unit="STP", role=ContactRole.LEAD, name="Lê Văn Lành", address=LEAD),
    Contact(unit="STP", role=ContactRole.DEPUTY, name="Trần Thị Hà", address=HA),
    Contact(unit="STP", role=ContactRole.ALTERNATE, name="Nguyễn Văn Tám", address=TAM),
    Contact.model_validate(
        {"unit": "STP", "role": "deputy", "name": "Võ Văn Cũ", "address": GONE, "valid_to": "2020-06-30"}
    ),
]


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """First mails were sent on 30/06/2020, the one to STP to its lead."""
    return a_campaign(engine, contacts=[*default_contacts(UNITS), *PEOPLE]).live("2020-06-30")


def passed(followed: Followed, to: str, when: str, step: str = REPORT, by: str = "") -> int:
    return followed.answer(step, "delegate", when, to=to, reason="đi công tác", by=by)


def conversation(followed: Followed, when: str) -> Delivery:
    """What leaves at once, and no digest."""
    return asyncio.run(deliver(followed.engine, followed.post, followed.box, lambda: at(when), digests=False))


def to(followed: Followed, address: str) -> list[Letter]:
    return [one for one in followed.box.letters if one.to == address]


@pytest.mark.parametrize("said", [HA, HA.upper(), "tran thi ha", "bà Trần Thị Hà", "Phó Giám đốc"])
def test_a_deputy_by_address_name_or_post_has_the_step_at_once(followed: Followed, said: str) -> None:
    passed(followed, said, "2020-07-01 20:00")
    assert followed.step(REPORT).deputy == followed.step(CARRIED).deputy == HA
    assert followed.step(REPORT).received_at == at("2020-07-01 20:00")
    assert followed.step(PLAN).deputy == ""


def test_the_deputy_is_told_in_full_at_once_outside_slot_and_window(followed: Followed) -> None:
    passed(followed, HA, "2020-07-04 20:00")  # a Saturday evening
    assert conversation(followed, "2020-07-04 20:00").sent == 1
    (letter,) = to(followed, HA)
    assert letter.kind == "passed_on"
    assert "Trần Thị Hà" in letter["To"]
    assert "Theo phân công của đơn vị, đầu mối thực hiện là Trần Thị Hà." in letter.text
    for said in ("Báo cáo kết quả", "Xây dựng kế hoạch, gửi báo cáo.", "Chỉ đạo thực hiện các kế hoạch."):
        assert said in letter.text
    assert "Kế hoạch năm 2020" not in letter.text  # that one is still the lead's
    assert "+" in letter["Reply-To"]
    assert conversation(followed, "2020-07-04 20:01").sent == 0


def test_the_deputys_answer_is_to_the_same_numbered_items(followed: Followed) -> None:
    passed(followed, HA, "2020-07-01 20:00")
    conversation(followed, "2020-07-01 20:00")
    with reading(followed.engine) as session:
        message = followed.messages("STP")[-1]
        token = session.exec(select(Token).where(Token.message_id == message.id)).one()
    assert message.address == HA
    assert token.unit_id == followed.step(REPORT).unit_id


def test_from_then_on_the_deputy_gets_the_mail_of_the_step_and_the_lead_of_the_others(
    followed: Followed,
) -> None:
    passed(followed, HA, "2020-07-01 09:00")
    conversation(followed, "2020-07-01 09:00")
    before = len(to(followed, LEAD))
    followed.live("2020-07-02", "2020-11-09")
    mine = to(followed, HA)[1:]
    assert [letter.kind for letter in mine] == ["deputy"] * 3  # 30, 7 and 1 days before
    assert all("Báo cáo kết quả" in letter.text for letter in mine)
    assert not any("Kế hoạch năm 2020" in letter.text for letter in mine)
    assert not any("Xây dựng kế hoạch, gửi báo cáo." in letter.text for letter in mine)  # told before
    leads = to(followed, LEAD)[before:]
    assert leads
    assert not any("Báo cáo kết quả" in letter.text for letter in leads)


def test_the_lead_gets_what_escalates_too(followed: Followed) -> None:
    followed.decide(PLAN, "waive", "2020-07-01 08:00", reason="thừa")
    passed(followed, HA, "2020-07-01 09:00")
    followed.live("2020-07-02", "2020-11-11")
    assert len(to(followed, LEAD)) == 1  # the first mail of all
    followed.live("2020-11-12")  # overdue +3: the superior is told
    assert "Báo cáo kết quả" in to(followed, LEAD)[-1].text
    assert "Báo cáo kết quả" in to(followed, HA)[-1].text
    assert "đầu mối" not in to(followed, LEAD)[-1].text
    followed.live("2020-11-13", "2020-11-16")  # overdue +5
    assert (
        "Sở Tư pháp: quá hạn 7 ngày, đã nhắc 5 lần" in followed.letters("UBND")[-1].text
    )  # one a rung, whoever was written to


def test_what_was_waiting_for_the_lead_goes_to_the_deputy(followed: Followed) -> None:
    followed.passes("2020-07-02 07:05")  # no receipt: planned for the lead
    passed(followed, HA, "2020-07-02 07:30", step=PLAN)
    followed.live("2020-07-24")  # 7 days before
    followed.passes("2020-07-30 07:05")
    passed(followed, TAM, "2020-07-30 07:30", step=PLAN)
    with reading(followed.engine) as session:
        waiting = session.exec(
            select(Addressee.target).where(
                Addressee.step_id == followed.step(PLAN).id, Addressee.state == "pending"
            )
        ).all()
    assert waiting == [f"deputy:{TAM}"]
    followed.deliver("2020-07-30 08:00")
    assert [letter.kind for letter in to(followed, TAM)] == ["passed_on", "deputy"]


def test_two_steps_passed_on_before_the_mail_leaves_are_in_one_mail(followed: Followed) -> None:
    passed(followed, HA, "2020-07-01 20:00")
    passed(followed, HA, "2020-07-01 20:05", step=PLAN)
    conversation(followed, "2020-07-01 20:10")
    (letter,) = to(followed, HA)
    assert "Báo cáo kết quả" in letter.text
    assert "Kế hoạch năm 2020" in letter.text


def test_a_second_step_passed_on_the_same_day_is_told_in_a_mail_of_its_own(followed: Followed) -> None:
    passed(followed, HA, "2020-07-01 20:00")
    conversation(followed, "2020-07-01 20:00")
    passed(followed, HA, "2020-07-01 20:05", step=PLAN)
    conversation(followed, "2020-07-01 20:05")
    first, second = to(followed, HA)
    assert "Kế hoạch năm 2020" not in first.text
    assert "Báo cáo kết quả" not in second.text


def test_the_later_passing_on_takes_the_place_of_the_earlier(followed: Followed) -> None:
    passed(followed, HA, "2020-07-01 09:00", by=LEAD)
    passed(followed, TAM, "2020-07-01 10:00", by=LEAD)
    assert followed.step(REPORT).deputy == TAM
    passed(followed, HA, "2020-07-01 11:00", by=TAM)  # it left Hà's hands when the lead gave it to Tám
    assert followed.step(REPORT).deputy == HA


def test_a_passing_on_that_is_withdrawn_gives_the_step_back_and_tells_nobody(followed: Followed) -> None:
    passed(followed, HA, "2020-07-01 20:00")
    followed.answer(REPORT, "undo", "2020-07-01 20:05")
    assert followed.step(REPORT).deputy == followed.step(CARRIED).deputy == ""
    assert conversation(followed, "2020-07-01 20:10").sent == 0
    followed.live("2020-10-12")
    assert to(followed, HA) == []
    assert "Báo cáo kết quả" in to(followed, LEAD)[-1].text


def test_withdrawing_the_second_gives_the_step_back_to_the_first_deputy(followed: Followed) -> None:
    passed(followed, HA, "2020-07-01 09:00")
    passed(followed, TAM, "2020-07-01 10:00")
    followed.answer(REPORT, "undo", "2020-07-01 11:00")
    assert followed.step(REPORT).deputy == HA


def cannot_be_reached(followed: Followed, address: str) -> None:
    followed.change(
        "UPDATE contacts SET bounced_at = '2020-07-20 00:00:00+00' WHERE address = :it", it=address
    )


def revoked(followed: Followed, address: str) -> set[bool]:
    """Whether the tokens of the mails to a deputy were revoked."""
    with reading(followed.engine) as session:
        rows = session.exec(
            select(Token)
            .join(Message, col(Message.id) == Token.message_id)
            .where(col(Message.target).endswith(address))
        )
        return {one.revoked_at is not None for one in rows}


def test_who_has_none_of_a_mails_steps_any_more_has_no_way_to_answer_it(followed: Followed) -> None:
    passed(followed, HA, "2020-07-01 20:00")
    conversation(followed, "2020-07-01 20:00")
    assert revoked(followed, HA) == {False}
    passed(followed, TAM, "2020-07-02 20:00")
    assert revoked(followed, HA) == {True}
    followed.answer(REPORT, "undo", "2020-07-02 21:00")
    assert revoked(followed, HA) == {False}


def test_a_deputy_who_cannot_be_reached_any_more_leaves_the_mail_to_the_lead(followed: Followed) -> None:
    passed(followed, HA, "2020-07-01 09:00")
    conversation(followed, "2020-07-01 09:00")
    cannot_be_reached(followed, HA)
    before = len(to(followed, LEAD))
    followed.live("2020-10-12")  # 30 days before the report's deadline, long after the plan's
    assert len(to(followed, HA)) == 1
    (letter,) = to(followed, LEAD)[before:]
    assert "Báo cáo kết quả" in letter.text


def test_what_waits_for_such_a_deputy_goes_to_the_lead_in_the_next_slot(followed: Followed) -> None:
    followed.decide(PLAN, "waive", "2020-07-01 08:00", reason="thừa")
    passed(followed, HA, "2020-07-01 09:00")
    conversation(followed, "2020-07-01 09:00")
    followed.live("2020-07-02", "2020-11-09")
    followed.passes("2020-11-10 07:05")  # overdue +1
    cannot_be_reached(followed, HA)
    before = len(to(followed, LEAD))
    followed.deliver("2020-11-10 08:00")
    assert len(to(followed, LEAD)) == before
    followed.live("2020-11-11")
    assert "Báo cáo kết quả" in to(followed, LEAD)[before].text


REFUSED = [
    (HA, HA, "is who passes it on"),
    (HA, LEAD, "with .* already"),
    (LEAD, HA, "passed the step on before; it does not go round in a circle"),
    ("Sở Tư pháp", LEAD, "is the unit itself"),
]


def test_oneself_and_circles_are_refused_and_change_nothing(followed: Followed) -> None:
    with pytest.raises(Refused, match="is who passes it on"):
        passed(followed, LEAD, "2020-07-01 09:00")
    passed(followed, HA, "2020-07-01 09:00")
    before = content(followed.engine)
    for who, by, why in REFUSED:
        with pytest.raises(Refused, match=why):
            passed(followed, who, "2020-07-01 10:00", by=by)
    assert content(followed.engine) == before


def test_a_longer_circle_is_refused_too(followed: Followed) -> None:
    passed(followed, HA, "2020-07-01 09:00")
    passed(followed, TAM, "2020-07-01 10:00")
    for who in (LEAD, HA):
        with pytest.raises(Refused, match="circle"):
            passed(followed, who, "2020-07-01 11:00")


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("SNV", "SNV"),
        ("sở nội vụ", "SNV"),
        ("nk1", "NK1"),
        ("Phòng Tổng hợp", None),
        ("Phó Giám đốc Nguyễn Văn Lạ", None),
        ("Võ Văn Cũ", None),  # no contact any more
    ],
)
def test_to_anybody_else_is_a_request_and_the_ladder_goes_on(
    followed: Followed, said: str, unit: str | None
) -> None:
    answer_id = passed(followed, said, "2020-07-01 09:00")
    step = followed.step(REPORT)
    assert (step.deputy, step.received_at) == ("", at("2020-07-01 09:00"))
    assert step.next_action_at == at("2020-10-12 07:30")
    with reading(followed.engine) as session:
        data = session.get_one(Answer, answer_id).data
    assert data == {"to": said, "reason": "đi công tác"} | ({"unit": unit} if unit else {})
    assert conversation(followed, "2020-07-01 09:00").sent == 0


def test_what_was_reported_is_passed_on_no_more(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-07-01 09:00")
    with pytest.raises(Refused, match="was reported on 01/07/2020"):
        passed(followed, HA, "2020-07-01 10:00")


def test_names_and_addresses_stand_beside_the_chain(followed: Followed) -> None:
    answer_id = passed(followed, "Trần Thị Hà", "2020-07-01 09:00", by="anh Lành")
    with reading(followed.engine) as session:
        event = session.exec(
            select(Audit).where(Audit.kind == "answer.delegate").order_by(col(Audit.seq))
        ).first()
        assert event is not None
        assert event.data == {"answer": answer_id, "channel": "phone", "inside": True, "changed": True}
        assert "Trần Thị Hà" in session.get_one(AuditText, event.id).text
    assert followed.broken() == []
