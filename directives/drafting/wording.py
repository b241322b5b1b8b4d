"""The duties of one paragraph: a new one where a sentence names its own order or party, else more of the last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from directives.drafting import closings, parties, phrases
from directives.drafting.citations import cited_in
from directives.drafting.clauses import clauses
from directives.drafting.collected import Collected
from directives.drafting.doubts import Doubt
from directives.drafting.duty import Order
from directives.drafting.outline import Item
from directives.drafting.phrase import Phrase
from directives.drafting.sentence import Asked, asked
from directives.drafting.text import sentences
from directives.drafting.verbs import OPENING

HEADED = re.compile(
    r"(?:(?P<to>(?:Đối với|Riêng|Trách nhiệm (?:của|thuộc)?))|Về|Công tác|Việc|Lĩnh vực|Nội dung"
    r"|Nhiệm vụ|Lưu ý)"
    r" ?(?P<what>[^:.;]{0,160}): ?(?=\S)"
)
TITLED = re.compile(r"[^:.;]{3,120}: (?=\S)")
CONTINUES = re.compile(
    r"(?:văn bản|báo cáo|kế hoạch|hồ sơ|danh sách|thời gian|thời hạn|kết quả|việc|các báo cáo|số liệu"
    r"|hạn|tờ trình"
    r"|các nội dung|biên bản|nội dung|yêu cầu hoàn thành|hoàn thành)(?![\wÀ-ỹ])",
    re.I,
)
REPORTS = re.compile(r"(?:các )?(?:báo cáo|kết quả|văn bản báo cáo)(?![\wÀ-ỹ])", re.I)
PREFACE = re.compile(
    r"(?:Căn cứ|Thực hiện|Theo|Xét|Trên cơ sở|Tiếp theo|Tiếp tục thực hiện|Để thực hiện|Nhằm)(?![\wÀ-ỹ])"
)
REFUSES = re.compile(r"(?:Những |Các |Mọi )?(?:hồ sơ|báo cáo|danh sách|văn bản)(?![\wÀ-ỹ])", re.I)
TOLD = re.compile(r"Ngày \d")


class Wording:
    """Reads paragraphs into `collected`. `issuer`: whose own doings are nobody's duty."""

    def __init__(self, collected: Collected, issuer: str | None) -> None:
        self.collected, self.issuer = collected, issuer

    def read(self, item: Item, order: Order, *, firm: bool = False) -> None:
        """`firm`: the text is a task even without a verb, as the lines below it show."""
        text, order = self._headed(item.text, order)
        fresh, closed = False, None
        for n, sentence in enumerate(self._clauses(text, order)):
            dated = phrases.find(sentence, self.collected.signing)
            if _says_nothing(sentence, dated):
                fresh = fresh and n > 0
                closed = self._closed(item, sentence) or closed
            elif closed and dated and REPORTS.match(sentence):
                self.collected.add(item, replace(closed, text=sentence), order, sentence)
            elif not (numbered := n == 0 and item.numbered) and self._attaches(
                sentence, dated, fresh=fresh, own=n == 0 and item.kind != "none" and order.asks
            ):
                self.collected.beside(dated, sentence)
            else:
                said = self._asked(item, sentence, order, numbered=numbered)
                fresh = self._take(item, sentence, order, said, dated, fresh=fresh, firm=firm)

    def _clauses(self, text: str, order: Order) -> Iterator[str]:
        for sentence in sentences(text):
            if closings.only_urges(sentence):
                yield sentence
            else:
                yield from clauses(sentence, order, self.issuer, self.collected.signing)

    def _closed(self, item: Item, sentence: str) -> Asked | None:
        """Whom a closing addresses ("Yêu cầu các đơn vị nghiêm túc thực hiện."), if others were asked before it."""
        last = self.collected.last
        said = asked(sentence, Order(), self.issuer) if item.kind == "none" and last else None
        return said if said and last and said.parties and said.parties != last.parties else None

    def _take(
        self,
        item: Item,
        sentence: str,
        order: Order,
        said: Asked | None,
        dated: list[Phrase],
        *,
        fresh: bool,
        firm: bool,
    ) -> bool:
        """Whether the paragraph has a duty of its own now."""
        if fresh and (said is None or said.rule == "verb"):
            sure = said is not None or CONTINUES.match(sentence) is not None
            self.collected.go_on(dated if sure else _unsure(dated), sentence)
            return True
        if said is None and item.kind == "none" and _is_preface(sentence):
            return fresh
        said = said or self._without_words(item, sentence, order, dated, firm=firm)
        if said is None:
            # It may date the duty before it, or tell of something else.
            self.collected.beside(_unsure(dated), sentence)
            return fresh
        self.collected.add(item, said, order, sentence)
        return True

    def _asked(self, item: Item, sentence: str, order: Order, *, numbered: bool) -> Asked | None:
        said = asked(sentence, order, self.issuer)
        if said and said.rule == "verb" and item.kind == "none" and _is_preface(sentence):
            said = None
        if not numbered:
            return said
        if (said is None or not said.parties) and (titled := TITLED.match(sentence)):
            named = asked(sentence[titled.end() :], order, self.issuer)
            said = named if named and named.parties else said
        # An item is quoted from its beginning.
        return replace(said, text=sentence) if said else None

    def _headed(self, text: str, order: Order) -> tuple[str, Order]:
        """ "Về công tác tuyên truyền: Sở Y tế …" without its title; "Đối với Sở Y tế: …" names whom it asks."""
        headed = HEADED.match(text)
        if headed is None or headed.end() >= len(text):
            return text, order
        if headed["to"] and parties.PARTY.match(headed["what"]):
            who = parties.split(headed["what"])
            return text[headed.end() :], Order(who, (), asks=True, leads=len(who) == 1)
        rest = asked(text[headed.end() :], order, self.issuer)
        if rest and rest.parties:
            return text[headed.end() :], replace(order, asks=True)
        return text, order

    def _attaches(self, sentence: str, dated: list[Phrase], *, fresh: bool, own: bool) -> bool:
        """ "Báo cáo gửi về Sở Y tế trước ngày …" dates the duty before it. `own`: it is an item itself."""
        last = self.collected.last
        if not dated or last is None:
            return False
        known = {one.due_before for one in last.phrases if one.due_before}
        if own or CONTINUES.match(sentence) is None:
            return REFUSES.match(sentence) is not None and {one.due_before for one in dated} <= known
        return fresh or not OPENING.match(sentence) or "gửi về" in sentence

    def _without_words(
        self, item: Item, sentence: str, order: Order, dated: list[Phrase], *, firm: bool
    ) -> Asked | None:
        """What asks by its place or its date alone."""
        dash = item.kind != "none" and bool(dated)
        if firm or (item.numbered and order.demands) or ((item.numbered or dash) and dated and order.asks):
            return Asked(sentence, (), (), order.leads, "item")
        now = [one for one in dated if one.doubt is not Doubt.PAST]
        if now and self.collected.last is None and (order.asks or order.parties) and not TOLD.match(sentence):
            return Asked(sentence, (), (), False, "deadline")
        return None


def _unsure(dated: list[Phrase]) -> list[Phrase]:
    return [replace(one, doubt=one.doubt or Doubt.SUBJECT) for one in dated]


def _says_nothing(sentence: str, dated: list[Phrase]) -> bool:
    if closings.asks_nothing(sentence, dated=bool(dated)):
        return True
    # A day that was past when it was signed dates what is told.
    return closings.is_opinion(sentence) and all(one.doubt is Doubt.PAST for one in dated)


def _is_preface(sentence: str) -> bool:
    """ "Căn cứ …;", "Thực hiện Công văn số …;": why the directive was written."""
    if PREFACE.match(sentence) is None:
        return False
    return (
        sentence.endswith((";", ",", ":"))
        or sentence.startswith(("Căn cứ", "Xét"))
        or bool(cited_in(sentence[:120]))
    )
