"""`as_of` replays a pass: it may look back, never ahead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from directives.workdays import looking_back
from tests.directives.builders import at, vietnam

NOW = at("2020-11-10 07:30")


def test_without_as_of_a_pass_is_for_the_campaigns_now() -> None:
    assert looking_back(None, NOW, vietnam()) == NOW


def test_an_earlier_instant_is_taken() -> None:
    assert looking_back(at("2020-11-09 07:00"), NOW, vietnam()) == at("2020-11-09 07:00")


def test_an_instant_without_a_zone_is_the_campaigns() -> None:
    assert looking_back(datetime(2020, 11, 9, 7), NOW, vietnam()) == at("2020-11-09 07:00")  # noqa: DTZ001


def test_an_instant_to_come_is_refused_because_its_mails_would_leave_too_early() -> None:
    with pytest.raises(ValueError, match=r"2020-11-10 07:31 is still to come .*2020-11-10 07:30"):
        looking_back(datetime(2020, 11, 10, 0, 31, tzinfo=UTC), NOW, vietnam())
