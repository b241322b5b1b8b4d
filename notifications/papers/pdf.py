"""A .docx to PDF with LibreOffice, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from directives.errors import DondocError

SECONDS = 180.0


def to_pdf(docx: bytes, seconds: float = SECONDS) -> bytes:
    """Errors: DondocError naming Debian's package where LibreOffice is not installed, or what it said."""
    office = shutil.which("soffice")
    if office is None:
        raise DondocError(
            "a PDF needs LibreOffice, which is not installed; run 'apt-get install libreoffice-writer'"
        )
    with tempfile.TemporaryDirectory(prefix="dondoc-pdf-") as folder:
        source, profile = Path(folder) / "paper.docx", Path(folder) / "profile"
        source.write_bytes(docx)
        # A profile of its own: another LibreOffice that runs would take the work over and answer nothing.
        command = [
            office,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            str(source),
        ]
        try:
            done = subprocess.run(  # noqa: S603  (no shell, and nothing in it comes from outside)
                command, capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise DondocError(f"LibreOffice made no PDF within {seconds:.0f} seconds; try again") from error
        made = source.with_suffix(".pdf")
        if not made.exists():
            said = " ".join((done.stderr or done.stdout).split()) or f"exit status {done.returncode}"
            raise DondocError(f"LibreOffice made no PDF: {said}")
        return made.read_bytes()
