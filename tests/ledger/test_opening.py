"""Opening freezes a campaign into the ledger, once; opening the same again writes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from config.contacts import default_contacts
from directives.errors import DondocError, UnknownCampaign
from directives.ledger import frozen
from directives.ledger.engine import begin, reading
from directives.ledger.opening import Opening
from directives.ledger.recipients import recipient_of
from directives.ledger.states import campaign_row
from directives.ledger.tables import Contact, Deadline, Step
from directives.model import Contact as ContactModel
from directives.model import ContactRole
from tests.ledger.campaigns import (
    Followed,
    a_campaign,
    a_definition,
    at,
    content,
    directive_1914,
    spec,
)


def _deadlines(followed: Followed, step: str) -> list[Deadline]:
    with reading(followed.engine) as session:
        rows = select(Deadline).where(Deadline.step_id == followed.step(step).id)
        return list(session.exec(rows.order_by(col(Deadline.number))))


@pytest.mark.parametrize("real", [False, True])
def test_what_is_frozen_thaws_as_it_was(real: bool) -> None:
    definition = directive_1914() if real else a_definition()
    assert frozen.thaw(frozen.freeze(definition, default_contacts(definition.units))) == definition


def test_opening_writes_every_step_with_its_first_deadline_and_basis(engine: Engine) -> None:
    followed = a_campaign(engine)
    assert len(followed.steps()) == 14
    (deadline,) = _deadlines(followed, "1g/report/STP")
    assert (deadline.number, deadline.due_before) == (1, at("2020-11-10 00:00"))
    assert (deadline.source, deadline.text) == ("directive", "trước ngày 10 tháng 11 năm 2020")
    (deadline,) = _deadlines(followed, "1g/commune-report/NK1")
    assert (deadline.source, deadline.due_before) == ("monitor", at("2020-10-31 00:00"))
    assert _deadlines(followed, "2/monitoring/SNV") == []


def test_the_directive_of_2020_opens_with_its_1059_steps(engine: Engine) -> None:
    followed = a_campaign(engine, definition=directive_1914())
    steps = followed.steps()
    assert len(steps) == 1059
    assert steps["1a/result/STP"].covered_by_id == steps["1g/report/STP"].id
    assert [one for one in steps.values() if not one.next_action_at] == [steps["2/monitoring/SNV"]]
    assert followed.broken() == []


def test_covered_steps_know_the_one_that_carries_them(engine: Engine) -> None:
    steps = a_campaign(engine).steps()
    covering = {key: step.covered_by_id for key, step in steps.items() if step.covered_by_id}
    assert covering == {
        "1a/result/STP": steps["1g/report/STP"].id,
        "1a/result/NK": steps["1g/report/NK"].id,
        "1a/result/NK1": steps["1g/commune-report/NK1"].id,
        "1a/result/NK2": steps["1g/commune-report/NK2"].id,
    }


def test_every_step_knows_its_next_action_or_why_it_has_none(engine: Engine) -> None:
    for key, step in a_campaign(engine).steps().items():
        if key == "2/monitoring/SNV":
            assert (step.next_action_at, step.next_reason) == (None, "continuing")
        else:
            assert (step.next_action_at, step.next_reason) == (at("2020-06-30 07:30"), "waiting")


def test_opening_the_same_again_writes_nothing(engine: Engine) -> None:
    followed = a_campaign(engine)
    before = content(engine)
    again = followed.open("2020-07-15 10:00", confirmed=True)
    assert again.outcome is Opening.UNCHANGED
    assert content(engine) == before


def test_a_changed_file_shows_the_difference_and_writes_nothing_before_it_is_confirmed(
    engine: Engine,
) -> None:
    followed = a_campaign(engine)
    before = content(engine)
    changed = a_definition(
        lambda data: spec(data, "1g/report").update(due={"before": "2020-11-20"}),
        lambda data: data["instructions"][0].update(title="Tên khác"),
    )
    result = followed.open("2020-07-15 10:00", changed)
    assert result.outcome is Opening.CHANGED
    assert result.differences == (
        "campaign.instructions[1a].title: Triển khai kế hoạch → Tên khác",
        "campaign.instructions[1g].steps[report].due.before: 2020-11-10 → 2020-11-20",
    )
    assert content(engine) == before


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (
            lambda data: data["audiences"]["communes"].remove("NK2"),
            "campaign.audiences.communes.units[NK2]: NK2 → (nothing)",
        ),
        (
            lambda data: spec(data, "1a/result", 1).update(deliverable="Kết quả riêng"),
            "campaign.instructions[1a].steps[result#1].deliverable:"
            " Kết quả, nêu trong báo cáo gửi quận → Kết quả riêng",
        ),
        (
            lambda data: spec(data, "2/monitoring").update(send_to="UBND"),
            "campaign.instructions[2].steps[monitoring].send_to: (nothing) → UBND",
        ),
        (
            lambda data: data["instructions"].reverse(),
            "campaign.instructions: order 1a, 1g, 2 → 2, 1g, 1a",
        ),
    ],
)
def test_each_kind_of_change_is_one_line(sqlite_engine: Engine, edit: Any, line: str) -> None:
    followed = a_campaign(sqlite_engine)
    assert followed.open("2020-07-15 10:00", a_definition(edit)).differences == (line,)


def test_a_rehearsal_and_a_real_campaign_do_not_share_a_ledger(engine: Engine) -> None:
    followed = a_campaign(engine, rehearsal=True)
    with pytest.raises(DondocError, match="as a rehearsal; use another DONDOC_HOME"):
        followed.open("2020-07-15 10:00")


def test_a_rehearsals_clock_stands_where_it_was_opened(engine: Engine) -> None:
    assert a_campaign(engine, rehearsal=True).campaign().clock_at == at("2020-06-30 07:00")


def test_a_campaign_opened_early_waits_for_its_day(engine: Engine) -> None:
    assert a_campaign(engine, "2020-06-01 10:00").campaign().opened_at == at("2020-06-30 07:30")


def test_a_campaign_opened_late_starts_then(engine: Engine) -> None:
    assert a_campaign(engine, "2020-07-15 10:00").campaign().opened_at == at("2020-07-15 10:00")


def test_campaigns_with_the_same_units_stay_apart(engine: Engine) -> None:
    first = a_campaign(engine)
    second = a_campaign(engine, definition=a_definition(lambda data: data.update(campaign="thu-2021")))
    with begin(engine) as session:
        row = session.exec(select(Step).where(Step.campaign_id == campaign_row(session, second.key).id))
        assert len(row.all()) == 14
    first.answer("1g/report/STP", "received", "2020-07-01 09:00")
    second.deliver("2020-07-01 09:00")
    assert second.broken() == first.broken() == []
    assert second.step("1g/report/STP").received_at is None


def test_an_unknown_campaign_is_named_with_those_that_are_open(engine: Engine) -> None:
    a_campaign(engine)
    with (
        pytest.raises(UnknownCampaign, match="'nothing' is not open in this ledger"),
        reading(engine) as view,
    ):
        campaign_row(view, "nothing")


def test_contacts_are_frozen_with_their_validity_and_role(engine: Engine) -> None:
    def contact(role: ContactRole, address: str, **valid: str) -> ContactModel:
        given = {"unit": "STP", "role": role, "address": address, **valid}
        return ContactModel.model_validate(given)

    contacts = [
        contact(ContactRole.CLERK, "van-thu@stp.example"),
        contact(ContactRole.LEAD, "cu@stp.example", valid_to="2020-09-30"),
        contact(ContactRole.LEAD, "moi@stp.example", valid_from="2020-10-05"),
        contact(ContactRole.ALTERNATE, "du-phong@stp.example"),
    ]
    followed = a_campaign(engine, contacts=contacts)
    with reading(engine) as session:
        book = followed.book(session)
        (stp,) = (unit_id for unit_id, unit in book.units.items() if unit.code == "STP")

        def written_to(day: str) -> str:
            recipient = recipient_of(book, stp, at(day))
            return recipient.address if recipient else ""

        assert written_to("2020-09-30 08:00") == "cu@stp.example"
        assert written_to("2020-10-01 08:00") == "van-thu@stp.example"
        assert written_to("2020-10-05 08:00") == "moi@stp.example"


def test_nobody_is_written_to_where_only_the_alternate_is_left(engine: Engine) -> None:
    """The alternate is for bounces only."""
    alternate = ContactModel(unit="STP", role=ContactRole.ALTERNATE, address="du-phong@stp.example")
    followed = a_campaign(engine, contacts=[alternate])
    with reading(engine) as session:
        book = followed.book(session)
        assert all(recipient_of(book, unit_id, at("2020-07-01 08:00")) is None for unit_id in book.units)
        assert session.exec(select(Contact.address)).all() == ["du-phong@stp.example"]
