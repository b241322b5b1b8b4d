"""What coordinators read on a deployment's page: who is asked what, by when, who set the date, and the ladder."""

from __future__ import annotations

import re

import pytest

from config.loader import find_campaign, load_definition
from directives.definition import Definition
from directives.model import Ladder, Rung, UnitKind
from flows.description import assignees, description
from notifications.words import entry


@pytest.fixture(scope="module")
def campaign() -> Definition:
    return load_definition(find_campaign("dan-van-kheo-2020"))


def described(campaign: Definition, key: str) -> str:
    return description(campaign, campaign.instructions[key])


def rows(text: str) -> list[list[str]]:
    """Title, assignees, deadline and basis of every numbered line."""
    line = r"^\d+\. \*\*(.+)\*\*: (.+?)(?: \(((?:theo|do) .+)\))?\. Đơn vị thực hiện: (.+)\.$"
    found = re.findall(line, text, flags=re.MULTILINE)
    return [[title, assigned, deadline, basis] for title, deadline, basis, assigned in found]


def test_it_begins_with_title_clause_and_directive_and_then_the_summary(campaign: Definition) -> None:
    first, second = described(campaign, "1dd").split("\n\n")[:2]
    assert first == (
        "**Nâng cao đạo đức công vụ và kỹ năng giao tiếp** "
        "(điểm đ khoản 1, Công văn số 1914/UBND-KGVX ngày 30/06/2020)"
    )
    assert second == campaign.instructions["1dd"].summary


def test_many_assignees_are_counted_by_kind(campaign: Definition) -> None:
    asked = {row[0]: row[1] for row in rows(described(campaign, "1g"))}
    assert asked == {
        "Kế hoạch công tác dân vận và “Năm dân vận khéo” 2020": (
            "19 sở, ban, ngành; 1 ban quản lý; 9 quận, huyện; 83 xã, phường, thị trấn"
        ),
        "Báo cáo kết quả công tác dân vận và “Năm dân vận khéo” 2020": (
            "19 sở, ban, ngành; 1 ban quản lý; 9 quận, huyện"
        ),
        "Báo cáo kết quả gửi quận, huyện": "83 xã, phường, thị trấn",
    }


def test_a_few_assignees_are_named(campaign: Definition) -> None:
    assert {row[1] for row in rows(described(campaign, "2"))} == {"Sở Nội vụ"}
    assert [row[1] for row in rows(described(campaign, "4"))] == [
        "Báo Cần Thơ, Đài Phát thanh và Truyền hình thành phố Cần Thơ"
    ]


def test_only_the_kinds_that_are_asked_are_named(campaign: Definition) -> None:
    wards = [code for code, unit in campaign.units.items() if unit.kind is UnitKind.WARD]
    assert assignees(campaign, wards) == "42 phường"


def test_every_kind_of_unit_has_a_word() -> None:
    named = [kind for together in entry("deployment.kinds") for kind in together]
    assert sorted(named) == sorted(UnitKind)


def test_only_the_directives_own_date_is_said_to_be_the_directives(campaign: Definition) -> None:
    bases = {key: [row[3] for row in rows(described(campaign, key))] for key in campaign.instructions}
    own = [basis for some in bases.values() for basis in some if "theo Công văn" in basis]
    assert own == ["theo Công văn số 1914/UBND-KGVX: “trước ngày 10 tháng 11 năm 2020”"]
    assert bases["1g"] == [
        "do Sở Nội vụ đề nghị, để theo dõi việc triển khai",
        *own,
        "do Sở Nội vụ đề nghị, để quận, huyện kịp tổng hợp trước khi báo cáo thành phố",
    ]


def test_deadlines_are_read_as_the_last_day_with_its_weekday(campaign: Definition) -> None:
    assert [row[2] for row in rows(described(campaign, "1a"))] == [
        "hết ngày 09/11/2020 (thứ Hai)",
        "hết ngày 30/10/2020 (thứ Sáu)",
    ]
    assert [row[2] for row in rows(described(campaign, "2"))] == [
        "hết ngày 20/11/2020 (thứ Sáu)",
        "thường xuyên",
    ]


