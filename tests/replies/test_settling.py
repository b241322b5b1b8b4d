"""What a unit lead answers by mail ends in the ledger or before a coordinator, and is answered at once."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from directives.errors import Refused
from directives.ledger import inbound, undecided
from directives.ledger.engine import begin, reading
from notifications.replies import settling
from notifications.replies.context import ReplyContext
from notifications.replies.parse import Reading
from notifications.replies.tokens import reply_address
from notifications.replies.trust import Trust
from tests.ledger.campaigns import a_definition, at, box_of, spec
from tests.replies.desks import PDF, Answered, answering
from tests.web.visitors import PAGE_URL

REPORT = "1g/report/STP"


@pytest.fixture
def unit(engine: Engine, tmp_path: Path) -> Answered:
    """The small campaign, opened on 30/06/2020, its first digests out."""
    followed = Answered(engine, tmp_path)
    followed.open("2020-06-30 07:00")
    followed.live("2020-06-30")
    return followed


def numbered(letter_text: str, title: str) -> int:
    """The number under which a digest asks for something."""
    head = letter_text.partition(title)[0]
    return int(head.rstrip().rstrip(".").rpartition(" ")[2])


def test_a_report_is_recorded_and_its_receipt_says_so_item_by_item(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    done = unit.hears(
        answering(letter, f"{n} đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"), "2020-07-01 09:00"
    )
    assert dict(done) == {"applied": 1}
    step = unit.step(REPORT)
    assert step.reported_at is not None
    (evidence,) = [one for one in unit.evidence() if one.doc_number][:1]
    assert evidence.doc_number == "215/BC-STP"
    (receipt,) = unit.written_back("STP", "receipt")
    assert "đã gửi văn bản số 215/BC-STP ngày 30/06/2020" in receipt.text
    assert receipt["Reply-To"] == letter["Reply-To"]
    assert receipt["References"] == letter["Message-ID"]
    assert receipt["Auto-Submitted"] != "None"


def test_a_receipt_is_conversation_and_leaves_at_night(unit: Answered) -> None:
    unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận"), "2020-07-04 23:30")
    assert len(unit.written_back("STP", "receipt")) == 1


def test_a_file_that_came_along_is_kept_as_evidence_by_its_hash(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    files = [("báo cáo.pdf", PDF), ("../../phụ lục.pdf", PDF + b"2"), ("virus.exe", b"MZ\x90\x00")]
    unit.hears(answering(letter, f"{n} gửi báo cáo đính kèm", files=files), "2020-07-01 09:00")
    kept = {one.file_name for one in unit.evidence()}
    assert kept == {"báo cáo.pdf", "phụ lục.pdf"}
    for one in unit.evidence():
        file = unit.folder / "evidence" / one.file_sha256[:2] / one.file_sha256
        assert file.read_bytes().startswith(PDF)
    (receipt,) = unit.written_back("STP", "receipt")
    assert "virus.exe: không phải loại tệp được nhận" in receipt.text


def test_what_is_unclear_changes_nothing_waits_for_a_coordinator_and_one_note_a_day_says_how(
    unit: Answered,
) -> None:
    letter = unit.digest("STP")
    before = unit.step(REPORT)
    mails = [answering(letter, "gần xong rồi ạ"), answering(letter, "khi nào xong?")]
    assert dict(unit.hears(mails, "2020-07-01 09:00")) == {"queued": 2}
    assert unit.step(REPORT) == before
    (note,) = unit.written_back("STP", "unclear")
    assert "chưa thay đổi tình trạng việc nào" in note.text
    assert {one.state for one in unit.inbound()} == {"queued"}


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"sender": "giam.doc@gmail.example"}, "stranger"),
        ({"passed": False}, "failed DMARC"),
        ({"sender": box_of("NK")}, "another unit"),
    ],
)
def test_who_is_not_verified_changes_nothing_and_is_not_written_back_to(
    unit: Answered, how: dict[str, Any], why: str
) -> None:
    before, letters = unit.steps(), len(unit.letters())
    done = unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận", **how), "2020-07-01 09:00")
    assert dict(done) == {"queued": 1}, why
    assert unit.steps() == before
    assert len(unit.letters()) == letters


@pytest.mark.parametrize(
    ("above", "state"), [("dmarc=fail", "queued"), ("dmarc=none", "queued"), ("spf=pass", "applied")]
)
def test_a_server_behind_the_trusted_one_can_only_take_trust_away(
    unit: Answered, above: str, state: str
) -> None:
    raw = answering(unit.digest("STP"), "1 đã tiếp nhận")
    said = f"Authentication-Results: inner.example; {above} header.from=cantho.example\n"
    assert dict(unit.hears(said.encode() + raw, "2020-07-01 09:00")) == {state: 1}


def test_an_accepted_sender_may_answer_and_what_waited_is_applied(unit: Answered) -> None:
    private = "van.thu.stp@gmail.example"
    unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận", sender=private), "2020-07-01 09:00")
    unit.decide("", "accept_sender", "2020-07-01 10:00", unit="STP", address=private)
    assert dict(unit.hears([], "2020-07-01 10:01")) == {"applied": 1}
    assert unit.step(REPORT).received_at is not None
    (receipt,) = [one for one in unit.letters() if one.to == private]
    assert receipt.kind == "receipt"


def test_an_accepted_sender_is_checked_like_any_other(unit: Answered) -> None:
    private = "van.thu.stp@gmail.example"
    unit.decide("", "accept_sender", "2020-07-01 10:00", unit="STP", address=private)
    forged = answering(unit.digest("STP"), "tất cả đã tiếp nhận", sender=private, passed=False)
    assert dict(unit.hears(forged, "2020-07-01 11:00")) == {"queued": 1}


def test_an_accepted_sender_stays_when_the_campaign_is_opened_anew(unit: Answered) -> None:
    private = "van.thu.stp@gmail.example"
    unit.decide("", "accept_sender", "2020-07-01 10:00", unit="STP", address=private)
    later = a_definition(lambda data: spec(data, "1g/report").update(due={"before": "2020-11-12"}))
    unit.open("2020-07-02 09:00", later, confirmed=True)
    mail = answering(unit.digest("STP"), "tất cả đã tiếp nhận", sender=private)
    assert dict(unit.hears(mail, "2020-07-02 11:00")) == {"applied": 1}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"unit": "STPX", "address": "a@b.example"}, "has no unit 'STPX'; did you mean 'STP'"),
        ({"unit": "STP", "address": "không phải"}, "is not a mail address"),
        ({"unit": "STP", "address": box_of("STP")}, "is a contact of 'STP' already"),
    ],
)
def test_an_acceptance_that_makes_no_sense_changes_nothing(
    unit: Answered, given: dict[str, str], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        unit.decide("", "accept_sender", "2020-07-01 10:00", **given)


@pytest.mark.parametrize("to", ["dondoc+aaaaaaaaaaaaaaaaaaaaaaaaaa@dondoc.example", "dondoc@dondoc.example"])
def test_without_a_token_that_was_given_out_nothing_changes_and_the_unit_is_told(
    unit: Answered, to: str
) -> None:
    before = unit.steps()
    mail = answering(unit.digest("STP"), "tất cả đã tiếp nhận", to=to)
    assert dict(unit.hears(mail, "2020-07-01 09:00")) == {"queued": 1}
    assert unit.steps() == before
    assert len(unit.written_back("STP", "unclear")) == 1


def test_the_trial_mail_checks_nobody_so_registered_addresses_are_believed(unit: Answered) -> None:
    unit.trust = Trust(None, requires_dmarc=False)
    mail = answering(unit.digest("STP"), "tất cả đã tiếp nhận", passed=False)
    assert dict(unit.hears(mail, "2020-07-01 09:00")) == {"applied": 1}


def test_an_automatic_reply_changes_nothing_and_is_never_answered(unit: Answered) -> None:
    letters = len(unit.letters())
    mail = answering(unit.digest("STP"), "tất cả đã tiếp nhận", Auto_Submitted="auto-replied")
    assert dict(unit.hears(mail, "2020-07-01 09:00")) == {"auto": 1}
    assert len(unit.letters()) == letters
    assert unit.step(REPORT).received_at is None


def test_the_same_bytes_twice_are_applied_once(unit: Answered) -> None:
    mail = answering(unit.digest("STP"), "tất cả đã tiếp nhận")
    assert sum(unit.hears([mail, mail], "2020-07-01 09:00").values()) == 1
    assert sum(unit.hears(mail, "2020-07-01 09:05").values()) == 0
    assert len(unit.written_back("STP", "receipt")) == 1


def test_more_time_is_asked_for_and_the_ladder_waits(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    assert dict(
        unit.hears(answering(letter, f"{n} xin gia hạn đến 15/11: chờ số liệu"), "2020-07-01 09:00")
    ) == {"applied": 1}
    step = unit.step(REPORT)
    assert step.extension_requested_at is not None
    (receipt,) = unit.written_back("STP", "receipt")
    assert "đề nghị gia hạn đến hết ngày 15/11/2020, chờ quyết định" in receipt.text


def test_whom_a_coordinator_must_ask_is_a_request_and_the_unit_stays_responsible(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    mail = answering(letter, f"{n} chuyển Thanh tra thành phố: không thuộc chức năng của Sở")
    assert dict(unit.hears(mail, "2020-07-01 09:00")) == {"applied": 1}
    assert unit.step(REPORT).deputy == ""
    (receipt,) = unit.written_back("STP", "receipt")
    assert "đề nghị chuyển Thanh tra thành phố, chờ quyết định" in receipt.text


def test_an_answer_is_withdrawn_by_replying_to_its_receipt(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    unit.hears(answering(letter, f"{n} đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"), "2020-07-01 09:00")
    (receipt,) = unit.written_back("STP", "receipt")
    done = unit.hears(answering(receipt, f"SAI {n}"), "2020-07-01 10:00")
    assert dict(done) == {"applied": 1}, unit.inbound()[-1].reason
    assert unit.step(REPORT).reported_at is None
    assert "đã rút lại trả lời trước" in unit.written_back("STP", "receipt")[-1].text


def test_a_withdrawal_after_a_day_is_for_a_coordinator(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    unit.hears(answering(letter, f"{n} đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"), "2020-07-01 09:00")
    for text in (f"SAI {n}", "SAI"):
        assert dict(unit.hears(answering(letter, text), "2020-07-03 10:00")) == {"queued": 1}
    assert unit.step(REPORT).reported_at is not None


def test_a_late_report_is_told_both_dates(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    unit.hears(answering(letter, f"{n} đã gửi báo cáo số 215/BC-STP ngày 12/11/2020"), "2020-11-12 09:00")
    assert "Thư đến ngày 12/11/2020" in unit.written_back("STP", "receipt")[-1].text


def test_a_rehearsals_answers_are_said_at_its_still_clock(engine: Engine, tmp_path: Path) -> None:
    unit = Answered(engine, tmp_path)
    unit.open("2020-06-30 07:00", rehearsal=True)
    unit.change("UPDATE campaigns SET clock_at = :at", at="2020-06-30 01:00:00.000000")
    unit.passes("2020-06-30 08:00")
    unit.deliver("2026-11-25 20:00")
    unit.hears(answering(unit.digest("STP"), "tất cả đã tiếp nhận"), "2026-11-25 20:01")
    received = unit.step(REPORT).received_at
    assert received is not None
    assert received.year == 2020


def test_a_queued_mail_of_a_rehearsal_keeps_the_date_of_its_still_clock(
    engine: Engine, tmp_path: Path
) -> None:
    unit = Answered(engine, tmp_path)
    unit.open("2020-06-30 07:00", rehearsal=True)
    unit.change("UPDATE campaigns SET clock_at = :at", at="2020-06-30 01:00:00.000000")
    unit.passes("2020-06-30 08:00")
    unit.deliver("2026-11-25 20:00")
    unit.hears(answering(unit.digest("STP"), "Như anh Nam đã trao đổi."), "2026-11-25 20:01")
    unit.change("UPDATE campaigns SET clock_at = :at", at="2020-07-30 01:00:00.000000")
    with reading(engine) as session:
        (waiting,) = undecided.undecided(unit.book(session))
    assert waiting.at == at("2020-06-30 08:00")


def test_a_mail_that_we_fail_on_is_a_coordinators_and_stops_none_behind_it(
    unit: Answered, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    letter = unit.digest("STP")
    read = settling.explain

    def failing(raw: bytes, context: ReplyContext) -> Reading:
        if b"X-Poison" in raw:
            raise ZeroDivisionError
        return read(raw, context)

    monkeypatch.setattr(settling, "explain", failing)
    poison = answering(letter, "tất cả đã tiếp nhận", X_Poison="1")
    done = unit.hears([poison, answering(letter, "tất cả đã tiếp nhận ạ")], "2020-07-01 09:00")
    assert dict(done) == {"queued": 1, "applied": 1}
    assert "ZeroDivisionError" in unit.inbound()[0].reason
    assert "could not be settled" in caplog.text


def test_a_mail_whose_file_is_gone_is_a_coordinators(
    unit: Answered, caplog: pytest.LogCaptureFixture
) -> None:
    raw = answering(unit.digest("STP"), "tất cả đã tiếp nhận")
    desk = unit.desk(at("2020-07-01 09:00"))
    desk.raw.path(unit.store(desk, raw, at("2020-07-01 09:00"))).unlink()
    assert dict(unit.hears([], "2020-07-01 09:01")) == {"queued": 1}
    assert "FileNotFoundError" in unit.inbound()[0].reason
    assert caplog.records


def test_a_header_that_nobody_can_read_stops_nothing(unit: Answered) -> None:
    letter = unit.digest("STP")
    endless = b"From: " + b"(" * 3_000 + b"\nTo: " + b"(" * 3_000 + b"\n\n1 xong\n"
    done = unit.hears([endless, answering(letter, "tất cả đã tiếp nhận")], "2020-07-01 09:00")
    assert dict(done) == {"queued": 1, "applied": 1}


def test_a_nul_in_a_mail_is_nothing_to_either_database(unit: Answered) -> None:
    letter = unit.digest("STP")
    raw = answering(letter, "linh tinh NUL abc").replace(b"NUL", b"\x00")
    done = unit.hears([raw, answering(letter, "tất cả đã tiếp nhận")], "2020-07-01 09:00")
    assert dict(done) == {"queued": 1, "applied": 1}


def test_the_same_mail_over_another_way_is_applied_once(unit: Answered) -> None:
    raw = answering(unit.digest("STP"), "tất cả đã tiếp nhận")
    again = b"Received: from elsewhere by mx\n" + raw
    assert dict(unit.hears([raw, again], "2020-07-01 09:00")) == {"applied": 1, "auto": 1}
    assert len(unit.written_back("STP", "receipt")) == 1


def test_sai_withdraws_what_the_receipt_acknowledged_and_nothing_else(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    other = 2 if n == 1 else 1
    unit.hears(answering(letter, f"{n} đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"), "2020-07-01 09:00")
    unit.hears(answering(letter, f"{other} đang thực hiện 20%"), "2020-07-01 10:00")
    second = unit.written_back("STP", "receipt")[-1]
    assert dict(unit.hears(answering(second, "SAI"), "2020-07-01 11:00")) == {"applied": 1}
    assert unit.step(REPORT).reported_at is not None
    assert not any(step.percent == 20 for step in unit.steps().values())


def test_sai_to_the_digest_withdraws_the_senders_latest_mail(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    other = 2 if n == 1 else 1
    unit.hears(answering(letter, f"{n} đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"), "2020-07-01 09:00")
    unit.hears(answering(letter, f"{other} đang thực hiện 20%"), "2020-07-01 10:00")
    unit.hears(answering(letter, "SAI"), "2020-07-01 11:00")
    assert unit.step(REPORT).reported_at is not None


def test_sai_withdraws_both_things_that_one_mail_said_of_an_item(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    unit.hears(
        answering(letter, f"{n} đang thực hiện 60%\n{n} xin gia hạn đến 15/11/2020: chờ số liệu"),
        "2020-07-01 09:00",
    )
    assert unit.step(REPORT).percent == 60
    assert unit.step(REPORT).extension_requested_at is not None
    receipt = unit.written_back("STP", "receipt")[-1]
    assert dict(unit.hears(answering(receipt, "SAI"), "2020-07-01 10:00")) == {"applied": 1}
    assert unit.step(REPORT).percent is None
    assert unit.step(REPORT).extension_requested_at is None
    assert unit.written_back("STP", "receipt")[-1].text.count("Báo cáo kết quả Ghi nhận") == 1


def test_a_logo_in_a_signature_is_no_evidence(unit: Answered) -> None:
    letter = unit.digest("STP")
    n = numbered(letter.text, "Báo cáo kết quả")
    logo = [("image001.png", b"\x89PNG\r\n\x1a\n and so on")]
    mail = answering(letter, f"{n} gửi báo cáo đính kèm", files=logo)
    assert dict(unit.hears(mail, "2020-07-01 09:00")) == {"queued": 1}


def test_more_than_ten_files_void_no_clear_text(unit: Answered) -> None:
    files = [(f"{number}.pdf", PDF) for number in range(12)]
    mail = answering(unit.digest("STP"), "tất cả đã tiếp nhận", files=files)
    assert dict(unit.hears(mail, "2020-07-01 09:00")) == {"applied": 1}
    assert "11.pdf: thư có quá 10 tệp" in unit.written_back("STP", "receipt")[-1].text


def test_a_mail_that_is_too_large_is_told_so(unit: Answered) -> None:
    mail = answering(
        unit.digest("STP"), "tất cả đã tiếp nhận", files=[("lớn.pdf", PDF + bytes(16 * 1024 * 1024))]
    )
    assert dict(unit.hears(mail, "2020-07-01 09:00")) == {"queued": 1}
    assert "Thư lớn hơn 20 MB" in unit.written_back("STP", "unclear")[-1].text


def test_nothing_overdue_leaves_while_a_stored_mail_is_unsettled(unit: Answered) -> None:
    desk = unit.desk(at("2020-11-09 16:00"))
    unit.store(desk, answering(unit.digest("STP"), "x"), at("2020-11-09 16:00"))
    with begin(unit.engine) as session:
        inbound.mark_read(session, unit.post.mail_from, at("2020-11-10 07:50"))
    unit.passes("2020-11-10 07:05")
    unit.deliver("2020-11-10 08:00", collector=True)
    assert "Báo cáo kết quả" not in unit.letters("STP")[-1].text
    unit.hears([], "2020-11-10 08:01")
    unit.passes("2020-11-11 07:05")
    unit.deliver("2020-11-11 08:00", collector=True)
    assert "Báo cáo kết quả" in unit.letters("STP")[-1].text


def test_a_mail_to_a_closed_campaign_is_seen_by_somebody(unit: Answered) -> None:
    unit.change("UPDATE campaigns SET closed_at = :at", at="2020-07-01 00:00:00.000000")
    unit.hears(answering(unit.digest("STP"), "1 đã xong"), "2020-07-02 09:00")
    with reading(unit.engine) as session:
        assert [one.kind for one in undecided.strangers(session)] == ["mail"]


def test_the_token_of_a_units_link_is_no_reply_address(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Whoever has the one does not get the other by it."""
    unit = Answered(sqlite_engine, tmp_path)
    unit.post = replace(unit.post, page_url=PAGE_URL)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30")
    letter = unit.digest("STP")
    (token,) = set(re.findall(rf"{PAGE_URL}/t/([a-z2-7]{{26}})\b", letter.text))
    before = unit.steps()
    raw = answering(letter, "tất cả đã tiếp nhận", to=reply_address(unit.post.mail_from, token))
    assert dict(unit.hears(raw, "2020-07-01 09:00")) == {"queued": 1}
    assert unit.steps() == before
    (row,) = unit.inbound()
    assert "không gửi đến địa chỉ trả lời riêng" in row.reason
