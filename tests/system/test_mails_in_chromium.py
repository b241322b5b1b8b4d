"""A digest as a phone shows it: nothing sticks out, whatever a unit or a duty is called."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page

from notifications.compose import compose
from tests.notifications.builders import JUSTICE, MONDAY, a_digest, a_report

pytestmark = pytest.mark.system


@pytest.mark.parametrize("width", [320, 390])
def test_one_long_word_does_not_make_the_whole_mail_wide(page: Page, width: int) -> None:
    word = "Sở" + "X" * 200
    digest = a_digest(
        a_report(title=word, deliverable=word), now=MONDAY, recipient=replace(JUSTICE, unit_name=word)
    )
    page.set_viewport_size({"width": width, "height": 844})
    page.set_content(compose(digest).html)
    assert page.evaluate("document.documentElement.scrollWidth") == width
