"""The environment becomes one frozen Settings, or one line for every variable that is wrong."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import Settings, load_settings, secret_names
from directives.errors import BadInput, DondocError

SPANS = '[["07:30","11:30"],["13:00","16:30"]]'
WRONG = {
    "DONDOC_DATABASE_URL": (
        "mysql://server/ledger",
        "is no database dondoc knows; write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME",
    ),
    "DONDOC_HOST": ("my host", "'my host' is no host; write a name or an address, such as 127.0.0.1"),
    "DONDOC_PREFECT_PORT": ("70000", "must be at most 65535, not 70000"),
    "DONDOC_SMTP_PORT": ("smtp", "must be a whole number, not 'smtp'"),
    "DONDOC_IMAP_PORT": ("0", "must be at least 1, not 0"),
    "DONDOC_INBOX_PORT": ("2580.5", "must be a whole number, not '2580.5'"),
    "DONDOC_PAGE_PORT": ("http", "must be a whole number, not 'http'"),
    "DONDOC_PAGE_URL": (
        "dondoc.example",
        "'dondoc.example' is no web address; write one like http://127.0.0.1:4200",
    ),
    "DONDOC_SMTP_HOST": (
        "http://relay",
        "'http://relay' is no host; write a name or an address, such as 127.0.0.1",
    ),
    "DONDOC_SMTP_SECURITY": ("tsl", "'tsl' is not one of them; did you mean 'tls'?"),
    "DONDOC_SMTP_TIMEOUT": ("soon", "must be a number, not 'soon'"),
    "DONDOC_SMTP_CONNECTIONS": ("65", "must be at most 64, not 65"),
    "DONDOC_MAIL_FROM": ("dondoc", "'dondoc' is not a mail address; write one like ops@dondoc.example"),
    "DONDOC_OPS_ADDRESS": ("ops@", "'ops@' is not a mail address; write one like ops@dondoc.example"),
    "DONDOC_REDIRECT_TO": ("a b@c.vn", "'a b@c.vn' is not a mail address; write one like ops@dondoc.example"),
    "DONDOC_MAX_MAILS_PER_SLOT": ("-1", "must be at least 1, not -1"),
    "DONDOC_MAX_MAILS_PER_MINUTE": ("-1", "must be at least 0, not -1"),
    "DONDOC_MAX_MAILS_PER_DAY": ("many", "must be a whole number, not 'many'"),
    "DONDOC_MAX_MAILS_PER_DOMAIN_MINUTE": ("-5", "must be at least 0, not -5"),
    "DONDOC_TOKEN_DAYS": ("0", "must be at least 1, not 0"),
    "DONDOC_COLLECTOR": ("maybe", "must be true or false, not 'maybe'"),
    "DONDOC_SEND_WINDOW": ("7:30-11:30", f"'7:30-11:30' is no list of spans; write one like {SPANS}"),
    "DONDOC_SLOT": ("8h", "'8h' is no time of day; write it like 08:00"),
    "DONDOC_PREFECT_UI_URL": (
        "localhost:4200",
        "'localhost:4200' is no web address; write one like http://127.0.0.1:4200",
    ),
    "DONDOC_IMAP_HOST": ("my box", "'my box' is no host; write a name or an address, such as 127.0.0.1"),
    "DONDOC_IMAP_SECURITY": ("ssl", "'ssl' is not one of them; choose one of: none, starttls, tls"),
    "DONDOC_HEARTBEAT": (
        "ftp://watch",
        "'ftp://watch' is no web address; write one like http://127.0.0.1:4200",
    ),
    "DONDOC_HEARTBEAT_MINUTES": ("0", "must be at least 1, not 0"),
    "DONDOC_POLL_SECONDS": ("0", "must be more than 0.0, not 0"),
    "DONDOC_TRUST_UNCHECKED": ("perhaps", "must be true or false, not 'perhaps'"),
    "DONDOC_INBOX_URL": (
        "ftp://inbox",
        "'ftp://inbox' is no web address; write one like http://127.0.0.1:4200",
    ),
}
# Any text will do for these: names, passwords, and paths that are looked at when they are used.
FREE = {
    "DONDOC_HOME",
    "DONDOC_CONTACTS",
    "DONDOC_SECRET",
    "DONDOC_REPLY_SECRET",
    "DONDOC_PAGE_SECRET",
    "DONDOC_COORDINATORS_SECRET",
    "DONDOC_SEAL_SECRET",
    "DONDOC_SMTP_USERNAME",
    "DONDOC_SMTP_PASSWORD",
    "DONDOC_MAIL_NAME",
    "DONDOC_AUTHSERV_ID",
    "DONDOC_IMAP_FOLDER",
    "DONDOC_IMAP_PASSWORD",
    "DONDOC_IMAP_USERNAME",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("DONDOC_"):
            monkeypatch.delenv(name)


def said(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadInput) as bad:
        load_settings()
    return str(bad.value).splitlines()


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_variable_is_one_line_with_its_name_and_the_way_out(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    value, sentence = WRONG[name]
    assert said(monkeypatch, **{name: value}) == [f"environment:1 {name}: {sentence}"]


def test_all_wrong_variables_are_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = said(monkeypatch, **{name: value for name, (value, _) in WRONG.items()})
    assert lines == sorted(f"environment:1 {name}: {sentence}" for name, (_, sentence) in WRONG.items())


def test_every_setting_is_known_to_these_tests() -> None:
    assert {f"DONDOC_{name}".upper() for name in Settings.model_fields} == WRONG.keys() | FREE


def test_a_variable_that_nobody_knows_is_an_error_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A misspelt DONDOC_REDIRECT_TO would otherwise mail the units themselves."""
    assert said(monkeypatch, DONDOC_REDIRECTTO="trial@dondoc.example", DONDOC_SLOT="noon") == [
        "environment:1 DONDOC_REDIRECTTO: is no setting; did you mean 'DONDOC_REDIRECT_TO'?",
        "environment:1 DONDOC_SLOT: 'noon' is no time of day; write it like 08:00",
    ]


