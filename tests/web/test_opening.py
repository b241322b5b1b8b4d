"""Coordinators open what they must judge: a mail as text, files and papers as downloads, each of their campaign only."""

from __future__ import annotations

import hashlib
import re

import pytest

from directives.ledger.engine import begin
from directives.ledger.paper_rows import Draft, keep
from directives.ledger.tables import Inbound
from notifications.replies.file_store import FileStore
from notifications.unit_links import units_link
from tests.ledger.campaigns import at, content
from tests.web.visitors import PAGE_URL, PDF, Office

RAW = """\
From: lan@thu.example
Subject: =?utf-8?q?V=E1=BB=81_b=C3=A1o_c=C3=A1o?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html; charset=utf-8

<p>Như anh Nam <script>alert(1)</script>đã trao đổi &lt;b&gt;.</p>
<p>{url}/t/abcdefghijklmnopqrstuvwxyz dondoc+abcdefghijklmnopqrstuvwxyz@dondoc.example</p>
--x
Content-Type: application/pdf
Content-Disposition: attachment; filename="bao-cao.pdf"

%PDF-1.4
--x--
""".replace("{url}", PAGE_URL).encode()


def base(office: Office) -> str:
    return units_link(PAGE_URL, office.site.keys["coordinators"].current, office.followed.key).removeprefix(
        PAGE_URL
    )


@pytest.fixture
def queued(office: Office) -> str:
    """The path of a mail that waits."""
    sha256 = FileStore(office.site.inbound, ".eml").keep(RAW)
    with begin(office.followed.engine) as session:
        session.add(
            Inbound(
                sha256=sha256,
                arrived_at=at("2020-07-01 08:30"),
                stored_at=at("2020-07-01 08:30"),
                state="queued",
                message_id=office.followed.message("STP").id,
                sender="lan@thu.example",
                reason="Người gửi chưa được xác minh.",
            )
        )
    return f"{base(office)}inbound/{sha256[:12]}"


def test_a_queued_mail_is_read_as_text_with_why_it_waits(office: Office, queued: str) -> None:
    page = office.client.get(queued)
    assert page.status_code == 200
    assert "Thư của lan@thu.example, đến 08 giờ 30 ngày 01/07/2020." in page.text
    assert "<h1>Về báo cáo</h1>" in page.text
    assert "Người gửi chưa được xác minh." in page.text
    assert "đã trao đổi &lt;b&gt;." in page.text
    assert "bao-cao.pdf" in page.text
    assert "<script" not in page.text
    unit = office.client.get(f"{base(office)}units/STP").text
    assert "Thư của đơn vị chờ xem xét (1)" in unit
    assert re.search(rf'href="{queued}[0-9a-f]{{52}}"', unit)


def test_the_units_own_keys_in_it_are_hidden(office: Office, queued: str) -> None:
    assert "abcdefghijklmnopqrstuvwxyz" not in office.client.get(queued).text


def test_a_file_of_an_answer_is_a_download_linked_from_the_units_page(office: Office) -> None:
    office.visit("STP").answer(
        "1g/report", "done", {"file": ("Báo cáo.pdf", PDF, "application/pdf")}, doc_number="215/BC-STP"
    )
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert f'href="{base(office)}evidence/{sha256}"' in office.client.get(f"{base(office)}units/STP").text
    got = office.client.get(f"{base(office)}evidence/{sha256}")
    assert got.content == PDF
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment; filename")
    assert got.headers["x-content-type-options"] == "nosniff"


def test_a_paper_is_a_download(office: Office) -> None:
    sha256 = FileStore(office.site.papers, ".docx").keep(b"PK a paper")
    draft = Draft("report", at("2020-07-01 00:00"), {}, sha256, "bao-cao.docx", ())
    with begin(office.followed.engine) as session:
        kept = keep(session, office.followed.key, draft, office.clock.now, office.clock.now)
    got = office.client.get(f"{base(office)}papers/{kept.id}")
    assert got.content == b"PK a paper"
    assert got.headers["content-disposition"] == 'attachment; filename="bao-cao.docx"'


@pytest.mark.parametrize(
    "path",
    [
        "inbound/" + "0" * 12,
        "inbound/%25",
        "inbound/0",
        "evidence/" + "0" * 64,
        "evidence/%2e%2e%2fsecret",
        "papers/9",
        "papers/x",
    ],
)
def test_what_the_campaign_does_not_have_is_not_found(office: Office, path: str) -> None:
    assert office.client.get(base(office) + path).status_code == 404


def test_a_file_that_no_answer_of_the_campaign_brought_stays_closed(office: Office) -> None:
    sha256 = FileStore(office.site.evidence).keep(b"another campaign's")
    assert office.client.get(f"{base(office)}evidence/{sha256}").status_code == 404


def test_a_file_that_was_lost_is_not_found_and_opening_changes_nothing(office: Office, queued: str) -> None:
    before = content(office.followed.engine)
    office.client.get(queued)
    assert content(office.followed.engine) == before
    for file in office.site.inbound.rglob("*.eml"):
        file.unlink()
    assert office.client.get(queued).status_code == 404


def test_another_link_opens_nothing(office: Office, queued: str) -> None:
    stranger = queued.replace(base(office), f"/c/{'a' * 26}/")
    assert office.client.get(stranger).status_code == 404
    assert office.client.post(queued).status_code == 405
