"""Honest and hostile files with pieces changed, for as long as somebody has time: `make fuzz`.

    .venv/bin/python -m tests.hostile.fuzz [--seconds N] [--json]

Exit status 1 when a reader raises what it does not say, or takes too long; the shortest file that does it is kept.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from config.contacts import read_contacts
from config.directive_file import directive_text
from config.list_sheet import list_rows
from config.loader import CONFIG
from config.yaml_lines import parse_yaml
from directives.errors import BadInput, DondocError
from notifications.replies.parse import explain
from tests.hostile import office
from tests.hostile.bombs import BOMBS
from tests.replies.mails import Reply, the_context

KEPT = CONFIG.parent / "build" / "fuzz-found"
SLOW = 10.0  # seconds of CPU for a file of some kilobytes
Reader = Callable[[bytes, Path], object]
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.integers(0, 30), st.binary(max_size=12), st.integers(1, 40)
    ),
    max_size=12,
)


class Found(Exception):
    """A reader did what it must not; the message says what."""


def edited(raw: bytes, edits: list[tuple[float, int, bytes, int]]) -> bytes:
    """At each place so many octets are taken out, and a piece put in so many times."""
    for place, taken, piece, times in edits:
        at = int(place * len(raw))
        raw = raw[:at] + piece * times + raw[at + taken :]
    return raw


def _mail(raw: bytes, _: Path) -> object:
    return explain(raw, the_context())


def _yaml(raw: bytes, _: Path) -> object:
    return parse_yaml("x.yaml", raw.decode("utf-8", "replace"))


def _file(suffix: str, read: Callable[[Path], object]) -> Reader:
    def opened(raw: bytes, folder: Path) -> object:
        file = folder / f"x{suffix}"
        file.write_bytes(raw)
        return read(file)

    return opened


@cache
def seeds() -> dict[str, tuple[Reader, list[bytes]]]:
    """By kind: the reader, and files to begin with."""
    campaign = (CONFIG / "campaigns" / "dan-van-kheo-2020.yaml").read_bytes()[:6_000]
    mails = [Reply("1 đã xong", client=name).build() for name in ("gmail-vi", "outlook-en", "apple-vi")]
    documents = [office.a_docx(), office.document(office.table(office.cell("", office.paragraph("a"))))]
    return {
        "mail": (_mail, [*mails, *(bomb(2_000) for bomb in BOMBS.values())]),
        "yaml": (_yaml, [campaign, b"a: &a {b: [1, 2020-01-01]}\nc: *a\n"]),
        "docx": (_file(".docx", directive_text), documents),
        "contacts": (_file(".xlsx", lambda file: read_contacts(file, {})), [office.an_xlsx(), office.sheet("<row/>")]),
        "list": (_file(".xlsx", list_rows), [office.an_xlsx(), office.sheet("<row/>")]),
    }  # fmt: skip


def tried(kind: str, raw: bytes, folder: Path) -> None:
    """Errors: Found."""
    begun = time.process_time()
    try:
        seeds()[kind][0](raw, folder)
    except (DondocError, BadInput):
        pass
    except Exception as error:
        (folder / "found").write_bytes(raw)
        raise Found(f"{kind}: {type(error).__name__}: {error}") from error
    if time.process_time() - begun > SLOW:
        (folder / "found").write_bytes(raw)
        raise Found(f"{kind}: {time.process_time() - begun:.0f} s")


def run(kind: str, examples: int, folder: Path) -> None:
    """So many files of a kind. Errors: Found, of the shortest."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        phases=(Phase.generate, Phase.shrink),
    )
    @given(first=st.sampled_from(seeds()[kind][1]), edits=EDITS)
    def one(first: bytes, edits: list[tuple[float, int, bytes, int]]) -> None:
        tried(kind, edited(first, edits), folder)

    one()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="for how long")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    wanted = parser.parse_args()
    ends, done, found = time.monotonic() + wanted.seconds, dict.fromkeys(seeds(), 0), ""
    with TemporaryDirectory() as name:
        while time.monotonic() < ends and not found:
            for kind in done:
                try:
                    run(kind, 100, Path(name))
                    done[kind] += 100
                except Found as error:
                    KEPT.parent.mkdir(exist_ok=True)
                    found = f"{error}; the file is {shutil.copy(Path(name) / 'found', KEPT)}"
                    break
    told = ", ".join(f"{kind} {count:,}" for kind, count in done.items())
    sys.stdout.write(
        json.dumps({"files": done, "found": found}) + "\n"
        if wanted.json
        else f"{told}\n{found or 'nothing found'}\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
