"""Texts made to hurt are read in bounded work: within CPU that a quadratic reader would exceed many times over."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

PIECES = [
    "trước ngày ",
    "trước 1",
    "chậm nhất trong vòng 1 (",
    "định kỳ ",
    "đề nghị, ",
    "Giao Sở Nội vụ, Sở Tư pháp và ",
    "các Bộ: Công an, ",
    "a",
    "(((",
    "“",
    "Số: 1/",
    "1/A-",
    "1. Giao Sở Y tế:\n\n",
    "- Yêu cầu các đơn vị:\n",
    "Báo cáo gửi về Sở Y tế trước ngày 01/8/2020.\n\n",
    "một dòng chữ thường\n",
    "TT | Nhiệm vụ | Chủ trì | Thời hạn\n1 | Lập | Sở Y tế | 01/8/2020\n",
    "ngày 1 tháng ",
    "thời gian hoàn thành ",
    "phối hợp với các ",
    "…/",
    " ",
]
EACH, WHOLE = 100_000, 1_000_000  # characters of one piece again and again, and of all of them mixed
CPU = 240  # seconds; it takes about ten, and one quadratic step over 100,000 characters takes hours
READ = """
import json, sys
from datetime import date
from directives.drafting import phrases
from directives.drafting.document import read
from directives.drafting.phrase import Signing
from tests.draft.drafts import a_text, calendar

pieces, each, whole = json.loads(sys.stdin.read())
bodies = [piece * (each // len(piece)) for piece in pieces]
bodies.append("".join(body[: whole // len(pieces)] for body in bodies))
for body in bodies:
    read(a_text(body), calendar()).as_data()
    phrases.find(body, Signing(date(2020, 7, 6), calendar()))
    print(repr(body[:30]), flush=True)
"""


def test_a_megabyte_made_to_hurt_is_read() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ],
        input=json.dumps([PIECES, EACH, WHOLE]),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU)),
    )
    assert done.returncode == 0, f"after {done.stdout[-60:]}: {done.stderr[-2000:]}"
    assert len(done.stdout.splitlines()) == len(PIECES) + 1
