"""A unit's official answers on the page, in a real browser: with and without script, by keyboard, on a phone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.ledger.engine import reading
from directives.ledger.tables import Answer
from tests.web.visitors import PDF, Office, an_office

pytestmark = pytest.mark.system

PLAN, REPORT = "1", "2"  # as the first mail numbers them
SERIOUS = ("serious", "critical")


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Office:
    return an_office(sqlite_engine, tmp_path)


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    """The page on a port of its own."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(office.client.app, access_log=False, log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def complaints(address: str, page: Page) -> Iterator[list[str]]:
    """What the browser finds wrong, or fetches from elsewhere; nothing, at the end. (Its loop starts after our mails.)"""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith(address) else found.append(sent.url))
    yield found
    # A form that is shown again is answered with 409 or 422, which Chromium writes down as a failure to load.
    assert [one for one in found if "status of 4" not in one] == []


def kinds(office: Office) -> list[str]:
    with reading(office.followed.engine) as session:
        step = office.followed.step("1g/report/STP")
        return list(
            session.exec(select(Answer.kind).where(Answer.step_id == step.id).order_by(col(Answer.id)))
        )


def item(page: Page, n: str) -> Locator:
    return page.locator(f"#viec-{n}")


def unfold(page: Page, n: str) -> Locator:
    """The form of an item, opened."""
    details = item(page, n).locator("details.answer")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    return details.locator("form")


def choose(page: Page, n: str, label: str) -> Locator:
    form = unfold(page, n)
    form.get_by_label(label, exact=True).check()
    return form


def send(form: Locator) -> None:
    form.get_by_role("button", name="Gửi trả lời").click()


