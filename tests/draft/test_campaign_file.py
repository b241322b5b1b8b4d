"""The drafted file is a campaign's file: it is refused while a mark is left, and loads once a person has settled all."""

from __future__ import annotations

from pathlib import Path

import pytest

from directives.drafting.campaign import Wanted, campaign_text
from directives.drafting.document import read
from tests.config.config_tree import ConfigTree
from tests.draft.drafts import EXAMPLES, a_document, calendar
from tests.draft.settling import KEY, drafted, in_tree, loaded, problems, settled

BODY = """1. Giao Sở Nội vụ chủ trì, phối hợp với Ban Dân vận Thành ủy và các đơn vị liên quan xây dựng Kế hoạch kiểm tra.

2. Đề nghị các sở, ban, ngành thành phố, Ủy ban nhân dân quận, huyện (trừ quận Ninh Kiều)
gửi Báo cáo kết quả thực hiện về Ủy ban nhân dân thành phố (qua Sở Nội vụ) trước ngày 10 tháng 11 năm 2020.

3. Các cơ quan, đơn vị thường xuyên rà soát, chấn chỉnh.

4. Giao Công an thành phố và Sở GDĐT báo cáo trước ngày 15 hằng tháng.

5. Giao Sở Tư pháp hoàn thành thẩm định trong thời hạn 10 ngày làm việc kể từ ngày nhận được văn bản này."""


@pytest.fixture
def tree(tmp_path: Path) -> ConfigTree:
    return ConfigTree(tmp_path)


def test_every_mark_left_is_named_with_its_line(tree: ConfigTree) -> None:
    document = a_document(BODY)
    text = drafted(document)
    marked = [n for n, line in enumerate(text.splitlines(), start=1) if "# RÀ SOÁT:" in line]
    found = [one for one in problems(in_tree(tree, text, document)) if "still to be settled" in one]
    assert [int(one.split()[0]) for one in found] == marked
    assert all("settle it and delete the comment" in one for one in found)


def test_a_settled_draft_loads(tree: ConfigTree) -> None:
    document = a_document(BODY)
    text = settled(drafted(document))
    in_tree(tree, text, document)
    assert problems(tree) == []
    definition = loaded(tree)
    report = [step for step in definition.steps if step.instruction == "2"]
    assert len(report) == 20 + 9 - 1  # departments and the board, districts, without Ninh Kiều
    assert {str(step.due_before) for step in report} == {"2020-11-10 00:00:00+07:00"}
    assert {step.basis for step in report} == {"trước ngày 10 tháng 11 năm 2020"}
    assert {step.spec.send_to for step in report} == {"Ủy ban nhân dân thành phố (qua Sở Nội vụ)"}


def test_one_mark_is_enough_to_be_refused(tree: ConfigTree) -> None:
    document = a_document(BODY)
    text = settled(drafted(document)).replace("ladder: standard", "ladder: standard  # RÀ SOÁT: thang nào?")
    (problem,) = problems(in_tree(tree, text, document))
    assert "(RÀ SOÁT: thang nào?)" in problem


def test_names_are_resolved_and_what_is_not_stands_beside_a_mark() -> None:
    text = drafted(a_document(BODY))
    assert "audience: [SNV]" in text
    assert "support: [BDVTU]" in text
    assert 'note: "Phối hợp: các đơn vị liên quan."' in text
    assert "except: ['916']" in text or 'except: ["916"]' in text
    assert "“Các cơ quan, đơn vị”: chưa rõ đơn vị nào; ở đây hiểu là các nơi trong Kính gửi" in text
    assert "audience: [SGDDT]  # RÀ SOÁT: chưa xác định được đơn vị: “Công an thành phố”" in text


def test_a_cycle_and_days_from_the_receipt_are_for_a_person() -> None:
    text = drafted(a_document(BODY))
    assert "due: {by: 2020-07-14}  # RÀ SOÁT: “trước ngày 15 hằng tháng”: định kỳ" in text
    assert "due: {within_working_days: 10}  # RÀ SOÁT:" in text


def test_the_directives_own_dates_carry_no_mark() -> None:
    line = next(
        line for line in drafted(a_document(BODY)).splitlines() if "due: {before: 2020-11-10}" in line
    )
    assert "RÀ SOÁT" not in line


def test_a_date_that_cannot_be_is_no_date_in_the_file(tree: ConfigTree) -> None:
    document = a_document(
        "1. Giao Sở Nội vụ gửi báo cáo trước ngày 31/11/2020.\n\n2. Giao Sở Tư pháp gửi báo cáo trước ngày 01/6/2020."
    )
    text = drafted(document)
    assert "“trước ngày 31/11/2020”: không có ngày này trong lịch" in text
    assert "“trước ngày 01/6/2020”: đã qua khi ký văn bản" in text
    assert "due:" not in text
    assert problems(in_tree(tree, settled(text), document)) == []


def test_without_an_organisation_everybody_stays_text() -> None:
    document = a_document(BODY)
    text = campaign_text(document, Wanted(KEY, None, None))
    assert "audience: []  # RÀ SOÁT: cơ quan thực hiện theo văn bản: Sở Nội vụ" in text
    assert "organisation:  # RÀ SOÁT:" in text
    assert "series:  # RÀ SOÁT:" in text


def test_flows_that_the_series_lacks_are_named() -> None:
    text = drafted(a_document(BODY), flows=("1", "2"))
    assert "series: thu-nghiem  # RÀ SOÁT: nhóm chưa có luồng cho 3, 4, 5" in text


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.txt")), ids=lambda file: file.stem)
def test_every_example_becomes_a_file_of_the_right_shape(file: Path, tree: ConfigTree) -> None:
    """Settled, only what names units may still be wrong: most examples speak of other provinces."""
    document = read(file.read_text(encoding="utf-8"), calendar())
    text = settled(drafted(document)).replace("addressees: []", "addressees: [Các cơ quan]")
    found = problems(in_tree(tree, text, document))
    about_units = (" audience", " issuer", "is no unit", "means no unit", "directive.signatory", "opens")
    assert [one for one in found if not any(words in one for words in about_units)] == []


def test_a_letter_of_the_city_loads_after_settling(tree: ConfigTree) -> None:
    file = EXAMPLES / "14-cong-van-can-tho.txt"
    document = read(file.read_text(encoding="utf-8"), calendar())
    assert problems(in_tree(tree, settled(drafted(document)), document)) == []
