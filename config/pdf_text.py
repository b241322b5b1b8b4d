"""The text of a PDF, read in a process of its own: no limit of ours sees how long a page takes that draws itself.

The kernel ends that process when it takes more memory or time than an honest file needs.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from directives.errors import DondocError

MEMORY, CPU, WALL = 1_500_000_000, 60, 300  # bytes, seconds, seconds on a busy machine
PAGES, LONGEST = 500, 2_000_000  # characters of text: a thousand pages
LEAST = 40  # characters a page with a text layer has at least
DAMAGED = "cannot be read as PDF; print it anew to PDF, or give the .docx"
ENDLESS = "takes more memory or time than a directive can; print it anew to PDF, or give the .docx"


def pdf_text(file: Path) -> str:
    """Errors: DondocError, in one line, what to do."""
    command = [sys.executable, "-m", "config.pdf_text", str(file.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=WALL)  # noqa: S603  (no shell)
    except subprocess.TimeoutExpired as error:
        raise DondocError(f"'{file.name}' {ENDLESS}") from error
    if done.returncode != 0:
        raise DondocError(f"'{file.name}' {ENDLESS if done.returncode < 0 else DAMAGED}")
    said: dict[str, Any] = json.loads(done.stdout)
    if said["problem"]:
        raise DondocError(f"'{file.name}' {said['problem']}")
    return str(said["text"])


def main(file: Path) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    text, problem = "", ""
    try:
        text, problem = _read(file)
    except MemoryError:
        problem = ENDLESS
    except Exception:  # whatever a damaged file makes the library raise
        problem = DAMAGED
    sys.stdout.write(json.dumps({"text": "" if problem else text, "problem": problem}))


def _read(file: Path) -> tuple[str, str]:
    """(text, what is wrong with the file)."""
    from pypdf import PdfReader  # after the limits are set

    reader = PdfReader(file, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return "", "is encrypted; save a copy without a password"
    pages = len(reader.pages)
    if pages > PAGES:
        return "", f"has {pages} pages, more than {PAGES}; give the directive alone"
    texts: list[str] = []
    for page in reader.pages:
        texts.append(page.extract_text())
        if sum(map(len, texts)) > LONGEST:
            return "", f"holds more than {LONGEST:,} characters; give the directive alone"
    text = "\n".join(texts)
    if len(text.strip()) < LEAST * max(1, pages) / 2:
        return "", "is a scan without text; run text recognition (OCR) on it first, or give the .docx"
    return text, ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
