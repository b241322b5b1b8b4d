"""A reply to the mail of two campaigns: each answer goes to its own campaign, and each campaign acknowledges its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from config.contacts import default_contacts
from directives.conversation import AnswerUnclear, StepRef
from directives.errors import Refused
from directives.ledger import archiving, bounces, closing, opened, undecided
from directives.ledger.answers import find_step
from directives.ledger.asked_of import asked_of
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.pages import find_link
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Answer, Audit, Campaign, Message, Step, Token
from directives.model import Contact, ContactRole
from notifications.decisions.filled import decision_of
from notifications.decisions.forms import form_of
from tests.ledger.campaigns import POST, UNITS, Followed, a_definition, at, box_of
from tests.notifications.two_campaigns import second
from tests.replies.desks import PDF, Answered, answering

OTHER = "thu-hai-2020"


@pytest.fixture
def unit(engine: Engine, tmp_path: Path) -> Answered:
    """Two campaigns, whose first digests left on 30/06/2020 in one mail: items 1 and 2 of the one, 3 and 4 of the other."""
    return lived(engine, tmp_path)


def lived(
    engine: Engine,
    folder: Path,
    contacts: list[Contact] | None = None,
    edit: Callable[[dict[str, Any]], object] = second,
    first: list[Contact] | None = None,
) -> Answered:
    """`contacts` are the second campaign's."""
    followed = Answered(engine, folder)
    followed.open("2020-06-30 07:00", contacts=first)
    other = Followed(engine, a_definition(second, edit), POST)
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


# Taking an answer back


def received(unit: Answered, campaign: str, key: str = "1g/report/STP") -> bool:
    return step(unit, campaign, key).received_at is not None


def test_sai_to_one_campaigns_receipt_withdraws_what_it_lists_and_nothing_in_the_other(
    unit: Answered,
) -> None:
    unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận"), "2020-07-01 09:00")
    own, others = unit.written_back("STP", "receipt")
    assert dict(unit.hears(answering(others, "SAI"), "2020-07-01 10:00")) == {"applied": 1}
    assert (received(unit, unit.key), received(unit, OTHER)) == (True, False)
    assert events(unit, unit.key).count("answer.undo") == 0
    withdrawn = unit.written_back("STP", "receipt")[2:]
    assert ["2/UBND" in one["Subject"] for one in withdrawn] == [True]
    assert dict(unit.hears(answering(own, "SAI"), "2020-07-01 11:00")) == {"applied": 1}
    assert (received(unit, unit.key), received(unit, OTHER)) == (False, False)
    assert unit.broken() == unit.unlike() == []


def test_sai_with_a_number_that_the_receipt_does_not_list_is_asked_about(unit: Answered) -> None:
    unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận"), "2020-07-01 09:00")
    own, _ = unit.written_back("STP", "receipt")
    assert dict(unit.hears(answering(own, "SAI 4"), "2020-07-01 10:00")) == {"queued": 1}
    assert received(unit, unit.key)
    assert received(unit, OTHER)
    assert "Việc 4 không có trong thư xác nhận được trả lời" in unit.written_back("STP", "unclear")[-1].text


def test_sai_with_a_number_to_the_mail_itself_means_that_item(unit: Answered) -> None:
    unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận"), "2020-07-01 09:00")
    assert dict(unit.hears(answering(unit.digest("STP"), "SAI 4"), "2020-07-01 10:00")) == {"applied": 1}
    assert (received(unit, unit.key), received(unit, OTHER)) == (True, False)
    assert received(unit, OTHER, "1g/plan/STP")


def test_sai_to_a_mail_whose_answer_two_receipts_acknowledged_asks_which(unit: Answered) -> None:
    unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận"), "2020-07-01 09:00")
    assert dict(unit.hears(answering(unit.digest("STP"), "SAI"), "2020-07-01 10:00")) == {"queued": 1}
    assert received(unit, unit.key)
    assert received(unit, OTHER)
    (asked,) = unit.written_back("STP", "unclear")
    assert "mỗi văn bản một thư xác nhận" in asked.text
    assert waiting(unit, unit.key) == waiting(unit, OTHER) == ["mail"]


