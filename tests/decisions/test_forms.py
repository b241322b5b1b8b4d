"""A form as filled in becomes one typed answer or decision; what makes no sense is one line, and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.errors import Refused
from directives.ledger.engine import reading
from directives.ledger.tables import Answer, Decision, Inbound
from directives.ledger.undecided import undecided
from notifications.decisions.forms import FORMS, choices_of
from notifications.refusals import refusal
from notifications.words import entry
from tests.decisions.desk import OFFICER, fill_in, told_by
from tests.ledger.campaigns import Followed, a_campaign, at, content, directive_1914
from tests.replies.desks import Answered, answering

REPORT = {"step": "1g/report · Báo cáo kết quả", "unit": "STP · Sở Tư pháp"}


@pytest.fixture
def followed(engine: Engine) -> Followed:
    return a_campaign(engine).live("2020-06-30")


def test_an_answer_by_telephone_is_recorded_with_its_stated_day(followed: Followed) -> None:
    given = {**REPORT, "kind": "done · Đã gửi kết quả", "channel": "e_office · Hệ thống quản lý văn bản"}
    fill_in(
        followed, "record", "2020-11-09 10:00", **given, on="2020-11-05", doc_number="215/BC-STP", percent=3
    )
    assert followed.step("1g/report/STP").reported_at == at("2020-11-05 10:00")
    with reading(followed.engine) as session:
        answer = session.exec(select(Answer).where(col(Answer.carried_by_id).is_(None))).one()
    assert (answer.channel, answer.recorded_at) == ("e_office", at("2020-11-09 10:00"))
    assert answer.data == {"doc_number": "215/BC-STP"}


def test_who_decided_is_recorded_as_claimed(followed: Followed) -> None:
    fill_in(followed, "waive", "2020-11-09 10:00", **REPORT, reason="sáp nhập")
    with reading(followed.engine) as session:
        assert {one.by for one in session.exec(select(Decision))} == {OFFICER}


def test_nothing_chosen_is_nothing_given(followed: Followed) -> None:
    fill_in(
        followed,
        "hold",
        "2020-11-09 10:00",
        instruction=entry("form.none"),
        unit="STP · Sở Tư pháp",
        from_on="2020-11-09",
        until_on=None,
        reason="bão",
    )
    with reading(followed.engine) as session:
        (decision,) = session.exec(select(Decision)).all()
    assert decision.data == {"unit": "STP", "from_on": "2020-11-09"}


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("accept", REPORT, "Đơn vị chưa báo cáo việc này"),
    ("waive", {**REPORT, "reason": "  "}, "Thiếu hoặc sai: reason."),
    ("waive", {**REPORT, "reason": "x", "by": "ai đó"}, "“ai đó” không phải người quyết định"),
    ("grant_extension", {**REPORT, "until": "2020-12-01"}, "Không có đề nghị gia hạn nào"),
    ("assign", {**REPORT, "to": "SNV", "until": "2020-11-01"}, "Ngày 01/11/2020 đã qua"),
    ("assign", {**REPORT, "to": "NK"}, "Quận Ninh Kiều cũng phải thực hiện việc này (1g/report)"),
    ("hold", {"from_on": "2020-11-01", "reason": "x"}, "Ngày 01/11/2020 đã qua"),
    (
        "record",
        {**REPORT, "kind": "extension", "channel": "phone", "until": "2020-11-20"},
        "Thiếu hoặc sai: text.",
    ),
    ("answer_unclear", {"mail": "abcdef12"}, "Không có thư nào mang mã “abcdef12”"),
    ("accept_sender", {"unit": "STP", "address": "ai đó"}, "không phải địa chỉ thư điện tử"),
    (
        "district_date",
        {"district": "NK", "until": "2020-11-10", "instruction": "1g"},
        "thời hạn của chính quận, huyện (09/11/2020)",
    ),
]


def test_what_makes_no_sense_is_said_in_one_vietnamese_line_and_changes_nothing(followed: Followed) -> None:
    before = content(followed.engine)
    for form, given, why in WRONG:
        with pytest.raises(Refused) as refused:
            fill_in(followed, form, "2020-11-02 10:00", **given)
        said = refusal(refused.value)
        assert why in said, (form, said)
        assert "\n" not in said
    assert content(followed.engine) == before


def test_every_field_of_every_form_has_its_words_and_every_drop_down_something_to_choose() -> None:
    definition = directive_1914()
    for form in FORMS:
        assert form.title
        assert form.about
        for field in form.fields:
            assert form.help_of(field).endswith("."), (form.name, field.name)
            assert form.label_of(field)
            offered = choices_of(field, definition)
            assert len(offered) == len(set(offered))
    units = choices_of(FORMS[0].fields[1], definition)
    assert len(units) == len(definition.units)
    assert "STP · Sở Tư pháp" in units


@pytest.fixture
def unclear(engine: Engine, tmp_path: Path) -> Answered:
    """A mail of STP of 02/11/2020 that says nothing that can be read."""
    answered = Answered(engine, tmp_path)
    answered.open("2020-06-30 07:00")
    answered.live("2020-06-30")
    (digest,) = answered.letters("STP")
    assert answered.hears(answering(digest, "Như anh Nam đã trao đổi."), "2020-11-02 09:00")["queued"] == 1
    return answered


def waiting_mail(followed: Followed) -> str:
    with reading(followed.engine) as session:
        return session.exec(select(Inbound.sha256).where(Inbound.state == "queued")).one()


def test_an_unclear_mail_is_answered_for_by_its_items_and_the_unit_told(unclear: Answered) -> None:
    mail = waiting_mail(unclear)
    (letter,) = told_by(
        unclear,
        "answer_unclear",
        "2020-11-03 09:00",
        mail=mail[:12],
        kind="done",
        items="2",
        doc_number="215/BC-STP",
    )
    step = unclear.step("1g/report/STP")
    assert step.reported_at == at("2020-11-02 09:00")  # when the mail came, not when it was read
    assert "Ghi nhận: đã gửi văn bản số 215/BC-STP." in " ".join(letter.text.split())
    with reading(unclear.engine) as session:
        assert undecided(unclear.book(session)) == []
        answer = session.exec(select(Answer).where(Answer.step_id == step.id)).one()
        assert answer.inbound_id is not None
    with pytest.raises(Refused, match="waits no more"):
        fill_in(unclear, "answer_unclear", "2020-11-03 09:01", mail=mail, kind="received")


def test_a_mail_that_says_more_waits_on(unclear: Answered) -> None:
    mail = waiting_mail(unclear)
    fill_in(unclear, "answer_unclear", "2020-11-03 09:00", mail=mail, kind="received", items="1", more=True)
    assert waiting_mail(unclear) == mail
    fill_in(
        unclear, "answer_unclear", "2020-11-03 09:01", mail=mail, kind="in_progress", items="2", percent=40
    )
    assert unclear.step("1g/report/STP").percent == 40


def test_a_mail_about_nothing_is_put_aside_with_a_reason(unclear: Answered) -> None:
    mail = waiting_mail(unclear)
    with pytest.raises(Refused, match="needs a reason to be put aside"):
        fill_in(unclear, "answer_unclear", "2020-11-03 09:00", mail=mail)
    assert told_by(unclear, "answer_unclear", "2020-11-03 09:00", mail=mail, reason="thư cảm ơn") == []
    with reading(unclear.engine) as session:
        assert session.exec(select(Inbound.state)).one() == "set_aside"


def test_a_step_without_its_unit_records_nothing_that_nobody_chose(unclear: Answered) -> None:
    mail = waiting_mail(unclear)
    for half in ({"step": "1g/report"}, {"unit": "STP"}, {"unit": "STP", "items": "2"}):
        with pytest.raises(Refused, match="belong together") as refused:
            fill_in(unclear, "answer_unclear", "2020-11-03 09:00", mail=mail, kind="received", **half)
        assert refusal(refused.value).startswith("Chọn cả việc và đơn vị")
    assert waiting_mail(unclear) == mail


def test_items_that_the_digest_has_not_are_refused(unclear: Answered) -> None:
    mail = waiting_mail(unclear)
    with pytest.raises(Refused, match="the digest has the items 1, 2"):
        fill_in(unclear, "answer_unclear", "2020-11-03 09:00", mail=mail, kind="received", items="7")
    with pytest.raises(Refused, match="names no items"):
        fill_in(unclear, "answer_unclear", "2020-11-03 09:00", mail=mail, kind="received", items="mục hai")
