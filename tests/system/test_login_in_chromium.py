"""Prefect's UI behind its login in a real browser: the board's link asks once, then shows the board, and a form opens."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from directives.ledger.engine import make_engine, reading
from directives.ledger.tables import Campaign
from tests.prefect.trials import PORTS, Trial, started

pytestmark = pytest.mark.system
LOGIN = "dondoc:a-password-of-some-length"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    login = {"PREFECT_SERVER_API_AUTH_STRING": LOGIN, "PREFECT_API_AUTH_STRING": LOGIN}
    with started(tmp_path_factory.mktemp("home"), **login) as made:
        yield made


def test_the_boards_link_asks_who_comes_and_then_shows_the_board(guarded: Trial, page: Page) -> None:
    with reading(make_engine(f"sqlite:///{guarded.home / 'ledger.db'}")) as session:
        board = session.exec(select(Campaign.board_artifact)).one()
    address = f"http://127.0.0.1:{guarded.ports[PORTS[0]]}/artifacts/artifact/{board}"
    page.goto(address)
    expect(page).to_have_url(re.compile(r"/login\?redirect="))
    assert "Công văn" not in page.inner_text("body")
    page.locator("input[type=password]").fill(f"{LOGIN}-wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Authentication failed").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/login"))
    page.locator("input[type=password]").fill(LOGIN)
    page.keyboard.press("Enter")
    expect(page).to_have_url(address)
    expect(page.get_by_text("Công văn số 1914/UBND-KGVX").first).to_be_visible(timeout=20_000)
    with page.context.expect_page() as opened:
        page.locator("a[href*='/run?parameters=']").first.click(modifiers=["Control"])
    expect(opened.value.get_by_text("Parameters").first).to_be_visible(timeout=20_000)
