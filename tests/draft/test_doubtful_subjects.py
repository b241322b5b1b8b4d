"""A date in a sentence that does not say whose it is goes to the duty before it, and is marked."""

from __future__ import annotations

from tests.draft.drafts import a_document

ASKED = "Giao Sở Nội vụ lập danh sách, gửi Ủy ban nhân dân thành phố trước ngày 10/8/2020."


def test_what_the_issuer_will_do_is_marked() -> None:
    (duty,) = a_document(f"{ASKED} Văn phòng sẽ trình Ủy ban nhân dân thành phố trước ngày 20/8/2020.").duties
    own, theirs = duty.phrases
    assert (own.doubt, theirs.doubt is not None) == (None, True)


def test_a_sentence_about_the_report_itself_is_sure() -> None:
    (duty,) = a_document("1. Giao Sở Nội vụ lập danh sách.\n\nDanh sách gửi trước ngày 20/8/2020.").duties
    assert [one.doubt for one in duty.phrases] == [None]


def test_the_title_of_a_cited_document_dates_nothing() -> None:
    cited = "Thực hiện Công văn số 55/BNV-VP ngày 01/7/2020 của Bộ Nội vụ về việc gửi báo cáo trước ngày 15/9/2020;"
    (duty,) = a_document(
        f"{cited}\n\nỦy ban nhân dân thành phố đề nghị các sở, ban, ngành gửi báo cáo."
    ).duties
    assert duty.phrases == []