def test_sai_to_the_mail_withdraws_what_was_said_last_where_one_campaign_was_spoken_of(
    unit: Answered,
) -> None:
    unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận"), "2020-07-01 09:00")
    unit.hears(answering(unit.digest("STP"), "4 đang thực hiện 20%"), "2020-07-01 09:30")
    assert dict(unit.hears(answering(unit.digest("STP"), "SAI"), "2020-07-01 10:00")) == {"applied": 1}
    assert step(unit, OTHER, "1g/report/STP").percent is None
    assert received(unit, OTHER)


def test_sai_to_an_older_receipt_leaves_what_was_answered_since(unit: Answered) -> None:
    unit.hears(answering(unit.digest("STP"), "4 đang thực hiện 20%"), "2020-07-01 09:00")
    unit.hears(answering(unit.digest("STP"), "4 đang thực hiện 60%"), "2020-07-01 09:30")
    first, _ = unit.written_back("STP", "receipt")
    assert dict(unit.hears(answering(first, "SAI 4"), "2020-07-01 10:00")) == {"queued": 1}
    assert dict(unit.hears(answering(first, "SAI"), "2020-07-01 10:05")) == {"queued": 1}
    assert step(unit, OTHER, "1g/report/STP").percent == 60


def test_a_receipt_says_of_its_own_document_only_that_nothing_is_owed(unit: Answered) -> None:
    text = "3 đã gửi văn bản số 10/KH-STP ngày 30/06/2020\n4 đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"
    unit.hears(answering(unit.digest("STP"), text), "2020-07-01 09:00")
    (receipt,) = unit.written_back("STP", "receipt")
    assert "Không còn việc nào phải gửi kết quả theo Công văn số 2/UBND" in receipt.text
    assert "SAI (rút lại tất cả nội dung ghi nhận trên)" in receipt.text


# What comes along, and who reads it


def test_a_file_goes_with_each_report_that_the_reply_speaks_of(unit: Answered) -> None:
    text = "2 đã gửi báo cáo số 214/BC-STP ngày 30/06/2020\n4 đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"
    reply = answering(unit.digest("STP"), text, files=[("bao-cao.pdf", PDF), ("phu-luc.pdf", PDF + b"2")])
    assert dict(unit.hears(reply, "2020-07-01 09:00")) == {"applied": 1}
    with reading(unit.engine) as session:
        done = session.exec(
            select(Answer).where(Answer.kind == "done", col(Answer.carried_by_id).is_(None))
        ).all()
    assert [one.data["file_name"] for one in done] == ["bao-cao.pdf"] * 2
    own = [one.answer_id for one in unit.evidence() if one.answer_id in [row.id for row in done]]
    assert sorted(own) == sorted(2 * [ident(one) for one in done])


def test_an_answer_is_taken_in_a_campaign_that_is_on_hold(unit: Answered) -> None:
    other = Followed(unit.engine, a_definition(second), POST)
    other.decide("", "hold", "2020-06-30 09:00", from_on="2020-06-30", reason="chờ hướng dẫn")
    reply = answering(unit.digest("STP"), "tất cả đã tiếp nhận")
    assert dict(unit.hears(reply, "2020-07-01 09:00")) == {"applied": 1}
    assert received(unit, OTHER)
    assert len(unit.written_back("STP", "receipt")) == 2


def test_a_deputy_of_both_campaigns_answers_each_by_number(engine: Engine, tmp_path: Path) -> None:
    ha = Contact(unit="STP", role=ContactRole.DEPUTY, name="Trần Thị Hà", address="ha.stp@cantho.example")
    people = [*default_contacts(UNITS), ha]
    unit = lived(engine, tmp_path, people, first=people)
    other = Followed(engine, a_definition(second), POST)
    for one in (unit, other):
        one.answer("1g/report/STP", "delegate", "2020-07-01 09:00", to=ha.address, reason="đi công tác")
        one.passes("2020-10-12 07:05")
    unit.deliver("2020-10-12 08:00")
    letter = [one for one in unit.box.letters if one.kind == "deputy"][-1]
    reply = answering(letter, "1 đang thực hiện 20%\n2 đang thực hiện 60%", sender=ha.address)
    assert dict(unit.hears(reply, "2020-10-12 09:00")) == {"applied": 1}
    assert step(unit, unit.key, "1g/report/STP").percent == 20
    assert step(unit, OTHER, "1g/report/STP").percent == 60
    receipts = [one for one in unit.box.letters if one.to == ha.address and one.kind == "receipt"]
    assert ["2/UBND" in one["Subject"] for one in receipts] == [False, True]


