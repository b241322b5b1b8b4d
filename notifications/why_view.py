"""A unit's day in words: each mail with when, to whom and by which rule, each silence with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from directives.explain import Counted, Inputs, Silence, Silent, Since
from directives.ledger.past import StepName
from directives.ledger.readers import DECIDED
from directives.ledger.unit_mails import UnitMail
from directives.ledger.why import Explained, WhyDay, WhyMail, WhySilent
from directives.model import Rung
from directives.plan import Reason, RungTime
from directives.workdays import WorkCalendar
from notifications import dates
from notifications.rungs import placed
from notifications.words import entry, one_line, say

SHOWN_DAYS_OFF = 4


@dataclass(frozen=True, slots=True)
class CauseView:
    """One rule that holds for these steps of a mail. `rule`: the rung in words; `counted`: its days; `inputs`: read facts."""

    steps: tuple[str, ...]
    reason: str
    rule: str
    counted: str
    inputs: str


@dataclass(frozen=True, slots=True)
class MailView:
    """`at`: when the server took it, or the day it was meant for; `to`: to whom, where that is not the unit itself;
    `about`: what was decided of, and by whom."""

    id: int
    at: str
    kind: str
    to: str
    address: str
    state: str
    about: str
    left: bool
    brought: str
    shared: str
    causes: tuple[CauseView, ...]
    listed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SilentView:
    """`steps`: those that were silent for the same reason; `around`: the rungs before and after the day."""

    steps: tuple[str, ...]
    why: str
    around: str
    inputs: str
    listed: bool


@dataclass(frozen=True, slots=True)
class DayView:
    on: str
    mails: tuple[MailView, ...]
    silent: tuple[SilentView, ...]


def day_view(day: WhyDay) -> DayView:
    """Steps that say the same stand together: what a report carries is silent for the report's reason."""
    calendar = day.campaign.calendar
    found: dict[tuple[str, str, str, bool], list[StepName]] = {}
    for one in day.silent:
        words = (
            _why(one, calendar, day.on),
            _around(one.silence, calendar),
            inputs(one.inputs, calendar),
            one.listed,
        )
        found.setdefault(words, []).append(one.step)
    silent = tuple(
        SilentView(together(steps), why, around, read, listed)
        for (why, around, read, listed), steps in found.items()
    )
    mails = sorted(day.mails, key=lambda one: one.mail.upward)  # the unit's own first
    return DayView(dates.weekday_date(day.on), tuple(mail_view(one, calendar) for one in mails), silent)


def mail_view(one: WhyMail, calendar: WorkCalendar) -> MailView:
    mail = one.mail
    at = dates.instant(mail.at, calendar) if mail.at else dates.day(mail.slot_on)
    brought = say("why.brought", count=mail.brought) if mail.brought and not mail.causes else ""
    return MailView(
        id=mail.id,
        at=at,
        kind=kind_words(mail),
        to=one_line(mail.to_name) if mail.upward else "",
        address=one_line(mail.address),
        state=state_words(mail),
        about=_about(one),
        left=mail.at is not None,
        brought=brought,
        shared=say("why.shared", campaigns=", ".join(mail.shared)) if mail.shared else "",
        causes=tuple(_causes(one.causes, calendar)),
        listed=together(one.listed),
    )


def kind_words(mail: UnitMail) -> str:
    kinds, told = entry("why.mail"), entry("why.told")
    if mail.kind == DECIDED and mail.told is not None and mail.told.kind in told:
        return str(told[mail.told.kind])
    return str(kinds.get(mail.kind, kinds["other"]))


def _about(one: WhyMail) -> str:
    """Of a mail about a decision: the steps, and who decided."""
    if one.mail.told is None:
        return ""
    by = say("why.decided_by", by=one_line(one.mail.told.by))
    return "; ".join([*together(one.told), by])


def state_words(mail: UnitMail) -> str:
    """The state, and the server's own words where it did not take the mail."""
    said = str(entry("message_state").get(mail.state, mail.state))
    detail = "" if mail.state == "accepted" else _detail(mail.detail)
    return f"{said}: {detail}" if detail else said


def named(step: StepName) -> str:
    """1g · Báo cáo kết quả"""
    return f"{one_line(step.label)} · {one_line(step.title)}"


def together(steps: Iterable[StepName]) -> tuple[str, ...]:
    """The same with the labels of steps that are called alike together: 1a, 1b · Kết quả thực hiện."""
    labels: dict[str, list[str]] = {}
    for step in steps:
        labels.setdefault(one_line(step.title), []).append(one_line(step.label))
    return tuple(f"{', '.join(dict.fromkeys(some))} · {title}" for title, some in labels.items())


def rung_words(time: RungTime) -> str:
    return _repeated(placed(time.rung), time.repeat)


