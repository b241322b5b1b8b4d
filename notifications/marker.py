"""Marks of mails that were answered at the same moment are one transaction: a commit costs more than a mark."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from directives.ledger.marks import Claim
from notifications.smtp import Outcome

T = TypeVar("T")


@dataclass
class _Together(Generic[T]):
    """What was answered in one turn of the event loop."""

    outcomes: list[tuple[Claim, Outcome]] = field(default_factory=list[tuple[Claim, Outcome]])
    found: asyncio.Future[list[T]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Marker(Generic[T]):
    """`mark` writes and commits what came of some mails, and returns a result for each."""

    def __init__(self, mark: Callable[[Sequence[tuple[Claim, Outcome]]], list[T]]) -> None:
        self.mark = mark
        self.coming: _Together[T] | None = None

    async def marked(self, claim: Claim, outcome: Outcome) -> T:
        """Once it is committed. While one commit is written, answers pile up for the next."""
        first = self.coming is None
        together = self.coming = self.coming or _Together()
        place = len(together.outcomes)
        together.outcomes.append((claim, outcome))
        if first:
            await asyncio.sleep(0)  # whoever was answered in the same turn is heard before this goes on
            self.coming = None
            together.found.set_result(self.mark(together.outcomes))
        return (await together.found)[place]
