"""Why a unit was written to on a day, and why not: every mail with its rule and inputs, every silence with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from directives.digest import CampaignFacts
from directives.errors import DondocError
from directives.evaluate import StepState
from directives.explain import Counted, Inputs, Silence, Tried, asked_at, counted, silence
from directives.findings import nearest
from directives.ledger.casebook import Casebook
from directives.ledger.past import Noticed, Past, StepName
from directives.ledger.readers import to_the_unit
from directives.ledger.tables import Addressee, Pass
from directives.ledger.unit_mails import Cause, UnitMail
from directives.model import Rung


@dataclass(frozen=True, slots=True)
class Explained:
    """One notice that a mail answered for: the rung (None: the ladder has it no more), its days counted, its inputs."""

    step: StepName
    cause: Cause
    rung: Rung | None
    counted: Counted | None
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class WhyMail:
    """`told`: of a mail about a decision, the steps decided on."""

    mail: UnitMail
    causes: tuple[Explained, ...]
    listed: tuple[StepName, ...]
    told: tuple[StepName, ...] = ()


@dataclass(frozen=True, slots=True)
class WhySilent:
    """`last_pass`: the instruction's last pass, the only one that the ledger remembers."""

    step: StepName
    silence: Silence
    inputs: Inputs
    listed: bool
    last_pass: datetime | None


@dataclass(frozen=True, slots=True)
class WhyDay:
    """A unit's day. `silent`: the steps for which nothing left on it."""

    campaign: CampaignFacts
    unit_code: str
    unit_name: str
    unit_kind: str
    on: date
    now: datetime
    mails: tuple[WhyMail, ...]
    silent: tuple[WhySilent, ...]


def why_day(book: Casebook, unit: str, on: date, now: datetime, step: str = "") -> WhyDay:
    """The day of a unit, or of one of its steps (`1g/report`), at `now`, the campaign's clock.

    Errors: DondocError for a unit or step that is not there, and for a day that the calendar does not know.
    """
    past = Past(book, unit_of(book, unit))
    if not book.calendar.first <= on <= book.calendar.last:
        raise DondocError(
            f"{on:%d/%m/%Y} is outside the campaign's calendar ({book.calendar.first:%d/%m/%Y} to "
            f"{book.calendar.last:%d/%m/%Y}); ask for another day"
        )
    known = [one.step for one in past.names.values()]
    if step and step not in known:
        close = nearest(step, known) or f"; what is: {', '.join(known) or 'nothing'}"
        raise DondocError(f"'{step}' is not asked of '{unit}'{close}")
    return day_of(past, on, now, step)


def unit_of(book: Casebook, code: str) -> int:
    """The unit's id. Errors: DondocError."""
    found = next((key for key, row in book.units.items() if row.code == code), None)
    if found is None:
        close = nearest(code, [row.code for row in book.units.values()]) or "; see 'dondoc check'"
        raise DondocError(f"campaign '{book.campaign.key}' has no unit '{code}'{close}")
    return found


def day_of(past: Past, on: date, now: datetime, step: str = "") -> WhyDay:
    """The same of a unit that was read already."""
    chosen = {key for key, one in past.names.items() if step in ("", one.step)}
    mails = [one for one in past.mails if past.day_of(one) == on]
    told = [why_mail(past, one) for one in mails if not step or _speaks_of(one, chosen)]
    left = {cause.step_id for one in mails if one.at is not None for cause in one.causes}
    unit = past.book.units[past.unit_id]
    return WhyDay(
        campaign=past.book.facts,
        unit_code=unit.code,
        unit_name=unit.name,
        unit_kind=unit.kind,
        on=on,
        now=now,
        mails=tuple(told),
        silent=tuple(_silent(past, key, on, now, mails) for key in sorted(chosen - left, key=past.order)),
    )


def why_mail(past: Past, mail: UnitMail) -> WhyMail:
    """A mail with each of its notices explained as of the moment when it was planned."""
    own = [one for one in mail.causes if one.step_id in past.steps]
    causes = tuple(_explained(past, one) for one in sorted(own, key=lambda one: past.order(one.step_id)))
    told = tuple(past.name(key) for key in mail.told.steps) if mail.told else ()
    listed = sorted((key for key in mail.listed if key in past.steps), key=past.order)
    return WhyMail(mail, causes, tuple(past.names[key] for key in listed), told)


def _explained(past: Past, cause: Cause) -> Explained:
    state = past.noticing(cause.step_id, cause.planned_at)
    rung = next((one for one in past.book.definition.ladder.rungs if one.key == cause.rung), None)
    days = counted(past.book.policy, state, rung, cause.rung_at) if rung else None
    return Explained(past.names[cause.step_id], cause, rung, days, past.inputs(cause.step_id, state))


def _silent(past: Past, step_id: int, on: date, now: datetime, mails: Sequence[UnitMail]) -> WhySilent:
    book = past.book
    state = past.planned_by(step_id, asked_at(book.calendar, on, now))
    mark = book.session.get(Pass, past.steps[step_id].instruction_id)
    # One digest a recipient and day: what is planned after it has left waits for the next slot.
    written = [one.at for one in mails if one.at is not None and one.kind == "lead" and not one.upward]
    tried = tuple(_tried(past, step_id, on, state))
    return WhySilent(
        step=past.names[step_id],
        silence=silence(book.policy, state, on, now, tried, min(written, default=None)),
        inputs=past.inputs(step_id, state),
        listed=any(step_id in one.listed for one in mails if one.at is not None),
        last_pass=mark.at if mark else None,
    )


def _tried(past: Past, step_id: int, on: date, state: StepState) -> Iterator[Tried]:
    """The notices to the unit itself that waited on that day, or ended on it without a mail."""
    for row in past.notices[step_id]:
        notice, addressee, message = row
        if addressee is None or notice.deadline_number != state.deadline_number:
            continue
        if not to_the_unit(addressee.target) or not _waited(past, row, addressee, on):
            continue
        yield Tried(
            rung=notice.rung,
            repeat=notice.repeat,
            planned_at=notice.planned_at,
            state=addressee.state,
            reason=addressee.reason,
            mail=message.state if message else "",
            detail=message.detail if message else _held_back(past, addressee),
            sent_at=message.sent_at if message else None,
            handed_over_at=message.handed_over_at if message else None,
            attempts=message.attempts if message else 0,
        )


def _waited(past: Past, row: Noticed, addressee: Addressee, on: date) -> bool:
    notice, _, message = row
    local = past.book.calendar.local
    planned_on = local(notice.planned_at).date()
    if addressee.state in ("cancelled", "superseded"):
        return planned_on == on
    if message is not None and addressee.state in ("failed", "uncertain"):
        return message.slot_on == on
    sent_on = local(message.sent_at).date() if message is not None and message.sent_at else None
    return planned_on <= on and (sent_on is None or sent_on > on)


def _held_back(past: Past, addressee: Addressee) -> str:
    """Why the mail that a pending notice waits for is held back, as it was marked last."""
    waiting = [
        one.detail
        for one in past.mails
        if one.state == "deferred" and not one.upward and one.kind == addressee.target.partition(":")[0]
    ]
    return waiting[-1] if waiting else ""


def _speaks_of(mail: UnitMail, step_ids: Collection[int]) -> bool:
    told = mail.told.steps if mail.told else ()
    return bool({*mail.listed, *told, *(cause.step_id for cause in mail.causes)} & set(step_ids))
