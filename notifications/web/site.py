"""What the page needs of an installation, as one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from notifications.keys import Keys


@dataclass(frozen=True)
class Site:
    """`keys`: of coordinators' links and of seals; a unit's link is known by the ledger alone.

    `home`: the folder under which files lie. `domain`: of our Message-IDs. `clock`: the machine's.
    """

    engine: Engine
    keys: Keys = field(repr=False)
    home: Path
    domain: str
    clock: Callable[[], datetime]
    # Requests a minute of one link, and of one address: an office behind one address has many.
    link_rate: int = 120
    address_rate: int = 600
    form_rate: int = 60  # forms an hour of one link: each may bring a file

    @property
    def evidence(self) -> Path:
        """Of files that came with answers."""
        return self.home / "evidence"

    @property
    def inbound(self) -> Path:
        """Of mails that came in, as they are."""
        return self.home / "inbound"

    @property
    def papers(self) -> Path:
        """Of what was drafted to be signed."""
        return self.home / "papers"
