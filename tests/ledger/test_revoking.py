"""What people hold is revoked; a mail that nobody has yet brings a link that works."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from directives.ledger import revoking
from directives.ledger.engine import begin
from directives.ledger.revoking import Revocation
from notifications.smtp import Fate
from notifications.unit_links import coordinators_token
from tests.ledger.campaigns import Followed, a_campaign, at
from tests.web.visitors import PAGE_URL, Office

HELD = Revocation(unit="STP")


@pytest.fixture
def followed(sqlite_engine: Engine) -> Followed:
    followed = a_campaign(sqlite_engine, page_url=PAGE_URL)
    followed.passes("2020-06-30 07:05")
    return followed


def revoke(followed: Followed, when: str) -> int:
    with begin(followed.engine) as session:
        return revoking.revoke(
            session, followed.key, HELD, by="A", reason="", at=at(when), machine_now=at(when)
        )


@pytest.mark.parametrize("fate", [Fate.DEFERRED, Fate.UNAVAILABLE])
def test_a_mail_that_no_server_took_is_not_revoked_before_it_leaves(
    followed: Followed, tmp_path: Path, fate: Fate
) -> None:
    followed.box.says = lambda _: fate
    followed.deliver("2020-06-30 08:00")
    assert revoke(followed, "2020-06-30 08:05") == 0
    followed.box.letters.clear()
    followed.box.says = lambda _: Fate.ACCEPTED
    followed.deliver("2020-06-30 09:00")
    office = Office(followed, tmp_path)
    assert office.client.get(office.link("STP")).status_code == 200


@pytest.mark.parametrize("fate", [Fate.ACCEPTED, Fate.UNCERTAIN])
def test_what_arrived_or_may_have_is_revoked(followed: Followed, tmp_path: Path, fate: Fate) -> None:
    followed.box.says = lambda _: fate
    followed.deliver("2020-06-30 08:00")
    followed.box.says = lambda _: Fate.ACCEPTED
    office = Office(followed, tmp_path)
    link = office.link("STP")
    assert revoke(followed, "2020-06-30 08:05") == 2
    assert office.client.get(link).status_code == 410


def test_the_coordinators_old_link_opens_nothing_and_the_new_one_does(
    followed: Followed, tmp_path: Path
) -> None:
    office = Office(followed, tmp_path)
    key = office.site.keys["coordinators"].current
    old, new = (f"/c/{coordinators_token(key, followed.key, number)}/" for number in (0, 1))
    assert [office.client.get(one).status_code for one in (old, new)] == [200, 404]
    with begin(followed.engine) as session:
        what, now = Revocation(units=False, coordinators=True), at("2020-06-30 08:05")
        revoking.revoke(session, followed.key, what, by="A", reason="", at=now, machine_now=now)
    for path in ("", "units/STP", "units/STP/mails/1", f"inbound/{'0' * 64}", f"evidence/{'0' * 64}"):
        assert office.client.get(f"{old}{path}").status_code == 404
    assert office.client.get(new).status_code == 200