def test_the_superiors_answer_to_an_overview_waits_in_both_campaigns(unit: Answered) -> None:
    other = Followed(unit.engine, a_definition(second), POST)
    for one in (unit, other):
        one.passes("2020-08-05 07:05")
    unit.deliver("2020-08-05 08:00")
    letter = unit.letters("UBND")[-1]
    assert "Phần 2" in letter.text
    assert dict(unit.hears(answering(letter, "Đã giao Văn phòng theo dõi."), "2020-08-05 09:00")) == {
        "queued": 1
    }
    assert waiting(unit, unit.key) == waiting(unit, OTHER) == ["mail"]


def test_who_is_registered_in_one_of_the_campaigns_only_answers_neither_by_himself(
    engine: Engine, tmp_path: Path
) -> None:
    """What he says of his own may be right, but the mail speaks for both."""
    here_only = Contact(unit="STP", role=ContactRole.DEPUTY, name="Hà", address="ha@cantho.example")
    unit = lived(engine, tmp_path, [*default_contacts(UNITS), here_only])
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


def test_what_one_campaigns_coordinator_answers_leaves_the_reply_waiting_in_the_other(unit: Answered) -> None:
    reply = answering(unit.digest("STP"), "Đơn vị đang xem xét, sẽ báo sau khi họp giao ban.")
    unit.hears(reply, "2020-07-01 09:00")
    (mail,) = unit.inbound()
    other = Followed(unit.engine, a_definition(second), POST)
    said = {"kind": "received", "at": at("2020-07-01 09:00"), "channel": "mail", "by": "STP"}

    def settled(one: Followed, when: str) -> None:
        answers = [{**said, "step": one.ref("1g/report/STP")}]
        one.decide("", "answer_unclear", when, inbound_sha256=mail.sha256, answers=answers)

    settled(other, "2020-07-01 10:00")
    assert (waiting(unit, unit.key), waiting(unit, OTHER)) == (["mail"], [])
    with pytest.raises(Refused, match="waits no more"):
        settled(other, "2020-07-01 10:30")
    settled(unit, "2020-07-01 11:00")
    assert waiting(unit, unit.key) == waiting(unit, OTHER) == []
    assert unit.inbound()[0].state == "applied"
    assert unit.broken() == unit.unlike() == []


def test_a_coordinator_of_either_campaign_opens_the_mail_and_finds_it_in_the_archive(unit: Answered) -> None:
    reply = answering(unit.digest("STP"), "Đơn vị đang xem xét, sẽ báo sau khi họp giao ban.")
    unit.hears(reply, "2020-07-01 09:00")
    (mail,) = unit.inbound()
    for campaign in (unit.key, OTHER):
        with reading(unit.engine) as session:
            book = Casebook(session, campaign_row(session, campaign))
            found = opened.mail(book, mail.sha256[:12])
            assert found is not None
            assert found.unit_code == "STP"
            (stp,) = (key for key, row in book.units.items() if row.code == "STP")
            assert [one.sha256 for one in opened.queued(book, stp)] == [mail.sha256]
            kept = archiving.contents(session, book.campaign)
            assert [one["sha256"] for one in kept.tables["inbound"]] == [mail.sha256]


def test_a_reply_to_an_overview_with_two_parts_of_one_campaign_waits_there_once(
    engine: Engine, tmp_path: Path
) -> None:
    """The city is the second campaign's monitor as well as the superior of its departments."""

    def watched_by_the_city(data: dict[str, Any]) -> None:
        data["monitor"]["unit"] = "UBND"

    unit = lived(engine, tmp_path, edit=watched_by_the_city)
    for on in ("2020-08-05", "2020-08-07"):
        for campaign in (unit, Followed(engine, a_definition(second), POST)):
            campaign.passes(f"{on} 07:05")
        unit.deliver(f"{on} 08:00")
    letter = unit.letters("UBND")[-1]
    assert "Phần 3" in letter.text
    unit.hears(answering(letter, "Đã giao Văn phòng theo dõi."), "2020-08-07 09:00")
    (mail,) = unit.inbound()
    assert waiting(unit, unit.key) == waiting(unit, OTHER) == ["mail"]
    with reading(engine) as session:
        assert opened.mail(Casebook(session, campaign_row(session, OTHER)), mail.sha256[:12]) is not None


