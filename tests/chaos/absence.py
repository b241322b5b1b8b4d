"""Three working days on which nothing runs; a mailbox that was numbered anew. What waited is read before anything leaves."""

from __future__ import annotations

import imaplib
import shutil
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import col, select

from config.contacts import default_contacts
from directives.ledger.engine import reading
from directives.ledger.tables import Answer
from notifications.replies.collect import Collected, collect
from notifications.replies.imap import open_postbox
from notifications.replies.trust import Trust
from tests.chaos.figures import Figures
from tests.databases import Databases
from tests.ledger.campaigns import POST, Letter, a_definition, at, box_of, days
from tests.replies.desks import Answered, answering
from tests.replies.trial_post import PASSWORD, SERVICE, TrialPost
from tests.system.mail_servers import MailServers
from tests.system.test_real_mail import Installation, reply
from tests.waiting import until

PLAN = "Kế hoạch năm 2020"  # due by Friday 31/07/2020: overdue from Monday on
LAST_DAY, BACK = "2020-07-30", at("2020-08-04 07:05")  # away: Friday, Monday, and Tuesday until seven
MISSED = 3  # runs of each pass that Prefect had planned meanwhile, and now makes all


class Away:
    """A campaign whose every process is away, with the mailbox in which units answer meanwhile."""

    def __init__(self, databases: Databases, folder: Path, post: TrialPost) -> None:
        self.post = post
        self.unit = Answered(databases.ledger(), folder)
        self.unit.post = replace(POST, collector=True)
        self.unit.trust = Trust(None, requires_dmarc=False)
        self.unit.open("2020-06-30 07:00")

    def live(self) -> None:
        for day in days("2020-06-30", LAST_DAY):
            self.read(at(f"{day} 07:00"))
            self.unit.passes(at(f"{day} 07:05"))
            self.unit.deliver(at(f"{day} 08:00"))

    def read(self, now: datetime) -> Collected:
        return collect(self.unit.engine, self.post.box, self.unit.desk(now))

    def answered(self, raw: bytes, when: str) -> None:
        """What the mail server took at that time."""
        with imaplib.IMAP4("127.0.0.1", self.post.mail.ports["imap"]) as imap:
            imap.login(SERVICE, PASSWORD)
            imap.append("INBOX", "", imaplib.Time2Internaldate(at(when)), raw.replace(b"\n", b"\r\n"))

    def arrived(self, since: int) -> list[Letter]:
        return self.unit.box.letters[since:]


def three_days(databases: Databases) -> Figures:
    begun, wrong = time.monotonic(), list[str]()
    with TemporaryDirectory(prefix="dondoc-chaos-") as folder, closing(TrialPost()) as post:
        away = Away(databases, Path(folder), post)
        away.live()
        known = len(away.unit.box.letters)
        away.answered(answering(away.unit.digest("STP"), "tất cả đã tiếp nhận"), "2020-07-31 09:00")
        away.answered(
            answering(away.unit.digest("NK"), "1 đã gửi kế hoạch số 7/KH-UBND ngày 31/07/2020"),
            "2020-07-31 16:00",
        )
        for run in range(MISSED):
            done = away.unit.passes(BACK + timedelta(minutes=run))
            if run and (done.due, done.notices) != (0, 0):
                wrong.append(f"a superseded pass had something to do: {done}")
        before = away.unit.deliver(BACK + timedelta(minutes=60))  # the worker is quicker than the mail loop
        wrong += [f"overdue before the mailbox was read: {one['Subject']}" for one in away.arrived(known)]
        read = away.read(BACK + timedelta(minutes=61))
        away.unit.deliver(BACK + timedelta(minutes=85))
        arrived = away.arrived(known)
        wrong += _burst(arrived) + _accused(arrived) + away.unit.broken() + away.unit.unlike()
        wrong += [] if read.applied == 2 else [f"of two answers {read}"]
        wrong += [] if before.sent == 0 else [f"{before.sent} sent at once"]
    databases.clear()
    return Figures("three days away", databases.name, wrong=wrong, seconds=round(time.monotonic() - begun, 1))


def _burst(arrived: list[Letter]) -> list[str]:
    """More than one digest for a reader, or none for who owes."""
    count = Counter((one.to, one.kind) for one in arrived if one.kind in ("lead", "superior", "monitor"))
    owing = {box_of(unit) for unit in ("STP", "NK1", "NK2")}
    return [f"{to} got {n} {kind} digests" for (to, kind), n in count.items() if n > 1] + [
        f"{to} got none" for to in sorted(owing - {to for to, kind in count if kind == "lead"})
    ]


def _accused(arrived: list[Letter]) -> list[str]:
    """Who had answered in time, and is asked all the same."""
    mails = [one for one in arrived if one.to == box_of("NK") and one.kind == "lead"]
    return [f"NK is asked for its plan: {one['Subject']}" for one in mails if PLAN in one.text]


def numbered_anew(databases: Databases) -> Figures:
    """Dovecot loses its list of UIDs: another UIDVALIDITY, and numbers from 1. Every mail is read, none applied twice."""
    begun, wrong = time.monotonic(), list[str]()
    with TemporaryDirectory(prefix="dondoc-chaos-") as folder, closing(MailServers()) as servers:
        contacts = default_contacts(a_definition().units)
        dondoc = Installation(databases.ledger(), servers, Path(folder), contacts)
        dondoc.send()
        _answer(dondoc, "STP", 1)
        first, numbers = dondoc.read(), _uid_validity(servers)
        until(lambda: time.time() > numbers + 2, 20)  # Dovecot takes the second for the new one
        _forget_numbers(servers)
        renumbered = _uid_validity(servers)
        _answer(dondoc, "NK", 2)
        second, third = dondoc.read(), dondoc.read()
        wrong += (
            [] if numbers != renumbered == _uid_validity(servers) else ["the mailbox kept its UIDVALIDITY"]
        )
        wrong += [] if (first.applied, second.applied) == (1, 1) else [f"read: {first}, then {second}"]
        wrong += [] if third == Collected() else [f"read again: {third}"]
        with reading(dondoc.followed.engine) as session:
            told = Counter(session.exec(select(Answer.inbound_id).where(col(Answer.carried_by_id).is_(None))))
        wrong += [] if len(told) == 2 else [f"answers by mail: {told}"]
        wrong += dondoc.followed.broken() + dondoc.followed.unlike()
    databases.clear()
    return Figures(
        "UIDVALIDITY changed", databases.name, wrong=wrong, seconds=round(time.monotonic() - begun, 1)
    )


def _answer(dondoc: Installation, unit: str, mails: int) -> None:
    """By mail, and until it is in the mailbox, which holds so many then."""
    servers, address = dondoc.servers, box_of(unit)
    servers.send(address, SERVICE, _to_token(dondoc, address))
    until(lambda: len(servers.inbox(SERVICE)) == mails, 10)


def _to_token(dondoc: Installation, address: str) -> EmailMessage:
    return reply(dondoc.digest(address), address, "tất cả đã tiếp nhận")


def _uid_validity(servers: MailServers) -> int:
    with open_postbox(servers.postbox) as box:
        return box.uid_validity


def _forget_numbers(servers: MailServers) -> None:
    """As after a restored or moved mailbox."""
    mailbox = servers.folder / "mail" / "dondoc.example" / SERVICE.partition("@")[0]
    for file in mailbox.glob("dovecot*"):
        file.unlink() if file.is_file() else shutil.rmtree(file)
