"""What waits for a coordinator on a board: every line can be reached, with its forms, and reads as it is written."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from typing import Any

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


def many(count: int, moment: datetime = at(2020, 11, 10, 7)) -> list[Ask]:
    return [an_ask(AskKind.REPORT, at=moment, unit_name=f"Sở số {n}") for n in range(count)]


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
    wanted = " ".join(f"đầu {text} cuối".split())
    assert read(board).count(wanted) == 9
    assert "evil.example" not in re.sub(r">[^<]*<", "><", html(board))