def barriers(page: Page) -> list[Any]:
    """What axe-core finds that shuts somebody out."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found if one["impact"] in SERIOUS]


def is_as_wide_as_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.usefixtures("complaints")
def test_each_kind_of_answer_is_given_and_confirmed(office: Office, address: str, page: Page) -> None:
    page.goto(address + office.link("STP"))
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    form = choose(page, REPORT, "Đã tiếp nhận")
    expect(form.get_by_label("Số văn bản")).to_be_hidden()  # only what belongs to the chosen kind is shown
    send(form)
    expect(page.get_by_role("status")).to_contain_text("Việc 2, Báo cáo kết quả: đã tiếp nhận.")

    form = choose(page, REPORT, "Đang thực hiện")
    form.get_by_label("Đã làm được khoảng (%)").fill("60")
    send(form)
    expect(page.get_by_role("status")).to_contain_text("đang thực hiện, khoảng 60%")

    form = choose(page, REPORT, "Đề nghị gia hạn")
    form.get_by_label("Đề nghị gia hạn đến hết ngày").fill("15/11/2020")
    form.get_by_label("Lý do đề nghị gia hạn").fill("Chờ số liệu của các phòng.")
    send(form)
    expect(page.get_by_role("status")).to_contain_text("đề nghị gia hạn đến hết ngày 15/11/2020")

    form = choose(page, REPORT, "Chuyển người khác hoặc đơn vị khác")
    form.get_by_label("Chuyển đến").fill("Quận Ninh Kiều")
    form.get_by_label("Lý do chuyển").fill("Đúng thẩm quyền.")
    send(form)
    expect(page.get_by_role("status")).to_contain_text("đề nghị chuyển Quận Ninh Kiều")

    form = choose(page, REPORT, "Đã gửi kết quả")
    form.get_by_label("Số văn bản").fill("215/BC-STP")
    form.get_by_label("Ngày văn bản").fill("01/07/2020")
    send(form)
    expect(page.get_by_role("status")).to_contain_text("đã gửi văn bản số 215/BC-STP ngày 01/07/2020")
    expect(page.get_by_role("heading", name="Việc đã gửi kết quả (1)")).to_be_visible()
    assert kinds(office) == ["received", "in_progress", "extension", "delegate", "done"]


@pytest.mark.usefixtures("complaints")
def test_a_file_is_sent_with_its_progress_and_the_answer_is_withdrawn(
    office: Office, address: str, page: Page
) -> None:
    page.goto(address + office.link("STP"))
    form = choose(page, REPORT, "Đã gửi kết quả")
    report = {"name": "báo cáo.pdf", "mimeType": "application/pdf", "buffer": PDF + b"0" * 3_000_000}
    form.get_by_label("Tệp gửi kèm").set_input_files(report)  # type: ignore[arg-type]
    shown: list[bool] = []
    page.expose_function("seen", lambda: shown.append(True))
    page.evaluate(
        """new MutationObserver(() => window.seen()).observe(
             document.querySelector("#viec-2 .progress span"), { childList: true })"""
    )
    send(form)
    expect(page.get_by_role("status")).to_contain_text("kèm tệp báo cáo.pdf")
    assert shown  # how far it was

    item(page, REPORT).get_by_role("button", name="Rút lại trả lời gần nhất").click()
    expect(page.get_by_role("status")).to_contain_text("Đã rút lại trả lời.")
    expect(item(page, REPORT).get_by_text("đã rút lại")).to_be_visible()
    assert office.followed.step("1g/report/STP").reported_at is None


@pytest.mark.usefixtures("complaints")
def test_a_refused_file_is_told_at_once_and_the_words_stay(office: Office, address: str, page: Page) -> None:
    page.goto(address + office.link("STP"))
    form = choose(page, REPORT, "Đã gửi kết quả")
    form.get_by_label("Số văn bản").fill("215/BC-STP")
    program = {"name": "bao-cao.pdf", "mimeType": "application/pdf", "buffer": b"MZ a program"}
    form.get_by_label("Tệp gửi kèm").set_input_files(program)  # type: ignore[arg-type]
    send(form)
    errors = page.get_by_role("alert")
    expect(errors).to_contain_text("Tệp chưa được nhận")
    expect(errors).to_be_focused()
    expect(page.locator("#v2-doc_number")).to_have_value("215/BC-STP")
    errors.get_by_role("link").click()
    expect(page.locator("#v2-file")).to_be_focused()
    assert barriers(page) == []
    huge = {"name": "bao-cao.pdf", "mimeType": "application/pdf", "buffer": PDF + b"0" * 20 * 1024 * 1024}
    page.locator("#v2-file").set_input_files(huge)  # type: ignore[arg-type]
    send(unfold(page, REPORT))
    expect(page.get_by_text("Tệp lớn hơn 20 MB")).to_be_visible()
    assert kinds(office) == []


@pytest.mark.usefixtures("complaints")
def test_a_second_tab_gets_a_clear_message_and_keeps_its_words(
    office: Office, address: str, page: Page, browser: Browser
) -> None:
    other = browser.new_page()
    for tab in (page, other):
        tab.goto(address + office.link("STP"))
    send(choose(other, REPORT, "Đã tiếp nhận"))
    expect(other.get_by_role("status")).to_be_visible()
    form = choose(page, REPORT, "Có nội dung cần hỏi")
    form.get_by_label("Nội dung cần hỏi", exact=True).fill("Một câu hỏi dài, viết mất nhiều thời gian.")
    send(form)
    expect(page.get_by_role("alert")).to_contain_text("Từ khi trang này được mở")
    expect(page.locator("#v2-question")).to_have_value("Một câu hỏi dài, viết mất nhiều thời gian.")
    send(unfold(page, REPORT))
    expect(page.get_by_role("status")).to_contain_text("có nội dung cần hỏi")
    assert kinds(office) == ["received", "question"]


def test_it_works_without_script(office: Office, address: str, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(address + office.link("STP"))
    form = choose(page, REPORT, "Đã gửi kết quả")
    report = {"name": "bao-cao.pdf", "mimeType": "application/pdf", "buffer": PDF}
    form.get_by_label("Tệp gửi kèm").set_input_files(report)  # type: ignore[arg-type]
    send(form)
    expect(page.get_by_role("status")).to_contain_text("kèm tệp bao-cao.pdf")
    item(page, REPORT).get_by_role("button", name="Rút lại trả lời gần nhất").click()
    expect(page.get_by_role("status")).to_contain_text("Đã rút lại trả lời.")


@pytest.mark.usefixtures("complaints")
def test_it_is_used_by_keyboard_alone(office: Office, address: str, page: Page) -> None:
    page.goto(address + office.link("STP"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "Trả lời việc 2":
            break
    page.keyboard.press("Enter")  # unfolds the form
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first kind: received
    page.keyboard.press("ArrowDown")  # the second: in progress
    expect(page.locator("#v2-kind-in_progress")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("30")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("khoảng 30%")
    expect(page.get_by_role("status")).to_be_focused()


@pytest.mark.parametrize("width", [320, 375, 390])
def test_it_fits_a_phone(office: Office, address: str, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 700})
    page.goto(address + office.link("NK"))
    assert is_as_wide_as_the_screen(page)
    for label in ("Đã gửi kết quả", "Đề nghị gia hạn", "Chuyển người khác hoặc đơn vị khác"):
        choose(page, REPORT, label)
        assert is_as_wide_as_the_screen(page)
    send(choose(page, REPORT, "Đề nghị gia hạn"))
    expect(page.get_by_role("alert")).to_be_visible()
    assert is_as_wide_as_the_screen(page)
    small = page.locator("button:visible, summary:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 40).map(one => one.textContent)"
    )
    assert small == []  # a thumb finds them


def test_axe_finds_nothing_serious(office: Office, address: str, page: Page) -> None:
    link = address + office.link("NK")
    page.goto(link)
    assert barriers(page) == []
    for label in ("Đang thực hiện", "Đã gửi kết quả", "Đề nghị gia hạn", "Có nội dung cần hỏi"):
        choose(page, REPORT, label)
        assert barriers(page) == []
    send(choose(page, REPORT, "Có nội dung cần hỏi"))
    expect(page.get_by_role("alert")).to_be_visible()
    assert barriers(page) == []
    page.goto(link)
    send(choose(page, REPORT, "Đã tiếp nhận"))
    expect(page.get_by_role("status")).to_be_visible()
    page.locator(".below summary").first.click()
    assert barriers(page) == []
    for path in ("/", "/t/" + "a" * 26):
        page.goto(address + path)
        assert barriers(page) == []