def test_the_ladder_is_told_in_words_and_not_in_keys(campaign: Definition) -> None:
    text = described(campaign, "1a")
    assert [line for line in text.splitlines() if line.startswith("- ")] == [
        "- Khi giao việc",
        "- Sau thư đầu tiên 2 ngày làm việc, nếu chưa có trả lời",
        "- Trước hạn 30 ngày",
        "- Trước hạn 7 ngày làm việc",
        "- Trước hạn 1 ngày làm việc",
        "- Quá hạn 1 ngày làm việc",
        "- Quá hạn 3 ngày làm việc, đồng thời báo cáo cơ quan cấp trên",
        "- Quá hạn 5 ngày làm việc, đồng thời báo cáo cơ quan cấp trên và Sở Nội vụ",
        "- Quá hạn 10 ngày làm việc, đồng thời báo cáo cơ quan cấp trên và Sở Nội vụ, "
        "đến bước ban hành công văn đôn đốc; sau đó cứ 5 ngày làm việc nhắc một lần",
    ]
    for rung in campaign.ladder.rungs:
        assert rung.key not in text


def test_what_the_monitor_itself_owes_is_reported_to_its_superior_only(campaign: Definition) -> None:
    lines = [line for line in described(campaign, "2").splitlines() if line.startswith("- Quá hạn 5")]
    assert lines == ["- Quá hạn 5 ngày làm việc, đồng thời báo cáo cơ quan cấp trên"]


def test_a_ladder_may_write_to_the_monitor_without_the_superior(campaign: Definition) -> None:
    rung = Rung.model_validate({"key": "late", "after": {"working_days": 2}, "to": ["lead", "monitor"]})
    ladder = Ladder(ladder="short", title="Thang ngắn", rungs=(rung,))
    other = Definition(campaign.campaign, ladder, campaign.units, campaign.calendar)
    assert "- Quá hạn 2 ngày làm việc, đồng thời báo cáo Sở Nội vụ\n" in described(other, "1a")


def test_who_supports_and_what_is_open_in_the_text_stand_beside(campaign: Definition) -> None:
    text = described(campaign, "2")
    assert "\n\nPhối hợp: Ban Dân vận Thành ủy.\n\n" in text
    assert "\n\nGhi chú: Văn bản ghi “theo quy định”, không ghi ngày." in text
    assert "Phối hợp" not in described(campaign, "3")
    assert "Ghi chú" not in described(campaign, "1a")


def test_it_ends_with_links_to_both_boards(campaign: Definition) -> None:
    assert described(campaign, "1g").split("\n\n")[-1] == (
        "[Bảng theo dõi nội dung này](/artifacts/key/dan-van-kheo-2020-1g) · "
        "[Bảng chung của đợt](/artifacts/key/dan-van-kheo-2020)"
    )


@pytest.mark.parametrize("key", ["1a", "1e", "1g", "training", "2", "3", "4"])
def test_no_english_reaches_the_coordinator(campaign: Definition, key: str) -> None:
    """Beside the addresses of links, nothing is written with the letters that Vietnamese does not have."""
    text = re.sub(r"\]\([^)]*\)", "]", described(campaign, key))
    assert re.findall(r"\b\w*[fjwz]\w*\b", text) == []
    assert re.search(r"\b(the|of|and|report|monitor|department|overdue)\b", text) is None


def test_a_text_cannot_break_the_table(campaign: Definition) -> None:
    first = campaign.instructions["4"]
    step = first.steps[0].model_copy(update={"title": "Kết | quả\n**đậm**"})
    changed = first.model_copy(update={"steps": (step,)})
    whole = campaign.campaign.model_copy(update={"instructions": (changed,)})
    text = description(Definition(whole, campaign.ladder, campaign.units, campaign.calendar), changed)
    (row,) = rows(text)
    assert len(row) == 4
    assert "**đậm**" not in text
