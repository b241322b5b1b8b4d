"""What a board says beyond its counts: sums at every instant, what waits, what comes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from directives.board import AskKind
from directives.digest import CampaignBoard
from directives.evaluate import Status
from directives.ledger import boards
from directives.ledger.engine import begin, reading
from directives.ledger.tables import Inbound
from notifications.board.forms import FormLinks, by_form
from notifications.board.heatmap import draw
from notifications.board.markdown import campaign_board
from tests.ledger.campaigns import Followed, a_campaign, at


def board_of(followed: Followed, when: str) -> CampaignBoard:
    with reading(followed.engine) as session:
        return boards.campaign_board(followed.book(session), at(when))


def test_counts_sum_on_every_month_and_buckets_hold_every_late_unit(engine: Engine) -> None:
    followed = a_campaign(engine)
    for month in range(7, 13):
        board = board_of(followed, f"2020-{month:02d}-15 08:00")
        assert sum(board.count(one) for one in Status) == 14
        assert sum(len(board.outlook.bucket(n)) for n in range(4)) == len(board.outlook.late)


def test_with_nobody_late_the_next_deadline_is_named(engine: Engine) -> None:
    board = board_of(a_campaign(engine), "2020-07-01 08:00")
    assert not board.outlook.late
    assert "31/07/2020" in campaign_board(board, {}).partition("## ")[0]
    assert "09/11/2020" in campaign_board(board, {}).partition("## ")[0]


def test_a_request_waits_with_its_form_filled_in(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-07-01")
    followed.answer("1g/report/STP", "extension", "2020-07-02 09:00", until=date(2020, 11, 20), reason="bận")
    board = board_of(followed, "2020-07-02 10:00")
    (ask,) = board.outlook.asks
    assert (ask.kind, ask.step, ask.unit) == (
        AskKind.EXTENSION,
        "1g/report · Báo cáo kết quả",
        "STP · Sở Tư pháp",
    )
    ids = by_form("thu-2020", [("flows.decide.grant_extension_thu_2020", "f1")])
    written = campaign_board(board, {}, FormLinks("http://127.0.0.1:4200", ids))
    assert "/deployments/deployment/f1/run?parameters=%7B%22step%22" in written
    assert "2020-11-20" in written


def test_there_is_no_picture_before_the_board_flow_drew_one(engine: Engine) -> None:
    followed = a_campaign(engine)
    now = at("2020-07-02 10:00")
    with begin(engine) as session:
        book = followed.book(session)
        assert boards.picture(book) == b""
        boards.keep_picture(book, draw(boards.heat_map(book, now), book.calendar), now)
    with reading(engine) as session:
        png = boards.picture(followed.book(session))
    board = board_of(followed, "2020-07-02 10:00")
    assert "data:image/png" in campaign_board(board, {}, png=png)
    assert "data:image" not in campaign_board(board, {})


def test_a_failed_mail_names_what_it_asked_for_and_a_strangers_mail_its_sender(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    message = followed.message("STP")
    followed.change("UPDATE messages SET state = 'failed' WHERE id = :id", id=message.id)
    with begin(engine) as session:
        for sha256, sender in (("a" * 64, "lan@thu.example"), ("b" * 64, message.address.upper())):
            session.add(
                Inbound(
                    sha256=sha256,
                    arrived_at=at("2020-07-01 09:00"),
                    stored_at=at("2020-07-01 09:00"),
                    state="queued",
                    message_id=message.id,
                    sender=sender,
                )
            )
    asks = board_of(followed, "2020-07-01 10:00").outlook.asks
    assert [one.address for one in asks if one.kind is AskKind.MAIL] == ["lan@thu.example", ""]
    (failed,) = [one for one in asks if one.kind is AskKind.FAILED]
    assert (failed.step.partition(" ")[0], failed.unit) == ("1g/plan", "STP · Sở Tư pháp")
