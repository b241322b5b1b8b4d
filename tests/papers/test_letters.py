"""The urging letter: drafted by the ladder's +10 rung and not before, never sent, counted only once it was signed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from directives.errors import DondocError, Refused
from directives.ledger import paper_rows
from directives.ledger.engine import begin, reading
from directives.ledger.letters import letters_of
from directives.ledger.paper_rows import Kept
from directives.ledger.tables import Audit, Paper, PaperStep
from directives.papers import LetterFacts
from notifications.papers.drafting import Office, facts_of
from tests.ledger.campaigns import Followed, at
from tests.papers.office import a_paper_campaign, an_office, opened

# The plan was due on Friday 31/07/2020; the tenth working day after it is 14/08.
NINTH, TENTH = "2020-08-13", "2020-08-14"


@pytest.fixture
def followed(engine: Engine) -> Followed:
    made = a_paper_campaign(engine)
    made.live("2020-06-30")
    made.answer("1g/plan/STP", "done", "2020-07-30 09:00", doc_number="12/KH-STP")
    return made


@pytest.fixture
def office(followed: Followed, tmp_path: Path) -> Office:
    return an_office(followed, tmp_path)


def drafted(office: Office, followed: Followed, when: str) -> Kept | None:
    return office.draft_letter(followed.key, at(when))


def facts(paper: Kept | None) -> LetterFacts:
    assert paper is not None
    found = facts_of(paper)
    assert isinstance(found, LetterFacts)
    return found


def named(paper: Kept | None) -> list[str]:
    return [one.unit for one in facts(paper).items]


def test_the_tenth_working_day_drafts_it_and_no_day_before(followed: Followed, office: Office) -> None:
    followed.live("2020-08-03")
    followed.live(NINTH)
    assert drafted(office, followed, f"{NINTH} 07:10") is None
    followed.passes(f"{TENTH} 07:05")
    letter = drafted(office, followed, f"{TENTH} 07:10")
    assert named(letter) == ["Quận Ninh Kiều", "Phường An Hòa", "Phường Cái Khế"]
    assert {(one.title, one.days_late) for one in facts(letter).items} == {("Kế hoạch năm 2020", 14)}


def test_it_says_from_how_late_on_items_are_counted(followed: Followed, office: Office) -> None:
    followed.live(TENTH)
    letter = drafted(office, followed, f"{TENTH} 07:10")
    assert letter is not None
    assert (
        "chưa nhận được 3 kết quả đã quá hạn từ 10 ngày làm việc của 3 cơ quan" in opened(office, letter).text
    )


def test_it_says_by_when_before_the_ladder_speaks_again(followed: Followed, office: Office) -> None:
    followed.live(TENTH)
    assert facts(drafted(office, followed, f"{TENTH} 07:10")).answer_by == date(2020, 8, 20)
    followed.live("2020-08-20")
    assert drafted(office, followed, "2020-08-20 07:10") is None
    followed.live("2020-08-21")  # the fifth working day after: the rung repeats
    assert drafted(office, followed, "2020-08-21 07:10") is not None


def test_no_letter_is_ever_in_the_outbox(followed: Followed, office: Office) -> None:
    followed.passes(f"{TENTH} 07:05")
    before = [(one.id, one.state) for one in followed.messages()]
    letter = drafted(office, followed, f"{TENTH} 07:10")
    assert letter is not None
    assert [(one.id, one.state) for one in followed.messages()] == before
    followed.deliver(f"{TENTH} 08:00")
    raw = b"".join(one.raw for one in followed.letters())
    assert letter.file_name.encode() not in raw
    assert b"wordprocessingml" not in raw


def test_one_draft_a_day_which_takes_up_what_later_passes_add(followed: Followed, office: Office) -> None:
    followed.live(TENTH)
    first = drafted(office, followed, f"{TENTH} 07:10")
    assert drafted(office, followed, f"{TENTH} 07:15") == first
    followed.answer("1g/plan/NK", "done", f"{TENTH} 09:00", doc_number="9/KH-UBND")
    again = drafted(office, followed, f"{TENTH} 10:00")
    assert first is not None and again is not None
    assert again.id == first.id
    assert named(again) == ["Phường An Hòa", "Phường Cái Khế"]
    with reading(followed.engine) as session:
        assert len(session.exec(select(Paper)).all()) == 1
        named_steps = set(session.exec(select(PaperStep.step_id)))
    assert named_steps == {followed.step(f"1g/plan/{unit}").id for unit in ("NK1", "NK2")}
    assert followed.broken() == []


def test_who_reported_meanwhile_is_not_urged_and_nobody_to_urge_is_said(
    followed: Followed, office: Office
) -> None:
    followed.live(TENTH)
    for unit in ("NK", "NK1", "NK2"):
        followed.answer(f"1g/plan/{unit}", "done", f"{TENTH} 08:30", doc_number=f"1/KH-{unit}")
    with pytest.raises(DondocError, match="nobody to urge"):
        office.draft_letter(followed.key, at(f"{TENTH} 09:00"), asked=True)


def test_what_a_report_carries_is_urged_with_it_as_one_item(followed: Followed, office: Office) -> None:
    for unit in ("NK", "NK1", "NK2"):
        followed.answer(f"1g/plan/{unit}", "done", "2020-08-01 08:30", doc_number=f"1/KH-{unit}")
    followed.live("2020-11-13")
    followed.live("2020-11-23")  # the communes' tenth day was 13/11, the others' is 23/11
    letter = facts(drafted(office, followed, "2020-11-23 07:10"))
    assert [(one.unit, one.title, one.by_directive) for one in letter.items] == [
        ("Sở Tư pháp", "Báo cáo kết quả", True),
        ("Quận Ninh Kiều", "Báo cáo kết quả", True),
        ("Phường An Hòa", "Báo cáo gửi quận", False),
        ("Phường Cái Khế", "Báo cáo gửi quận", False),
    ]
    carried = {followed.step("1g/report/STP").id, followed.step("1a/result/STP").id}
    assert set(letter.items[0].step_ids) == carried


def test_the_monitor_writes_no_letter_to_itself(followed: Followed, office: Office) -> None:
    for name, step in followed.steps().items():
        if step.covered_by_id is None and step.due_before and not name.startswith("2/") and "STP" not in name:
            followed.answer(name, "done", "2020-08-01 08:30", doc_number="1/BC")
    followed.answer("1g/report/STP", "done", "2020-08-01 08:30", doc_number="1/BC")
    followed.live("2020-12-04")
    assert followed.notices("2/consolidated/SNV")[-1] == "overdue-10"
    with pytest.raises(DondocError, match="nobody to urge"):
        office.draft_letter(followed.key, at("2020-12-04 07:10"), asked=True)


# Signed and sent, by people


def issue(followed: Followed, paper: Kept, on: str, today: str = "2020-08-20") -> Kept:
    with begin(followed.engine) as session:
        return paper_rows.issue(
            session,
            followed.key,
            paper.id,
            "12/SNV-XDCQ",
            date.fromisoformat(on),
            at=at(f"{today} 09:00"),
            today=date.fromisoformat(today),
            by="bà Hạnh",
        )


def counted(followed: Followed, *steps: str) -> list[int]:
    ids = [followed.step(one).id or 0 for one in steps]
    with reading(followed.engine) as session:
        found = letters_of(session, ids)
    return [found.get(one, 0) for one in ids]


def test_a_draft_is_no_letter_one_that_was_signed_is_counted_apart_from_mails(
    followed: Followed, office: Office
) -> None:
    followed.live(TENTH)
    letter = drafted(office, followed, f"{TENTH} 07:10")
    assert letter is not None
    steps = ("1g/plan/NK", "1g/plan/STP")
    assert counted(followed, *steps) == [0, 0]
    sent = issue(followed, letter, "2020-08-17")
    assert (sent.number, sent.issued_on) == ("12/SNV-XDCQ", date(2020, 8, 17))
    assert counted(followed, *steps) == [1, 0]
    with reading(followed.engine) as session:
        events = session.exec(select(Audit).where(Audit.kind == "paper.issued")).all()
    assert [one.data["number"] for one in events] == ["12/SNV-XDCQ"]
    assert followed.broken() == []


@pytest.mark.parametrize(
    ("on", "says"), [("2020-08-13", "drafted only on 14/08/2020"), ("2020-08-21", "still to come")]
)
def test_a_day_on_which_it_cannot_have_been_signed_is_refused(
    followed: Followed, office: Office, on: str, says: str
) -> None:
    followed.live(TENTH)
    letter = drafted(office, followed, f"{TENTH} 07:10")
    assert letter is not None
    with pytest.raises(Refused, match=says):
        issue(followed, letter, on)
    assert counted(followed, "1g/plan/NK") == [0]


def test_it_is_signed_once_and_then_stays_as_it_is(followed: Followed, office: Office) -> None:
    followed.live(TENTH)
    letter = drafted(office, followed, f"{TENTH} 07:10")
    assert letter is not None
    issue(followed, letter, TENTH, today=TENTH)
    with pytest.raises(Refused, match="issued before as 12/SNV-XDCQ"):
        issue(followed, letter, TENTH, today=TENTH)
    followed.answer("1g/plan/NK", "done", f"{TENTH} 09:00", doc_number="9/KH-UBND")
    later = drafted(office, followed, f"{TENTH} 10:00")
    assert later is not None
    assert later.sha256 == letter.sha256


def test_how_often_a_mail_reminded_stands_beside_each_item(followed: Followed, office: Office) -> None:
    followed.live("2020-07-22", "2020-08-14")
    letter = drafted(office, followed, f"{TENTH} 10:00")
    rows = opened(office, letter).table("Số lần đã nhắc bằng thư") if letter else []
    reminders = {row[1]: row[-1] for row in rows[1:]}
    # Seven and one working days before, one, three, five and ten after; on 22/07 it was not received yet.
    assert reminders["UBND quận Ninh Kiều"] == "6"
