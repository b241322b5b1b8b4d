"""How long ten thousand personalised digests take: composed (text and HTML, four late items) and written as mail.

    .venv/bin/python -m bench.digests [--small] [--json]

Each has a unit, a contact, an address and dates of its own. Beside them: the same with dates to come, which carry a
calendar file. Afterwards every mail is parsed back and compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header
from email.utils import parseaddr, parsedate_to_datetime
from functools import partial

from bench import ledgers
from bench.measure import Bar, arguments, in_rounds, report
from directives.definition import Definition
from directives.digest import CampaignFacts, Clause, DigestItem, LeadDigest, Recipient
from directives.evaluate import Status
from directives.model import Source
from directives.plan import Reason
from notifications.compose import compose
from notifications.message import Mail, Mailbox, to_bytes

MAILS, SMALL = 10_000, 500
LIMIT_SECONDS = 6.0
ITEMS = 4
LINE = 76  # characters of an encoded line: RFC 2045 6.7 and 6.8, RFC 2047 2
SENDER = Mailbox("Hệ thống đôn đốc - Sở Nội vụ", "dondoc@dondoc.example")
FAMILY, GIVEN = (
    ("Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Võ"),
    ("Thị Hồng", "Văn Đức", "Hữu Nghĩa", "Ngọc Ánh"),
)


def facts(definition: Definition) -> CampaignFacts:
    campaign, directive, monitor = (
        definition.campaign,
        definition.campaign.directive,
        definition.campaign.monitor,
    )
    return CampaignFacts(
        key=campaign.campaign,
        title=campaign.title,
        rehearsal=False,
        directive_kind=directive.kind,
        directive_number=directive.number,
        directive_issued=directive.issued,
        directive_issuer=directive.issuer,
        directive_subject=directive.subject,
        monitor_name=definition.units[monitor.unit].name,
        officer_name=monitor.officer.name,
        officer_phone=monitor.officer.phone,
        officer_address=monitor.officer.address,
        calendar=definition.calendar,
    )


def digests(definition: Definition, now: datetime, many: int, *, late: bool = True) -> list[LeadDigest]:
    shared = facts(definition)
    return [LeadDigest(shared, _recipient(n), now, _items(definition, now, n, late), ()) for n in range(many)]


def _recipient(n: int) -> Recipient:
    name = f"{FAMILY[n % len(FAMILY)]} {GIVEN[n % len(GIVEN)]} {n}"
    return Recipient(
        f"X{n}", f"Ủy ban nhân dân xã Trường Xuân {n}", "commune", name, f"xa-{n}@cantho.example"
    )


def _items(definition: Definition, now: datetime, n: int, late: bool) -> tuple[DigestItem, ...]:
    """Of four instructions."""
    midnight = definition.calendar.at(now.date(), datetime.min.time())
    items: list[DigestItem] = []
    for place, instruction in enumerate(list(definition.campaign.instructions)[:ITEMS]):
        spec = instruction.steps[0]
        due = midnight + timedelta(-3 - n % 20 if late else 5 + n % 20)
        items.append(
            DigestItem(
                n=place + 1,
                step_id=n * ITEMS + place,
                key=f"{definition.campaign.campaign}/{instruction.key}/{spec.key}/X{n}",
                title=f"{spec.title} của xã Trường Xuân {n}",
                deliverable=spec.deliverable,
                send_to="Sở Nội vụ thành phố",
                clauses=(
                    Clause(instruction.label, instruction.clause, instruction.title, instruction.summary),
                ),
                due_before=due,
                deadline_number=1,
                original_due_before=due,
                source=Source.DIRECTIVE,
                basis="trước ngày 10 tháng 11 năm 2020",
                reason=Reason.STILL_OVERDUE if late else Reason.BEFORE_DEADLINE,
                first=False,
                status=Status.OVERDUE if late else Status.IN_PROGRESS,
                days_late=3 + n % 20 if late else 0,
            )
        )
    return tuple(items)


def written(digest: LeadDigest, now: datetime) -> tuple[Mail, bytes]:
    said = compose(
        digest, replies_read=True, page_link=f"https://dondoc.example/t/{digest.recipient.unit_code}"
    )
    uid = f"{digest.recipient.unit_code}.{now:%Y%m%d}@dondoc.example"
    mail = Mail(
        sender=SENDER,
        recipient=Mailbox(digest.recipient.contact_name, digest.recipient.address),
        reply_to=Mailbox(SENDER.name, f"dondoc+{digest.recipient.unit_code}@dondoc.example"),
        subject=said.subject,
        text=said.text,
        html=said.html,
        message_id=f"<{uid}>",
        date=now.astimezone(UTC),
        references=tuple(f"<{n}.{uid}>" for n in range(3)),
        headers=(("Auto-Submitted", "auto-generated"), ("X-Dondoc-Kind", "digest")),
    )
    return mail, to_bytes(mail)


def build(wanted: Sequence[LeadDigest], now: datetime) -> None:
    for digest in wanted:
        written(digest, now)


def faults(wanted: Sequence[LeadDigest], now: datetime) -> list[str]:
    """What does not come back as it went in, and every encoded line that is too long."""
    found: list[str] = []
    for digest in wanted:
        mail, raw = written(digest, now)
        back = message_from_bytes(raw)
        read = (
            _decoded(back["Subject"]),
            _box(back["To"]),
            _box(back["From"]),
            back["Message-ID"],
            tuple(back["References"].split()),
            parsedate_to_datetime(back["Date"]),
        )
        went = (
            mail.subject,
            (mail.recipient.name, mail.recipient.address),
            (SENDER.name, SENDER.address),
            mail.message_id,
            mail.references,
            mail.date.replace(microsecond=0),
        )
        if read != went:
            found.append(f"{digest.recipient.unit_code}: {read} is not {went}")
        for kind, meant in (("text/plain", mail.text), ("text/html", mail.html)):
            (part,) = [one for one in back.walk() if one.get_content_type() == kind]
            content = part.get_payload(decode=True)
            if not isinstance(content, bytes) or content.decode().split() != meant.split():
                found.append(f"{digest.recipient.unit_code}: its {kind} reads otherwise")
        found += [
            f"{digest.recipient.unit_code}: {line!r}" for line in raw.split(b"\r\n") if len(line) > LINE
        ]
    return found


def _decoded(header: str) -> str:
    """As RFC 2047 6.2 reads it. (The parser of `email.policy` keeps the space between encoded words of a name.)"""
    parts = decode_header(header.replace("\r\n", ""))
    return "".join(
        part.decode(charset or "ascii") if isinstance(part, bytes) else part for part, charset in parts
    )


def _box(header: str) -> tuple[str, str]:
    name, address = parseaddr(header.replace("\r\n", ""))
    return _decoded(name), address


def main() -> int:
    wanted = arguments(__doc__)
    definition = ledgers.directive()
    now = definition.calendar.next_slot(definition.opened_at + timedelta(130))
    made = digests(definition, now, SMALL if wanted.small else MAILS)
    dated = digests(definition, now, len(made) // 10, late=False)
    cases = {"late": partial(build, made, now), "to come": partial(build, dated, now)}
    taken = in_rounds(cases, wanted.rounds)
    wrong = faults(made, now) + faults(dated, now)
    rows = [
        {
            "mails": len(of),
            "items": f"{ITEMS} {name}",
            "bytes of one": len(written(of[0], now)[1]),
            "seconds": taken[name],
        }
        for name, of in (("late", made), ("to come", dated))
    ]
    bars = [
        Bar(f"seconds for {MAILS:,} digests", taken["late"].median * MAILS / len(made), LIMIT_SECONDS),
        Bar("mails or lines that read back wrong", len(wrong), 0),
    ]
    for line in wrong[:5]:
        print(line)
    return report("digests composed and written", rows, bars, wanted)


if __name__ == "__main__":
    raise SystemExit(main())
