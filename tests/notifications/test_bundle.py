"""Two running campaigns have something for the same reader at the same slot: one mail leaves, a section each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from config.contacts import default_contacts
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Campaign, Message, MessageItem, Step, Token
from notifications.delivery import Delivery, deliver
from notifications.smtp import Fate
from tests.ledger.campaigns import (
    POST,
    UNITS,
    Followed,
    Letter,
    Letterbox,
    a_campaign,
    a_definition,
    at,
    box_of,
)

STP = box_of("STP")


def second(data: dict[str, Any]) -> None:
    """Another directive to the same units, with the same dates."""
    data.update(campaign="thu-hai-2020", title="Đợt thử hai")
    data["directive"].update(number="2/UBND", subject="cải cách hành chính năm 2020")


@pytest.fixture
def two(engine: Engine) -> tuple[Followed, Followed]:
    return a_campaign(engine), a_campaign(engine, definition=a_definition(second))


def plan_all(two: Sequence[Followed], when: str) -> None:
    for one in two:
        one.passes(when)


def send(two: Sequence[Followed], when: str, box: Letterbox | None = None, **post: Any) -> Delivery:
    """One delivery serves every campaign of the ledger."""
    return two[0].deliver(when, box or two[0].box, **post)


def messages(engine: Engine, unit_address: str = STP) -> list[Message]:
    with reading(engine) as session:
        rows = select(Message).where(Message.address == unit_address).order_by(col(Message.id))
        return list(session.exec(rows))


def to_stp(two: Sequence[Followed]) -> list[Letter]:
    return [one for one in two[0].box.letters if one.to == STP]


# What leaves


def test_one_mail_leaves_with_a_section_for_each_campaign(two: tuple[Followed, Followed]) -> None:
    plan_all(two, "2020-06-30 07:05")
    done = send(two, "2020-06-30 08:00")
    assert done.sent == 5
    (letter,) = to_stp(two)
    assert "Phần 1. Công văn số 1/UBND" in letter.text
    assert "Phần 2. Công văn số 2/UBND" in letter.text
    assert letter["Subject"].count("Công văn số") == 2
    assert "cải cách hành chính" in letter.text
    assert send(two, "2020-06-30 08:15").tried == 0


def test_the_items_are_numbered_through(two: tuple[Followed, Followed], engine: Engine) -> None:
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
    (letter,) = to_stp(two)
    for n in (*numbers[0], *numbers[1]):
        assert f" {n}. " in letter.text


def test_each_campaign_keeps_its_own_message_and_first_mail(
    two: tuple[Followed, Followed], engine: Engine
) -> None:
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


def test_what_only_one_campaign_has_leaves_as_ever(two: tuple[Followed, Followed]) -> None:
    two[1].passes("2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    (letter,) = to_stp(two)
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
    assert "Phần" not in to_stp((first, other))[0].text


def test_a_campaign_that_is_on_hold_stays_out_of_the_mail(two: tuple[Followed, Followed]) -> None:
    plan_all(two, "2020-06-30 07:05")
    two[1].decide("", "hold", "2020-06-30 07:10", from_on="2020-06-30", reason="chờ hướng dẫn")
    send(two, "2020-06-30 08:00")
    (letter,) = to_stp(two)
    assert "2/UBND" not in letter.text


def test_a_runaway_campaign_stays_out_of_the_others_mail(engine: Engine) -> None:
    small = a_campaign(engine, definition=a_definition(lambda data: data["instructions"].pop(0)))
    two = small, a_campaign(engine, definition=a_definition(second))
    two[1].passes("2020-06-30 07:05")
    send(two, "2020-06-30 08:00", max_mails_per_slot=4)
    assert to_stp(two) == []


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
    assert len(to_stp(two)) == 2


def test_each_section_links_to_its_own_campaigns_page(two: tuple[Followed, Followed], engine: Engine) -> None:
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00", page_url="https://dondoc.example")
    (letter,) = to_stp(two)
    assert letter.text.count("https://dondoc.example/t/") == 2
    assert "page-token" not in letter.text
    with reading(engine) as session:
        ids = [one.id for one in messages(engine)]
        pages = session.exec(
            select(Token.message_id).where(Token.purpose == "page", col(Token.message_id).in_(ids))
        )
        assert sorted(pages) == ids


# What becomes of it


def test_a_mail_that_was_not_taken_is_sent_once_more_as_one(
    two: tuple[Followed, Followed], engine: Engine
) -> None:
    plan_all(two, "2020-06-30 07:05")
    later = Letterbox(says=lambda to: Fate.DEFERRED if to == STP else Fate.ACCEPTED)
    send(two, "2020-06-30 08:00", later)
    assert {(one.state, one.within_id) for one in messages(engine)} == {("deferred", None)}
    two[1].answer("1g/report/STP", "done", "2020-06-30 08:10", doc_number="9/BC")
    send(two, "2020-06-30 08:30")
    (letter,) = to_stp(two)
    assert "Phần 2" in letter.text
    assert {one.state for one in messages(engine)} == {"accepted"}


def test_a_refusal_for_good_is_told_to_each_campaigns_monitor(
    two: tuple[Followed, Followed], engine: Engine
) -> None:
    plan_all(two, "2020-06-30 07:05")
    box = Letterbox(says=lambda to: Fate.REFUSED if to == STP else Fate.ACCEPTED)
    send(two, "2020-06-30 08:00", box)
    assert {one.state for one in messages(engine)} == {"failed"}
    assert len([one for one in box.letters if one.kind == "refused"]) == 2


def test_a_mail_lost_after_its_content_goes_once_more_unchanged_with_all_its_parts(
    two: tuple[Followed, Followed], engine: Engine
) -> None:
    plan_all(two, "2020-06-30 07:05")
    lost = Letterbox(says=lambda to: Fate.UNCERTAIN if to == STP else Fate.ACCEPTED)
    send(two, "2020-06-30 08:00", lost)
    send(two, "2020-06-30 08:15")
    (again,) = to_stp(two)
    (before,) = [one for one in lost.letters if one.to == STP]
    assert (again["Message-ID"], again.text) == (before["Message-ID"], before.text)
    assert {(one.state, one.uncertain) for one in messages(engine)} == {("accepted", 1)}


def test_a_deliverer_that_dies_in_between_leaves_one_resend_for_all_parts(
    two: tuple[Followed, Followed], engine: Engine
) -> None:
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
    assert len(to_stp(two)) == 1
    assert {(one.state, one.uncertain) for one in messages(engine)} == {("accepted", 1)}


def test_the_next_mail_stands_in_the_thread_of_the_one_that_left(
    two: tuple[Followed, Followed], engine: Engine
) -> None:
    plan_all(two, "2020-06-30 07:05")
    send(two, "2020-06-30 08:00")
    (first,) = to_stp(two)
    two[1].passes("2020-07-02 07:05")  # the other campaign's alone
    send(two, "2020-07-02 08:00")
    assert to_stp(two)[-1]["References"] == first["Message-ID"]


def test_what_may_have_left_in_the_mail_of_a_campaign_that_was_closed_is_shown_as_uncertain(
    two: tuple[Followed, Followed], engine: Engine
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
    assert "2/UBND" in to_stp(two)[-1]["Subject"]


def test_two_deliverers_at_once_send_each_reader_one_mail(
    two: tuple[Followed, Followed], engine: Engine
) -> None:
    plan_all(two, "2020-06-30 07:05")
    box = Letterbox()

    async def both() -> list[Delivery]:
        def clock() -> datetime:
            return at("2020-06-30 08:00")

        return list(await asyncio.gather(*(deliver(engine, POST, box, clock) for _ in range(2))))

    done = asyncio.run(both())
    assert sum(one.sent for one in done) == 5
    assert len([one for one in box.letters if one.to == STP]) == 1


def test_closing_one_campaign_leaves_the_other_its_mail(
    two: tuple[Followed, Followed], engine: Engine
) -> None:
    plan_all(two, "2020-06-30 07:05")
    with begin(engine) as session:
        row = session.exec(select(Campaign).where(Campaign.key == two[1].key)).one()
        row.closed_at = at("2020-06-30 07:20")
        session.add(row)
    send(two, "2020-06-30 08:00")
    (letter,) = to_stp(two)
    assert "2/UBND" not in letter.text
