"""No name that comes from outside leads to a file that was not meant."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from pydantic import ValidationError
from starlette.responses import FileResponse

from cli import backup_folder
from config.loader import load_definition
from directives.errors import BadInput, DondocError, Refused
from directives.model import Campaign
from notifications.message import Attachment, HeaderInjection, _disposition
from notifications.replies.attachments import safe_name
from tasks import decide, workplace
from tests.ledger.campaigns import CAMPAIGN

LEADING_OUT = [
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "C:\\a.pdf",
    "a/../../b.pdf",
    "....//....//b.pdf",
    "..%2f..%2fb.pdf",
    "\u2025/\u2215b.pdf",
    "a\x00/../b.pdf",
    "~/.ssh/id_rsa",
    "$(reboot).pdf",
    "`x`.pdf",
    "a\r\nSet-Cookie: x.pdf",
    "=?utf-8?q?..=2F..=2Fb.pdf?=",
    ".",
    "..",
    "",
    "-rf",
    "con.pdf " + "x" * 500,
]


@pytest.mark.parametrize("written", LEADING_OUT)
def test_the_name_of_an_attachment_is_a_name_and_nothing_more(written: str) -> None:
    _is_a_name(safe_name(written, 1))


@given(st.text(max_size=300))
def test_whatever_it_is_called(written: str) -> None:
    _is_a_name(safe_name(written, 1))


def _is_a_name(name: str) -> None:
    assert name
    assert len(name) <= 130
    assert Path(name).name == name
    assert name not in (".", "..")
    assert not name.startswith(".")
    assert not re.search(r'[\x00-\x1f\x7f/\\:*?"<>|`$\u202a-\u202e\u200b]', name)
    # As the page and a mail name it.
    (header,) = [
        value
        for key, value in FileResponse(__file__, filename=name).raw_headers
        if key == b"content-disposition"
    ]
    assert b"\r" not in header
    assert b"\n" not in header
    assert "\n" not in _disposition(name).replace("\r\n ", "")


@pytest.mark.parametrize("name", ["a\r\nBcc: x", "a\x00.pdf", "a\u0085.pdf", "a\ud800.pdf"])
def test_a_mail_with_such_a_file_name_is_not_written_at_all(name: str) -> None:
    with pytest.raises(HeaderInjection):
        _disposition(Attachment(name, "application/pdf", b"x").filename)


@pytest.mark.parametrize(
    "key", ["../x", "a/b", "a\\b", "..", ".", "A", "a b", "a\n", "", "-a", "a\u202eb", "\u0430"]
)
@pytest.mark.parametrize("field", ["campaign", "series", "calendar", "organisation", "ladder"])
def test_a_key_that_names_a_file_is_small_letters_digits_and_hyphens(field: str, key: str) -> None:
    if key == "a\n":  # a blank at an end is cut off, and then it is a key
        assert getattr(Campaign.model_validate({**CAMPAIGN, field: key}), field) == "a"
        return
    with pytest.raises(ValidationError):
        Campaign.model_validate({**CAMPAIGN, field: key})


@pytest.mark.parametrize("field", ["ladder", "calendar", "series", "organisation"])
def test_a_campaign_reads_no_file_beside_its_configuration(tmp_path: Path, field: str) -> None:
    for folder in ("campaigns", "units", "escalations", "calendars", "series"):
        (tmp_path / "config" / folder).mkdir(parents=True)
    for suffix in ("yaml", "csv"):
        (tmp_path / f"secret.{suffix}").write_text("secret: geheim\n")
    file = tmp_path / "config" / "campaigns" / "x.yaml"
    file.write_text(f"{field}: ../../secret\n")
    with pytest.raises(BadInput) as caught:
        load_definition(file)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("name", ["../secret.xlsx", "/etc/passwd", "a/../../secret.xlsx", "..", "", "a\x00b"])
def test_a_form_reads_no_list_beside_the_folder_of_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    book = Workbook()
    book.save(tmp_path / "secret.xlsx")
    (tmp_path / "lists").mkdir()
    monkeypatch.setenv("DONDOC_HOME", str(tmp_path))
    workplace.settings.cache_clear()
    try:
        with pytest.raises(Refused, match="is not there|cannot be read"):
            decide._rows({"file": name})
    finally:
        workplace.settings.cache_clear()


def a_backup(folder: Path, name: str, content: bytes = b"x") -> Path:
    folder.mkdir()
    listed = {name: [hashlib.sha256(content).hexdigest(), len(content)]}
    taken = {
        "version": "1",
        "taken_at": "2026-01-01T00:00:00+00:00",
        "ledger": "postgresql",
        "secret": "x",
        "files": listed,
    }
    (folder / "backup.json").write_text(json.dumps(taken))
    return folder


@pytest.mark.parametrize(
    "name",
    "../out|/out|inbound/../../out|secrets/../../out|inbound|backup.json|ledger.db-wal|.bashrc|prefect/x.db|lists/../secret||a\x00b".split(
        "|"
    ),
)
def test_a_backup_that_names_anything_else_is_not_restored(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").write_bytes(b"x")
    folder = a_backup(tmp_path / "backup", name)
    for known in (
        "inbound",
        "lists",
        "secrets",
    ):  # what is named is there: it is not refused for being missing
        (folder / known).mkdir()
    (folder / "secret").write_bytes(b"x")
    with pytest.raises(DondocError, match="nothing restored|is no backup"):
        backup_folder.read_list(folder)


def test_a_link_in_a_backup_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"x")
    folder = a_backup(tmp_path / "backup", "evidence/aa/x")
    (folder / "evidence" / "aa").mkdir(parents=True)
    (folder / "evidence" / "aa" / "x").symlink_to(tmp_path / "out")
    with pytest.raises(DondocError, match="is a link or lies behind one"):
        backup_folder.read_list(folder)
    (folder / "evidence" / "aa" / "x").unlink()
    (folder / "evidence" / "aa").rmdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x").write_bytes(b"x")
    (folder / "evidence" / "aa").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DondocError, match="is a link or lies behind one"):
        backup_folder.read_list(folder)
