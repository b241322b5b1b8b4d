"""A synthetic unit at its mail program: it opens a digest in its box of the trial mail and replies to it.

What it writes are the words of an official (words.yaml, `trial_answer`); how they get back is real IMAP and SMTP.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from imap_tools import AND, BaseMailBox, H

from directives.conversation import Answer, AsksExtension, Done, InProgress, Received
from directives.errors import DondocError
from notifications import dates
from notifications.replies.imap import Postbox, open_postbox
from notifications.trial_reply import as_written, draft_reply, envelope_of
from notifications.words import say


class MailServerAway(DondocError):
    """The trial mail does not take what a synthetic unit sends."""


@dataclass(frozen=True)
class MailProgram:
    """How every unit gets at its mail: one host, one password. `box.username` is replaced by the account."""

    box: Postbox
    smtp_host: str
    smtp_port: int

    def mail(self, account: str, message_id: str) -> bytes | None:
        """The mail of that Message-ID in the account's inbox; None when it is not there. Errors: MailboxAway."""
        with open_postbox(replace(self.box, username=account)) as opened:
            uids = _found(opened.box, message_id)
            fetched = opened.fetch(uids[-1]) if uids else None
        return fetched.raw if fetched else None

    def reply(self, account: str, mail: bytes, lines: Sequence[str]) -> None:
        """Reply to the mail with these lines above the quoted text. Errors: MailServerAway."""
        draft = draft_reply(mail, account, datetime.now(UTC))
        text = "\n".join(lines) + str(draft["body_plain"])
        content = as_written(draft["header"], text, [], author=account)
        sender, recipients = envelope_of(content)
        try:
            with smtplib.SMTP(self.smtp_host, self.smtp_port, timeout=self.box.timeout) as smtp:
                smtp.sendmail(sender, recipients, content)
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerAway(
                f"the mail server at {self.smtp_host}:{self.smtp_port} did not take the reply of {account} ({error}); "
                "start it with 'dondoc up'"
            ) from error


def line(n: int, answer: Answer) -> str:
    """One answer to item `n` in an official's words. Errors: ValueError for a kind that no synthetic unit gives."""
    match answer:
        case Received():
            return say("trial_answer.received", n=n)
        case InProgress():
            return say("trial_answer.in_progress", n=n, percent=answer.percent or 0)
        case Done() if answer.doc_number and answer.doc_date:
            return say("trial_answer.document", n=n, number=answer.doc_number, day=dates.day(answer.doc_date))
        case Done():
            return say("trial_answer.done", n=n)
        case AsksExtension():
            return say("trial_answer.extension", n=n, until=dates.day(answer.until), reason=answer.reason)
        case _:
            raise ValueError(f"no synthetic unit answers '{answer.kind}'")


def _found(box: BaseMailBox, message_id: str) -> list[int]:
    return [int(uid) for uid in box.uids(AND(header=H("Message-ID", message_id)))]
