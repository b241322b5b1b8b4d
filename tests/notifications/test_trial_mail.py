"""The trial mail answers as a mail server and a mail client do: real sockets, nothing pretended."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.mime.text import MIMEText
from imaplib import IMAP4

import aiosmtplib
import pytest

from notifications.trial_mail import PortRefused, TrialMail, TrialSettings

PASSWORD = "mot-mat-khau"
SERVICE = "dondoc@dondoc.example"
Ports = dict[str, int]


@contextmanager
def trial_mail(**settings: object) -> Iterator[tuple[subprocess.Popen[str], Ports]]:
    command = [
        sys.executable,
        "-W",
        "error::ResourceWarning",
        "-m",
        "notifications.trial_mail",
        "--host",
        "127.0.0.1",
    ]
    for name, value in ({"smtp_port": 0, "imap_port": 0, "web_port": 0} | settings).items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    environment = os.environ | {"MAIL_PASSWORD": PASSWORD}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        ready = process.stdout.readline()
        ports = {name: int(port) for name, port in re.findall(r"(\w+) 127\.0\.0\.1:(\d+)", ready)}
        try:
            yield process, ports
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    with trial_mail() as (_process, ports):
        yield ports


def send(ports: Ports, content: bytes, *recipients: str, sender: str = SERVICE) -> None:
    asyncio.run(send_in_this_loop(ports, content, *recipients, sender=sender))


async def send_in_this_loop(ports: Ports, content: bytes, *recipients: str, sender: str = SERVICE) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=ports["smtp"]) as smtp:
        await smtp.sendmail(sender, list(recipients), content)


def fetched(ports: Ports, account: str, part: str = "BODY.PEEK[]") -> list[bytes]:
    with IMAP4("127.0.0.1", ports["imap"]) as imap:
        imap.login(account, PASSWORD)
        imap.select("INBOX")
        _status, found = imap.fetch("1:*", f"({part})")
        if part.startswith("BODY"):
            return [item[1] for item in found if isinstance(item, tuple)]
        return [item for item in found if isinstance(item, bytes)]


def mails(ports: Ports, account: str) -> list[EmailMessage]:
    return [message_from_bytes(content, policy=policy.default) for content in fetched(ports, account)]


def a_mail(body: str = "Kính gửi đơn vị.", **headers: str) -> bytes:
    text = MIMEText(body, "plain", "utf-8")
    defaults = {"From": SERVICE, "To": "van-thu@cantho.example", "Subject": "Dân vận khéo"}
    for name, value in (defaults | headers).items():
        text[name.replace("_", "-")] = value
    return text.as_bytes(policy=policy.compat32.clone(linesep="\r\n"))


def test_mail_goes_to_the_envelope_recipient_and_not_to_the_one_named_in_to(ports: Ports) -> None:
    send(ports, a_mail(To="ten-trong-to@a.example"), "nguoi-nhan@a.example")

    assert len(mails(ports, "nguoi-nhan@a.example")) == 1
    assert mails(ports, "ten-trong-to@a.example") == []


def test_a_copied_recipient_gets_the_mail_once(ports: Ports) -> None:
    content = a_mail(To="chinh@b.example", Cc="dong-gui@b.example")
    send(ports, content, "chinh@b.example")
    send(ports, content, "dong-gui@b.example")

    assert len(mails(ports, "chinh@b.example")) == 1
    assert len(mails(ports, "dong-gui@b.example")) == 1


def test_each_of_several_envelope_recipients_gets_one_copy_with_its_own_delivered_to(ports: Ports) -> None:
    send(ports, a_mail(), "mot@c.example", "hai@c.example", "mot@c.example")

    assert [mail["Delivered-To"] for mail in mails(ports, "mot@c.example")] == ["mot@c.example"]
    assert [mail["Delivered-To"] for mail in mails(ports, "hai@c.example")] == ["hai@c.example"]


def test_the_service_receives_its_plus_addresses_and_delivered_to_keeps_them(ports: Ports) -> None:
    service = "dondoc@d.example"
    send(ports, a_mail(), "dondoc+Abc-123@d.example", service)

    assert [mail["Delivered-To"] for mail in mails(ports, service)] == ["dondoc+Abc-123@d.example", service]


def test_capital_letters_of_an_address_do_not_make_another_account(ports: Ports) -> None:
    send(ports, a_mail(), "Van-Thu.STP@e.example")

    assert len(mails(ports, "van-thu.stp@e.example")) == len(mails(ports, "VAN-THU.STP@e.example")) == 1


@pytest.mark.parametrize(
    ("sender", "return_path"), [("dondoc+b7@f.example", "<dondoc+b7@f.example>"), ("", "<>")]
)
def test_return_path_is_the_envelope_sender(ports: Ports, sender: str, return_path: str) -> None:
    recipient = f"{len(sender)}@f.example"
    send(ports, a_mail(Return_Path="<gia-mao@f.example>"), recipient, sender=sender)

    (mail,) = mails(ports, recipient)
    assert mail.get_all("Return-Path") == [return_path]


def test_trace_headers_stand_on_top_and_the_rest_arrives_byte_for_byte(ports: Ports) -> None:
    content = a_mail("Đã nhận.\r\n.một dòng bắt đầu bằng dấu chấm\r\n", To="x@g.example")
    send(ports, content, "x@g.example")

    (arrived,) = fetched(ports, "x@g.example")
    names = [line.partition(b":")[0] for line in arrived.split(b"\r\n") if not line.startswith(b"\t")]
    assert names[:4] == [b"Return-Path", b"Delivered-To", b"Received", b"Authentication-Results"]
    assert arrived.endswith(content)


def test_every_mail_says_that_its_sender_was_not_checked_and_a_forged_result_is_dropped(ports: Ports) -> None:
    forged = "trial.example;\r\n\tdkim=pass header.d=dondoc.example"
    send(ports, a_mail(Authentication_Results=forged, To="y@h.example"), "y@h.example")

    (mail,) = mails(ports, "y@h.example")
    assert mail.get_all("Authentication-Results") == [
        "trial.example; none (trial mail: senders are not checked)"
    ]
    assert mail["To"] == "y@h.example"


def test_the_arrival_time_over_imap_has_a_zone_and_is_now(ports: Ports) -> None:
    send(ports, a_mail(), "gio-den@i.example")

    (answer,) = fetched(ports, "gio-den@i.example", part="INTERNALDATE")
    arrived = datetime.strptime(answer.split(b'"')[1].decode(), "%d-%b-%Y %H:%M:%S %z")
    assert abs(datetime.now(UTC) - arrived) < timedelta(seconds=30)


def test_a_wrong_password_opens_nothing(ports: Ports) -> None:
    with (
        IMAP4("127.0.0.1", ports["imap"]) as imap,
        pytest.raises(IMAP4.error, match="Invalid authentication"),
    ):
        imap.login(SERVICE, "sai")


def test_smtp_accepts_a_login_with_the_password_and_refuses_another(ports: Ports) -> None:
    async def log_in(password: str) -> int:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=ports["smtp"], start_tls=False) as smtp:
            return (await smtp.login(SERVICE, password)).code

    assert asyncio.run(log_in(PASSWORD)) == 235
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        asyncio.run(log_in("sai"))


@pytest.mark.parametrize("name", ["smtp", "imap", "web"])
def test_a_refused_port_is_named_with_the_option_that_changes_it(name: str) -> None:
    async def start(port: int) -> None:
        async with TrialMail(replace(TrialSettings(password=PASSWORD), **{f"{name}_port": port})):
            pass

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortRefused, match=rf"{name} port {port} on 127\.0\.0\.1: .*--{name}-port"):
            asyncio.run(start(port))


def test_the_command_ends_with_status_1_and_one_line_when_a_port_is_refused() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        trial_mail(web_port=taken.getsockname()[1]) as (process, _),
    ):
        assert process.wait(5) == 1
        assert process.stderr
        assert process.stderr.read().count("\n") == 1


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_quickly_and_cleanly_and_the_next_start_is_empty(signum: signal.Signals) -> None:
    with trial_mail() as (process, ports), IMAP4("127.0.0.1", ports["imap"]) as imap:
        send(ports, a_mail(), "mat@r.example")
        imap.login("mat@r.example", PASSWORD)
        imap.select()
        imap.send(b"a IDLE\r\n")  # a client that stays must not keep it up
        started = time.monotonic()
        process.send_signal(signum)
        assert process.wait(5) == 0
        assert time.monotonic() - started < 3
        assert process.stderr
        assert process.stderr.read() == ""

    if signum == signal.SIGTERM:
        with trial_mail(**{f"{name}_port": port for name, port in ports.items()}) as (_, again):
            assert again == ports
            assert mails(again, "mat@r.example") == []


def test_it_can_be_used_inside_an_event_loop() -> None:
    async def scene() -> bytes:
        async with TrialMail(TrialSettings(password=PASSWORD)) as mail:
            await send_in_this_loop(mail.ports, a_mail("xong"), "trong@s.example")
            (content,) = await asyncio.to_thread(fetched, mail.ports, "trong@s.example")
            return content

    assert asyncio.run(scene()).startswith(b"Return-Path:")
