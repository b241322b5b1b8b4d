"""A decision is applied, and who should know is told, in one transaction: one mail a unit, in the right wording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from directives import ledger
from directives.conversation import AnswerUnclear, Assign, Decision, SetDistrictDate, StepDecision
from directives.deadline import last_good_day
from directives.digest import CampaignFacts
from directives.ledger import outbox
from directives.ledger.answers import find_step
from directives.ledger.casebook import Casebook
from directives.ledger.readers import decided_target
from directives.ledger.recipients import deputy_now, recipient_of
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Answer, Message, MessageItem, Step, Unit
from directives.ledger.tables import Decision as DecisionRow
from notifications import dates
from notifications.compose import Composed, composed
from notifications.receipts import Said, words_of
from notifications.words import authority, entry, one_line, say
from notifications.writer import Post, body_of

# Kinds of which a unit is told; a nudge is a mail itself, and a hold is silence.
TOLD = frozenset(
    {
        "accept",
        "return",
        "grant_extension",
        "refuse_extension",
        "assign",
        "waive",
        "reply",
        "district_date",
        "answer_unclear",
    }
)


@dataclass(frozen=True, slots=True)
class Decided:
    """`told`: the addresses to which a mail was queued; `untold`: units that nobody can be reached of."""

    decision_id: int
    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concerned:
    """One step that a decision is about. `said`: what was noted of it, for an unclear mail."""

    title: str
    clause: str
    due_before: datetime | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a unit is told. `other`: the unit to which a step passed, or the district that set the date."""

    kind: str
    campaign: CampaignFacts
    unit_name: str
    unit_kind: str
    at: datetime
    steps: tuple[Concerned, ...]
    reason: str = ""
    until: date | None = None
    other: str = ""


def decide(session: Session, given: Decision, post: Post, machine_now: datetime) -> Decided:
    """Apply a decision and queue its mails. Errors: Refused, and nothing is written."""
    former = _former(session, given)
    decision_id = ledger.decide(session, given, machine_now)
    session.flush()
    if given.kind not in TOLD:
        return Decided(decision_id)
    book = Casebook(session, campaign_row(session, given.campaign))
    told: list[str] = []
    untold: list[str] = []
    for unit_id, steps in _concerned(book, given, decision_id, former).items():
        address = _tell(book, given, decision_id, unit_id, steps, post, machine_now)
        if address:
            told.append(address)
        else:
            untold.append(book.units[unit_id].name)
    return Decided(decision_id, tuple(told), tuple(untold))


def compose_letter(letter: Letter) -> Composed:
    """The mail of one decision to one unit."""
    campaign, calendar = letter.campaign, letter.campaign.calendar
    unit = authority(letter.unit_name, letter.unit_kind)
    words = entry(f"decided.{letter.kind}")
    values = {
        "monitor": one_line(campaign.monitor_name),
        "unit": unit,
        "other": authority(letter.other),
        "until": dates.day(letter.until) if letter.until else "",
        "deadline": _readings(letter.steps[0], campaign) if letter.steps else "",
    }
    view: Mapping[str, object] = {
        "tag": words["tag"],
        "unit": unit,
        "at": dates.instant(letter.at, calendar),
        "said": str(words["said"]).format_map(values),
        "after": str(words.get("after", "")).format_map(values),
        "reason": one_line(letter.reason),
        "reason_lead": words.get("reason", entry("decided.reason")),
        "head": _head(letter.steps),
        "steps": [
            {
                "title": one_line(one.title),
                "clause": one_line(one.clause),
                "readings": _readings(one, campaign),
                "said": one.said,
            }
            for one in letter.steps
        ],
    }
    return composed("decided", campaign, {"letter": view}, None)


def _head(steps: tuple[Concerned, ...]) -> str:
    return one_line(steps[0].title) if len(steps) == 1 else say("subject.many", count=len(steps))


def _readings(one: Concerned, campaign: CampaignFacts) -> str:
    return dates.weekday_reading(one.due_before, campaign.calendar) if one.due_before else ""


def _former(session: Session, given: Decision) -> int | None:
    """The unit that has a step before it is assigned to another."""
    if not isinstance(given, Assign):
        return None
    campaign = campaign_row(session, given.campaign)
    return session.exec(
        select(Unit.id).where(Unit.campaign_id == campaign.id, Unit.code == given.step.unit)
    ).first()


