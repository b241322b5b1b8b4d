"""What people wrote and who they are, deleted from a closed campaign; what was asked, answered and decided stays provable.

Kept: units, steps, deadlines, every audit event with its hash, documents' numbers and file names, papers, and the SHA-256 of
mails and files. Deleted: contacts, names and own words beside the audit chain, mails, and addresses wherever they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from directives.errors import Refused
from directives.ledger import audit, frozen
from directives.ledger.answers import PERSONAL
from directives.ledger.closing import must_be_closed
from directives.ledger.frozen_rows import AMENDED_BY, OPENED_BY
from directives.ledger.readers import deputy_of
from directives.ledger.replaying import FREEZING
from directives.ledger.restoring import UNSENT
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import (
    Addressee,
    Answer,
    Audit,
    AuditText,
    Body,
    Campaign,
    Contact,
    Deadline,
    Decision,
    Definition,
    Evidence,
    Hold,
    Inbound,
    Message,
    Step,
    Unit,
)

EVENT, PURGED = "campaign.purged", "purged"
# Of a mail only its SHA-256 stays.
NOBODY = {"state": PURGED, "sender": "", "mail_id": "", "reason": "", "verdict": None}
Files = set[tuple[str, str]]  # folder below DONDOC_HOME, SHA-256


@dataclass(frozen=True, slots=True)
class Personal:
    """How much of a campaign is about people: rows of each kind, and the mails and files that lie beside the ledger."""

    contacts: int
    words: int
    mails_out: int
    mails_in: int
    evidence: int


def personal(session: Session, campaign: Campaign) -> Personal:
    own = ident(campaign)
    answers = select(Answer.id).join(Step).where(Step.campaign_id == own)
    files = select(func.count(func.distinct(Evidence.file_sha256))).where(
        col(Evidence.answer_id).in_(answers), Evidence.file_sha256 != ""
    )
    return Personal(
        contacts=_count(session, Contact, _contacts(own)),
        words=_count(session, AuditText, _words(own)),
        mails_out=_count(session, Body, col(Body.message_id).in_(_mails(own))),
        mails_in=_count(session, Inbound, _only_ours(own)),
        evidence=session.exec(files).one(),
    )


def may_be_purged(session: Session, campaign: Campaign) -> None:
    """Errors: Refused while it is open, when it was purged before, and while mails of it still wait to leave."""
    must_be_closed(campaign)
    if campaign.purged_at is not None:
        raise Refused(f"campaign '{campaign.key}' was purged on {campaign.purged_at:%Y-%m-%d}")
    waiting = _count(
        session, Message, (col(Message.campaign_id) == campaign.id) & col(Message.state).in_(UNSENT)
    )
    if waiting:
        raise Refused(
            f"{waiting} mails of '{campaign.key}' that answer somebody still wait to leave ('dondoc status'); purge it then"
        )


def closed_before(session: Session, at: datetime) -> list[str]:
    """The keys of campaigns that were closed before that instant and not purged."""
    rows = select(Campaign.key).where(col(Campaign.closed_at) < at, col(Campaign.purged_at).is_(None))
    return list(session.exec(rows.order_by(col(Campaign.id))))


def strangers_before(session: Session, at: datetime) -> int:
    """How many mails that belong to no campaign came before that instant."""
    return _count(session, Inbound, _strangers(at))


def purge_strangers(session: Session, at: datetime) -> None:
    """Mails that belong to no campaign."""
    session.exec(update(Inbound).where(_strangers(at)).values(**NOBODY))


def purge(
    session: Session, key: str, *, by: str, reason: str, at: datetime, machine_now: datetime
) -> Personal:
    """Delete it with one audit event, after which the chain and its replay still verify; files are the caller's to delete.

    `at` is the campaign's own clock. Errors: Refused (`may_be_purged`).
    """
    campaign = campaign_row(session, key, lock=True)
    may_be_purged(session, campaign)
    found, own = personal(session, campaign), ident(campaign)
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")  # what is deleted is overwritten
    left = _definitions(session, campaign)
    _rows(session, own)
    _addresses(session, own)
    campaign.purged_at = at
    session.add(campaign)
    words = "\n".join(part for part in (by, reason) if part)
    event = {"definitions": dict(left), **asdict(found)} | audit.recorded(at, machine_now)
    audit.append(session, own, at, EVENT, event, text=words)
    return found


def files_to_delete(session: Session) -> Files:
    """What purged campaigns and mails had, and nothing else speaks of."""
    had = (
        select(Evidence.file_sha256)
        .join(Answer, col(Answer.id) == Evidence.answer_id)
        .join(Step)
        .join(Campaign)
    )
    purged = set(session.exec(had.where(col(Campaign.purged_at).is_not(None))))
    needed = set(session.exec(had.where(col(Campaign.purged_at).is_(None))))
    mails = session.exec(select(Inbound.sha256).where(Inbound.state == PURGED))
    return {("evidence", one) for one in purged - needed - {""}} | {("inbound", one) for one in mails}


def _definitions(session: Session, campaign: Campaign) -> Mapping[str, str]:
    """Frozen definitions without their contacts: the SHA-256 of what is left, by the one that the events name."""
    named = session.exec(select(Audit).where(Audit.campaign_id == campaign.id, col(Audit.kind).in_(FREEZING)))
    left: dict[str, str] = {}
    for sha256 in {str(event.data["sha256"]) for event in named}:
        row = session.get_one(Definition, sha256)
        row.content = row.content | frozen.contacts_content([])
        session.add(row)
        left[sha256] = frozen.fingerprint(row.content)
    return left


def _rows(session: Session, own: int) -> None:
    """Whole rows, and the columns that hold names and words."""
    session.exec(
        update(Inbound).where(_only_ours(own)).values(**NOBODY).execution_options(synchronize_session=False)
    )
    session.exec(delete(Body).where(col(Body.message_id).in_(_mails(own))))
    session.exec(delete(AuditText).where(_words(own)).execution_options(synchronize_session=False))
    session.exec(delete(Contact).where(_contacts(own)).execution_options(synchronize_session=False))
    session.exec(update(Decision).where(col(Decision.campaign_id) == own).values(by=""))
    session.exec(update(Hold).where(col(Hold.campaign_id) == own).values(reason=""))
    steps = select(Step.id).where(Step.campaign_id == own)
    session.exec(
        update(Deadline)
        .where(col(Deadline.step_id).in_(steps), col(Deadline.set_by).not_in([OPENED_BY, AMENDED_BY]))
        .values(set_by="", text="")
    )
    for row in session.exec(select(Answer).where(col(Answer.step_id).in_(steps))):
        if row.data.keys() & set(PERSONAL):
            row.data = row.data | {name: "" for name in PERSONAL if name in row.data}
            session.add(row)


def _addresses(session: Session, own: int) -> None:
    """Of deputies only a number stays, so that their mails are still told apart."""
    session.exec(update(Step).where(col(Step.campaign_id) == own).values(deputy=""))
    session.exec(update(Message).where(col(Message.campaign_id) == own).values(address="", detail=""))
    numbers: dict[str, int] = {}
    for model in (Message, Addressee):
        for row in session.exec(
            select(model).where(model.campaign_id == own, col(model.target).contains("@"))
        ):
            address = deputy_of(row.target)
            number = numbers.setdefault(address, len(numbers) + 1)
            row.target = f"{row.target.removesuffix(address)}#{number}"
            session.add(row)


def _count(session: Session, model: type, where: ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(model).where(where)).one()


def _mails(own: int):
    return select(Message.id).where(Message.campaign_id == own)


def _contacts(own: int) -> ColumnElement[bool]:
    return col(Contact.unit_id).in_(select(Unit.id).where(Unit.campaign_id == own))


def _words(own: int) -> ColumnElement[bool]:
    return col(AuditText.audit_id).in_(select(Audit.id).where(Audit.campaign_id == own))


def _only_ours(own: int) -> ColumnElement[bool]:
    """Mails that came in for this campaign, and for no other that still has its people."""
    ours, theirs = aliased(Message), aliased(Message)
    answered = exists().where(
        or_(col(ours.id) == Inbound.message_id, col(ours.within_id) == Inbound.message_id),
        col(ours.campaign_id) == own,
    )
    shared = exists().where(
        or_(col(theirs.id) == Inbound.message_id, col(theirs.within_id) == Inbound.message_id),
        col(theirs.campaign_id) == Campaign.id,
        col(Campaign.id) != own,
        col(Campaign.purged_at).is_(None),
    )
    return answered & ~shared & (col(Inbound.state) != PURGED)


def _strangers(at: datetime) -> ColumnElement[bool]:
    return col(Inbound.message_id).is_(None) & (col(Inbound.arrived_at) < at) & (col(Inbound.state) != PURGED)