def test_a_variable_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WRONG.keys() | FREE:
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert settings == Settings()
    assert (settings.home, settings.contacts, settings.secret) == (Path("var"), None, None)


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        ('[["11:30","07:30"]]', f"must be spans in the order of the day, such as {SPANS}"),
        (
            '[["13:00","16:30"],["07:30","11:30"]]',
            f"must be spans in the order of the day, such as {SPANS}",
        ),
        ("[]", f"must be spans in the order of the day, such as {SPANS}"),
        ('[["07:30"]]', f"'[[\"07:30\"]]' is no list of spans; write one like {SPANS}"),
        ("5", f"'5' is no list of spans; write one like {SPANS}"),
        ('[["7h30","11:30"]]', "'7h30' is no time of day; write it like 08:00"),
        ("[[450,690]]", "'450' is no time of day; write it like 08:00"),
    ],
)
def test_a_send_window_is_spans_in_the_order_of_the_day(
    monkeypatch: pytest.MonkeyPatch, window: str, sentence: str
) -> None:
    assert f"environment:1 DONDOC_SEND_WINDOW: {sentence}" in said(monkeypatch, DONDOC_SEND_WINDOW=window)


def test_a_slot_outside_the_send_window_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, DONDOC_SLOT="12:00") == [
        "environment:1 DONDOC_SLOT: 12:00 lies outside the send window; "
        "no digest could leave: write 07:30 or another time inside it"
    ]


def test_a_window_that_leaves_the_usual_slot_out_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = said(monkeypatch, DONDOC_SEND_WINDOW='[["09:00","11:00"]]')
    assert line.startswith("environment:1 DONDOC_SLOT: 08:00 lies outside the send window")


def test_a_slot_with_a_zone_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone is the calendar's."""
    assert said(monkeypatch, DONDOC_SLOT="08:00+07:00") == [
        "environment:1 DONDOC_SLOT: '08:00+07:00' is no time of day; write it like 08:00"
    ]


def test_what_is_right_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_SEND_WINDOW", '[["08:30","10:00"]]')
    monkeypatch.setenv("DONDOC_SLOT", "09:15")
    monkeypatch.setenv("DONDOC_HOME", "/srv/dondoc")
    settings = load_settings()
    assert settings.window.spans == ((time(8, 30), time(10, 0)),)
    assert settings.window.slot == time(9, 15)
    assert settings.rehearsal_window.slot == time(8, 30)
    assert settings.ledger_url == "sqlite:////srv/dondoc/ledger.db"


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_SMTP_PASSWORD", "mat-khau")
    monkeypatch.setenv("DONDOC_SECRET", "bi-mat")
    assert "mat-khau" not in repr(load_settings())
    assert "bi-mat" not in repr(load_settings())
    (line,) = said(monkeypatch, DONDOC_DATABASE_URL="postgres://dondoc:mat-khau@server/ledger")
    assert "mat-khau" not in line


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("mat-khau\n")
    for name in secret_names():
        if name != "database_url":
            monkeypatch.setenv(f"DONDOC_{name.upper()}_FILE", str(file))
    settings = load_settings()
    assert settings.smtp_password.get_secret_value() == "mat-khau"
    assert settings.imap_password.get_secret_value() == "mat-khau"
    assert set(settings.secrets.values()) == {"mat-khau"}
    file.write_text("postgresql+psycopg://dondoc:mat-khau@127.0.0.1/dondoc")
    monkeypatch.setenv("DONDOC_DATABASE_URL_FILE", str(file))
    assert load_settings().database_url.endswith("@127.0.0.1/dondoc")
    assert "mat-khau" not in repr(load_settings())


def test_a_file_of_a_secret_that_cannot_be_used_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    lines = said(
        monkeypatch,
        DONDOC_SECRET_FILE=str(tmp_path / "gone"),
        DONDOC_PAGE_SECRET_FILE=str(empty),
        DONDOC_SMTP_PASSWORD="one",
        DONDOC_SMTP_PASSWORD_FILE=str(empty),
        DONDOC_SLOT_FILE="x",
    )
    assert len(lines) == 4
    text = "\n".join(lines)
    assert "DONDOC_SECRET_FILE: names a file that cannot be read (No such file or directory)" in text
    assert "DONDOC_PAGE_SECRET_FILE: names a file with nothing in it" in text
    assert "DONDOC_SMTP_PASSWORD_FILE: and DONDOC_SMTP_PASSWORD are both set; keep one of them" in text
    assert "DONDOC_SLOT_FILE: is no setting" in text


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().slot = time(9, 0)  # type: ignore[misc]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_a_rehearsal_may_use_a_server_on_this_machine(host: str) -> None:
    Settings(smtp_host=host).require_loopback()


@pytest.mark.parametrize("host", ["relay.cantho.example", "10.0.0.1", "localhost.cantho.example"])
def test_a_rehearsal_refuses_any_other_server(host: str) -> None:
    with pytest.raises(DondocError, match="not a loopback address"):
        Settings(smtp_host=host).require_loopback()
