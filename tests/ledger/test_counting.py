"""What the database counts is what the rules say of each step, whatever is known of it and wherever the clock stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from directives.evaluate import Status, counts
from directives.ledger.casebook import Casebook
from directives.ledger.counting import counts_by_status
from directives.ledger.engine import reading
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Hold, Step
from tests.ledger.campaigns import Followed, a_campaign, at

NOW = at("2020-09-10 08:00")
INSTANTS = ("received_at", "reported_at", "accepted_at", "returned_at", "waived_at")
# Around the clock, around midnights, and around the seventh working day after it.
AWAY = st.one_of(
    st.none(),
    st.sampled_from([timedelta(0), timedelta(microseconds=1), -timedelta(microseconds=1)]),
    st.integers(-20, 20).map(lambda days: timedelta(days=days)),
    st.integers(-20, 20).map(lambda days: at("2020-09-11 00:00") - NOW + timedelta(days=days)),
)
FACTS = st.fixed_dictionaries(dict.fromkeys((*INSTANTS, "due_before"), AWAY))


@pytest.fixture
def followed(engine: Engine) -> Followed:
    return a_campaign(engine).live("2020-06-30")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_database_counts_as_the_rules_do(followed: Followed, data: st.DataObject) -> None:
    with Session(followed.engine) as session:  # never committed: the next example begins with the same ledger
        book = Casebook(session, campaign_row(session, followed.key))
        steps = session.exec(select(Step).order_by(col(Step.id))).all()
        for step in steps:
            for name, away in data.draw(FACTS, label=book.key(step)).items():
                setattr(step, name, NOW + away if away is not None else None)
        hold(session, book, data)
        session.flush()
        states = book.states({ident(step): step for step in steps})
        wanted = counts(states.values(), book.calendar, NOW)
        assert counts_by_status(book, NOW) == wanted
        assert sum(wanted.values()) == len(steps)
        assert per_instruction(book) == per_unit(book) == wanted


def test_a_calendar_that_ends_soon_still_counts(followed: Followed) -> None:
    with reading(followed.engine) as session:
        book = Casebook(session, campaign_row(session, followed.key))
        last = datetime.combine(book.calendar.last, datetime.min.time(), NOW.tzinfo)
        states = book.states({ident(step): step for step in session.exec(select(Step))})
        assert counts_by_status(book, last) == counts(states.values(), book.calendar, last)


def hold(session: Session, book: Casebook, data: st.DataObject) -> None:
    instructions, units = [None, *book.instructions], [None, *book.units]
    for n in range(data.draw(st.integers(0, 2), label="holds")):
        start = data.draw(st.integers(-3, 3), label=f"hold {n} begins")
        session.add(
            Hold(
                campaign_id=ident(book.campaign),
                instruction_id=data.draw(st.sampled_from(instructions), label=f"hold {n} of instruction"),
                unit_id=data.draw(st.sampled_from(units), label=f"hold {n} of unit"),
                from_on=date(2020, 9, 10) + timedelta(start),
                until_on=date(2020, 9, 10) + timedelta(start + 2) if n else None,
                reason="chờ hướng dẫn",
            )
        )


def per_instruction(book: Casebook) -> dict[Status, int]:
    return summed([counts_by_status(book, NOW, instruction_id=one) for one in book.instructions])


def per_unit(book: Casebook) -> dict[Status, int]:
    return summed([counts_by_status(book, NOW, unit_id=one) for one in book.units])


def summed(parts: list[dict[Status, int]]) -> dict[Status, int]:
    return {one: sum(part[one] for part in parts) for one in Status}
