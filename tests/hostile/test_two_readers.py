"""A head that a mail server and this program could read in two ways: the server vouched for another sender than we would see."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from notifications.replies.bounded import LONGEST_HEADER, head_of, mail_of
from notifications.replies.trust import sender
from tests.ledger.campaigns import box_of
from tests.replies.desks import Answered, answering

BOX, COLLEAGUE = b"van-thu.stp@cantho.example", b"dong.nghiep@cantho.example"
# The colleague writes from the same domain, and passes its DMARC under the own name.
FORGED = {
    "a name as long as what is read of a header": b"From: %b%b<%b>\r\n"
    % (BOX, b" " * LONGEST_HEADER, COLLEAGUE),
    "a carriage return alone, and a head that seems to end": b"Comments: x\rFrom: %b\r\rx\r\nFrom: %b\r\n"
    % (BOX, COLLEAGUE),
    "a carriage return alone before a line that goes on": b"From: %b\r <%b>\r\n" % (BOX, COLLEAGUE),
    "a space before the colon": b"Subject: x\r\nFrom : %b\r\nFrom: %b\r\n" % (COLLEAGUE, BOX),
    "the same below": b"Subject: x\r\nFrom: %b\r\nFrom\t: %b\r\n" % (BOX, COLLEAGUE),
}


@pytest.mark.parametrize("how", FORGED)
def test_what_two_could_read_as_two_senders_is_nobodys(how: str) -> None:
    raw = FORGED[how] + b"To: dondoc@cantho.example\r\n\r\n1 xong\r\n"
    for mail in (mail_of(raw), head_of(raw)):
        assert sender(mail) in (None, COLLEAGUE.decode())


@pytest.mark.parametrize("how", FORGED)
def test_a_colleague_of_the_same_domain_does_not_answer_in_a_units_name(
    sqlite_engine: Engine, tmp_path: Path, how: str
) -> None:
    unit = Answered(sqlite_engine, tmp_path)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30")
    assert box_of("STP").encode() == BOX
    raw = answering(unit.digest("STP"), "tất cả đã tiếp nhận").replace(b"From: " + BOX + b"\n", FORGED[how])
    assert COLLEAGUE in raw
    before = unit.steps()
    assert "applied" not in unit.hears(raw, "2020-07-01 09:00")
    assert unit.steps() == before


def test_a_carriage_return_alone_in_a_text_is_a_line_end_still() -> None:
    raw = b"From: %b\r\n\r\n1 xong\r2 xong\r\n" % BOX
    mail = mail_of(raw)
    assert sender(mail) == BOX.decode()
    assert mail.get_payload() == "1 xong\r2 xong\r\n"