def test_a_sender_accepted_in_both_campaigns_is_read_again_and_answers_both(unit: Answered) -> None:
    reply = answering(unit.digest("STP"), "tất cả đã tiếp nhận", sender="ha@cantho.example")
    assert dict(unit.hears(reply, "2020-07-01 09:00")) == {"queued": 1}
    other = Followed(unit.engine, a_definition(second), POST)
    for one, settled in ((unit, {"queued": 1}), (other, {"applied": 1})):
        one.decide("", "accept_sender", "2020-07-01 10:00", unit="STP", address="ha@cantho.example")
        assert dict(unit.hears([], "2020-07-01 10:01")) == settled
    assert received(unit, unit.key)
    assert received(unit, OTHER)


def test_what_a_coordinator_answered_in_one_campaign_is_not_read_again_for_the_other(unit: Answered) -> None:
    reply = answering(unit.digest("STP"), "tất cả đã tiếp nhận", sender="ha@cantho.example")
    unit.hears(reply, "2020-07-01 09:00")
    other = Followed(unit.engine, a_definition(second), POST)
    said = {"kind": "in_progress", "at": at("2020-07-01 09:00"), "channel": "mail", "by": "STP"}
    answers = [{**said, "step": other.ref("1g/report/STP")}]
    mail = unit.inbound()[0].sha256
    other.decide("", "answer_unclear", "2020-07-01 09:30", inbound_sha256=mail, answers=answers)
    for one in (unit, other):
        one.decide("", "accept_sender", "2020-07-01 10:00", unit="STP", address="ha@cantho.example")
    assert dict(unit.hears([], "2020-07-01 10:01")) == {}
    assert (waiting(unit, unit.key), waiting(unit, OTHER)) == (["mail"], [])


def test_a_coordinator_answers_for_the_items_of_his_own_campaign(unit: Answered) -> None:
    reply = answering(unit.digest("STP"), "Đơn vị đang xem xét, sẽ báo sau khi họp giao ban.")
    unit.hears(reply, "2020-07-01 09:00")
    (mail,) = unit.inbound()
    given = {"mail": mail.sha256, "kind": "received", "by": "bà Hạnh"}
    with begin(unit.engine) as session:
        filled = decision_of(session, OTHER, form_of("answer_unclear"), given, at("2020-07-01 10:00"))
        assert isinstance(filled, AnswerUnclear)
        assert {one.step.campaign for one in filled.answers} == {OTHER}
        assert len(filled.answers) == 2


def test_a_reply_after_the_first_campaign_was_closed_waits_in_the_other_and_is_no_strangers(
    unit: Answered,
) -> None:
    unit.change(
        "UPDATE campaigns SET closed_at = :at WHERE key = :key", at="2020-07-01 00:00:00.000000", key=unit.key
    )
    reply = answering(unit.digest("STP"), "Đơn vị đang xem xét, sẽ báo sau khi họp giao ban.")
    assert dict(unit.hears(reply, "2020-07-02 09:00")) == {"queued": 1}
    assert waiting(unit, OTHER) == ["mail"]
    with reading(unit.engine) as session:
        assert undecided.strangers(session) == []
    (asked,) = unit.written_back("STP", "unclear")
    assert "2/UBND" in asked["Subject"] + asked.text


def test_who_answers_for_the_units_and_who_answers_on_the_page_find_the_mail_that_left(
    unit: Answered,
) -> None:
    """By the Message-ID of the one mail, whichever campaign's item it is."""
    with reading(unit.engine) as session:
        carrier, part = session.exec(
            select(Message).where(Message.address == box_of("STP")).order_by(col(Message.id))
        ).all()
        asked = asked_of(session, StepRef(campaign=OTHER, instruction="1g", step="report", unit="STP"))
        assert asked is not None
        assert (asked.uid, asked.n) == (carrier.uid, 4)
        session.add(
            Token(
                sha256="page",
                message_id=ident(part),
                unit_id=part.unit_id,
                purpose="page",
                expires_at=at("2020-12-31 00:00"),
            )
        )
        session.flush()
        link = find_link(session, "page", at("2020-07-01 09:00"))
        assert link is not None
        assert (link.campaign, link.uid) == (OTHER, carrier.uid)
        session.rollback()
