"""What superiors and the monitor read: who under them owes what."""

from __future__ import annotations

from builders import (
    CITY,
    MONITOR,
    NOVEMBER_10,
    a_row,
    an_overview,
    both,
    flat,
)

from directives.model import Source, Target
from notifications.compose import compose


def test_a_superior_reads_who_under_it_owes_what() -> None:
    mail = compose(an_overview(a_row(), a_row(unit_name="Phường Cái Khế", days_late=7, reminders=4)))
    for words in both(mail):
        assert "Kính gửi: Ủy ban nhân dân quận Ninh Kiều" in words
        assert "Thời hạn do Sở Nội vụ đề nghị: trước ngày 31/10/2020" in words
        assert "(mục 1a, 1b, 1g)" in words
        assert words.index("phường Cái Khế") < words.index("phường An Hòa")
    assert "- Ủy ban nhân dân phường An Hòa: quá hạn 5 ngày, đã nhắc 3 lần" in flat(mail)
    assert mail.subject.startswith("[Thông báo] 2 đơn vị quá hạn đến ngày 04/11/2020")


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
        assert "ký dự thảo công văn đôn đốc" in words
    assert "công văn đôn đốc" not in compose(an_overview(a_row())).text


def test_the_city_hears_of_a_letter_that_is_due_for_signature() -> None:
    mail = compose(an_overview(a_row(), recipient=CITY, letter=True))
    assert "Dự thảo công văn đôn đốc gửi các đơn vị nêu trên đã đến hạn trình lãnh đạo Sở Nội vụ ký." in flat(
        mail
    )


def test_a_long_overview_says_how_much_of_it_is_shown() -> None:
    rows = [a_row(unit_name=f"Phường Số {n}", days_late=n) for n in range(1, 301)]
    mail = compose(an_overview(*rows))
    assert "nêu 150 việc quá hạn nhiều ngày nhất" in flat(mail)
    assert "300 đơn vị còn 300 việc quá hạn, lâu nhất 300 ngày" in flat(mail)
    assert len(mail.html) < 100_000
