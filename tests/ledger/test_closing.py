"""The end of a campaign: nothing is asked any more, keys end, and the chain says so."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from directives.errors import DondocError, Refused
from directives.evaluate import Status
from directives.ledger import archiving, closing, marks, outbox, waiting
from directives.ledger.closing import Standing
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Addressee, Audit, Step, Token
from tests.ledger.campaigns import Followed, a_campaign, at

DECEMBER = "2020-12-01 09:00"


@pytest.fixture
def followed(engine: Engine) -> Followed:
    return a_campaign(engine)


def close(followed: Followed, when: str = DECEMBER) -> Standing:
    with begin(followed.engine) as session:
        return closing.close(
            session, followed.key, by="Trần Thị Ops", reason="hết đợt", at=at(when), machine_now=at(when)
        )


def lived(followed: Followed) -> Followed:
    """Mailed, one report in, and one day's notices waiting for a slot that will not come."""
    followed.live("2020-06-30")
    followed.answer("1g/report/STP", "done", "2020-11-05 09:00")
    followed.passes("2020-12-01 07:05")
    return followed


def test_it_says_what_it_leaves_behind(followed: Followed) -> None:
    left = close(lived(followed))
    assert sum(left.steps.values()) == len(followed.steps())
    assert left.steps[Status.AWAITING_ACCEPTANCE] == 2  # the report and the result it carries
    assert left.steps[Status.OVERDUE] > 0
    assert left.tokens == len(followed.messages())
    assert left.mails == 8  # that the next slot would have made
    assert left.undecided == {}


def test_what_waits_for_a_decision_is_counted(followed: Followed) -> None:
    followed.live("2020-06-30")
    followed.answer(
        "1g/report/STP", "extension", "2020-11-05 09:00", until="2020-11-20", reason="chờ số liệu"
    )
    followed.answer("1g/report/NK", "question", "2020-11-05 09:00", text="Gửi mấy bản?")
    assert close(followed).undecided == {"extension": 1, "question": 1}


def test_nothing_is_reminded_recorded_or_decided_any_more(followed: Followed) -> None:
    close(lived(followed))
    followed.live("2020-12-02", "2021-02-01")
    assert {one.sent_at.date().isoformat() for one in followed.messages() if one.sent_at} == {"2020-06-30"}
    with pytest.raises(Refused, match="was closed"):
        followed.answer("1g/plan/STP", "done", "2020-12-02 09:00")
    with pytest.raises(Refused, match="was closed"):
        followed.decide("1g/report/STP", "accept", "2020-12-02 09:00")
    with pytest.raises(Refused, match="was closed"):
        close(followed, "2020-12-03 09:00")


def test_what_waited_to_leave_is_cancelled_and_says_why(followed: Followed) -> None:
    close(lived(followed))
    with reading(followed.engine) as session:
        waiting = session.exec(select(Addressee).where(Addressee.state == "pending")).all()
        reasons = set(session.exec(select(Addressee.reason).where(Addressee.state == "cancelled")))
        steps = session.exec(select(Step)).all()
    assert not waiting
    assert "closed" in reasons
    assert {(one.next_action_at, one.next_reason) for one in steps if not one.waived_at} == {(None, "closed")}


def test_every_reply_address_and_link_ends(followed: Followed) -> None:
    close(lived(followed))
    with reading(followed.engine) as session:
        tokens = session.exec(select(Token)).all()
    assert tokens
    assert all(one.revoked_at is not None for one in tokens)


def test_a_receipt_that_waits_still_leaves_and_a_digest_does_not(followed: Followed) -> None:
    lived(followed)
    followed.passes("2020-12-02 07:05")
    followed.decide("1g/report/STP", "return", "2020-12-01 09:00", reason="thiếu phụ lục", until="2020-12-10")
    with begin(followed.engine) as session:
        book = followed.book(session)
        body = {
            "subject": "s",
            "text": "t",
            "html": "<p>t</p>",
            "name": "",
            "references": [],
            "date": DECEMBER,
        }
        outbox.queue_own(
            session, book.campaign, book.monitor_id, "receipt:1", at(DECEMBER).date(), "a@b.example", body
        )
    left = close(followed, "2020-12-02 07:30")
    assert left.answering == 1
    with reading(followed.engine) as session:
        assert outbox.with_mail(session) == [followed.key]
        row = campaign_row(session, followed.key)
        claims = outbox.claim(session, row, at("2020-12-02 08:00"), 100)
    assert len(claims) == 1


def test_a_digest_that_comes_back_after_the_closing_waits_for_nothing(followed: Followed) -> None:
    followed.passes("2020-06-30 07:05")
    with begin(followed.engine) as session:
        row = campaign_row(session, followed.key)
        assert outbox.prepare(session, row, at("2020-06-30 08:00"), 100)
        claims = outbox.claim(session, row, at("2020-06-30 08:00"), 100)
    close(followed, "2020-06-30 08:01")
    with begin(followed.engine) as session:
        for one in claims:
            marks.released(session, one, at("2020-06-30 08:02"), "connection lost")
    with reading(followed.engine) as session:
        assert list(waiting.waiting(followed.book(session), at("2020-06-30 08:15"))) == []


def test_the_chain_tells_of_it_and_a_forged_closing_is_found(followed: Followed) -> None:
    close(lived(followed))
    with reading(followed.engine) as session:
        last = session.exec(select(Audit).order_by(Audit.seq.desc())).first()  # type: ignore[attr-defined]
    assert last is not None
    assert last.kind == "campaign.closed"
    assert last.data["steps"]["awaiting_acceptance"] == 2
    assert followed.broken() == followed.unlike() == []
    followed.change("UPDATE campaigns SET closed_at = NULL")
    assert followed.unlike() == [
        "the campaign's closing is not set in the ledger, 2020-12-01T02:00:00+00:00 by the events"
    ]


def test_a_closed_campaign_cannot_be_opened_again(followed: Followed) -> None:
    close(followed)
    with pytest.raises(DondocError, match="a new year has a campaign of its own"):
        followed.open("2020-12-02 09:00", confirmed=True)


def test_it_cannot_close_in_the_past_of_its_directive_or_in_the_future(followed: Followed) -> None:
    with begin(followed.engine) as session, pytest.raises(Refused, match="before the directive itself"):
        closing.close(
            session, followed.key, by="O", reason="", at=at("2020-06-01 09:00"), machine_now=at(DECEMBER)
        )
    with begin(followed.engine) as session, pytest.raises(Refused, match="still to come"):
        closing.close(
            session, followed.key, by="O", reason="", at=at("2020-12-02 09:00"), machine_now=at(DECEMBER)
        )


def test_only_a_closed_campaign_is_archived(followed: Followed) -> None:
    with reading(followed.engine) as session, pytest.raises(Refused, match="close it first"):
        closing.must_be_closed(campaign_row(session, followed.key))


def test_the_archive_holds_every_row_of_the_campaign_but_no_key(followed: Followed) -> None:
    close(lived(followed))
    with reading(followed.engine) as session:
        found = archiving.contents(session, campaign_row(session, followed.key))
        events = len(session.exec(select(Audit)).all())
    assert len(found.tables["steps"]) == len(followed.steps())
    assert len(found.tables["audit"]) == events
    assert len(found.tables["messages"]) == len(followed.messages())
    assert len(found.tables["definitions"]) == 1
    assert "tokens" not in found.tables
    assert found.broken == ()
