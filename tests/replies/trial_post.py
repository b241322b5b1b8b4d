"""The trial mail beside a test."""

from __future__ import annotations

import asyncio
import imaplib
import smtplib
from threading import Thread

from notifications.replies.imap import Postbox
from notifications.trial_mail import TrialMail, TrialSettings

SERVICE, PASSWORD = "dondoc@dondoc.example", "mat-khau"


class TrialPost:
    """The trial mail in a thread of its own, so that the blocking reader can be used as it is."""

    def __init__(self, password: str = PASSWORD) -> None:
        self.password = password
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.mail = TrialMail(TrialSettings(password=password))
        self.run(self.mail.__aenter__())

    def run(self, work: object) -> object:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)  # type: ignore[arg-type]

    def close(self) -> None:
        self.run(self._ended())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _ended(self) -> None:
        await self.mail.__aexit__(None, None, None)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)  # type: ignore[arg-type]

    def drop(self, *mails: str | bytes) -> None:
        """Mails as they are, or the body of one from STP."""
        with smtplib.SMTP("127.0.0.1", self.mail.ports["smtp"]) as smtp:
            for mail in mails:
                smtp.sendmail("van-thu.stp@cantho.example", [SERVICE], _whole(mail))

    def empty(self) -> None:
        """The mailbox as a new server would have it."""
        with imaplib.IMAP4("127.0.0.1", self.mail.ports["imap"]) as imap:
            imap.login(SERVICE, self.password)
            imap.select("INBOX")
            imap.store("1:*", "+FLAGS", r"(\Deleted)")
            imap.expunge()

    @property
    def box(self) -> Postbox:
        return Postbox("127.0.0.1", self.mail.ports["imap"], SERVICE, self.password, security="none")


def _whole(mail: str | bytes) -> bytes:
    if isinstance(mail, bytes):
        return mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head = f"From: Văn thư <van-thu.stp@cantho.example>\r\nTo: {SERVICE}\r\nSubject: Re\r\n\r\n"
    return (head + mail).encode()
