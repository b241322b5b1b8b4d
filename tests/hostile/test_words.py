"""Whatever a unit, a person or a clause is called, and whatever anybody answers, stands everywhere as it was written.

One campaign all of whose texts are hostile is opened, mailed, answered and shown; what came out is parsed as readers do.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateError
from markdown_it import MarkdownIt
from sqlalchemy import Engine
from sqlmodel import select

from directives.ledger import boards
from directives.ledger.engine import reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Instruction
from directives.model import Contact, ContactRole
from flows.description import description
from notifications.board.markdown import campaign_board, instruction_board
from notifications.board.steps_table import steps_table
from notifications.render import environment
from notifications.words import one_line
from tests.ledger.campaigns import UNITS, Letter, a_definition, at, box_of
from tests.replies.desks import Answered, answering
from tests.web.visitors import PAGE_URL, Office

COUNTED = "9801547"  # what 1337 times 7331 is: nowhere, unless something was taken for a template
WORDS = {
    "template": "{{1337*7331}}{%for x in [1337*7331]%}{{x}}{%endfor%}{#c#}",
    "python": "{{''.__class__.__mro__}} %(x)s %s {0} {0.__class__} ${x}",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>",
    "attribute": "\" onmouseover=alert(1) ' x=' autofocus onfocus=alert(1) >",
    "markdown": "[x](javascript:alert(1)) ![x](https://evil.example/x.png) **x** | y | `z` <https://evil.example>",
    "details": "</details></td></table><details open ontoggle=alert(1)> # x",
    "header": "x\r\nBcc: all@evil.example\r\n\r\nbody\x00\x0b\x0c\x85\u2028y",
    "word": "=?utf-8?q?Bcc=3A_all=40evil=2Eexample?= =?utf-8?b?DQpCY2M6IGE=?=",
    "long": "dài" + "a" * 1_500 + " , ; < > @ ( ) \" \\ :",
    "bidi": "Sở \u202eưT\u202c pháp\u200b\ufeff \u2066x",
    "formula": "=HYPERLINK(\"http://evil.example\",\"x\")",
}  # fmt: skip
ALLOWED = {
    "from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
    "in-reply-to", "references", "auto-submitted", "list-id", "precedence", "x-auto-response-suppress", "list-unsubscribe",
}  # fmt: skip
SCHEMES = ("https://", "http://", "mailto:", "tel:", "cid:", "#", "/", "?")


class Followed(Answered):
    def __init__(self, engine: Engine, folder: Path, words: str) -> None:
        super().__init__(engine, folder)
        self.post = replace(self.post, page_url=PAGE_URL)
        units = {code: one.model_copy(update={"name": f"{one.name} {words}"}) for code, one in UNITS.items()}
        self.definition = a_definition(lambda data: hostile(data, words), units=units)


def hostile(data: dict[str, Any], words: str) -> None:
    """Every free text of the campaign's file."""
    data["title"] += f" {words}"
    data["directive"]["subject"] += f" {words}"
    data["monitor"]["officer"]["name"] += f" {words}"
    for instruction in data["instructions"]:
        for name in ("label", "clause", "title", "summary"):
            instruction[name] += f" {words}"
        for step in instruction["steps"]:
            step["title"] += f" {words}"
            step["deliverable"] += f" {words}"


@pytest.fixture(params=WORDS, ids=str)
def words(request: pytest.FixtureRequest) -> str:
    return WORDS[request.param]


@pytest.fixture
def followed(sqlite_engine: Engine, tmp_path: Path, words: str) -> Followed:
    """Opened, mailed, answered by mail with those words, and late."""
    made = Followed(sqlite_engine, tmp_path, words)
    contacts = [
        Contact(unit=code, role=ContactRole.CLERK, name=f"Bà {words}", address=box_of(code)) for code in UNITS
    ]
    made.open("2020-06-30 07:00", contacts=contacts)
    made.live("2020-06-30")
    letter = made.digest("STP")
    said = [
        f"1 chuyển cho {one_line(words)[:60]}",
        f"1 xin gia hạn đến 31/12/2020 vì {one_line(words)[:60]}",
        one_line(words),
    ]
    mails = [answering(letter, text) for text in said]
    made.hears(mails, "2020-07-01 09:00")
    made.answer("1g/plan/NK", "question", "2020-07-01 10:00", text=f"Hỏi {words}", by=f"Ông {words}")
    made.live("2020-11-10", "2020-11-12")
    return made


