"""Of an open campaign, addresses change by an update of their own, event by event, and by nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from config.contacts import default_contacts
from directives.errors import DondocError
from directives.ledger.contacts import bounced_since, contacts_now, update_contacts
from directives.ledger.engine import begin, reading
from directives.ledger.opening import Opening
from directives.ledger.states import campaign_row
from directives.ledger.tables import Audit, AuditText, Contact
from directives.model import Contact as ContactModel
from directives.model import ContactRole
from tests.ledger.campaigns import (
    CAMPAIGN,
    UNITS,
    Followed,
    a_campaign,
    a_definition,
    at,
    box_of,
    content,
    spec,
)

KEY = CAMPAIGN["campaign"]
NEW = "moi@cantho.example"


def with_new_address(unit: str = "STP") -> list[ContactModel]:
    return [
        one.model_copy(update={"address": NEW}) if one.unit == unit else one
        for one in default_contacts(UNITS)
    ]


def without(unit: str) -> list[ContactModel]:
    return [one for one in default_contacts(UNITS) if one.unit != unit]


def now_of(followed: Followed) -> set[str]:
    with reading(followed.engine) as session:
        return {one.address for one in contacts_now(campaign_row(session, KEY))}


def test_a_new_address_gets_the_next_mail_and_the_old_one_none(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    before = len(followed.letters("STP"))
    followed.contacts("2020-07-03 10:00", with_new_address())
    followed.live("2020-07-22")
    assert [one.to for one in followed.box.letters[-5:]].count(NEW) == 1
    assert len(followed.letters("STP")) == before


def test_each_change_is_an_event_whose_address_stands_beside_the_chain(engine: Engine) -> None:
    followed = a_campaign(engine)
    lead = ContactModel(unit="NK", role=ContactRole.LEAD, address="lead@nk.example")
    contacts = [one for one in with_new_address() if one.unit != "NK1"]
    followed.contacts("2020-07-03 10:00", [*contacts, lead])
    with reading(engine) as session:
        events = session.exec(
            select(Audit, AuditText.text).join(AuditText).where(Audit.kind.startswith("contact."))  # type: ignore[attr-defined]
        ).all()
        last = session.exec(select(Audit).where(Audit.kind == "campaign.contacts")).one()
        campaign = campaign_row(session, KEY)
        assert last.data == {"sha256": campaign.definition_sha256, "changes": 3}
    assert {(event.kind, event.data["unit"], event.data["role"]) for event, _ in events} == {
        ("contact.added", "NK", "lead"),
        ("contact.ended", "NK1", "clerk"),
        ("contact.changed", "STP", "clerk"),
    }
    assert not [event for event, _ in events if "@" in str(event.data)]
    assert any(NEW in text for _, text in events)
    assert followed.broken() == followed.unlike() == []


def test_opening_again_leaves_the_addresses_alone_and_says_how_many_differ(engine: Engine) -> None:
    followed = a_campaign(engine)
    before = content(engine)
    result = followed.open("2020-07-15 10:00", contacts=with_new_address(), confirmed=True)
    assert (result.outcome, result.contacts) == (Opening.UNCHANGED, 1)
    assert content(engine) == before


def test_an_amendment_keeps_what_an_update_brought(engine: Engine) -> None:
    followed = a_campaign(engine)
    followed.contacts("2020-07-03 10:00", with_new_address())
    changed = a_definition(lambda data: spec(data, "1g/report").update(due={"before": "2020-11-12"}))
    result = followed.open("2020-07-04 10:00", changed, confirmed=True)
    assert [line.split(":")[0] for line in result.differences] == [
        "campaign.instructions[1g].steps[report].due.before"
    ]
    assert NEW in now_of(followed)
    assert followed.broken() == followed.unlike() == []


def test_a_unit_that_is_new_in_the_file_brings_its_contacts_along(engine: Engine) -> None:
    followed = a_campaign(engine)
    new = UNITS["NK2"].model_copy(update={"code": "NK3", "name": "Phường An Cư"})
    followed.open("2020-07-04 10:00", a_definition(units=UNITS | {"NK3": new}), confirmed=True)
    assert box_of("NK3") in now_of(followed)


def test_the_same_contacts_write_nothing(engine: Engine) -> None:
    followed = a_campaign(engine)
    before = content(engine)
    assert followed.contacts("2020-07-03 10:00", default_contacts(UNITS)[::-1]) == ()
    assert content(engine) == before


def test_a_unit_that_had_no_address_gets_what_waited(engine: Engine) -> None:
    followed = a_campaign(engine, contacts=without("STP")).live("2020-06-30")
    assert followed.letters("STP") == []
    followed.contacts("2020-07-01 09:00", default_contacts(UNITS))
    followed.live("2020-07-01")
    assert len(followed.letters("STP")) == 1


def test_an_address_that_refuses_mail_stays_marked_and_a_new_one_is_not(engine: Engine) -> None:
    followed = a_campaign(engine)
    with begin(engine) as session:
        row = session.exec(select(Contact).where(Contact.address == box_of("STP"))).one()
        row.bounced_at = at("2020-07-02 09:00")
    followed.contacts("2020-07-03 10:00", with_new_address("NK"))
    with reading(engine) as session:
        assert bounced_since(session, campaign_row(session, KEY)) == {
            ("STP", "clerk", box_of("STP")): at("2020-07-02 09:00")
        }
    followed.contacts("2020-07-04 10:00", with_new_address("STP"))
    with reading(engine) as session:
        assert bounced_since(session, campaign_row(session, KEY)) == {}


def test_a_sender_that_a_coordinator_accepted_stays(engine: Engine) -> None:
    followed = a_campaign(engine)
    followed.decide("", "accept_sender", "2020-07-02 09:00", unit="STP", address="rieng@thu.example")
    followed.contacts("2020-07-03 10:00", with_new_address())
    with reading(engine) as session:
        assert "rieng@thu.example" in session.exec(select(Contact.address)).all()


def test_what_was_shown_against_another_state_is_refused(engine: Engine) -> None:
    followed = a_campaign(engine)
    with reading(engine) as session:
        seen = campaign_row(session, KEY).definition_sha256
    followed.contacts("2020-07-03 10:00", with_new_address())
    before = content(engine)
    with pytest.raises(DondocError, match="was changed meanwhile"), begin(engine) as session:
        update_contacts(session, KEY, without("NK"), seen=seen, at=at("2020-07-03 10:01"))
    assert content(engine) == before


def test_the_contacts_of_a_closed_campaign_stay(engine: Engine) -> None:
    followed = a_campaign(engine)
    with begin(engine) as session:
        campaign_row(session, KEY).closed_at = at("2020-12-31 17:00")
    with pytest.raises(DondocError, match="was closed; its contacts stay"):
        followed.contacts("2021-01-03 10:00", with_new_address())
