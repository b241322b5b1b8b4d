"""What becomes of a coordinator's form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the run says. `refused`: nothing was changed. `mails`: something waits to leave at once."""

    said: str
    refused: bool = False
    mails: bool = False
