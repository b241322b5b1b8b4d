"""A link or reply address that somebody writes into an answer is a key still: who only reads must not come to hold it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from directives.ledger.engine import reading
from directives.ledger.tables import Answer, AuditText, Campaign
from notifications.replies.tokens import without_keys
from notifications.unit_links import units_link
from tests.replies.desks import Answered, answering
from tests.web.visitors import PAGE_URL, an_office

REPORT = "1g/report"
TOKEN = "abcdefghijklmnopqrstuvwxy2"


def written_down(engine: Engine) -> str:
    """All that the ledger has of what was said."""
    found: list[str] = []
    with reading(engine) as session:
        for table in Campaign.metadata.sorted_tables:
            if table.name in (Answer.__tablename__, AuditText.__tablename__, "audit", "inbound"):
                rows = session.connection().execute(table.select()).mappings()
                found += [json.dumps(dict(row), default=repr) for row in rows]
    return "\n".join(found)


def test_a_link_pasted_into_a_question_is_shown_to_no_reader(sqlite_engine: Engine, tmp_path: Path) -> None:
    office = an_office(sqlite_engine, tmp_path)
    page = office.visit("STP")
    token = page.link.removeprefix("/t/")
    asked = f"Không mở được {PAGE_URL}{page.link} và {PAGE_URL}{page.link.upper()}"
    page.answer(REPORT, "question", question=asked, by=f"A {page.link}", note=f"xem {page.link}")
    key = office.site.keys["coordinators"].current
    link = units_link(PAGE_URL, key, office.followed.key).removeprefix(PAGE_URL)
    shown = office.client.get(f"{link}units/STP").text
    assert "Không mở được" in shown
    assert token not in shown.lower()
    assert token not in written_down(sqlite_engine).lower()


def test_a_reply_address_in_a_question_by_mail_is_written_down_nowhere(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    unit = Answered(sqlite_engine, tmp_path)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30")
    letter = unit.digest("STP")
    address = letter["Reply-To"].rpartition("<")[2].rstrip(">")
    raw = answering(letter, f"2 hỏi: gửi về {address} có được không?")
    assert dict(unit.hears(raw, "2020-07-01 09:00")) == {"applied": 1}
    said = written_down(sqlite_engine)
    assert "question" in said
    assert address.partition("+")[2].partition("@")[0] not in said


@pytest.mark.parametrize(
    "written",
    [
        f"https://x.example/t/{TOKEN}",
        f"HTTPS://X.EXAMPLE/T/{TOKEN.upper()}",
        f"https://safe.example/?url=https%3A%2F%2Fx.example%2Ft%2F{TOKEN}&data=1",
        f"https://x.example/t/\n{TOKEN}",
        f"dondoc+{TOKEN}@x.example",
        f"<dondoc%2B{TOKEN}%40x.example>",
        f"dondoc+b.{'ab' * 16}.{TOKEN[:10]}@x.example",
    ],
)
def test_a_key_is_found_however_it_is_written(written: str) -> None:
    assert TOKEN[:10] not in without_keys(written).lower()


@pytest.mark.parametrize("written", ["215/BC-STP", "a" * 64, "van-thu@stp.cantho.example", "", "Sở Tư pháp"])
def test_other_words_stay(written: str) -> None:
    assert without_keys(written) == written
