"""The coordinators' page of units in a real browser: found, read, a day asked for; on a phone, and for everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from notifications.unit_links import units_link
from tests.ledger.campaigns import at
from tests.system.test_page_in_chromium import address, barriers, complaints, is_as_wide_as_the_screen, office
from tests.web.visitors import Office

__all__ = ["address", "complaints", "office"]
pytestmark = pytest.mark.system


def link_of(office: Office, address: str) -> str:
    return units_link(address, office.site.keys["coordinators"].current, office.followed.key)


@pytest.mark.usefixtures("complaints")
def test_a_unit_is_found_and_a_day_is_explained(office: Office, address: str, page: Page) -> None:
    office.clock.now = at("2020-07-06 09:00")
    page.goto(link_of(office, address))
    page.get_by_label("Tìm đơn vị").fill("tu phap")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("link", name="Sở Tư pháp").click()
    expect(page.get_by_role("heading", name="Thư đã gửi (1)")).to_be_visible()
    page.get_by_label("Ngày (ngày/tháng/năm").fill("04/07/2020")
    page.get_by_role("button", name="Xem ngày này").click()
    expect(page.get_by_text("Ngoài giờ gửi").first).to_be_visible()
    page.locator("details.sent summary").click()
    page.get_by_role("link", name="Xem nội dung thư").click()
    expect(page.locator("pre.mail")).to_contain_text("Kế hoạch năm 2020")
    assert barriers(page) == []


@pytest.mark.parametrize("width", [320, 375, 1366])
def test_it_fits_every_screen_and_axe_finds_nothing_serious(
    office: Office, address: str, browser: Browser, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 700})
    link = link_of(office, address)
    for path in ("", "units/NK1", "units/STP?on=2020-06-30", "units/STP?on=x"):
        page.goto(link + path)
        assert is_as_wide_as_the_screen(page), path
        assert barriers(page) == []