def test_no_mail_has_a_header_that_is_not_ours_or_an_active_part(followed: Followed, words: str) -> None:
    letters = followed.letters() + [one for one in followed.box.letters if one.to.startswith("tong-hop")]
    assert len(letters) > 8
    for letter in letters:
        names = [name.lower() for name in letter.mail]
        assert not [one for one in names if one not in ALLOWED and not one.startswith("x-dondoc-")]
        assert len(set(names)) == len(names)
        assert max(map(len, letter.raw.split(b"\r\n"))) <= 998
        assert letter.mail["To"].addresses[0].addr_spec == letter.to
        assert len(letter.mail["To"].addresses) == len(letter.mail["From"].addresses) == 1
        assert not letter.mail.defects
        harmless(html_of(letter))
        assert COUNTED not in letter.text + html_of(letter)
        assert one_line(words)[:40] in flat(letter.text)


def test_the_page_shows_it_as_it_is(followed: Followed, tmp_path: Path, words: str) -> None:
    office = Office(followed, tmp_path)
    office.clock.now = at("2020-11-12 10:00")
    page = office.visit("STP").response
    assert page.status_code == 200
    harmless(page.text)
    assert COUNTED not in page.text
    assert one_line(words)[:40] in flat(seen(page.text))


def test_the_boards_and_descriptions_show_it_as_it_is(followed: Followed, words: str) -> None:
    now = at("2020-11-12 10:00")
    with reading(followed.engine) as session:
        book = followed.book(session)
        rows = session.exec(select(Instruction)).all()
        shown = [campaign_board(boards.campaign_board(book, now), {})]
        shown += [instruction_board(boards.instruction_board(book, row, now), {}) for row in rows]
        assert campaign_row(session, followed.key).closed_at is None
    shown += [description(followed.definition, one) for one in followed.definition.campaign.instructions]
    render = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render
    for board in shown:
        page = render(board)
        harmless(page)
        assert COUNTED not in page
        assert one_line(words)[:40] in flat(seen(page))
        assert {len(re.findall("<t[dh]", row)) for row in re.findall("<tr>(.*?)</tr>", page, re.S)} <= set(
            range(1, 12)
        )


def test_the_table_of_steps_shows_it_as_it_is(followed: Followed, words: str) -> None:
    """Prefect's older UI takes each cell of a table artifact for Markdown."""
    render = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render
    with reading(followed.engine) as session:
        book = followed.book(session)
        row = next(one for one in session.exec(select(Instruction)) if one.key == "1g")
        rows = steps_table(boards.steps_table(book, row, at("2020-11-12 10:00")), book.calendar)
    assert len(rows) > 4
    for cell in [str(one) for row in rows for one in row.values() if one]:
        page = render(cell)
        harmless(page)
        assert page.strip() == f"<p>{seen_as_text(page)}</p>"
    for row in rows:
        for name in ("Đơn vị", "Việc"):
            assert one_line(words)[:40] in flat(seen(render(str(row[name]))))


@pytest.mark.parametrize("autoescape", [True, False])
@pytest.mark.parametrize(
    "written",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ ''[key] }}",
        "{{ ''|attr('__class__') }}",
        "{{ '{0.__class__}'.format(key) }}",
        "{% set x = key._x %}",
        "{% for one in key.__dict__ %}{% endfor %}",
    ],
)
def test_templates_cannot_reach_into_python(written: str, autoescape: bool) -> None:
    with pytest.raises(TemplateError):
        environment(autoescape).from_string(written).render(key="__class__")


def flat(text: str) -> str:
    return " ".join(one_line(text).split())


def html_of(letter: Letter) -> str:
    part = letter.mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def seen(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.texts).split())


def seen_as_text(html: str) -> str:
    return escape(seen(html), quote=False).replace('"', "&quot;")


def harmless(html: str) -> None:
    """No script but the page's own file, no handler, no form, frame or address that leads elsewhere by itself."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for tag, attributes in reader.tags:
        assert tag not in {"iframe", "object", "embed", "base", "svg", "math"}
        if tag == "script":
            assert attributes.get("src", "").startswith("/static/"), html
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, attributes)
            if name in ("href", "src", "action", "formaction", "background"):
                assert value.startswith(SCHEMES), (tag, attributes)
                assert "evil.example" not in value, (tag, attributes)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
