"""A ledger that comes from a backup does not know what left after it: nothing is sent twice, and what is in doubt is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session, col, func, select, update

from directives.ledger import audit
from directives.ledger.frozen import policy_of
from directives.ledger.marks import end_uncertain
from directives.ledger.outbox import new_message
from directives.ledger.passes import due_instructions, run_pass
from directives.ledger.readers import DAILY, is_daily, kind_of
from directives.ledger.states import campaign_now, ident
from directives.ledger.tables import Addressee, Answer, Campaign, Evidence, Inbound, Message, Paper, Step
from directives.ledger.waiting import RESTORED
from directives.workdays import WorkCalendar

UNSENT = ("ready", "claimed", "sending", "deferred")


def is_empty(session: Session) -> bool:
    """Whether the ledger holds nothing that a restored one could overwrite."""
    return (
        session.exec(select(Campaign.id)).first() is None and session.exec(select(Inbound.id)).first() is None
    )


def last_sign(session: Session) -> datetime | None:
    """When, by the machine's clock, a mail last left or came in; None where none did."""
    left = session.exec(select(func.max(col(Message.accepted_at)))).one()
    came = session.exec(select(func.max(col(Inbound.stored_at)))).one()
    return max((one for one in (left, came) if one is not None), default=None)


def files_named(session: Session) -> dict[str, set[str]]:
    """The SHA-256 of every file that the ledger speaks of and that was not purged, by its folder under DONDOC_HOME."""
    papers = set(session.exec(select(Paper.sha256)))
    evidence = select(Evidence.file_sha256).join(Answer, col(Answer.id) == Evidence.answer_id).join(Step)
    kept = evidence.join(Campaign).where(col(Campaign.purged_at).is_(None))
    return {
        "inbound": set(session.exec(select(Inbound.sha256).where(Inbound.state != "purged"))),
        "evidence": set(session.exec(kept)) - {""},
        "papers": papers,
    }


def doubt_unsent(session: Session, taken_at: datetime, machine_now: datetime) -> dict[str, int]:
    """Mark as uncertain what may have left between the backup and now; how many mails by campaign.

    A rehearsal's mails left nothing that lasts. The steps themselves go on: the rungs of the time between are noted
    as noticed, and the next one comes on its day.
    """
    chosen = select(Campaign).where(col(Campaign.rehearsal).is_(False))
    return {
        row.key: _doubt(session, row, taken_at, machine_now)
        for row in session.exec(chosen.order_by(col(Campaign.id))).all()
    }


def _doubt(session: Session, campaign: Campaign, taken_at: datetime, machine_now: datetime) -> int:
    calendar, now = policy_of(campaign).calendar, campaign_now(campaign, machine_now)
    doubtful = [one for one in _unsent(session, campaign) if kind_of(one.target) not in DAILY]
    is_open = campaign.closed_at is None  # a closed one sends only what answers somebody
    if is_open and _could_leave(calendar, taken_at, now):
        for instruction in due_instructions(session, campaign, now):
            run_pass(session, campaign.key, instruction, now, machine_now)
        session.flush()
        doubtful += _digests(session, campaign, calendar.local(now).date())
    for message in doubtful:
        message.detail = RESTORED
        end_uncertain(session, message)
    if is_open or doubtful:
        event = {"taken_at": taken_at.isoformat(), "uncertain": [ident(one) for one in doubtful]}
        audit.append(session, ident(campaign), now, "campaign.restored", event)
    return len(doubtful)


def _could_leave(calendar: WorkCalendar, taken_at: datetime, now: datetime) -> bool:
    """Whether a digest could leave between the two; none does beyond the calendar's last day."""
    try:
        return calendar.digest_may_leave(taken_at) or calendar.next_slot(taken_at) <= now
    except ValueError:
        return False


def _unsent(session: Session, campaign: Campaign) -> list[Message]:
    chosen = select(Message).where(Message.campaign_id == campaign.id, col(Message.state).in_(UNSENT))
    return list(session.exec(chosen.order_by(col(Message.id))))


def _digests(session: Session, campaign: Campaign, today: date) -> Iterator[Message]:
    """The digests that wait, and one for every reader with notices who has none of today: one may have left."""
    waiting = [one for one in _unsent(session, campaign) if kind_of(one.target) in DAILY]
    for message in waiting:
        _link(session, campaign, message)
    yield from waiting
    had = session.exec(
        select(Message.unit_id, Message.target).where(
            Message.campaign_id == campaign.id, Message.slot_on == today, is_daily(col(Message.target))
        )
    )
    readers = session.exec(
        select(Addressee.unit_id, Addressee.target)
        .where(Addressee.campaign_id == campaign.id, Addressee.state == "pending")
        .distinct()
    )
    for unit_id, target in sorted(set(readers) - set(had)):
        message = new_message(campaign, unit_id, target, today)
        session.add(message)
        session.flush()
        _link(session, campaign, message)
        yield message


def _link(session: Session, campaign: Campaign, message: Message) -> None:
    session.exec(
        update(Addressee)
        .where(
            col(Addressee.campaign_id) == campaign.id,
            col(Addressee.unit_id) == message.unit_id,
            col(Addressee.target) == message.target,
            col(Addressee.state) == "pending",
        )
        .values(state="composed", message_id=message.id)
    )
