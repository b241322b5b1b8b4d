"""Whatever a unit is called or writes stands in the paper as it is: no tag, no XML, no line of its own."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from directives.errors import DondocError
from notifications.papers.drafting import facts_of, rendered
from notifications.papers.render import SHIPPED, render
from notifications.papers.templates import letter, report
from tests.ledger.campaigns import UNITS, a_campaign, a_definition, at
from tests.papers.office import Paper, a_report, an_office, with_papers

HOSTILE = [
    "{{ 7 * 7 }}",
    "{% for x in () %}",
    "{_{ office }_}",
    "{_% raw %_}",
    "<w:p/>&amp;<!-- -->",
    "]]>",
    "Phòng \u202eAB\u202c\x07\x0c C",
    "{{ ''.__class__.__mro__ }}",
]


VIEW = {
    "above": ["ỦY BAN"],
    "office": "SỞ",
    "office_name": "Sở",
    "place_date": "Cần Thơ",
    "drawn_on": "ngày",
    "rehearsal": False,
    "to": ["Sở."],
    "reported_to": "Ban",
    "directive": "Công văn",
    "directive_short": "Công văn",
    "sign_title": ["GIÁM ĐỐC"],
    "sign_name": "",
    "copies": ["- Như trên;"],
    "symbol": "SNV",
    "subject": "việc",
    "today": "14/08/2020",
    "units_total": 1,
    "items_total": 1,
    "late_from": 10,
    "answer_by": "",
    "items": [],
}


@pytest.mark.parametrize("words", HOSTILE)
def test_a_unit_of_that_name_with_those_words_is_written_as_it_is(
    sqlite_engine: Engine, tmp_path: Path, words: str
) -> None:
    units = {**UNITS, "STP": UNITS["STP"].model_copy(update={"name": f"Sở {words}"})}
    followed = a_campaign(sqlite_engine, definition=a_definition(with_papers, units=units))
    said = {"doc_number": words, "text": f"a {words} b", "by": "x", "file_name": f"{words}.pdf"}
    followed.answer("1g/report/STP", "done", "2020-11-06 09:00", file_sha256="ab" * 32, **said)
    paper = a_report(followed, tmp_path)
    ElementTree.fromstring(paper.xml)  # noqa: S314  (our own)
    plain = " ".join(
        words.replace("\u202e", " ").replace("\u202c", " ").replace("\x07", " ").replace("\x0c", " ").split()
    )
    (row,) = paper.table("Tài liệu kèm theo")[1:]
    shown = [cell.replace("\u2060", "") for cell in row]
    assert shown[1] == f"Sở {plain}"
    assert shown[2] == plain
    assert shown[3].split("\n")[1] == f"“a {plain} b”"
    assert shown[5].startswith(f"{plain}.pdf (")


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=40))
def test_any_text_at_all_gives_whole_xml_and_no_more_paragraphs(words: str) -> None:
    view = {**VIEW, "office_name": words}
    paper = Paper(render(SHIPPED / "letter.docx", view, at("2020-08-14 07:30")))
    plain = Paper(render(SHIPPED / "letter.docx", VIEW, at("2020-08-14 07:30")))
    assert len(paper.lines) == len(plain.lines)


def test_a_template_with_a_tag_that_nothing_fills_in_says_so_in_one_line(tmp_path: Path) -> None:
    own = letter()
    own.paragraphs[-1].add_run("{{ so_van_ban }}")
    own.save(str(tmp_path / "letter.docx"))
    with pytest.raises(DondocError, match=r"letter.docx cannot be filled in: 'so_van_ban' is undefined"):
        render(tmp_path / "letter.docx", VIEW, at("2020-08-14 07:30"))


def test_a_template_may_not_reach_into_python(tmp_path: Path) -> None:
    own = letter()
    own.paragraphs[-1].add_run("{{ symbol.__class__.__mro__ }}")
    own.save(str(tmp_path / "letter.docx"))
    with pytest.raises(DondocError, match="cannot be filled in"):
        render(tmp_path / "letter.docx", VIEW, at("2020-08-14 07:30"))


def test_the_offices_own_template_is_taken_before_the_shipped_one(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    followed = a_campaign(sqlite_engine, definition=a_definition(with_papers))
    office = an_office(followed, tmp_path)
    kept = office.draft_report(followed.key, None, at("2020-11-10 08:15"))
    mine = tmp_path / "templates"
    mine.mkdir()
    own = report()
    own.paragraphs[0].insert_paragraph_before("Mẫu riêng của văn phòng")
    own.save(str(mine / "report.docx"))
    assert "Mẫu riêng của văn phòng" in Paper(rendered(facts_of(kept), mine)).text
    assert "Mẫu riêng của văn phòng" not in Paper(rendered(facts_of(kept))).text
