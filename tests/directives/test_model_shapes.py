"""What the models of a campaign refuse, and how dates are written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from directives.conversation import Accept, Answer, Decision, Done, HoldUp, moment
from directives.model import Due, Offset, Rung, is_address
from tests.directives.builders import a_spec, at, day

STEP = {"campaign": "c", "instruction": "1g", "step": "report", "unit": "STP"}


def refused(model: Any, data: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return " | ".join(error["msg"] for error in caught.value.errors())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2020-11-10", date(2020, 11, 10)),
        (" 2020-11-10 ", date(2020, 11, 10)),
        (date(2020, 11, 10), date(2020, 11, 10)),
        ("2020-11-10T17:00", datetime(2020, 11, 10, 17)),  # noqa: DTZ001 - read in the calendar's zone later
        ("2020-11-10 17:00", datetime(2020, 11, 10, 17)),  # noqa: DTZ001
        ("2020-11-10T17:00:00+07:00", at("2020-11-10 17:00")),
    ],
)
def test_a_day_stays_a_day_and_an_hour_an_hour(written: Any, meant: date) -> None:
    due = Due(by=written)
    assert due.by == meant
    assert isinstance(due.by, datetime) is isinstance(meant, datetime)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("10/11/2020", "'10/11/2020' is no date; write 2020-11-10"),
        ("10.11.2020", "write 2020-11-10"),
        (20201110, "write 2020-11-10"),
        ("tomorrow", "write a day like 2020-11-10 or an hour like 2020-11-10T17:00"),
        ("31/11/2020", "write a day like 2020-11-10 or an hour"),
        ("2020-02-30", "'2020-02-30' is no date"),
        ("2020-11-10T25:00", "'2020-11-10T25:00' is no date"),
    ],
)
def test_a_date_written_otherwise_is_refused_with_the_form_it_should_have(written: Any, hint: str) -> None:
    assert hint in refused(Due, {"before": written})


@pytest.mark.parametrize(
    "due", [{}, {"before": "2020-11-10", "by": "2020-11-09"}, {"by": "2020-11-09", "within_days": 3}]
)
def test_a_deadline_is_written_in_exactly_one_way(due: dict[str, Any]) -> None:
    assert "give exactly one of" in refused(Due, due)


@pytest.mark.parametrize("due", [{"within_days": 0}, {"within_working_days": -1}])
def test_a_relative_deadline_lies_ahead(due: dict[str, Any]) -> None:
    assert "greater than or equal to 1" in refused(Due, due)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"due": None}, "has neither a deadline nor 'continuing: true'"),
        ({"continuing": True}, "is continuing and has a deadline; keep one of the two"),
        ({"basis": None}, "has a deadline without basis"),
    ],
)
def test_a_step_has_a_dated_deadline_with_its_basis_or_is_continuing(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        a_spec(**changes)


@pytest.mark.parametrize(
    ("rung", "message"),
    [
        ({}, "give exactly one of 'at_assignment', 'after_first_mail', 'before', 'after'"),
        ({"at_assignment": True, "after": {"working_days": 1}}, "give exactly one of"),
        ({"after": {"working_days": 1}, "to": ["superior"]}, "must write to 'lead' too"),
        ({"after": {"days": 1}}, "counts working days after the deadline"),
        ({"before": {"days": 1}, "repeat": {"working_days": 5}}, "only a rung after the deadline repeats"),
        ({"after": {"working_days": 1}, "repeat": {"days": 5}}, "every N working days"),
    ],
)
def test_a_rung_that_cannot_be_placed_is_refused(rung: dict[str, Any], message: str) -> None:
    assert message in refused(Rung, {"key": "own"} | rung)


@pytest.mark.parametrize("offset", [{}, {"days": 1, "working_days": 1}])
def test_a_distance_is_in_calendar_or_in_working_days(offset: dict[str, Any]) -> None:
    assert "give either 'days' or 'working_days'" in refused(Offset, offset)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("van-thu.stp@cantho.example", True),
        ("a@b", False),
        ("a..b@cantho.example", False),
        ("a@b@cantho.example", False),
        ("Văn thư <van-thu@cantho.example>", False),
        ("van-thu@cantho.example\nBcc: other@cantho.example", False),
        ("a" * 250 + "@b.vn", False),
    ],
)
def test_only_one_plain_address_is_an_address(text: str, valid: bool) -> None:
    assert is_address(text) is valid


def test_an_answer_is_told_by_its_kind() -> None:
    data = {"kind": "done", "step": STEP, "at": "2020-11-06T09:00+07:00", "channel": "mail"}
    assert isinstance(TypeAdapter[Answer](Answer).validate_python(data), Done)


def test_a_decision_is_told_by_its_kind() -> None:
    known = {"campaign": "c", "at": "2020-11-06T09:00+07:00", "by": "điều phối viên"}
    decisions = TypeAdapter[Decision](Decision)
    assert isinstance(decisions.validate_python(known | {"kind": "accept", "step": STEP}), Accept)
    assert isinstance(decisions.validate_python(known | {"kind": "hold", "from_on": "2020-11-06"}), HoldUp)


def test_an_answer_without_a_time_zone_is_refused() -> None:
    data = {"step": STEP, "at": "2020-11-06T09:00", "channel": "mail"}
    assert "should have timezone info" in refused(Done, data)


def test_a_stated_day_takes_the_hour_of_the_clock() -> None:
    assert moment(day("2020-11-06"), at("2020-11-09 10:30")) == at("2020-11-06 10:30")
