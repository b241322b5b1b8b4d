"""What coordinators read in Prefect: boards as Markdown, rendered here as CommonMark with tables."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from markdown_it import MarkdownIt

from directives.evaluate import Status
from notifications.board.escape import in_html, md
from notifications.board.markdown import campaign_board, instruction_board
from tests.notifications.builders import a_campaign, a_campaign_board, an_instruction_board, an_owing_unit

HOSTILE = [
    "<script>alert(1)</script>",
    "a | b | c",
    "`code` *em* **strong** _em_ ~~gone~~",
    "[click](http://evil.example) ![x](http://evil.example/x.png)",
    "http://evil.example www.evil.example",
    "</details></td>",
    "# heading",
    "x\n\n# heading\n- item",
    "- item",
    "---",
    "1. first",
    "123) first",
    "&lt;b&gt; \\| \\*",
]


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)


def cells(markdown: str) -> list[list[str]]:
    """The rows of all tables, as a reader sees them."""
    rows = re.findall(r"<tr>(.*?)</tr>", html(markdown), flags=re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows
    ]


def test_counts_visibly_sum_to_the_total() -> None:
    rows = cells(instruction_board(an_instruction_board(), {}))
    start, end = rows.index(["Trạng thái", "Số việc"]), rows.index(["Cộng", "10"])
    assert sum(int(count) for _, count in rows[start + 1 : end]) == 10


def test_every_row_of_the_campaigns_board_sums_to_its_total() -> None:
    counts = {status: n for n, status in enumerate(Status, start=1)}
    board = campaign_board(a_campaign_board(an_instruction_board(), an_instruction_board(counts=counts)), {})
    rows = cells(board)
    assert rows[3][:2] == ["Cộng", str(10 + sum(counts.values()))]
    for row in rows[1:4]:
        assert sum(map(int, row[2:])) == int(row[1])


def test_the_latest_unit_stands_first_and_the_district_with_most_late_units() -> None:
    board = instruction_board(an_instruction_board(), {})
    places = [
        board.index(name)
        for name in ("Quận Ninh Kiều", "Phường Cái Khế", "Phường An Hòa", "Huyện Phong Điền")
    ]
    assert places == sorted(places)
    assert "**11 ngày**" in board


def test_a_long_list_is_folded_and_still_a_table() -> None:
    many = tuple(an_owing_unit(f"Phường Số {n}", n) for n in range(1, 21))
    board = instruction_board(an_instruction_board(owing={"Quận Ninh Kiều": many}), {})
    assert "<summary><b>Quận Ninh Kiều</b>: 20 đơn vị, lâu nhất 20 ngày</summary>" in board
    assert ["Phường Số 20", "20 ngày", "31/10/2020", "Báo cáo kết quả"] in cells(board)


def test_no_cell_of_who_owes_is_wider_than_prefects_page_which_breaks_no_line_itself() -> None:
    long = an_owing_unit("Ban Quản lý các Khu chế xuất và công nghiệp Cần Thơ " + "x" * 100, 3)
    steps = ("Báo cáo kết quả công tác dân vận và “Năm dân vận khéo” 2020", "Kế hoạch | năm 2020")
    long = replace(long, steps=steps)
    board = instruction_board(an_instruction_board(owing={"Quận Ninh Kiều": (long,)}), {})
    row = next(one for one in re.findall("<tr>.*?</tr>", html(board), re.DOTALL) if "Khu chế xuất" in one)
    lines = [re.sub("<[^>]+>", "", unescape(one)) for one in re.split("<br>|</td>", row)]
    assert max(len(one.strip()) for one in lines) <= 40
    assert ", ".join(steps) in " ".join("".join(lines).split())


def test_what_is_folded_has_no_empty_line_at_which_prefect_would_end_it() -> None:
    many = tuple(an_owing_unit(f"Phường Số {n}", n) for n in range(1, 21))
    row = an_instruction_board(owing={"Quận Ninh Kiều": many}, note="ghi chú")
    for board in (instruction_board(row, {}), campaign_board(a_campaign_board(row), {})):
        folded = re.findall(r"<details>.*?</details>", board, flags=re.DOTALL)
        assert len(folded) == 2
        assert not any("\n\n" in one for one in folded)


def test_a_unit_late_with_two_instructions_stands_once_on_the_campaigns_board() -> None:
    rows = (an_instruction_board(label="1e"), an_instruction_board(label="1g"))
    found = [row for row in cells(campaign_board(a_campaign_board(*rows), {})) if row[0] == "Phường An Hòa"]
    assert [row[3] for row in found] == ["1e, 1g"]


def test_units_without_a_district_stand_under_the_city_together() -> None:
    owing = {
        "Ủy ban nhân dân thành phố Cần Thơ": (an_owing_unit("Sở Tư pháp", 3),),
        "": (an_owing_unit("Báo Cần Thơ", 2),),
    }
    board = instruction_board(an_instruction_board(owing=owing), {})
    assert "### Trực thuộc thành phố: 2 đơn vị, lâu nhất 3 ngày" in board


def test_links_lead_where_they_are_known_and_are_left_out_where_not() -> None:
    links = {
        "campaign": "http://127.0.0.1:4200/c",
        "1g": "http://127.0.0.1:4200/a(1)|",
        "1zz": "http://127.0.0.1/z",
    }
    board = campaign_board(a_campaign_board(), links)
    assert "[Bảng chung của đợt theo dõi](http://127.0.0.1:4200/c)" in instruction_board(
        an_instruction_board(), links
    )
    assert "Bảng chung" not in board  # no link to itself
    assert "[1g](http://127.0.0.1:4200/a%281%29%7C)" in board
    assert "1zz" not in board
    assert "](" not in campaign_board(a_campaign_board(), {})


def test_a_row_is_linked_by_its_key_and_shown_by_its_label() -> None:
    row = an_instruction_board(key="1dd", label="1đ")
    board = campaign_board(a_campaign_board(row), {"1dd": "http://127.0.0.1:4200/a"})
    assert "[1đ](http://127.0.0.1:4200/a)" in board


def test_a_link_to_a_script_is_no_link() -> None:
    assert "javascript" not in campaign_board(a_campaign_board(), {"1g": "javascript:alert(1)"})


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is_written(text: str) -> None:
    owing = {f"Quận {text}": (an_owing_unit(text, 2),)}
    row = an_instruction_board(title=text, summary=text, note=text, ladder=text, label=text, owing=owing)
    campaign = a_campaign(title=text, directive_number=text)
    as_long = re.sub(r"\S", "x", text)
    plain = an_instruction_board(label=as_long, owing={"Quận x": (an_owing_unit(as_long, 2),)}, note="x")
    for shown, known in (
        (instruction_board(replace(row, campaign=campaign), {}), instruction_board(plain, {})),
        (
            campaign_board(a_campaign_board(row, campaign=campaign, mail={text: 1}), {}),
            campaign_board(a_campaign_board(plain), {}),
        ),
    ):
        assert tags(shown) == tags(known)
        assert len(cells(shown)) == len(cells(known))


def tags(markdown: str) -> list[str]:
    return re.findall(r"</?[a-z0-9]+", html(markdown))


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_reads_back_as_itself(text: str) -> None:
    (row,) = cells(f"| h |\n|---|\n| {md(text)} |\n")[1:]
    assert [unescape(cell) for cell in row] == [" ".join(text.split())]


@pytest.mark.parametrize("text", [*HOSTILE, "99) first", "12.5 %"])
def test_escaped_text_reads_the_same_in_a_folded_block_of_html(text: str) -> None:
    """Prefect's older UI decodes &amp;, &lt; and &gt; only: nothing else may stand for a letter."""
    folded = in_html(md(text))
    assert unescape(folded) == " ".join(text.split())
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", md(text))


def test_the_next_look_is_told_in_words() -> None:
    assert "07 giờ 30 ngày 12/11/2020 (ngày mai)" in instruction_board(an_instruction_board(), {})
    assert "không còn việc cần nhắc" in instruction_board(an_instruction_board(next_action_at=None), {})


def test_nobody_late_is_said_too() -> None:
    assert "Không có đơn vị quá hạn." in instruction_board(an_instruction_board(owing={}), {})


def test_boards_carry_no_styles() -> None:
    for board in (instruction_board(an_instruction_board(), {}), campaign_board(a_campaign_board(), {})):
        assert not re.search(r"style=|color|<font", board)
