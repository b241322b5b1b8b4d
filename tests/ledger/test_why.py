"""Why a unit was written to on a day, and why not, as was known on that day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from directives.errors import DondocError
from directives.explain import Silent, Since
from directives.ledger.engine import begin, reading
from directives.ledger.inbound import mark_read
from directives.ledger.why import WhyDay, WhySilent, why_day
from notifications.smtp import Fate
from tests.ledger.campaigns import POST, Followed, a_campaign, at, box_of

PLAN = "1g/plan"


def why(followed: Followed, unit: str, on: str, now: str = "2020-12-01 09:00", step: str = "") -> WhyDay:
    with reading(followed.engine) as session:
        return why_day(followed.book(session), unit, date.fromisoformat(on), at(now), step)


def silent(
    followed: Followed, unit: str, on: str, now: str = "2020-12-01 09:00", step: str = PLAN
) -> WhySilent:
    (one,) = why(followed, unit, on, now, step).silent
    return one


@pytest.fixture
def followed(engine: Engine) -> Followed:
    return a_campaign(engine).live("2020-06-30")


def test_a_mail_says_its_rung_the_days_counted_and_what_was_read(followed: Followed) -> None:
    followed.answer("1g/plan/STP", "received", "2020-07-01 09:00")
    followed.answer("1g/report/STP", "received", "2020-07-01 09:00")
    followed.live("2020-07-22")
    (mail,) = why(followed, "STP", "2020-07-22", step=PLAN).mails
    cause = next(one for one in mail.causes if one.step.step == PLAN)
    assert (cause.cause.rung, cause.cause.reason) == ("before-7", "before_deadline")
    days = cause.counted
    assert days is not None
    assert (days.since, days.start, days.end) == (Since.LAST_GOOD_DAY, date(2020, 7, 31), date(2020, 7, 22))
    assert (days.working_days, days.calendar_days) == (7, -9)
    assert days.days_off == (date(2020, 7, 25), date(2020, 7, 26))
    assert cause.inputs.first_mailed_at == at("2020-06-30 08:00")
    assert cause.inputs.received_at == at("2020-07-01 09:00")
    assert (cause.inputs.source, cause.inputs.deadline_number) == ("monitor", 1)
    assert [one.step for one in mail.listed] == ["1g/report"]


def test_calendar_days_that_end_on_a_day_off_say_which_day_was_wanted(followed: Followed) -> None:
    followed.live("2020-10-12")
    (mail,) = [one for one in why(followed, "STP", "2020-10-12").mails if one.mail.kind == "lead"]
    days = next(one.counted for one in mail.causes if one.step.step == "1g/report")
    assert days is not None
    assert (days.wanted, days.end) == (date(2020, 10, 10), date(2020, 10, 12))


def test_mails_upward_about_the_unit_are_among_its_mails(followed: Followed) -> None:
    followed.live("2020-08-03", "2020-08-07")
    told = {(one.mail.kind, one.mail.to_code) for one in why(followed, "NK1", "2020-08-07").mails}
    assert told == {("lead", "NK1"), ("superior", "NK"), ("monitor", "SNV")}


def test_escalation_of_a_step_first_mailed_late_counts_from_that_mail(engine: Engine) -> None:
    followed = a_campaign(engine, "2020-08-10 07:00").live("2020-08-10", "2020-08-12")
    (mail,) = [one for one in why(followed, "NK1", "2020-08-12").mails if one.mail.kind == "lead"]
    days = next(one.counted for one in mail.causes if one.step.step == PLAN)
    assert days is not None
    assert (days.since, days.working_days) == (Since.FIRST_MAIL_LATE, 3)


def test_a_day_off_is_outside_the_send_window(followed: Followed) -> None:
    one = silent(followed, "STP", "2020-07-04").silence
    assert (one.why, one.until) == (Silent.DAY_OFF, at("2020-07-06 08:00"))
    assert silent(followed, "STP", "2020-09-02").silence.why is Silent.DAY_OFF


def test_no_rung_names_the_last_and_the_next(followed: Followed) -> None:
    one = silent(followed, "STP", "2020-07-15").silence
    assert one.why is Silent.NO_RUNG
    assert one.last is not None and one.last.rung.key == "no-receipt"
    assert one.coming is not None and one.coming.rung.key == "before-7"


def test_a_rung_that_no_pass_wrote_down_says_so_with_the_last_pass(followed: Followed) -> None:
    one = silent(followed, "STP", "2020-07-22")
    assert (one.silence.why, one.silence.rung) == (Silent.NO_PASS, ("before-7", 0))
    assert one.last_pass == at("2020-06-30 07:05")


def test_a_pending_request_for_more_time(followed: Followed) -> None:
    followed.answer("1g/plan/STP", "extension", "2020-07-21 09:00", until="2020-08-31", reason="thiếu người")
    followed.live("2020-07-22")
    one = silent(followed, "STP", "2020-07-22").silence
    assert (one.why, one.at) == (Silent.AWAITING_DECISION, at("2020-07-21 09:00"))
    assert one.until == at("2020-07-24 07:30")


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [("done", {}, Silent.REPORTED), ("done", {"doc_number": "5/KH"}, Silent.ACCEPTED)],
)
def test_reported_and_accepted(followed: Followed, kind: str, said: dict[str, Any], expected: Silent) -> None:
    followed.answer("1g/plan/STP", kind, "2020-07-21 09:00", **said)
    one = silent(followed, "STP", "2020-07-22").silence
    assert (one.why, one.at) == (expected, at("2020-07-21 09:00"))
    assert silent(followed, "STP", "2020-07-20").silence.why is Silent.NO_RUNG  # the day before it was not


def test_what_was_recorded_only_later_was_not_known_on_the_day(followed: Followed) -> None:
    followed.live("2020-07-22")
    followed.answer("1g/plan/STP", "done", "2020-07-20 09:00", recorded="2020-07-23 09:00")
    assert [one.mail.kind for one in why(followed, "STP", "2020-07-22").mails] == ["lead"]
    assert silent(followed, "STP", "2020-07-21").silence.why is Silent.NO_RUNG
    assert silent(followed, "STP", "2020-07-24").silence.why is Silent.REPORTED


def test_a_withdrawn_report_silences_only_while_it_stood(followed: Followed) -> None:
    followed.answer("1g/plan/STP", "done", "2020-07-21 07:00")
    followed.answer("1g/plan/STP", "undo", "2020-07-21 20:00")
    assert silent(followed, "STP", "2020-07-21").silence.why is Silent.REPORTED
    assert silent(followed, "STP", "2020-07-23").silence.why is Silent.NO_RUNG


def test_waived_on_hold_continuing_not_open_to_come(followed: Followed) -> None:
    followed.decide("1g/plan/STP", "waive", "2020-07-02 09:00", reason="đã sáp nhập")
    assert silent(followed, "STP", "2020-07-22").silence.why is Silent.WAIVED
    followed.decide(
        "", "hold", "2020-07-03 09:00", unit="NK", from_on="2020-07-03", until_on="2020-07-30", reason="bão"
    )
    assert silent(followed, "NK", "2020-07-22").silence.why is Silent.ON_HOLD
    assert silent(followed, "SNV", "2020-07-22", step="2/monitoring").silence.why is Silent.CONTINUING
    assert silent(followed, "NK1", "2020-06-26").silence.why is Silent.NOT_OPEN
    assert silent(followed, "NK1", "2020-08-03", now="2020-07-23 09:00").silence.why is Silent.TO_COME


def test_overdue_notices_wait_until_the_mailbox_was_read(engine: Engine) -> None:
    followed = a_campaign(engine, collector=True).live("2020-06-30", "2020-07-02")
    followed.live("2020-08-03")
    one = silent(followed, "STP", "2020-08-03", now="2020-08-03 09:00").silence
    assert (one.why, one.rung) == (Silent.MAILBOX_UNREAD, ("overdue-1", 0))
    with begin(engine) as session:
        mark_read(session, POST.mail_from, at("2020-08-04 07:00"))
    followed.deliver("2020-08-04 08:00")
    later = silent(followed, "STP", "2020-08-03").silence  # of a past day only that it waited is known
    assert (later.why, later.until) == (Silent.HELD_BACK, at("2020-08-04 08:00"))


def test_a_digest_that_left_without_an_overdue_item_tells_that_the_mailbox_was_not_read(
    engine: Engine,
) -> None:
    followed = a_campaign(engine, collector=True).live("2020-06-30").live("2020-08-03")
    day = why(followed, "STP", "2020-08-03")
    assert [one.mail.kind for one in day.mails] == ["lead"]  # of the report's receipt only
    assert [one.silence.why for one in day.silent if one.step.step == PLAN] == [Silent.MAILBOX_UNREAD]


def test_a_server_that_refuses_or_defers_is_named(followed: Followed) -> None:
    followed.box.says = lambda to: Fate.REFUSED if to == box_of("STP") else Fate.DEFERRED
    followed.live("2020-07-22")
    assert silent(followed, "STP", "2020-07-22", now="2020-07-22 09:00").silence.why is Silent.FAILED
    assert silent(followed, "NK", "2020-07-22", now="2020-07-22 09:00").silence.why is Silent.DEFERRED
    followed.box.says = lambda _: Fate.ACCEPTED
    followed.deliver("2020-07-23 08:00")
    assert silent(followed, "NK", "2020-07-22").silence.until == at("2020-07-23 08:00")


def test_a_unit_without_address(engine: Engine) -> None:
    followed = a_campaign(engine, contacts=[]).live("2020-06-30")
    assert silent(followed, "STP", "2020-06-30", now="2020-06-30 09:00").silence.why is Silent.NO_ADDRESS


def test_before_the_slot_and_after_the_window_it_is_outside_the_send_window(followed: Followed) -> None:
    followed.passes("2020-07-22 07:05")
    one = silent(followed, "STP", "2020-07-22", now="2020-07-22 07:40").silence
    assert (one.why, one.until) == (Silent.OUTSIDE_WINDOW, at("2020-07-22 08:00"))
    assert silent(followed, "STP", "2020-07-22", now="2020-07-22 18:00").silence.until == at(
        "2020-07-23 08:00"
    )


def test_what_makes_no_sense_is_refused_in_one_line(followed: Followed) -> None:
    with pytest.raises(DondocError, match="no unit 'STQ'; did you mean 'STP'"):
        why(followed, "STQ", "2020-07-22")
    with pytest.raises(DondocError, match="is not asked of 'STP'"):
        why(followed, "STP", "2020-07-22", step="2/consolidated")
    with pytest.raises(DondocError, match="outside the campaign's calendar"):
        why(followed, "STP", "2035-07-22")


def test_of_a_day_to_come_what_ended_the_step_is_said_and_no_rung_accuses_it(followed: Followed) -> None:
    followed.answer("1g/plan/STP", "done", "2020-07-30 09:00", doc_number="5/KH")
    one = silent(followed, "STP", "2020-08-14", now="2020-08-10 09:00").silence
    assert (one.why, one.last, one.coming) == (Silent.ACCEPTED, None, None)
    assert silent(followed, "NK", "2020-08-14", now="2020-08-10 09:00").silence.why is Silent.TO_COME


def test_a_mail_that_leaves_at_a_still_clock_is_not_its_own_cause(engine: Engine) -> None:
    followed = a_campaign(engine)
    followed.passes("2020-06-30 08:00")
    followed.deliver("2020-06-30 08:00")
    (mail,) = why(followed, "STP", "2020-06-30").mails
    assert {one.inputs.first_mailed_at for one in mail.causes} == {None}
