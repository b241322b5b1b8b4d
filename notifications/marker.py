"""Marks of mails that are answered at about the same moment are one transaction: a commit costs more than a mark."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from directives.ledger.marks import Claim
from notifications.smtp import Outcome

PATIENCE = 0.002  # seconds for which an answer waits to be marked with others
T = TypeVar("T")


@dataclass
class _Together(Generic[T]):
    """What is marked in one transaction, and when that is done."""

    outcomes: list[tuple[Claim, Outcome]] = field(default_factory=list[tuple[Claim, Outcome]])
    found: asyncio.Future[list[T]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Marker(Generic[T]):
    """`mark` writes and commits what came of some mails, and returns a result for each."""

    def __init__(self, mark: Callable[[Sequence[tuple[Claim, Outcome]]], list[T]]) -> None:
        self.mark = mark
        self.senders = 0
        self.coming: _Together[T] | None = None

    @contextmanager
    def sender(self) -> Iterator[None]:
        """Whoever sends one mail after another: once all have been answered, none is waited for."""
        self.senders += 1
        try:
            yield
        finally:
            self.senders -= 1

    async def marked(self, claim: Claim, outcome: Outcome) -> T:
        """Once it is committed: nobody who waits for this sends another mail meanwhile."""
        together = self.coming
        if together is None:
            together = self.coming = _Together[T]()
            asyncio.get_running_loop().call_later(PATIENCE, self._due, together)
        place = len(together.outcomes)
        together.outcomes.append((claim, outcome))
        if len(together.outcomes) >= self.senders:
            self._due(together)
        return (await asyncio.shield(together.found))[place]

    def finish(self) -> None:
        """Mark what was answered and has not been marked yet, whatever became of those who wait."""
        if self.coming is not None:
            self._due(self.coming)

    def _due(self, together: _Together[T]) -> None:
        if together is not self.coming:
            return  # marked already
        self.coming = None
        try:
            together.found.set_result(self.mark(together.outcomes))
        except Exception as error:
            together.found.set_exception(error)
