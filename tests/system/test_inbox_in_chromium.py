"""A unit's official answers from the trial mail's page, in a real browser, and the service receives the answer."""

import os
import re
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import Header
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from imaplib import IMAP4
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.system

SERVICE, UNIT, TOKEN = "dondoc@dondoc.example", "van-thu.stp@cantho.example", "dondoc+k7Qw2@dondoc.example"
SUBJECT = "Dân vận khéo 2020: 2 việc cần báo cáo trước ngày 10/11/2020"
PASSWORD = "mot-mat-khau"


@pytest.fixture
def ports() -> Iterator[dict[str, int]]:
    command = [sys.executable, "-m", "notifications.trial_mail"]
    command += ["--smtp-port", "0", "--imap-port", "0", "--web-port", "0", "--service", SERVICE]
    environment = os.environ | {"MAIL_PASSWORD": PASSWORD}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        ready = process.stdout.readline()
        yield {name: int(port) for name, port in re.findall(r"(\w+) 127\.0\.0\.1:(\d+)", ready)}
        process.terminate()


def digest(recipient: str, number: int = 1) -> bytes:
    mail = MIMEMultipart("alternative")
    mail["From"] = f"{Header('Sở Nội vụ Cần Thơ', 'utf-8').encode()} <{SERVICE}>"
    mail["To"], mail["Reply-To"], mail["Message-ID"] = recipient, TOKEN, f"<digest-{number}@dondoc.example>"
    mail["Subject"] = Header(SUBJECT, "utf-8").encode()
    mail["Date"] = "Mon, 02 Nov 2020 01:00:00 +0000"
    plain = "Kính gửi Sở Tư pháp,\n\n1. Kế hoạch công tác dân vận\n2. Báo cáo kết quả\n"
    rich = """<!DOCTYPE html><html lang="vi"><body><h2>Kính gửi Sở Tư pháp</h2><ol><li>Kế hoạch công tác dân vận:
        <b>trước ngày 10/11/2020</b></li><li>Báo cáo kết quả</li></ol>
        <p><a href="http://127.0.0.1/tra-loi">Trả lời trên trang</a></p></body></html>"""
    mail.attach(MIMEText(plain, "plain", "utf-8"))
    mail.attach(MIMEText(rich, "html", "utf-8"))
    return mail.as_bytes(policy=policy.compat32.clone(linesep="\r\n"))


def send_digests(ports: dict[str, int], *recipients: str) -> None:
    with smtplib.SMTP("127.0.0.1", ports["smtp"]) as smtp:
        for number, recipient in enumerate(recipients, start=1):
            smtp.sendmail("dondoc+bounce@dondoc.example", [recipient], digest(recipient, number))


def mails_of(ports: dict[str, int], account: str) -> list[EmailMessage]:
    with IMAP4("127.0.0.1", ports["imap"]) as imap:
        imap.login(account, PASSWORD)
        imap.select("INBOX")
        _status, found = imap.fetch("1:*", "(BODY.PEEK[])")
        contents = [item[1] for item in found if isinstance(item, tuple)]
    return [message_from_bytes(content, policy=policy.default) for content in contents]


def test_an_official_reads_the_digest_and_the_answer_reaches_the_service(
    ports: dict[str, int], page: Page, tmp_path: Path
) -> None:
    others = [f"van-thu.donvi{number:03}@cantho.example" for number in range(120)]
    send_digests(ports, UNIT, *others)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(f"http://127.0.0.1:{ports['web']}/")
    expect(page).to_have_title("Hộp thư dùng thử")
    expect(page.locator("#accounts option")).to_have_count(122)
    page.get_by_placeholder("Tìm hộp thư").fill("stp")
    page.get_by_placeholder("Tìm hộp thư").press("Enter")
    expect(page.locator("#mailbox td.date")).to_have_text("08:00 02/11/2020")
    page.locator("#mailbox").get_by_text(SUBJECT).click()
    letter = page.frame_locator("iframe#html")
    expect(letter.get_by_text("trước ngày 10/11/2020")).to_be_visible()
    expect(letter.locator("base")).to_have_attribute("target", "_blank")
    page.screenshot(path=tmp_path / "digest.png")

    page.get_by_role("button", name="Trả lời").click()
    expect(page.locator("#editor-from")).to_have_value(UNIT)
    page.keyboard.type("1. Đã hoàn thành, văn bản số 15/KH-STP\n2. Xin gia hạn đến 15/11/2020")
    page.screenshot(path=tmp_path / "answer.png")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator("#mailboxes").get_by_text("Đã gửi")).to_be_visible()

    (answer,) = mails_of(ports, SERVICE)
    assert answer["To"] == answer["Delivered-To"] == TOKEN
    assert (answer["From"], answer["Return-Path"]) == (UNIT, f"<{UNIT}>")
    assert answer["In-Reply-To"] == answer["References"] == "<digest-1@dondoc.example>"
    assert answer["Subject"] == f"Re: {SUBJECT}"
    assert answer.get_content().splitlines() == [
        "1. Đã hoàn thành, văn bản số 15/KH-STP",
        "2. Xin gia hạn đến 15/11/2020",
        "",
        "Vào 08:00 02/11/2020, Sở Nội vụ Cần Thơ đã viết:",
        "> Kính gửi Sở Tư pháp,",
        ">",
        "> 1. Kế hoạch công tác dân vận",
        "> 2. Báo cáo kết quả",
    ]
    assert complaints == []


def test_a_link_with_an_address_opens_that_account(ports: dict[str, int], page: Page) -> None:
    unit = "van-thu.lien-ket@cantho.example"
    send_digests(ports, "van-thu.khac@cantho.example", unit)

    page.goto(f"http://127.0.0.1:{ports['web']}/#{unit}")

    expect(page.locator("#accounts")).to_have_value(unit)
    expect(page.locator("#mailbox").get_by_text(SUBJECT)).to_be_visible()
