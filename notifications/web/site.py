"""What the page needs of an installation, as one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine


@dataclass(frozen=True)
class Site:
    """`evidence`: the folder of uploaded files. `domain`: of our Message-IDs. `clock`: the machine's."""

    engine: Engine
    secret: bytes = field(repr=False)
    evidence: Path
    domain: str
    clock: Callable[[], datetime]
    # Requests a minute of one link, and of one address: an office behind one address has many.
    link_rate: int = 120
    address_rate: int = 600
    form_rate: int = 60  # forms an hour of one link: each may bring a file
