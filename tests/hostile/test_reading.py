"""Whole texts made to hurt: what a unit writes and what a directive says is read in time that grows with its length."""

from __future__ import annotations

import json

import pytest

from tests.hostile.limits import bounded

PUMPS = [
    " ",
    "\n",
    "-",
    ">",
    "> ",
    "- ",
    "_",
    "=",
    "*",
    "|",
    ",",
    ".",
    ";",
    "(",
    '"',
    "“",
    "/",
    "@",
    "<",
    "1",
    "1 ",
    "1.",
    "1/",
    "1/A-",
    "%",
    "a ",
    "á",
    "a@b.",
    "https://a.b/",
    "đã xong ",
    "1 xong, ",
    "mục ",
    "chưa ",
    "không ",
    "gửi ",
    "số ",
    "số 1/BC ngày 1/1/2020 ",
    "ngày 1/1 ",
    "xin gia hạn đến ",
    "chuyển cho ",
    "tất cả ",
    "và ",
    "rồi ",
    "SAI ",
    "wrote: ",
    "on 1 ",
    "vào ngày 1 ",
    "từ: ",
    "From: a\n",
    "> 1. a\n",
    "--\n",
    "- a\n",
    "1 xong\n",
    "trân trọng\n",
    "kính gửi ",
    "-- ",
    "-----Original Message-----\n",
    "> Vào 1, a đã viết:\n",
    "\u0301",
    "\u200b",
]
DIRECTIVE = [
    *PUMPS[:32],
    "định kỳ ,",
    "định kỳ báo cáo, ",
    "trước ngày ",
    "Sở ",
    "Giao Sở Y tế, ",
    "Số: 1/UBND-",
    "GS. ",
    "I. ",
    "a) ",
    "triển khai ",
    "quá trình triển khai ",
    "đề nghị các ",
    "căn cứ ",
    "… ",
    "hằng tháng ",
    "| ",
    "Điều 1. ",
    "TM. ",
    "phối hợp với ",
]
REPLY = """
import json, sys, time
from notifications.replies.parse import explain
from tests.replies.mails import FOUR, Reply, the_context

context = the_context()
pumps, sizes = json.loads(sys.stdin.read())
for pump in pumps:
    took = []
    for size in sizes:
        text = (pump * (size // len(pump)))
        for raw in (Reply(text).build(), Reply("1 " + text + "x", client="apple-vi").build()):
            begun = time.process_time()
            explain(raw, context)
            took.append(time.process_time() - begun)
    print(json.dumps([pump, took]), flush=True)
"""
DRAFT = """
import json, sys, time
from datetime import date
from directives.drafting import phrases
from directives.drafting.document import read
from directives.drafting.phrase import Signing
from tests.draft.drafts import a_text, calendar

pumps, sizes = json.loads(sys.stdin.read())
for pump in pumps:
    took = []
    for size in sizes:
        body = pump * (size // len(pump))
        begun = time.process_time()
        read(a_text(body + "x"), calendar()).as_data()
        phrases.find(body, Signing(date(2020, 7, 6), calendar()))
        took.append(time.process_time() - begun)
    print(json.dumps([pump, took]), flush=True)
"""
SHORT = (19_000, 190_000)  # characters: of own words, and of a mail with what it quotes
LONG = (20_000, 80_000)
MOST = 10.0  # seconds of CPU of one text; the slowest takes about one


@pytest.mark.system
def test_no_answer_takes_long_to_read() -> None:
    said = bounded(REPLY, cpu=900, megabytes=2_000, given=json.dumps([PUMPS, SHORT]).encode())
    assert slow(said, len(PUMPS)) == {}


@pytest.mark.system
def test_no_directive_takes_long_to_read() -> None:
    said = bounded(DRAFT, cpu=900, megabytes=2_000, given=json.dumps([DIRECTIVE, LONG]).encode())
    assert slow(said, len(DIRECTIVE)) == {}


def slow(said: str, count: int) -> dict[str, list[float]]:
    read = dict[str, list[float]](json.loads(line) for line in said.splitlines())
    assert len(read) == count
    return {pump: took for pump, took in read.items() if max(took) > MOST}
