"""One duty, as it is being read."""

from __future__ import annotations

from dataclasses import dataclass, field

from directives.drafting.phrase import Phrase

MOST, LONGEST = 100, 4000  # deadlines of one duty; characters beside it


@dataclass
class Duty:
    """`parties`: who is obliged, each as written; `support`: with whom. `rule`: why it was taken for a duty."""

    label: str
    text: str
    line: int
    parties: tuple[str, ...]
    support: tuple[str, ...] = ()
    leads: bool = False
    inherited: bool = False
    rule: str = ""
    phrases: list[Phrase] = field(default_factory=list[Phrase])
    sources: list[tuple[Phrase, str]] = field(default_factory=list[tuple[Phrase, str]])
    product: str | None = None
    more: str = ""

    def add(self, phrases: list[Phrase], sentence: str) -> None:
        """Deadlines that a sentence sets for it; one said twice counts once."""
        for one in phrases[: MOST - len(self.phrases)]:
            same = any(
                (one.due_before and one.due_before == other.due_before)
                or (one.rrule and one.rrule == other.rrule)
                for other in self.phrases
            )
            if not same:
                self.phrases.append(one)
                self.sources.append((one, sentence))

    def say_more(self, sentence: str) -> None:
        """What stands beside it in other sentences, as far as anybody would read."""
        if len(self.more) < LONGEST:
            self.more += f" {sentence}"


@dataclass(frozen=True, slots=True)
class Order:
    """What stands over an item: who is asked, whether anything is asked at all, and how firmly.

    `demands`: the text above orders what follows ("yêu cầu … thực hiện các nội dung sau:"), so that even an item
    without a verb is one.
    """

    parties: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    asks: bool = False
    demands: bool = False
    leads: bool = False
