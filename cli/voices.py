"""What is said in a simulation or rehearsal, in the order of time; what a mail brings takes the place of what was to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from directives.behaviour import conversation, in_order, prompted
from directives.conversation import Answer, AnswerBase, Decision, Done, StepDecision, StepRef
from directives.definition import Definition
from directives.ledger.reminded import Reminded
from directives.manners import Behaviour

Said = Answer | Decision
React = Callable[[Reminded], Sequence[Said]]


class Voices:
    """Answers and decisions still to come. `hear` tells them of a reminder."""

    def __init__(self, said: Sequence[Said] = (), react: React | None = None) -> None:
        self.coming = in_order(list(said))
        self.react = react

    @classmethod
    def of(cls, definition: Definition, behaviour: Behaviour | None) -> Voices:
        if behaviour is None:
            return cls()

        def react(one: Reminded) -> Sequence[Said]:
            return prompted(one.step, definition, behaviour, one.rung, one.at)

        return cls(conversation(definition, behaviour), react if behaviour.listens else None)

    def until(self, now: datetime) -> list[Said]:
        """What was said up to `now`; it is not said again."""
        said = [one for one in self.coming if one.at <= now]
        self.coming = self.coming[len(said) :]
        return said

    def hear(self, reminders: Iterable[Reminded]) -> None:
        for one in reminders:
            if self.react and (found := self.react(one)):
                self._instead(found)

    def _instead(self, found: Sequence[Said]) -> None:
        """A report that a reminder brought is made once: what was to come of that step after it falls away."""
        ref, at = _step(found[0]), found[0].at
        if any(isinstance(one, Done) and _step(one) == ref and one.at <= at for one in self.coming):
            return
        kept = [one for one in self.coming if _step(one) != ref or one.at < at]
        self.coming = in_order([*kept, *found])


def _step(one: Said) -> StepRef | None:
    return one.step if isinstance(one, (AnswerBase, StepDecision)) else None
