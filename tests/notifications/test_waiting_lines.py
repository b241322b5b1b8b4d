"""What waits for a coordinator on a board: every line can be reached, with its forms, and reads as it is written."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from directives.board import Ask, AskKind, Outlook
from notifications.board.forms import FormLinks
from notifications.board.markdown import campaign_board
from tests.notifications.builders import a_campaign_board, at
from tests.notifications.test_board import HOSTILE

FORMS = FormLinks(
    "http://127.0.0.1:4200",
    {
        name: f"id-{name}"
        for name in ("accept", "return", "answer_unclear", "accept_sender", "nudge", "record")
    },
    "http://127.0.0.1:8000/c/token/",
)


def an_ask(kind: AskKind, **facts: Any) -> Ask:
    known: dict[str, Any] = {
        "at": at(2020, 11, 10, 7),
        "unit_name": "Sở Tư pháp",
        "unit": "STP · Sở Tư pháp",
        "step": "1g/report · Báo cáo kết quả",
    }
    return Ask(kind, **(known | facts))


def board_of(*asks: Ask) -> str:
    return campaign_board(a_campaign_board(outlook=Outlook(since=at(2020, 11, 10), asks=asks)), {}, FORMS)


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)


def read(markdown: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html(markdown)))


def many(count: int) -> list[Ask]:
    return [an_ask(AskKind.REPORT, unit_name=f"Sở số {n}") for n in range(count)]


def test_the_rest_is_folded_with_its_links() -> None:
    board = board_of(*many(14))
    (folded,) = re.findall(r"<details><summary>và 6 mục khác.*?</details>", board, flags=re.DOTALL)
    assert "\n\n" not in folded
    assert len(re.findall(r'<a href="http://127.0.0.1:4200/deployments/deployment/id-accept/', folded)) == 6
    assert html(board).count("Sở số 13") == 1


def test_of_very_many_it_is_said_when_the_others_come() -> None:
    board = board_of(*many(150))
    assert "và 100 mục khác" in board
    assert "42 mục nữa hiện ra khi các mục trên đã được xử lý" in board


@pytest.mark.parametrize(
    "text", [*HOSTILE, "a **b** c", "x](http://evil.example)", "\\[a](http://evil.example)"]
)
def test_what_a_unit_wrote_reads_the_same_folded(text: str) -> None:
    asks = [an_ask(AskKind.QUESTION, said=f"đầu {text} cuối") for _ in range(9)]
    board = board_of(*asks)
    wanted = " · ".join(" ".join(line.split()) for line in f"đầu {text} cuối".splitlines() if line)
    assert read(board).count(wanted) == 9
    assert "evil.example" not in re.sub(r">[^<]*<", "><", html(board))


def test_who_spoke_and_what_he_said_stand_apart() -> None:
    said = "Lãnh đạo Sở Nội vụ\nSở Công Thương\nKhông thuộc chức năng"
    assert "Lãnh đạo Sở Nội vụ · Sở Công Thương · Không thuộc chức năng" in board_of(
        an_ask(AskKind.DELEGATE, said=said)
    )


def test_a_strangers_mail_may_be_noted_or_its_sender_accepted() -> None:
    mail = an_ask(
        AskKind.MAIL, step="", mail="abcdef012345", address="lan@thu.example", said="lan@thu.example"
    )
    assert links(board_of(mail))["accept_sender"] == {
        "unit": "STP · Sở Tư pháp",
        "address": "lan@thu.example",
    }
    assert "[Xem thư](http://127.0.0.1:8000/c/token/inbound/abcdef012345)" in board_of(mail)
    known = an_ask(AskKind.MAIL, step="", mail="abcdef012345")
    assert set(links(board_of(known))) == {"answer_unclear"}


@pytest.mark.parametrize("kind", [AskKind.UNREACHED, AskKind.FAILED, AskKind.UNCERTAIN])
def test_who_was_not_reached_may_be_reminded_anew_or_telephoned(kind: AskKind) -> None:
    filled = {"step": "1g/report · Báo cáo kết quả", "unit": "STP · Sở Tư pháp"}
    assert links(board_of(an_ask(kind))) == {"nudge": filled, "record": filled}


def links(board: str) -> dict[str, dict[str, str]]:
    """The forms a board leads to and what they are filled in with."""
    found = re.findall(r"/deployment/id-(\w+)/run\?parameters=([^)]+)\)", board)
    return {form: json.loads(unquote(given)) for form, given in found}
