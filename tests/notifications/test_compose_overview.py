"""What superiors and the monitor read: who under them owes what."""

from __future__ import annotations

from directives.model import Source, Target
from notifications.compose import compose
from tests.notifications.builders import (
    CITY,
    MONITOR,
    NOVEMBER_10,
    a_row,
    an_overview,
    both,
    flat,
)


def test_a_superior_reads_who_under_it_owes_what() -> None:
    mail = compose(an_overview(a_row(), a_row(unit_name="Phường Cái Khế", days_late=7, reminders=4)))
    for words in both(mail):
        assert "Kính gửi: Ủy ban nhân dân quận Ninh Kiều" in words
        assert "Thời hạn do Sở Nội vụ đề nghị: trước ngày 31/10/2020" in words
        assert "(mục 1a, 1b, 1g)" in words
        assert words.index("phường Cái Khế") < words.index("phường An Hòa")
    assert "- Ủy ban nhân dân phường An Hòa: quá hạn 5 ngày, đã nhắc 3 lần" in flat(mail)
    assert mail.subject.startswith("[Thông báo] 2 đơn vị quá hạn từ 3 ngày làm việc, đến ngày 04/11/2020")


def test_the_city_is_reported_to_with_respect() -> None:
    mail = compose(an_overview(a_row(source=Source.DIRECTIVE, due_before=NOVEMBER_10), recipient=CITY))
    for words in both(mail):
        assert "Sở Nội vụ kính báo cáo" in words
        assert "Kính đề nghị Ủy ban nhân dân thành phố" in words
        assert "Thời hạn theo Công văn số 1914/UBND-KGVX: trước ngày 10/11/2020" in words


def test_the_monitor_has_its_own_wording_and_hears_of_the_letter() -> None:
    mail = compose(an_overview(a_row(), recipient=MONITOR, target=Target.MONITOR, letter=True))
    for words in both(mail):
        assert "kính báo cáo" not in words
        assert "đã đến bước ban hành công văn đôn đốc" in words
    assert "công văn đôn đốc" not in compose(an_overview(a_row())).text


def test_the_monitors_own_procedure_is_not_told_to_the_city() -> None:
    for words in both(compose(an_overview(a_row(), recipient=CITY, letter=True))):
        assert "công văn đôn đốc" not in words


def test_the_count_says_from_which_day_on_it_counts() -> None:
    """Units a day or two late are not brought before a superior yet: without it the number would be too small."""
    for words in both(compose(an_overview(a_row(), a_row(unit_name="Phường Cái Khế")))):
        assert "có 2 đơn vị còn 2 việc quá hạn từ 3 ngày làm việc trở lên" in words


def test_a_date_set_as_a_last_day_is_told_so() -> None:
    for words in both(compose(an_overview(a_row(by_day=True)))):
        assert "hết ngày 30/10/2020 (thứ Sáu), tức trước ngày 31/10/2020" in words


def test_a_long_overview_says_how_much_of_it_is_shown() -> None:
    rows = [a_row(unit_name=f"Phường Số {n}", days_late=n) for n in range(1, 301)]
    mail = compose(an_overview(*rows))
    assert "nêu 150 việc quá hạn nhiều ngày nhất" in flat(mail)
    assert "300 đơn vị còn 300 việc quá hạn từ 3 ngày làm việc trở lên, lâu nhất 300 ngày" in flat(mail)
    assert len(mail.html) < 100_000
