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
    link_rate: int = (
        120  # requests a minute of one link, and of one address: an office behind one address has many
    )
    address_rate: int = 600
