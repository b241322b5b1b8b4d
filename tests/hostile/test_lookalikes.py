"""Letters of other scripts, invisible ones and writing from right to left: shown harmlessly, and never taken for somebody."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from directives.errors import Refused
from directives.names import folded, names
from notifications.replies.attachments import safe_name
from notifications.replies.bounded import head_of
from notifications.replies.headers import addresses, raw_all, sender_name
from notifications.words import one_line
from tests.ledger.campaigns import a_definition, box_of
from tests.replies.desks import Answered, answering

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
UNSEEN = "\u200b\u2060\ufeff\u00ad\u034f\u115f\u180e\u3164\ufff9\U000e0041"
ALIKE = {
    "a": "\u0430",
    "c": "\u0441",
    "e": "\u0435",
    "o": "\u043e",
    "p": "\u0440",
    "t": "\uff54",
    "v": "\u2174",
}


def from_address(written: str) -> list[str]:
    mail = head_of(b"From: " + written.encode("utf-8", "surrogateescape") + b"\r\n\r\n")
    return addresses(raw_all(mail, "from"))


BOX = "van-thu.stp@cantho.example"
FORGED = [
    BOX.replace("a", ALIKE["a"]),
    BOX.replace("c", ALIKE["c"]),
    BOX.replace("v", ALIKE["v"], 1),
    BOX.replace("t", ALIKE["t"], 1),
    BOX.replace("k", "\u212a").replace("s", "\u017f"),  # letters whose lower or folded case is Latin
    *(f"van{one}-thu.stp@cantho.example" for one in BIDI + UNSEEN),
    "van-thu.stp\udcff@cantho.example",  # an octet that is no UTF-8
    "van-thu.stp\x01@cantho.example",
    "=?utf-8?q?van-thu=2Estp=40cantho=2Eexample?=",
]


@pytest.mark.parametrize("written", FORGED)
def test_an_address_that_only_looks_like_a_contacts_is_another(written: str) -> None:
    found = from_address(f"Văn thư <{written}>")
    assert BOX not in found
    assert all(ord(one) < 127 or one == "\ufffd" for address in found for one in address)


def test_the_contacts_own_address_is_known_however_it_is_capitalised() -> None:
    assert from_address("Văn thư <Van-Thu.STP@CanTho.example>") == [BOX]


@pytest.mark.parametrize(
    "written",
    [
        f"{BOX} <ke.xau@evil.example>",
        f'"{BOX}" <ke.xau@evil.example>',
        f"ke.xau@evil.example ({BOX})",
        f"=?utf-8?q?{BOX}?= <ke.xau@evil.example>",
        f"<ke.xau@evil.example>,<{BOX}>",
        f"<@cantho.example:{BOX}> <ke.xau@evil.example>",
        f"ke.xau@evil.example)<{BOX}>",
        f"ke.xau@evil.example\x00<{BOX}>",
    ],
)
def test_a_contacts_address_for_a_name_makes_nobody_that_contact(
    sqlite_engine: Engine, tmp_path: Path, written: str
) -> None:
    unit = Answered(sqlite_engine, tmp_path)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30")
    raw = answering(unit.digest("STP"), "tất cả đã tiếp nhận", sender="ke.xau@evil.example")
    before = unit.steps()
    forged = raw.replace(
        b"From: ke.xau@evil.example", b"From: " + written.replace(BOX, box_of("STP")).encode()
    )
    assert dict(unit.hears(forged, "2020-07-01 09:00")) == {"queued": 1}
    assert unit.steps() == before


@pytest.mark.parametrize("forged", FORGED[:-1])
def test_an_answer_from_an_address_that_only_looks_right_changes_nothing(
    sqlite_engine: Engine, tmp_path: Path, forged: str
) -> None:
    unit = Answered(sqlite_engine, tmp_path)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30")
    assert box_of("STP") == "van-thu.stp@cantho.example"
    raw = answering(unit.digest("STP"), "tất cả đã tiếp nhận")
    mail = raw.replace(b"From: " + BOX.encode(), b"From: " + forged.encode("utf-8", "surrogateescape"))
    assert mail != raw
    before = unit.steps()
    assert dict(unit.hears(mail, "2020-07-01 09:00")) == {"queued": 1}
    assert unit.steps() == before


def test_no_such_address_can_be_accepted_as_a_sender(sqlite_engine: Engine, tmp_path: Path) -> None:
    unit = Answered(sqlite_engine, tmp_path)
    unit.open("2020-06-30 07:00")
    for forged in FORGED[:4]:
        with pytest.raises(Refused, match="is not a mail address"):
            unit.decide("", "accept_sender", "2020-07-01 10:00", unit="STP", address=forged)


@pytest.mark.parametrize(("letter", "other"), ALIKE.items())
def test_a_name_in_another_script_is_another_name(letter: str, other: str) -> None:
    known = "Trần Thị Hoe Petocva"
    assert names("đồng chí " + known, known)
    assert not names(known.replace(letter, other, 1).replace(letter.upper(), other, 1), known)
    assert not names(known + other, known)  # once it was left out as no letter at all


def test_a_unit_in_another_script_is_not_the_unit() -> None:
    units = a_definition().units
    assert folded(units["STP"].name) != folded(units["STP"].name.replace("p", "\u0440"))
    assert folded(units["STP"].name) == folded("SỞ  TƯ PHÁP")


@pytest.mark.parametrize("sign", BIDI)
def test_writing_from_right_to_left_is_never_shown(sign: str) -> None:
    assert sign not in one_line(f"Sở{sign}Tư pháp")
    assert sign not in safe_name(f"bao{sign}fdp.exe", 1)


def test_the_name_of_a_sender_is_shown_without_signs_that_turn_it_round() -> None:
    mail = head_of(b"From: =?utf-8?b?4oCuZXhl?= <a@b.example>\r\n\r\n")
    assert one_line(sender_name(mail)) == "exe"
