"""A list is previewed and confirmed once: what is recorded is what was seen, all of it or nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.bulk import rows_of
from directives.errors import Refused
from directives.ledger.bulk_record import Preview, preview, record
from directives.ledger.engine import begin, reading
from directives.ledger.tables import Answer
from tests.ledger.campaigns import Followed, a_campaign, at, content

OFFICER = "Phòng Tổng hợp"
NOW = "2020-11-09 10:00"
LIST = "Đơn vị\tSố văn bản\tNgày nhận\nSở Tư pháp\t215/BC-STP\t05/11/2020\nQuận Ninh Kiều\t34/BC-UBND\t06/11"


@pytest.fixture
def followed(engine: Engine) -> Followed:
    return a_campaign(engine).live("2020-06-30")


def seen(followed: Followed, text: str = LIST, step: str = "1g/report") -> Preview:
    with reading(followed.engine) as session:
        return preview(session, followed.key, step, rows_of(text), at(NOW))


def confirmed(followed: Followed, fingerprint: str, text: str = LIST, by: str = OFFICER) -> int:
    with begin(followed.engine) as session:
        found = preview(session, followed.key, "1g/report", rows_of(text), at(NOW))
        return record(session, found, rows_of(text), fingerprint, by, at(NOW))


def test_a_preview_changes_nothing(followed: Followed) -> None:
    before = content(followed.engine)
    assert [one.unit for one in seen(followed).entries] == ["STP", "NK"]
    assert content(followed.engine) == before


def test_what_is_confirmed_is_recorded_at_its_stated_day(followed: Followed) -> None:
    assert confirmed(followed, seen(followed).fingerprint) == 2
    assert followed.step("1g/report/STP").reported_at == at("2020-11-05 10:00")
    with reading(followed.engine) as session:
        rows = session.exec(select(Answer).where(col(Answer.carried_by_id).is_(None))).all()
    assert {(one.channel, one.recorded_at) for one in rows} == {("e_office", at(NOW))}
    assert not followed.broken()


def test_confirming_twice_records_nothing_twice(followed: Followed) -> None:
    fingerprint = seen(followed).fingerprint
    confirmed(followed, fingerprint)
    before = content(followed.engine)
    with pytest.raises(Refused, match="was recorded already"):
        confirmed(followed, fingerprint)
    assert content(followed.engine) == before


def test_another_list_or_a_stranger_is_refused(followed: Followed) -> None:
    fingerprint = seen(followed).fingerprint
    before = content(followed.engine)
    with pytest.raises(Refused, match="not what was previewed"):
        confirmed(followed, fingerprint, LIST.replace("215", "216"))
    with pytest.raises(Refused, match="is no coordinator"):
        confirmed(followed, fingerprint, by="ai đó")
    assert content(followed.engine) == before


def test_what_the_ledger_does_not_take_is_said(followed: Followed) -> None:
    followed.answer("1g/report/STP", "done", "2020-11-02 09:00")
    found = seen(followed, f"{LIST}\nNK\t35/BC-UBND\t06/11\nNK1\t1/BC-UBND\t06/11")
    assert [one.unit for one in found.entries] == ["NK"]
    assert [(one.line, one.why, one.named) for one in found.unread] == [
        (2, "reported", "02/11/2020"),
        (4, "twice", "3"),
        (5, "not_asked", ""),
    ]


def test_what_the_ledger_would_not_take_is_said_and_left_out(followed: Followed) -> None:
    followed.answer("1g/report/STP", "done", "2020-11-05 09:00")
    followed.decide("1g/report/STP", "return", "2020-11-06 09:00", until="2020-11-20", reason="thiếu")
    followed.answer("1g/report/NK", "done", "2020-11-05 09:00")
    found = seen(followed)
    assert [(one.why, one.named) for one in found.unread] == [
        ("returned", "06/11/2020"),
        ("reported", "05/11/2020"),
    ]
    followed.decide("1g/report/NK", "accept", "2020-11-06 10:00")
    assert [one.why for one in seen(followed).unread] == ["returned", "accepted"]
    followed.decide("1g/report/STP", "waive", "2020-11-06 11:00", reason="sáp nhập")
    assert [one.why for one in seen(followed).unread] == ["waived", "accepted"]
