"""`dondoc links revoke` ends what people hold at once; `dondoc secrets` puts a new secret beside the old. Neither prints one."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from cli import links, secrets
from directives.ledger.engine import reading
from directives.ledger.tables import Token, Unit
from notifications.keyring import Keyring
from notifications.unit_links import coordinators_token
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import at

WHO = ("--by", "Trần Thị Ops", "--yes")


@pytest.fixture
def opened(dondoc: Dondoc, monkeypatch: pytest.MonkeyPatch) -> Dondoc:
    for module in (links, secrets):
        monkeypatch.setattr(module, "machine_now", lambda: dondoc.now)
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    dondoc.followed.live("2020-06-30")
    dondoc.now = at("2020-07-01 09:00")
    return dondoc


def held(opened: Dondoc) -> dict[str, int]:
    """How many tokens work, by unit."""
    found: dict[str, int] = {}
    with reading(opened.engine) as session:
        rows = session.exec(
            select(Unit.code)
            .join(Token, col(Token.unit_id) == Unit.id)
            .where(col(Token.revoked_at).is_(None))
        )
        for code in rows:
            found[code] = found.get(code, 0) + 1
    return found


def test_a_units_keys_end_and_no_others(opened: Dondoc) -> None:
    before = held(opened)
    done = opened("links", "revoke", KEY, "--unit", "STP", "--reason", "thư bị chuyển tiếp", *WHO)
    assert done.status == 0, done.err
    assert f"{before['STP']} reply addresses and links ended" in done.out
    assert held(opened) == {code: n for code, n in before.items() if code != "STP"}
    assert opened("verify").status == 0


def test_the_coordinators_link_ends_and_the_units_keep_theirs(opened: Dondoc) -> None:
    before, link = held(opened), opened("page-link", KEY).out
    done = opened("links", "revoke", KEY, "--coordinators", *WHO)
    assert done.status == 0
    assert done.out.splitlines()[-1] == "the coordinators' link ended"
    assert held(opened) == before
    again = opened("page-link", KEY).out
    assert again != link
    assert opened("page-link", KEY).out == again
    assert opened("verify").status == 0


def test_all_of_them_end(opened: Dondoc) -> None:
    link = opened("page-link", KEY).out
    assert opened("links", "revoke", KEY, "--all", *WHO).status == 0
    assert held(opened) == {}
    assert opened("page-link", KEY).out != link


def test_a_dry_run_and_a_no_change_nothing(opened: Dondoc) -> None:
    before = held(opened)
    done = opened("links", "revoke", KEY, "--all", "--dry-run")
    assert "would end" in done.out
    assert done.out.endswith("nothing written (--dry-run)\n")
    assert opened("links", "revoke", KEY, "--all", "--by", "A", say="n\n").status == 1
    assert held(opened) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([KEY], "say whose end: --unit CODE, --coordinators, or --all"),
        ([KEY, "--all", "--unit", "STP"], "--all ends everything"),
        ([KEY, "--unit", "STX"], "STX"),
        ([KEY, "--all", "--yes"], "say who revokes them: --by 'NAME'"),
    ],
)
def test_what_makes_no_sense_is_one_line(opened: Dondoc, words: list[str], said: str) -> None:
    before = held(opened)
    done = opened("links", "revoke", *words)
    assert done.status == 1
    assert said in done.err
    assert held(opened) == before


def test_a_link_number_that_nobody_revoked_is_found_by_verify(opened: Dondoc) -> None:
    opened.followed.change("UPDATE campaigns SET link_number = 2")
    assert "the campaign's link number is 2 in the ledger, 0 by the events" in opened("verify").err


def test_rotating_says_until_when_the_old_one_is_accepted_and_prints_no_secret(opened: Dondoc) -> None:
    link = opened("page-link", KEY).out
    root = (opened.home / "var" / "secret").read_text()
    assert "DONDOC_HOME/secret" in opened("secrets", "show").out
    done = opened("secrets", "rotate", "coordinators", "--days", "30")
    assert "what the old one made is accepted until 2020-07-31 (UTC)" in done.out
    assert opened("page-link", KEY).out != link
    shown = opened("secrets", "show", "--json")
    assert shown.json["coordinators"] == {
        "source": "DONDOC_HOME/secrets/coordinators",
        "older": ["2020-07-31"],
    }
    assert shown.json["page"] == {"source": "DONDOC_HOME/secret", "older": []}
    new = (opened.home / "var" / "secrets" / "coordinators").read_text().split()[0]
    for text in (done.out, shown.out, opened("secrets", "show").out):
        assert root not in text
        assert new not in text


def test_a_secret_that_was_seen_ends_at_once_and_so_do_those_before_it(opened: Dondoc) -> None:
    """Whoever read the file has the older ones too."""
    links = [opened("page-link", KEY).out.strip()]
    opened("secrets", "rotate", "coordinators", "--days", "30")
    links.append(opened("page-link", KEY).out.strip())
    done = opened("secrets", "rotate", "coordinators", "--days", "0")
    assert "what the old ones made is not accepted any more" in done.out
    keys = Keyring(opened.home / "var").keys("coordinators")["coordinators"]
    accepted = [coordinators_token(key, KEY) for key in keys.accepted(opened.now)]
    assert not [one for one in accepted if any(one in link for link in links)]
    assert len(accepted) == 1
    assert opened("secrets", "show", "--json").json["coordinators"]["older"] == []
    assert len(keys.keys) == 3  # a mail that goes again is written with the key of before


def test_all_or_none_is_rotated(opened: Dondoc) -> None:
    opened.patch.setenv("DONDOC_SEAL_SECRET", "from-the-environment")
    done = opened("secrets", "rotate")
    assert done.status == 1
    assert "the secret for 'seal' comes from DONDOC_SEAL_SECRET" in done.err
    assert "from-the-environment" not in done.err
    assert not (opened.home / "var" / "secrets").exists()
    assert "did you mean 'reply'?" in opened("secrets", "rotate", "replies").err
