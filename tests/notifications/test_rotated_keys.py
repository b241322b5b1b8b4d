"""A rotated key: what units and coordinators hold works on, and a mail that goes again carries the bytes of before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from notifications.keys import PURPOSES, Keys, Purpose, Ring, Secret, ring, secrets_in
from notifications.replies.tokens import bounce_address, bounced_uid
from notifications.smtp import Fate
from notifications.unit_links import units_link
from notifications.web.app import make_app
from tests.ledger.campaigns import Followed, a_campaign, at
from tests.web.visitors import PAGE_URL, Client, an_office

ROTATED = Keys(
    {one: ring(one, secrets_in("a-new-one for-tests-only@2020-07-31", "here")) for one in PURPOSES}
)


@pytest.fixture
def followed(sqlite_engine: Engine) -> Followed:
    followed = a_campaign(sqlite_engine, page_url=PAGE_URL, keys=Keys.of("for-tests-only"))
    followed.passes("2020-06-30 07:05")
    return followed


def test_a_mail_that_goes_again_carries_the_tokens_of_before(followed: Followed) -> None:
    followed.box.says = lambda _: Fate.UNCERTAIN
    followed.deliver("2020-06-30 08:00")
    first = {letter.to: letter.raw for letter in followed.box.letters}
    assert first
    followed.box.letters.clear()
    followed.box.says = lambda _: Fate.ACCEPTED
    followed.deliver("2020-06-30 09:00", keys=ROTATED)
    again = {letter.to: letter.raw for letter in followed.box.letters}
    assert {to: again[to] for to in first} == first  # the others were kept from a relay that lost mail


def test_what_is_new_is_made_with_the_new_key(followed: Followed) -> None:
    followed.deliver("2020-06-30 08:00", keys=ROTATED)
    old = Followed(followed.engine, followed.definition, replace(followed.post, keys=ROTATED))
    (letter,) = (one for one in followed.box.letters if "STP" in one.to.upper())
    uid = letter["Message-ID"].strip("<>").partition("@")[0]
    assert old.post.envelope(uid) == bounce_address(old.post.mail_from, ROTATED["reply"].current, uid)
    assert (
        bounced_uid(old.post.envelope(uid), old.post.mail_from, [Keys.of("for-tests-only")["reply"].current])
        is None
    )


def test_a_bounce_to_an_address_of_before_is_known_for_a_time(followed: Followed) -> None:
    uid, keys = "ab" * 16, ROTATED["reply"]
    old = followed.post.envelope(uid)
    assert bounced_uid(old, followed.post.mail_from, keys.accepted(at("2020-07-31 12:00"))) == uid
    assert bounced_uid(old, followed.post.mail_from, keys.accepted(at("2020-08-02 12:00"))) is None


def test_links_and_forms_of_before_work_on_and_a_coordinators_link_for_a_time(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    office = an_office(sqlite_engine, tmp_path)
    old_key = office.site.keys["coordinators"].current
    link = units_link(PAGE_URL, old_key, office.followed.key).removeprefix(PAGE_URL)
    visit = office.visit("STP")
    keys: dict[Purpose, Ring] = {
        one: ring(one, (Secret("a-new-one"), Secret("for tests only", date(2020, 7, 31)))) for one in PURPOSES
    }
    office.site = replace(office.site, keys=Keys(keys))
    office.client = Client(make_app(office.site))
    assert office.client.get(visit.link).status_code == 200
    assert visit.post("1g/plan", "received").status_code == 303
    assert office.client.get(link).status_code == 200
    new = units_link(PAGE_URL, keys["coordinators"].current, office.followed.key).removeprefix(PAGE_URL)
    assert new != link
    assert office.client.get(new).status_code == 200
    office.clock.now = at("2020-08-02 09:00")
    assert office.client.get(link).status_code == 404
    assert office.client.get(new).status_code == 200
