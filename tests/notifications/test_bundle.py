"""Two running campaigns have something for the same reader at the same slot: one mail leaves, a section each."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from config.contacts import default_contacts
from directives.ledger.closing import close
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Campaign, MessageItem, Step, Token
from notifications.delivery import Delivery, deliver
from notifications.smtp import Fate
from tests.ledger.campaigns import POST, UNITS, Followed, Letterbox, a_campaign, a_definition, at
from tests.notifications.two_campaigns import STP, Two, messages, plan_all, second, send, to, two_campaigns


@pytest.fixture
def two(engine: Engine) -> Two:
    return two_campaigns(engine)


# What leaves


def test_one_mail_leaves_with_a_section_for_each_campaign(two: Two) -> None:
    plan_all(two, "2020-06-30 07:05")
    done = send(two, "2020-06-30 08:00")
    assert done.sent == 5
    (letter,) = to(two)
    assert "Phần 1. Công văn số 1/UBND" in letter.text
    assert "Phần 2. Công văn số 2/UBND" in letter.text
    assert letter["Subject"].count("Công văn số") == 2
    assert "cải cách hành chính" in letter.text
    assert send(two, "2020-06-30 08:15").tried == 0


def test_the_items_are_numbered_through(two: Two, engine: Engine) -> None:
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    first, other = messages(engine)
    with reading(engine) as session:
        numbers = [
            session.exec(select(MessageItem.n).where(MessageItem.message_id == one.id)).all()
            for one in (first, other)
        ]
    assert sorted([*numbers[0], *numbers[1]]) == list(range(1, len(numbers[0]) + len(numbers[1]) + 1))
    assert min(numbers[1]) == max(numbers[0]) + 1
    (letter,) = to(two)
    for n in (*numbers[0], *numbers[1]):
        assert f" {n}. " in letter.text


def test_each_campaign_keeps_its_own_message_and_first_mail(two: Two, engine: Engine) -> None:
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    first, other = messages(engine)
    assert (first.state, other.state) == ("accepted", "accepted")
    assert (first.within_id, other.within_id) == (None, first.id)
    with reading(engine) as session:
        mailed = session.exec(select(Step.first_mailed_at).where(Step.due_before.is_not(None))).all()  # type: ignore[union-attr]
    assert set(mailed) == {at("2020-06-30 08:00")}
    for one in two:
        assert one.broken() == one.unlike() == []


def test_what_only_one_campaign_has_leaves_as_ever(two: Two) -> None:
    two[1].passes("2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    (letter,) = to(two)
    assert "Phần 1" not in letter.text
    assert "2/UBND" in letter["Subject"]


def test_another_address_of_the_same_unit_gets_a_mail_of_its_own(engine: Engine) -> None:
    first = a_campaign(engine)
    contacts = [
        one.model_copy(update={"address": "rieng@cantho.example"}) if one.unit == "STP" else one
        for one in default_contacts(UNITS)
    ]
    other = a_campaign(engine, definition=a_definition(second), contacts=contacts)
    plan_all((first, other), "2020-06-30 07:05")
    assert send((first, other), "2020-06-30 08:00").sent == 6
    assert "Phần" not in to((first, other))[0].text


def test_a_campaign_that_is_on_hold_stays_out_of_the_mail(two: Two) -> None:
    plan_all(two, "2020-06-30 07:05")
    two[1].decide("", "hold", "2020-06-30 07:10", from_on="2020-06-30", reason="chờ hướng dẫn")
    send(two, "2020-06-30 08:00")
    (letter,) = to(two)
    assert "2/UBND" not in letter.text


def test_a_runaway_campaign_stays_out_of_the_others_mail(engine: Engine) -> None:
    small = a_campaign(engine, definition=a_definition(lambda data: data["instructions"].pop(0)))
    two = small, a_campaign(engine, definition=a_definition(second))
    two[1].passes("2020-06-30 07:05")
    send(two, "2020-06-30 08:00", max_mails_per_slot=4)
    assert to(two) == []


def test_rehearsals_whose_clocks_differ_do_not_share_a_mail(engine: Engine) -> None:
    two = (
        a_campaign(engine, rehearsal=True),
        a_campaign(engine, definition=a_definition(second), rehearsal=True),
    )
    with begin(engine) as session:
        row = campaign_row(session, two[1].key)
        row.clock_at = at("2020-06-30 09:00")
        session.add(row)
        first = campaign_row(session, two[0].key)
        first.clock_at = at("2020-06-30 08:00")
        session.add(first)
    plan_all(two, "2020-06-30 07:30")
    send(two, "2020-06-30 08:00")
    assert len(to(two)) == 2


def test_each_section_links_to_its_own_campaigns_page(two: Two, engine: Engine) -> None:
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00", page_url="https://dondoc.example")
    (letter,) = to(two)
    assert letter.text.count("https://dondoc.example/t/") == 2
    assert "page-token" not in letter.text
    with reading(engine) as session:
        ids = [one.id for one in messages(engine)]
        pages = session.exec(
            select(Token.message_id).where(Token.purpose == "page", col(Token.message_id).in_(ids))
        )
        assert sorted(pages) == ids


def test_a_rehearsal_never_shares_a_mail_with_a_real_campaign(engine: Engine) -> None:
    """They share no ledger either; where one was made to, each still writes its own."""
    two = two_campaigns(engine)
    two[1].change("UPDATE campaigns SET rehearsal = true WHERE key = :key", key=two[1].key)
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    assert ["[DIỄN TẬP]" in one["Subject"] for one in to(two)] == [False, True]
    assert not any("Phần 1" in one.text for one in to(two))


def test_each_campaigns_contact_person_is_named(engine: Engine) -> None:
    def another_officer(data: dict[str, Any]) -> None:
        data["monitor"]["officer"].update(name="Phòng Cải cách", phone="0292 111")

    two = two_campaigns(engine, edit=another_officer)
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    (letter,) = to(two)
    assert "Người liên hệ về Công văn số 1/UBND: Phòng Tổng hợp; điện thoại 0292 000" in letter.text
    assert "Người liên hệ về Công văn số 2/UBND: Phòng Cải cách; điện thoại 0292 111" in letter.text


def test_one_contact_person_of_all_is_named_once(two: Two) -> None:
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    assert to(two)[0].text.count("Người liên hệ: Phòng Tổng hợp") == 1


def test_what_another_campaign_has_to_say_later_that_day_leaves_by_itself(two: Two, engine: Engine) -> None:
    """A new directive is not held for a day by a reminder of another one; the next morning's is one mail again."""
    two[0].passes("2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    two[1].passes("2020-06-30 09:05")
    send(two, "2020-06-30 09:15")
    assert ["1/UBND" in one["Subject"] for one in to(two)] == [True, False]
    assert [one.within_id for one in messages(engine)] == [None, None]
    plan_all(two, "2020-07-02 07:05")
    send(two, "2020-07-02 08:00")
    (again,) = to(two)[2:]
    assert "Phần 2" in again.text
    assert again["References"] == to(two)[0]["Message-ID"]


def test_the_parts_are_listed_with_what_they_are_about_and_how_they_stand(two: Two) -> None:
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    assert (
        "Phần 2. Công văn số 2/UBND (việc 3 đến 4), về việc cải cách hành chính năm 2020. Giao nhiệm vụ."
    ) in to(two)[0].text


def test_the_limit_counts_each_campaigns_messages(two: Two) -> None:
    plan_all(two, "2020-06-30 07:05")
    assert send(two, "2020-06-30 08:00", max_mails_per_slot=5).sent == 5


# What becomes of it


def test_a_mail_that_was_not_taken_is_sent_once_more_as_one(two: Two, engine: Engine) -> None:
    plan_all(two, "2020-06-30 07:05")
    later = Letterbox(says=lambda to: Fate.DEFERRED if to == STP else Fate.ACCEPTED)
    send(two, "2020-06-30 08:00", later)
    assert {(one.state, one.within_id) for one in messages(engine)} == {("deferred", None)}
    two[1].answer("1g/report/STP", "done", "2020-06-30 08:10", doc_number="9/BC")
    send(two, "2020-06-30 08:30")
    (letter,) = to(two)
    assert "Phần 2" in letter.text
    assert {one.state for one in messages(engine)} == {"accepted"}


def test_a_refusal_for_good_is_told_to_each_campaigns_monitor(two: Two, engine: Engine) -> None:
    plan_all(two, "2020-06-30 07:05")
    box = Letterbox(says=lambda to: Fate.REFUSED if to == STP else Fate.ACCEPTED)
    send(two, "2020-06-30 08:00", box)
    assert {one.state for one in messages(engine)} == {"failed"}
    assert len([one for one in box.letters if one.kind == "refused"]) == 2


def test_a_mail_lost_after_its_content_goes_once_more_unchanged_with_all_its_parts(
    two: Two, engine: Engine
) -> None:
    plan_all(two, "2020-06-30 07:05")
    lost = Letterbox(says=lambda to: Fate.UNCERTAIN if to == STP else Fate.ACCEPTED)
    send(two, "2020-06-30 08:00", lost)
    send(two, "2020-06-30 08:15")
    (again,) = to(two)
    (before,) = [one for one in lost.letters if one.to == STP]
    assert (again["Message-ID"], again.text) == (before["Message-ID"], before.text)
    assert {(one.state, one.uncertain) for one in messages(engine)} == {("accepted", 1)}


def test_a_deliverer_that_dies_in_between_leaves_one_resend_for_all_parts(two: Two, engine: Engine) -> None:
    class Killed(BaseException):
        pass

    class Dies(Letterbox):
        async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Any:
            if recipient == STP:
                raise Killed
            return await super().send(envelope_from, recipient, raw)

    plan_all(two, "2020-06-30 07:05")
    with pytest.raises(BaseExceptionGroup):
        send(two, "2020-06-30 08:00", Dies())
    assert {one.state for one in messages(engine)} == {"sending"}
    send(two, "2020-06-30 08:30")
    assert len(to(two)) == 1
    assert {(one.state, one.uncertain) for one in messages(engine)} == {("accepted", 1)}


def test_the_next_mail_stands_in_the_thread_of_the_one_that_left(two: Two, engine: Engine) -> None:
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    (first,) = to(two)
    two[1].passes("2020-07-02 07:05")  # the other campaign's alone
    send(two, "2020-07-02 08:00")
    assert to(two)[-1]["References"] == first["Message-ID"]


def test_what_may_have_left_in_the_mail_of_a_campaign_that_was_closed_is_shown_as_uncertain(
    two: Two, engine: Engine
) -> None:
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00", Letterbox(says=lambda to: Fate.UNCERTAIN if to == STP else Fate.ACCEPTED))
    with begin(engine) as session:
        row = campaign_row(session, two[0].key)
        row.closed_at = at("2020-06-30 08:00")
        session.add(row)
    send(two, "2020-06-30 08:15")
    assert messages(engine)[1].state == "uncertain"
    two[1].passes("2020-07-02 07:05")
    send(two, "2020-07-02 08:00")
    assert "2/UBND" in to(two)[-1]["Subject"]


def test_two_deliverers_at_once_send_each_reader_one_mail(two: Two, engine: Engine) -> None:
    plan_all(two, "2020-06-30 07:05")
    box = Letterbox()

    async def both() -> list[Delivery]:
        def clock() -> datetime:
            return at("2020-06-30 08:00")

        return list(await asyncio.gather(*(deliver(engine, POST, box, clock) for _ in range(2))))

    done = asyncio.run(both())
    assert sum(one.sent for one in done) == 5
    assert len([one for one in box.letters if one.to == STP]) == 1


def test_closing_one_campaign_leaves_the_other_its_mail(two: Two, engine: Engine) -> None:
    plan_all(two, "2020-06-30 07:05")
    with begin(engine) as session:
        row = session.exec(select(Campaign).where(Campaign.key == two[1].key)).one()
        row.closed_at = at("2020-06-30 07:20")
        session.add(row)
    send(two, "2020-06-30 08:00")
    (letter,) = to(two)
    assert "2/UBND" not in letter.text


def spoiled(one: Followed, **values: str) -> None:
    """Contacts of STP as no command would take them."""
    for name, value in values.items():
        one.change(
            f"UPDATE contacts SET {name} = :value WHERE unit_id IN (SELECT u.id FROM units u"  # noqa: S608
            " JOIN campaigns c ON c.id = u.campaign_id WHERE c.key = :key AND u.code = 'STP')",
            value=value,
            key=one.key,
        )


def digest_states(one: Followed) -> list[str]:
    own = one.campaign().id
    return [row.state for row in one.messages("STP") if (row.target, row.campaign_id) == ("lead", own)]


def test_a_mail_that_cannot_be_written_keeps_no_other_campaigns_part(two: Two) -> None:
    spoiled(two[0], name="a\nBcc: b@c.example")
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    (letter,) = to(two)
    assert "2/UBND" in letter["Subject"]
    assert "Phần 1" not in letter.text
    assert (digest_states(two[0]), digest_states(two[1])) == (["failed"], ["accepted"])


def test_an_address_that_no_mail_can_carry_is_told_to_each_campaigns_monitor(two: Two) -> None:
    for one in two:
        spoiled(one, address="van thu@cantho.example")
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    send(two, "2020-06-30 08:15")
    assert (digest_states(two[0]), digest_states(two[1])) == (["failed"], ["failed"])
    told = [one.text for one in two[0].box.letters if one.kind == "refused"]
    assert ["van thu@cantho.example" in one for one in told] == [True, True]


def test_a_campaign_closed_while_its_mail_may_have_left_is_in_the_one_that_goes_again(
    two: Two, engine: Engine
) -> None:
    """The other campaign's mail goes once more unchanged; what this one owes is closed all the same."""
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00", Letterbox(says=lambda to: Fate.UNCERTAIN if to == STP else Fate.ACCEPTED))
    with begin(engine) as session:
        close(
            session,
            two[1].key,
            by="",
            reason="",
            at=at("2020-06-30 08:05"),
            machine_now=at("2020-06-30 08:05"),
        )
    assert send(two, "2020-06-30 08:15").sent == 1
    assert [one.state for one in messages(engine)] == ["accepted", "accepted"]
    for one in two:
        assert one.broken() == one.unlike() == []
    assert send(two, "2020-07-01 08:00").tried == 0