def inputs(read: Inputs, calendar: WorkCalendar) -> str:
    """What the rule read: the deadline and its source, the first mail, the receipt, the ladder."""
    if read.due_before is None:
        said = [say("why.inputs.none")]
    else:
        words = dates.last_reading(read.due_before, calendar)
        key = "number" if read.deadline_number > 1 else "deadline"
        deadline = say(f"why.inputs.{key}", number=read.deadline_number, deadline=words)
        source = entry("why.inputs.source").get(read.source, "")
        said = [f"{deadline} {source}".strip()]
    for key, at in (("mailed", read.first_mailed_at), ("received", read.received_at)):
        known = {"mailed": "first_mailed"}.get(key, key)
        at_words = dates.instant(at, calendar) if at else ""
        said.append(say(f"why.inputs.{known}", at=at_words) if at else say(f"why.inputs.not_{key}"))
    return "; ".join([*said, say("why.inputs.ladder", ladder=one_line(read.ladder))])


def counted_words(days: Counted, rung: Rung) -> str:
    """The days that the rung counts, from which date to which, and the days off that it skips."""
    place = ""
    if days.since is Since.LAST_GOOD_DAY:
        place = "_before" if days.calendar_days < 0 else "_after"
    said = say(
        f"why.counted.{days.since}{place}",
        start=dates.weekday_date(days.start),
        end=dates.weekday_date(days.end),
        days=_days(days, rung),
    )
    return said + (say("why.wanted", day=dates.weekday_date(days.wanted)) if days.wanted else "")


def _days(days: Counted, rung: Rung) -> str:
    offset = rung.after_first_mail or rung.before or rung.after
    if offset is not None and offset.days is not None:
        return say("why.days", count=abs(days.calendar_days))
    working = say("why.working_days", count=days.working_days)
    if not days.days_off:
        return working
    shown = ", ".join(f"{day:%d/%m}" for day in days.days_off[:SHOWN_DAYS_OFF])
    if len(days.days_off) > SHOWN_DAYS_OFF:
        shown = say("why.more_days", days=shown)
    count = len(days.days_off)
    return say("why.skipping", working=working, calendar=abs(days.calendar_days), count=count, days=shown)


def _causes(explained: Sequence[Explained], calendar: WorkCalendar) -> Iterable[CauseView]:
    found: dict[tuple[str, str, str, str], list[StepName]] = {}
    for one in explained:
        cause = one.cause
        rule = placed(one.rung) if one.rung else say("why.unknown_rung", rung=cause.rung)
        days = counted_words(one.counted, one.rung) if one.counted and one.rung else ""
        words = (
            say(f"reason.{cause.reason}"),
            _repeated(rule, cause.repeat),
            days,
            inputs(one.inputs, calendar),
        )
        found.setdefault(words, []).append(one.step)
    for words, steps in found.items():
        yield CauseView(together(steps), *words)


def _repeated(rule: str, repeat: int) -> str:
    return say("why.repeat", rung=rule, n=repeat) if repeat else rule


def _why(one: WhySilent, calendar: WorkCalendar, on: date) -> str:
    found = one.silence
    return say(
        f"why.silent.{_key(found)}",
        at=dates.instant(found.at, calendar) if found.at else say("why.never"),
        until=dates.instant(found.until, calendar) if found.until else say("why.never"),
        day=dates.day(on),
        weekday=dates.weekday(on),
        detail=_detail(found.detail),
        rung=_rung_of(found),
        last_pass=dates.instant(one.last_pass, calendar) if one.last_pass else say("why.never"),
    )


def _key(found: Silence) -> str:
    if found.why is Silent.ON_HOLD and found.until is not None:
        return "on_hold_until"
    if found.why is Silent.DEFERRED and found.until is not None:
        return "deferred_sent"
    if found.why is Silent.HELD_BACK:
        return "waiting" if found.until is None else "held_back_late" if found.detail else "held_back"
    return found.why


def _detail(detail: str) -> str:
    """A reason of ours in words, a server's own as it stands."""
    if detail == "passed_on":
        return say("why.passed_on")
    if detail in set(Reason):
        return say(f"reason.{detail}")
    if detail in ("mailbox_unread", "no_address"):
        return say(f"why.silent.{detail}").rstrip(".")
    return one_line(detail).rstrip(".")


def _rung_of(found: Silence) -> str:
    if found.time is None:
        return found.rung[0] if found.rung else ""
    return rung_words(found.time)


def _around(found: Silence, calendar: WorkCalendar) -> str:
    said = [
        say(f"why.{name}", rung=rung_words(time), day=dates.weekday_date(calendar.local(time.at).date()))
        for name, time in (("last", found.last), ("coming", found.coming))
        if time is not None
    ]
    return "; ".join(said)
