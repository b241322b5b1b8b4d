"""Whose answer it is: the sender's own office under any of its names, and nobody else's."""

from __future__ import annotations

import pytest

from notifications.replies.context import ContactAddress, Digest, DigestItem, ReplyContext
from notifications.replies.parse import read
from notifications.replies.verdict import Kind
from tests.replies.mails import FOUR, Reply, address, the_context

NAMES = ["Sở Tư pháp", "Sở TP", "Sở", "sở tư pháp thành phố Cần Thơ"]
OTHERS = ["Sở Tài chính", "Sở Y tế", "UBND quận Ninh Kiều", "Công an thành phố", "Sở Nội vụ"]


def verdict_of(text: str, context: ReplyContext, **more: object) -> Kind:
    return read(Reply(text, quote=False, **more).build(), context).verdict  # type: ignore[arg-type]


def a_context(unit: str, mailbox: str) -> ReplyContext:
    known = the_context()
    digest = Digest(
        reply_address=address(FOUR),
        recipient=unit,
        message_id="<four@cantho.example>",
        items=tuple(DigestItem(n=n) for n in (1, 2)),
    )
    return known.model_copy(
        update={"digests": (digest,), "contacts": (ContactAddress(unit=unit, address=mailbox),)}
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_may_call_itself_by_its_name_or_its_initials(name: str) -> None:
    assert (
        verdict_of(f"{name} đã hoàn thành mục 1", the_context(), sender="<van-thu.stp@cantho.example>")
        is Kind.APPLY
    )


@pytest.mark.parametrize("name", OTHERS)
def test_another_office_answers_for_nobody_here(name: str) -> None:
    for text in (f"{name} đã hoàn thành mục 1", f"Mục 1 {name} đã hoàn thành", f"Mục 1 của {name} đã xong"):
        assert verdict_of(text, the_context()) is Kind.QUEUE


@pytest.mark.parametrize(
    ("unit", "mailbox"),
    [
        ("U12", "van-thu@stp.cantho.gov.vn"),
        ("U12", "stp@cantho.gov.vn"),
        ("so-tu-phap", "vanthu@cantho.gov.vn"),
        ("Sở Tư pháp", "vanthu@cantho.gov.vn"),
    ],
)
def test_its_code_its_name_or_its_mailbox_may_tell(unit: str, mailbox: str) -> None:
    context = a_context(unit, mailbox)
    assert verdict_of("Sở Tư pháp đã hoàn thành mục 1", context, sender=f"<{mailbox}>") is Kind.APPLY
    assert verdict_of("Sở Tài chính đã hoàn thành mục 1", context, sender=f"<{mailbox}>") is Kind.QUEUE


def test_an_authority_may_name_its_place() -> None:
    context = a_context("NK", "van-thu.nk@cantho.example")
    for name in ("UBND quận Ninh Kiều", "Quận Ninh Kiều", "Ủy ban nhân dân quận Ninh Kiều"):
        assert (
            verdict_of(f"{name} đã hoàn thành mục 1", context, sender="<van-thu.nk@cantho.example>")
            is Kind.APPLY
        )
    assert (
        verdict_of("UBND quận Ô Môn đã hoàn thành mục 1", context, sender="<van-thu.nk@cantho.example>")
        is Kind.QUEUE
    )


@pytest.mark.parametrize("paper", ["1914/UBND-KGVX", "215/BC-SYT"])
def test_another_office_s_paper_is_no_evidence(paper: str) -> None:
    assert verdict_of(f"1 đã gửi báo cáo số {paper} ngày 06/11/2020", the_context()) is Kind.QUEUE
