"""The labelled corpus: nothing wrong is applied by itself, clear commands are, the rest waits for a person."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml

from notifications.replies.parse import read
from notifications.replies.verdict import Kind, Verdict
from tests.replies.mails import CLIENTS, Reply, the_context

CORPUS = Path(__file__).parent / "corpus"
CONTEXT = the_context()
DETAIL = {
    "done": "doc_number",
    "in_progress": "percent",
    "extension": "until",
    "delegate": "to",
    "question": "reason",
}


@dataclass(frozen=True)
class Case:
    name: str
    mail: bytes
    expect: Any


def a_docx() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return made.getvalue()


FILES = {
    "pdf": ("Báo cáo.pdf", b"%PDF-1.7\n%..."),
    "docx": ("Báo cáo.docx", a_docx()),
    "exe": ("bao-cao.pdf.exe", b"MZ\x90\x00"),
}


def _cases() -> Iterator[Case]:
    clients = cycle(CLIENTS)
    for file in sorted(CORPUS.glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
            fields = dict(entry)
            expect, also = fields.pop("expect"), fields.pop("also", [])
            texts = fields.pop("text", "")
            fields["files"] = [FILES[name] for name in fields.pop("files", [])]
            for text in texts if isinstance(texts, list) else [texts]:
                for encoding in ["nfc", *also]:
                    client = fields.get("client") or next(clients)
                    reply = Reply(**{**fields, "text": text, "client": client, "encoding": encoding})
                    yield Case(f"{file.stem}: {text!r} {client} {encoding}", reply.build(), expect)


def _said(verdict: Verdict) -> dict[Any, Any]:
    """A verdict in the corpus' short form."""
    if verdict.undo:
        return {
            "undo": verdict.undo.items if isinstance(verdict.undo.items, str) else list(verdict.undo.items)
        }
    said: dict[Any, Any] = {}
    for action in verdict.actions:
        kind = action.action.value
        detail = getattr(action, DETAIL[kind]) if kind in DETAIL else None
        short: Any = kind if detail is None else {kind: detail}
        if action.doc_date:
            short = {**short, "date": action.doc_date}
        if action.reason and kind != "question":
            short = {**short, "reason": action.reason}
        said[action.item] = short
    return said


CASES = list(_cases())


def _outcome(case: Case) -> str:
    """clear, lost (clear but queued), queued, auto, or wrong."""
    verdict = read(case.mail, CONTEXT)
    if isinstance(case.expect, str):
        return (
            case.expect
            if verdict.verdict.value == case.expect
            else f"wrong: {verdict.verdict} {verdict.actions}"
        )
    if verdict.verdict is Kind.QUEUE:
        return f"lost: {verdict.reason}"
    right = verdict.verdict is (Kind.UNDO if "undo" in case.expect else Kind.APPLY)
    # Typed in another way, the sender's own words are typed in that way too.
    exact = "nfc" in case.name or "nfd" in case.name or "reason" not in str(case.expect)
    said = _said(verdict)
    agrees = _agrees(said, case.expect) if exact else said.keys() == case.expect.keys()
    return "clear" if right and agrees else f"wrong: {verdict.verdict} {said}"


def _agrees(said: dict[Any, Any], expect: dict[Any, Any]) -> bool:
    """Of a reason, or of a question's words, only what the label gives is compared."""
    return said.keys() == expect.keys() and all(_alike(said[n], expect[n]) for n in said)


def _alike(said: Any, expect: Any) -> bool:
    if isinstance(said, dict) and not (isinstance(expect, dict) and "reason" in expect):
        said = {name: detail for name, detail in said.items() if name != "reason"}
    if expect == "question" and isinstance(said, dict):
        return "question" in said
    return bool(said == expect)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, str]:
    return {f"{n} {case.name}": _outcome(case) for n, case in enumerate(CASES)}


def test_the_corpus_has_at_least_two_hundred_replies():
    assert len(CASES) >= 200


def test_nothing_wrong_is_applied_by_itself(outcomes: dict[str, str]):
    assert {name: outcome for name, outcome in outcomes.items() if outcome.startswith("wrong")} == {}


def test_clear_commands_are_applied(outcomes: dict[str, str]):
    lost = {name: outcome for name, outcome in outcomes.items() if outcome.startswith("lost")}
    clear = sum(outcome == "clear" for outcome in outcomes.values())

    assert clear >= 0.95 * (clear + len(lost)), lost
