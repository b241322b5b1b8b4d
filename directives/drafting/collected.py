"""The duties found so far: each new one with its label and deadlines, and what later sentences add to the last."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from directives.drafting import parties, phrases, sections
from directives.drafting.doubts import Doubt
from directives.drafting.duty import Duty, Order
from directives.drafting.outline import Item
from directives.drafting.phrase import Phrase, Signing
from directives.drafting.sections import Detail
from directives.drafting.sentence import Asked
from directives.drafting.verbs import OPENING

OWN_RESULT = re.compile(r"; (?=phân công cán bộ|tổng hợp,? ?(?:và )?báo cáo (?:trình|về|gửi))", re.I)
CUT = re.compile(r"[,;](?: và| đồng thời)? ")
WITHIN = re.compile(
    r"\((?:[Gg]iao )?(?P<who>[^()]{3,120}?) (?:chủ trì|thực hiện|tham mưu|phụ trách)[^()]{0,80}\)"
)
MANY = 8  # words that a second verb needs before its date to be a duty of its own


class Collected:
    """Duties in the order of the text."""

    def __init__(self, addressed: Sequence[str], signing: Signing) -> None:
        self.addressed, self.signing = tuple(addressed), signing
        self.found: list[Duty] = []
        self._labels: Counter[str] = Counter()

    @property
    def last(self) -> Duty | None:
        return self.found[-1] if self.found else None

    def add(self, item: Item, said: Asked, order: Order, sentence: str) -> None:
        """The duties of one sentence: one, or one for each result it asks for."""
        for part in self._parts(said.text):
            duty = Duty(
                label=self._label(item.label),
                text=part,
                line=item.line,
                parties=said.parties or order.parties or self.addressed,
                support=said.support or (() if said.parties else order.support),
                leads=said.leads,
                inherited=not said.parties,
                rule=said.rule,
            )
            duty.add(phrases.find(part, self.signing), sentence)
            if not said.parties and (within := WITHIN.search(part)) and parties.PARTY.match(within["who"]):
                duty.parties, duty.leads, duty.inherited = parties.split(within["who"]), True, False
            self.found.append(duty)

    def put(self, duty: Duty) -> None:
        """A duty that was read otherwise: a row of a table."""
        if not duty.parties:
            duty.parties, duty.inherited = self.addressed, True
        self.found.append(duty)

    def go_on(self, dated: list[Phrase], sentence: str) -> None:
        """The sentence is part of the last duty."""
        if last := self.last:
            last.add(dated, sentence)
            last.text += f" {sentence}"

    def beside(self, dated: list[Phrase], sentence: str) -> None:
        """The sentence says more of the last duty: "Báo cáo gửi về … trước ngày …"."""
        if (last := self.last) and dated:
            last.add(dated, sentence)
            last.say_more(sentence)

    def detail(self, text: str) -> bool:
        """ "Cơ quan chủ trì: …" below a task says who does it. False: the text is no such line."""
        last = self.last
        if last is None or sections.detail(text) is None:
            return False
        for part in re.split(r"; (?=\w)|\. (?=\w)", text):
            if said := sections.detail(part):
                self._detail(last, *said, part)
            else:
                last.add([_doubtful(one) for one in phrases.find(part, self.signing)], part)
        last.say_more(text)
        return True

    def _detail(self, duty: Duty, name: Detail, value: str, text: str) -> None:
        if name is Detail.LEAD:
            duty.parties, duty.leads, duty.inherited = parties.split(value), True, False
        elif name is Detail.SUPPORT:
            duty.support = parties.split(value)
        elif name is Detail.PRODUCT:
            duty.product = value
        else:
            found = phrases.find(text, self.signing) or phrases.cell(value, self.signing)
            # "Thời hạn: các sở trước ngày …": others than the duty's may be meant.
            duty.add([_doubtful(one) for one in found] if parties.PARTY.match(value) else found, text)

    def _parts(self, text: str) -> list[str]:
        """One sentence may ask twice: a result of its own after a semicolon, or a second verb with a second date."""
        return [part for piece in OWN_RESULT.split(text) for part in self._by_date(piece)]

    def _by_date(self, text: str) -> list[str]:
        dated = [one for one in phrases.find(text, self.signing) if one.due_before]
        dated = [one for one in dated if one.doubt is not Doubt.PAST]
        parts, begun = list[str](), 0
        for one, following in pairwise(dated):
            for cut in CUT.finditer(text, one.end, following.start):
                rest = text[cut.end() : following.start]
                if OPENING.match(rest) and rest[0].islower() and rest.count(" ") >= MANY:
                    parts.append(text[begun : cut.start()])
                    begun = cut.end()
                    break
        return [*parts, text[begun:]]

    def _label(self, label: str) -> str:
        """The second duty of clause 1b is "1b-2"."""
        if not label:
            return ""
        self._labels[label] += 1
        count = self._labels[label]
        return label if count == 1 else f"{label}-{count}"


def _doubtful(phrase: Phrase) -> Phrase:
    return replace(phrase, doubt=phrase.doubt or Doubt.SUBJECT)
