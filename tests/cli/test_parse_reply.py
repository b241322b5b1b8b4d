"""`dondoc parse-reply` explains mails against a context file, and touches nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.cli.commands import Dondoc
from tests.replies.mails import ONE, Reply, the_context


@pytest.fixture
def context(tmp_path: Path) -> Path:
    file = tmp_path / "context.yaml"
    file.write_text(
        yaml.safe_dump(the_context().model_dump(mode="json"), allow_unicode=True), encoding="utf-8"
    )
    return file


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[str, Reply], str]:
    def save(name: str, reply: Reply) -> str:
        (tmp_path / name).write_bytes(reply.build())
        return str(tmp_path / name)

    return save


def test_a_mail_is_one_object_with_what_each_item_would_get(
    dondoc: Dondoc, context: Path, saved: Callable[[str, Reply], str]
) -> None:
    mail = saved(
        "a.eml", Reply("1 đã gửi báo cáo số 215/BC-STP ngày 06/11/2020\n2 xin gia hạn đến 15/11: chờ số liệu")
    )
    done = dondoc("parse-reply", mail, "--context", str(context), "--json")
    assert done.status == 0
    said = done.json
    assert (said["verdict"], said["digest"]) == ("apply", "<four@cantho.example>")
    first, second = said["actions"]
    assert (first["item"], first["action"], first["doc_number"], first["doc_date"]) == (
        1, "done", "215/BC-STP", "2020-11-06",
    )  # fmt: skip
    assert (second["item"], second["until"], second["reason"]) == (2, "2020-11-15", "chờ số liệu")


def test_several_mails_are_a_list_in_their_order(
    dondoc: Dondoc, context: Path, saved: Callable[[str, Reply], str]
) -> None:
    mails = [
        saved("a.eml", Reply("chưa xong")),
        saved("b.eml", Reply("đã xong", digest=ONE)),
        saved("c.eml", Reply("SAI")),
    ]
    done = dondoc("parse-reply", *mails, "--context", str(context), "--json")
    assert [one["verdict"] for one in done.json] == ["queue", "apply", "undo"]


def test_a_person_reads_why_a_mail_is_queued_and_what_was_taken_for_its_own_text(
    dondoc: Dondoc, context: Path, saved: Callable[[str, Reply], str]
) -> None:
    done = dondoc("parse-reply", saved("a.eml", Reply("1 gần xong")), "--context", str(context))
    assert "a.eml: queue" in done.out
    assert "own text: 1 gần xong" in done.out
    assert "reason: Câu “1 gần xong” có từ “gần” nên chưa rõ." in done.out


def test_it_opens_no_ledger(dondoc: Dondoc, context: Path, saved: Callable[[str, Reply], str]) -> None:
    assert dondoc("parse-reply", saved("a.eml", Reply("1 đã xong")), "--context", str(context)).status == 0
    assert not (dondoc.home / "var").exists()


def test_a_mail_that_is_not_there_and_a_context_that_is_none_are_said_with_status_2(
    dondoc: Dondoc, context: Path, tmp_path: Path
) -> None:
    gone = dondoc("parse-reply", str(tmp_path / "gone.eml"), "--context", str(context))
    assert (gone.status, "gone.eml" in gone.err, "cannot be read" in gone.err) == (2, True, True)
    context.write_text("digests: 3\ncontacts: []\n", encoding="utf-8")
    bad = dondoc("parse-reply", str(tmp_path / "gone.eml"), "--context", str(context))
    assert bad.status == 2
    assert "context.yaml:1 digests: must be a list" in bad.err
    assert "context.yaml:1 now: is missing" in bad.err
