"""One ring of keys a purpose: none helps to another, and what an old one made is accepted for a time."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from directives.errors import DondocError
from notifications.keyring import Keyring
from notifications.keys import PURPOSES, Keys, ring, secrets_in
from tests.ledger.campaigns import at

OLD_UNTIL = date(2027, 5, 25)


def test_each_key_is_hkdf_of_the_secret_for_its_purpose() -> None:
    keys = Keys.of("a secret of words".replace(" ", "-"))
    for purpose in PURPOSES:
        known = HKDF(hashes.SHA256(), 32, b"dondoc", purpose.encode()).derive(b"a-secret-of-words")
        assert keys[purpose].current == known
    assert len({keys[purpose].current for purpose in PURPOSES}) == len(PURPOSES)


def test_the_newest_makes_and_an_old_one_is_accepted_until_the_end_of_its_day() -> None:
    rotated = ring("seal", secrets_in(f"new old@{OLD_UNTIL}", "here"))
    old = Keys.of("old")["seal"].current
    assert rotated.current == Keys.of("new")["seal"].current
    assert old in rotated.accepted(at("2027-05-26 06:59"))  # 25/05, 23:59 UTC
    assert old not in rotated.accepted(at("2027-05-26 07:01"))
    assert rotated.current in rotated.accepted(at("2030-01-01 00:00"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "new old @2027-05-25",
            "DONDOC_SECRET: '@2027-05-25' stands apart; write it right behind the secret",
        ),
        (" \n", "DONDOC_SECRET holds no secret; write one of 32 random bytes"),
        ("zz9@2027-05-25", "the first secret is the one in use and has no '@' with a day"),
        ("new zz9@2027-02-30", "'@2027-02-30' is no day; write it like @2027-05-25"),
    ],
)
def test_what_is_written_wrong_is_said_without_the_secret(tmp_path: Path, written: str, said: str) -> None:
    with pytest.raises(DondocError) as error:
        Keyring(tmp_path, {"DONDOC_SECRET": written}).keys("page")
    assert said in str(error.value)
    assert "zz9" not in str(error.value)


def test_a_home_makes_its_secret_once_readable_for_its_user_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = Keyring(home).keys(*PURPOSES)
    assert Keyring(home).keys(*PURPOSES) == first
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_purpose_of_its_own_leaves_the_others_alone(tmp_path: Path) -> None:
    shared = Keyring(tmp_path, {"DONDOC_SECRET": "shared"}).keys(*PURPOSES)
    apart = Keyring(tmp_path, {"DONDOC_SECRET": "shared", "DONDOC_PAGE_SECRET": "own"}).keys(*PURPOSES)
    assert [purpose for purpose in PURPOSES if shared[purpose] != apart[purpose]] == ["page"]
    assert not any(tmp_path.iterdir())


def test_rotating_one_purpose_keeps_what_the_old_key_made_for_a_time(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    before = keyring.keys(*PURPOSES)
    keyring.rotate("coordinators", OLD_UNTIL)
    after = keyring.keys(*PURPOSES)
    assert [purpose for purpose in PURPOSES if before[purpose] != after[purpose]] == ["coordinators"]
    assert after["coordinators"].current != before["coordinators"].current
    assert before["coordinators"].current in after["coordinators"].accepted(at("2027-05-25 09:00"))
    assert stat.S_IMODE((tmp_path / "secrets" / "coordinators").stat().st_mode) == 0o600
    keyring.rotate("coordinators", date(2027, 9, 1))
    assert before["coordinators"].current in keyring.keys("coordinators")["coordinators"].accepted(
        at("2027-05-25 09:00")
    )


def test_what_the_environment_holds_is_rotated_there(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path, {"DONDOC_SECRET": "a-value"})
    with pytest.raises(DondocError) as error:
        keyring.rotate("page", OLD_UNTIL)
    assert "DONDOC_PAGE_SECRET" in str(error.value)
    assert "@2027-05-25" in str(error.value)
    assert "a-value" not in str(error.value)


def test_no_repr_shows_a_secret(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path, {"DONDOC_SECRET": "a-value b-value@2027-05-25"})
    shown = repr((keyring, keyring.source("page"), keyring.keys(*PURPOSES)))
    assert "a-value" not in shown
    assert "b-value" not in shown
    assert repr(keyring.keys("page")["page"].current)[2:-1] not in shown