def _concerned(
    book: Casebook, given: Decision, decision_id: int, former: int | None
) -> dict[int, list[tuple[Step, str]]]:
    """The steps to speak of, and what was noted of each, by unit; what is carried is not spoken of apart."""
    found: defaultdict[int, list[tuple[Step, str]]] = defaultdict(list)
    session = book.session
    row = session.get_one(DecisionRow, decision_id)
    if isinstance(given, StepDecision):
        step = session.get_one(Step, row.step_id)
        found[former or step.unit_id].append((step, ""))
    elif isinstance(given, SetDistrictDate):
        for step in _of_the_district(session, row):
            if step.covered_by_id is None:
                found[step.unit_id].append((step, ""))
    elif isinstance(given, AnswerUnclear):
        for one in given.answers:
            step = find_step(session, book.campaign, one.step)
            found[step.unit_id].append((step, _noted(book, step)))
    return found


def _of_the_district(session: Session, first: DecisionRow) -> Iterable[Step]:
    """Every step that was dated in the same act."""
    return session.exec(
        select(Step)
        .join(DecisionRow, col(DecisionRow.step_id) == Step.id)
        .where(
            DecisionRow.campaign_id == first.campaign_id,
            DecisionRow.kind == first.kind,
            DecisionRow.recorded_at == first.recorded_at,
            col(DecisionRow.id) >= first.id,
        )
        .order_by(col(DecisionRow.id))
    ).all()


def _noted(book: Casebook, step: Step) -> str:
    """The last answer to a step, in the words of a receipt."""
    answer = book.session.exec(
        select(Answer).where(Answer.step_id == step.id).order_by(col(Answer.id).desc())
    ).first()
    assert answer is not None
    data = answer.data
    said = Said(
        n=0,
        title="",
        kind=answer.kind,
        due_before=step.due_before,
        percent=data.get("percent"),
        doc_number=data.get("doc_number", ""),
        doc_date=date.fromisoformat(data["doc_date"]) if data.get("doc_date") else None,
        until=date.fromisoformat(data["until"]) if data.get("until") else None,
        to=data.get("to", ""),
        inside="deputy" in data,
    )
    return words_of(said)


def _tell(
    book: Casebook,
    given: Decision,
    decision_id: int,
    unit_id: int,
    steps: list[tuple[Step, str]],
    post: Post,
    machine_now: datetime,
) -> str:
    """Queue one mail to the deputy who has the step, else to the unit; its address, empty when nobody can be reached."""
    unit, first = book.units[unit_id], steps[0][0]
    deputy = deputy_now(book, first, given.at) if len(steps) == 1 and first.unit_id == unit_id else ""
    recipient = recipient_of(book, unit_id, given.at, deputy) or recipient_of(book, unit_id, given.at)
    if recipient is None:
        return ""
    digest = _last_digest(book.session, unit_id, [ident(step) for step, _ in steps])
    letter = Letter(
        kind=given.kind,
        campaign=book.facts,
        unit_name=unit.name,
        unit_kind=unit.kind,
        at=given.at,
        steps=tuple(_concern(book, step, said) for step, said in steps),
        reason=given.reason,
        until=_until(book, given, first),
        other=_other(book, given),
    )
    body = body_of(
        compose_letter(letter),
        name=recipient.contact_name or recipient.unit_name,
        address=recipient.address,
        references=[f"<{digest}@{post.domain}>"] if digest else [],
        date=machine_now,
        answers=digest,
    )
    today = book.calendar.local(given.at).date()
    outbox.queue_own(
        book.session, book.campaign, unit_id, decided_target(decision_id), today, recipient.address, body
    )
    return recipient.address


def _concern(book: Casebook, step: Step, said: str) -> Concerned:
    spec = book.spec(step)
    return Concerned(spec.title if spec else step.key, book.clause(step).clause, step.due_before, said)


def _until(book: Casebook, given: Decision, step: Step) -> date | None:
    until = getattr(given, "until", None)
    if until is None and isinstance(given, Assign) and step.due_before is not None:
        return last_good_day(step.due_before, book.calendar)
    return until


def _other(book: Casebook, given: Decision) -> str:
    code = (
        given.to
        if isinstance(given, Assign)
        else given.district
        if isinstance(given, SetDistrictDate)
        else ""
    )
    return next((one.name for one in book.units.values() if one.code == code), "")


def _last_digest(session: Session, unit_id: int, step_ids: list[int]) -> str:
    """The uid of the unit's last digest that lists the step: the mail stands in its thread, and is answered as it is."""
    found = session.exec(
        select(Message)
        .join(MessageItem, col(MessageItem.message_id) == Message.id)
        .where(
            Message.unit_id == unit_id,
            Message.state == "accepted",
            col(MessageItem.step_id).in_(step_ids),
        )
        .order_by(col(Message.id).desc())
    ).first()
    return outbox.wire_uid(session, found) if found else ""
