"""What the trials of outages print."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figures:
    """Of one kind of trial on one database.

    `met`: trials in which the work was interrupted at all; `differed`: trials after which something was lost, or done
    twice; `doubled`: mails that arrived twice, `most_doubled` in one trial, of at most `bound`; `unflagged`: those of them
    that nobody was told of; `wrong`: what else was not as it should be, a line each.
    """

    trial: str
    database: str
    trials: int = 1
    met: int = 1
    differed: int = 0
    doubled: int = 0
    most_doubled: int = 0
    unflagged: int = 0
    wrong: list[str] = field(default_factory=list[str])
    bound: int = 0
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return (
            self.differed == self.unflagged == 0
            and not self.wrong
            and self.most_doubled <= self.bound
            and self.met > 0
        )
