"""The trial mail's page writes as a mail client does: its own websocket, and the mail that then arrives."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

import aiohttp
import aiosmtplib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.trial_mail import TrialMail, TrialSettings
from notifications.trial_reply import as_written, draft_reply, envelope_of

SERVICE, UNIT, TOKEN = "dondoc@dondoc.example", "van-thu.stp@cantho.example", "dondoc+t0k3n@dondoc.example"


def a_mail(body: str = "Kính gửi đơn vị.", **headers: str) -> bytes:
    text = MIMEText(body, "plain", "utf-8")
    for name, value in ({"From": SERVICE, "To": UNIT, "Subject": "Dân vận khéo"} | headers).items():
        text[name.replace("_", "-")] = value
    return text.as_bytes(policy=policy.compat32.clone(linesep="\r\n"))


class Page:
    """The open page: what it asks over its websocket, and the answers."""

    def __init__(self, mail: TrialMail, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.smtp_port, self.ws = mail.ports["smtp"], ws

    async def receive(self, content: bytes, recipient: str) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=self.smtp_port) as smtp:
            await smtp.sendmail(SERVICE, [recipient], content)

    async def ask(self, command: str, **arguments: object) -> dict[str, Any]:
        await self.ws.send_json({"command": command, **arguments})
        return dict((await self.ws.receive_json())["data"])

    async def ask_about_first(self, command: str, account: str, mailbox: str = "INBOX") -> dict[str, Any]:
        listed = await self.ask("list_mails", account=account, mailbox=mailbox)
        (mail,) = listed["mails"]
        answer = await self.ask(command, account=account, mailbox=mailbox, uid=mail["uid"])
        return dict(answer["mail"])

    async def only_mail(self, account: str, mailbox: str = "INBOX") -> EmailMessage:
        shown = await self.ask_about_first("get_mail", account, mailbox)
        return message_from_bytes(shown["content"].encode(), policy=policy.default)


@asynccontextmanager
async def an_open_page() -> AsyncIterator[Page]:
    async with (
        TrialMail(TrialSettings(password="x", service=SERVICE)) as mail,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"http://127.0.0.1:{mail.ports['web']}/websocket") as ws,
    ):
        yield Page(mail, ws)


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def test_html_mail_is_shown_as_it_was_written() -> None:
    async def scene() -> None:
        mail = MIMEMultipart("alternative")
        mail["From"], mail["To"], mail["Subject"] = SERVICE, UNIT, "Thử"
        mail.attach(MIMEText("chữ thường", "plain", "utf-8"))
        mail.attach(MIMEText("<p>Kính gửi <b>Sở Tư pháp</b></p>", "html", "utf-8"))
        async with an_open_page() as page:
            await page.receive(mail.as_bytes(), UNIT)
            shown = await page.ask_about_first("get_mail", UNIT)
        assert shown["body_html"] == "<p>Kính gửi <b>Sở Tư pháp</b></p>"
        assert shown["body_plain"] == "chữ thường"

    play(scene())


def test_reply_goes_to_reply_to_from_the_open_account_threaded_and_quoted() -> None:
    async def scene() -> None:
        headers = {"Reply_To": TOKEN, "Message_ID": "<m2@x.example>", "References": "<m1@x.example>"}
        headers |= {
            "Date": "Tue, 10 Nov 2020 01:05:00 +0000",
            "From": "=?utf-8?q?S=E1=BB=9F?= <so@x.example>",
        }
        async with an_open_page() as page:
            await page.receive(a_mail("Kính gửi:\r\n\r\n1. Việc một", **headers), UNIT)
            draft = await page.ask_about_first("reply_mail", UNIT)
        assert draft["header"] == {
            "from": UNIT,
            "to": TOKEN,
            "subject": "Re: Dân vận khéo",
            "in-reply-to": "<m2@x.example>",
            "references": "<m1@x.example> <m2@x.example>",
        }
        quoted = "Vào 08:05 10/11/2020, Sở đã viết:\n> Kính gửi:\n>\n> 1. Việc một"
        assert draft["body_plain"].strip() == quoted

    play(scene())


def test_what_is_sent_reaches_the_service_with_its_token_and_stays_under_sent() -> None:
    header = {"from": UNIT, "to": TOKEN, "bcc": "kin@o.example", "subject": "Re: Báo cáo"}
    header |= {"in-reply-to": "<m@o.example>"}
    attachment = {"name": "Báo cáo số 1.docx", "mimetype": "application/msword", "content": "xJHDow=="}
    written = {"header": header, "body": "1. Đã làm\n", "attachments": [attachment]}

    async def scene() -> None:
        async with an_open_page() as page:
            await page.receive(a_mail(), UNIT)
            await page.ask("send_mail", account=UNIT, mailbox="INBOX", mail=written)
            arrived = await page.only_mail(SERVICE)
            hidden = await page.only_mail("kin@o.example")
            kept = await page.only_mail(UNIT, "Đã gửi")
        assert arrived["To"] == arrived["Delivered-To"] == TOKEN
        assert (arrived["From"], arrived["Return-Path"]) == (UNIT, f"<{UNIT}>")
        assert (arrived["Subject"], arrived["In-Reply-To"]) == ("Re: Báo cáo", "<m@o.example>")
        assert (arrived["Bcc"], hidden["Bcc"], kept["Bcc"]) == (None, None, "kin@o.example")
        body = arrived.get_body(("plain",))
        assert body
        assert body.get_content() == "1. Đã làm\r\n"
        (file,) = arrived.iter_attachments()
        assert (file.get_filename(), file.get_content()) == ("Báo cáo số 1.docx", "đã".encode())

    play(scene())


def test_accounts_are_listed_with_the_service_first_and_then_by_name() -> None:
    async def scene() -> None:
        async with an_open_page() as page:
            for recipient in ("b@x.example", "a@x.example", "dondoc+moi@dondoc.example"):
                await page.receive(a_mail(), recipient)
            listed = await page.ask("list_accounts")
        assert listed["accounts"] == [SERVICE, "a@x.example", "b@x.example"]

    play(scene())


def test_another_site_open_in_the_browser_may_not_read_the_inbox() -> None:
    async def scene() -> None:
        async with TrialMail(TrialSettings(password="x")) as mail, aiohttp.ClientSession() as session:
            here = f"http://127.0.0.1:{mail.ports['web']}"
            async with session.ws_connect(f"{here}/websocket", origin=here):
                pass
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await session.ws_connect(f"{here}/websocket", origin="http://elsewhere.example")

    play(scene())


def draft_of(content: bytes) -> dict[str, Any]:
    return draft_reply(content, UNIT, datetime(2020, 11, 9, 17, 30, tzinfo=UTC))


def test_reply_without_reply_to_goes_to_the_author() -> None:
    assert draft_of(a_mail(From="tac-gia@m.example"))["header"]["to"] == "tac-gia@m.example"


def test_a_mail_without_date_or_name_is_quoted_by_its_arrival_and_address() -> None:
    assert "Vào 00:30 10/11/2020, dondoc@dondoc.example đã viết:" in draft_of(a_mail())["body_plain"]


@pytest.mark.parametrize("subject", ["Re: Đã gửi", "RE: Đã gửi", "re : Đã gửi"])
def test_re_is_not_doubled(subject: str) -> None:
    assert draft_of(a_mail(Subject=subject))["header"]["subject"] == subject


def test_a_subject_folded_at_its_start_is_answered_without_the_fold() -> None:
    folded = b"Subject: \r\n =?utf-8?b?xJDDtG4gxJHhu5Fj?=\r\n\r\n"

    assert draft_of(folded)["header"]["subject"] == "Re: Đôn đốc"


SUBJECT_WORDS = "Re: đôn đốc [DIỄN TẬP] Vụ đến 2/9 – việc, “khéo” a UBND thực hiện; =?x?= ế"


@given(st.lists(st.sampled_from(SUBJECT_WORDS.split()), min_size=1, max_size=40).map(" ".join))
def test_a_vietnamese_subject_survives_sending_and_replying(subject: str) -> None:
    written = as_written({"to": UNIT, "subject": subject}, "", [], author="b@p.example")

    assert draft_of(written)["header"]["subject"].removeprefix("Re: ") == subject.removeprefix("Re: ")


def test_a_vietnamese_name_stays_beside_its_address() -> None:
    header = {"from": "Phòng Tổng hợp <th@q.example>", "to": '"Sở, Ngành" <s@q.example>, b@q.example'}
    content = as_written(header, "", [], author="x@q.example")

    assert content.isascii()
    assert envelope_of(content) == ("th@q.example", ["s@q.example", "b@q.example"])
    mail = message_from_bytes(content, policy=policy.default)
    assert [address.display_name for address in mail["to"].addresses] == ["Sở, Ngành", ""]
