"""Two lists of contacts are compared contact by contact, in words that a person checks."""

from __future__ import annotations

from datetime import date

from directives.contact_changes import contact_changes
from directives.model import Contact, ContactRole


def a_contact(
    unit: str = "STP", role: str = "lead", address: str = "a@stp.example", **more: object
) -> Contact:
    return Contact.model_validate({"unit": unit, "role": role, "address": address, **more})


def said(old: list[Contact], new: list[Contact]) -> list[str]:
    return [str(one) for one in contact_changes(old, new)]


def test_the_same_contacts_in_another_order_are_no_change() -> None:
    contacts = [a_contact(), a_contact("NK"), a_contact(role="clerk")]
    assert said(contacts, contacts[::-1]) == []


def test_an_address_in_the_place_of_another_is_one_change() -> None:
    assert said([a_contact()], [a_contact(address="moi@stp.example")]) == [
        "STP lead: a@stp.example → moi@stp.example"
    ]


def test_what_else_changed_stands_behind_the_address() -> None:
    new = a_contact(phone="0292 112", valid_to=date(2020, 8, 31))
    assert said([a_contact(name="Trần Văn A")], [new]) == [
        "STP lead: a@stp.example; name Trần Văn A → (nothing); phone (nothing) → 0292 112; "
        "valid_to (nothing) → 2020-08-31"
    ]


def test_a_contact_more_is_added_and_one_less_has_ended() -> None:
    more = a_contact(role="deputy", address="pho@stp.example", name="Lê Thị B")
    assert said([a_contact()], [a_contact(), more]) == ["STP deputy: pho@stp.example (Lê Thị B) added"]
    assert said([a_contact(), more], [a_contact()]) == ["STP deputy: pho@stp.example (Lê Thị B) ended"]


def test_of_several_in_one_role_who_keeps_the_name_is_the_same() -> None:
    old = [a_contact(name="An"), a_contact(address="b@stp.example", name="Bình")]
    new = [a_contact(address="c@stp.example", name="Bình"), a_contact(address="d@stp.example", name="Chi")]
    assert said(old, new) == [
        "STP lead: b@stp.example → c@stp.example",
        "STP lead: a@stp.example → d@stp.example; name An → Chi",
    ]


def test_of_several_without_names_none_is_guessed_to_be_another() -> None:
    old = [a_contact(), a_contact(address="b@stp.example")]
    new = [a_contact(address="c@stp.example"), a_contact(address="d@stp.example")]
    assert [line.rsplit(" ", 1)[1] for line in said(old, new)] == ["ended", "ended", "added", "added"]


def test_the_changes_stand_by_unit_and_role() -> None:
    new = [a_contact("STP", "deputy"), a_contact("STP", "clerk"), a_contact("NK", "lead")]
    found = contact_changes([], new)
    assert [(one.unit, one.role) for one in found] == [
        ("NK", ContactRole.LEAD),
        ("STP", ContactRole.CLERK),
        ("STP", ContactRole.DEPUTY),
    ]
