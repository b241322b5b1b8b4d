"""No regular expression of the program can be made to go back and forth for long."""

from __future__ import annotations

import json
import re

import pytest

from tests.hostile.limits import bounded
from tests.hostile.patterns import patterns
from tests.hostile.pumps import pumps, sample, text_of

SEARCH = """
import json, signal, sys, time
from tests.hostile.patterns import patterns
from tests.hostile.pumps import pumps, text_of

most, sizes, bounds = json.loads(sys.stdin.read())

class Late(Exception): pass

def late(*_):
    raise Late

signal.signal(signal.SIGPROF, late)
slow = {}
for name, (pattern, searched) in patterns().items():
    longest = bounds.get(name, sizes[-1])
    for begin, unit in pumps(pattern):
        for size in [one for one in sizes if one < longest] + [longest]:
            text = text_of(begin, unit, size)
            signal.setitimer(signal.ITIMER_PROF, most)
            try:
                pattern.search(text) if searched else (pattern.match(text), pattern.fullmatch(text))
            except Late:
                slow.setdefault(name, [size, begin[-60:], unit, pattern.pattern[:200]])
            signal.setitimer(signal.ITIMER_PROF, 0)
            if name in slow:
                break
        if name in slow:
            break
print(json.dumps(slow))
"""
SIZES = (
    100,
    2_000,
    20_000,
)  # characters: a mail's own words are 20,000 at most, a paragraph of a directive far less
MOST = 0.5  # seconds of CPU; a linear search takes a thousandth of that, a quadratic one some seconds
# Quadratic, but what they are given is cut before: the most characters.
CUT = {
    "notifications.replies.classify._AWAY[0]": 200,
    "directives.model.people.ADDRESS[0]": 254,
    **{f"notifications.replies.shapes._COMPILED[{n}]": 500 for n in range(16)},
    "notifications.replies.own_text._ATTRIBUTION[0]": 500,
}


def test_every_pattern_is_found() -> None:
    found = patterns()
    assert len(found) > 400
    places = {name.rpartition(":")[0] or name.rpartition(".")[0] for name in found}
    assert found["notifications.replies.own_text._QUOTED[0]"][1] is False
    assert found["directives.drafting.citations.CITED[0]"][1] is True
    assert {"notifications.replies.own_text", "directives.drafting.days", "notifications.message"} <= places


@pytest.mark.system
def test_no_pattern_goes_back_and_forth() -> None:
    said = bounded(SEARCH, cpu=1_200, megabytes=3_000, given=json.dumps([MOST, SIZES, CUT]).encode())
    assert json.loads(said) == {}


@pytest.mark.parametrize(
    ("written", "pump"),
    [(r"^(a+)+$", ("", "a")), (r"x(?:\s*\w\s*)*y", ("x", " a ")), (r"(?:a|a)*b", ("", "a"))],
)
def test_the_pumps_find_what_is_known_to_be_slow(written: str, pump: tuple[str, str]) -> None:
    assert pump in list(pumps(re.compile(written)))


def test_a_pump_is_as_long_as_it_should_be() -> None:
    tree = re._parser.parse(r"ab{2,}[0-9](?:c|d)")  # type: ignore[attr-defined]
    assert sample(tree) == "abb0c"
    assert len(text_of("x", "ab", 100)) == 102
