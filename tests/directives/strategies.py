"""What Hypothesis draws: calendars, instants, facts about a step, outages."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from directives.evaluate import HoldSpan, StepState
from directives.workdays import WorkCalendar
from tests.directives.builders import HANOI, at, day, the_standard_ladder, vietnam

FIRST, LAST = day("2020-06-30"), day("2021-01-31")
RUNGS = [rung.key for rung in the_standard_ladder().rungs]


def a_day(first: date = FIRST, last: date = LAST) -> SearchStrategy[date]:
    return st.dates(first, last)


def an_instant(first: str = "2020-06-30", last: str = "2021-01-31") -> SearchStrategy[datetime]:
    moments = st.datetimes(at(first).replace(tzinfo=None), at(last).replace(tzinfo=None))
    return moments.map(lambda moment: moment.replace(tzinfo=HANOI))


def a_working_day() -> SearchStrategy[date]:
    return a_day().filter(vietnam().is_workday)


def a_random_calendar() -> SearchStrategy[WorkCalendar]:
    some = st.frozensets(a_day(day("2020-01-01"), day("2021-12-31")), max_size=60)
    return st.builds(
        WorkCalendar,
        st.just("Asia/Ho_Chi_Minh"),
        st.just(day("2020-01-01")),
        st.just(day("2021-12-31")),
        some,
        some,
    )


def a_deadline() -> SearchStrategy[datetime]:
    """A day's end, or an hour of that day."""
    midnight = a_day().map(lambda one: vietnam().at(one, datetime.min.time()))
    return midnight | an_instant()


@st.composite
def a_hold(draw: st.DrawFn) -> HoldSpan:
    """Whole days, three weeks at most; sometimes without an end."""
    start = vietnam().at(draw(a_day()), datetime.min.time())
    length = draw(st.none() | st.integers(1, 21))
    return HoldSpan(start, start + timedelta(length) if length else None)


@st.composite
def a_state(draw: st.DrawFn) -> StepState:
    """Any facts about a step, likely ones or not."""
    opened_at = vietnam().opening_of(draw(a_working_day()))
    happened = st.none() | an_instant()
    number = draw(st.sampled_from([1, 1, 2]))
    return StepState(
        step_id=1,
        opened_at=opened_at,
        deadline_number=number,
        due_before=draw(st.none() | a_deadline() | a_deadline()),
        deadline_set_at=opened_at + timedelta(hours=draw(st.integers(1, 2000))) if number > 1 else None,
        first_mailed_at=draw(st.none() | an_instant()),
        received_at=draw(happened),
        reported_at=draw(st.none() | st.none() | an_instant()),
        accepted_at=draw(st.none() | st.none() | an_instant()),
        returned_at=draw(happened),
        waived_at=draw(st.none() | st.none() | an_instant()),
        extension_requested_at=draw(happened),
        closed_at=draw(st.none() | st.none() | an_instant()),
        holds=tuple(draw(st.lists(a_hold(), max_size=2))),
        noticed=draw(st.frozensets(st.tuples(st.sampled_from(RUNGS), st.integers(0, 6)))),
    )


def an_open_state() -> SearchStrategy[StepState]:
    """A step with a deadline that nobody has reported, accepted, waived or closed."""

    def opened(state: StepState, due_before: datetime) -> StepState:
        return StepState(
            1,
            state.opened_at,
            due_before=due_before,
            deadline_number=state.deadline_number,
            deadline_set_at=state.deadline_set_at,
            first_mailed_at=state.first_mailed_at,
            received_at=state.received_at,
            extension_requested_at=state.extension_requested_at,
            holds=state.holds,
            noticed=state.noticed,
        )

    return st.builds(opened, a_state(), a_deadline())
