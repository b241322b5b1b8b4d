"""The outline of a document → its duties, in the order of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from directives.drafting.citations import cited_in
from directives.drafting import closings, parties, phrases, sections
from directives.drafting.doubts import Doubt
from directives.drafting.duty import Duty, Order
from directives.drafting.outline import Item
from directives.drafting.phrase import Phrase, Signing
from directives.drafting.sections import Detail
from directives.drafting.sentence import MARK, Asked, asked
from directives.drafting.tables import Table
from directives.drafting.text import sentences
from directives.drafting.verbs import OPENING
from directives.names import folded

HEADED = re.compile(r"(?:(?P<to>(?:Đối với|Riêng|Trách nhiệm (?:của|thuộc)?))|Về|Công tác|Việc|Lĩnh vực|Nội dung|Nhiệm vụ|Lưu ý) ?(?P<what>[^:.;]{0,160}): ?(?=\S)")
DEMANDS = re.compile(
    r"(?:yêu cầu|đề nghị|giao|chỉ đạo|thực hiện|triển khai|tập trung|báo cáo)[^.;]{0,260}(?:sau(?: đây)?|như sau|cụ thể|nhiệm vụ|nội dung|việc)? ?:$", re.I
)
SAME = re.compile(r"(?:thực hiện|báo cáo|đăng ký|triển khai)[^.;:]{0,80}(?:nội dung|việc|nhiệm vụ|yêu cầu|như|cụ thể)[^.;:]{0,20} sau(?: đây)? ?:$", re.I)
ASKS = re.compile(r"(?:ý kiến|yêu cầu|đề nghị|giao|chỉ đạo|thực hiện|kết luận|phân công|lưu ý|nhiệm vụ|tổ chức thực hiện|trách nhiệm|nội dung|giải pháp|thông báo|triển khai|các việc|quyết định|quyết nghị)", re.I)
CONTINUES = re.compile(r"(?:văn bản|báo cáo|kế hoạch|hồ sơ|danh sách|thời gian|thời hạn|kết quả|việc|các báo cáo|số liệu|hạn|tờ trình|các nội dung|biên bản|nội dung|yêu cầu hoàn thành|hoàn thành)(?![\wÀ-ỹ])", re.I)
# What follows are the headings of what is reported, not things to do.
TOPICS = re.compile(r"(?:theo|gồm|với|về)(?: (?:các|những|một số))? (?:nội dung|nhóm nội dung|vấn đề|tiêu chí|chỉ tiêu|thông tin|mẫu|biểu)(?: [\wÀ-ỹ]+){0,3}(?: sau(?: đây)?| dưới đây)? ?:$|(?:nội dung|báo cáo)[^.;]{0,30}(?:gồm|bao gồm) ?:$", re.I)
PREFACE = re.compile(r"(?:Căn cứ|Thực hiện|Theo|Xét|Trên cơ sở|Tiếp theo|Tiếp tục thực hiện|Để thực hiện|Nhằm)(?![\wÀ-ỹ])")
WITHIN = re.compile(r"\((?:[Gg]iao )?(?P<who>[^()]{3,120}?) (?:chủ trì|thực hiện|tham mưu|phụ trách)[^()]{0,80}\)")
TOLD = re.compile(r"Ngày \d")
TITLED = re.compile(r"[^:.;]{3,120}: (?=\S)")
OWN_RESULT = re.compile(r"; (?=phân công cán bộ|tổng hợp,? ?(?:và )?báo cáo (?:trình|về|gửi))", re.I)
CUT = re.compile(r"[,;](?: và| đồng thời)? (?=(?:đồng thời |và )?)")


class Duties:
    """Collects the duties while the outline is walked."""

    def __init__(self, issuer: str | None, addressees: Sequence[str], signing: Signing) -> None:
        self.issuer, self.signing = issuer, signing
        self.found: list[Duty] = []
        self.table: Table | None = None
        self.addressed = tuple(addressees)

    def read(self, root: Item, order: Order) -> list[Duty]:
        self._items(root.below, order)
        return self.found

    def _items(self, items: Sequence[Item], order: Order) -> None:
        for n, item in enumerate(items):
            if item.cells:
                self._row(item)
                continue
            self.table = None
            if sections.asks_nothing(item.text) and not self._dated(item):
                if item.kind == "none" and item.text.isupper():
                    order = Order()
                continue
            intro = item.text.endswith(":") and not item.below
            if item.kind == "none" and item.text.isupper() and len(item.text) < 160:
                order = replace(self._over(item, Order(parties=self.addressed)), asks=not _names_issuer(item.text, self.issuer))
                continue
            if intro and n + 1 < len(items):
                order = self._intro(item, items[n + 1 :], order)
            else:
                self._item(item, order)

    def _dated(self, item: Item) -> bool:
        return not item.below and bool(phrases.find(item.text, self.signing))

    def _intro(self, item: Item, following: Sequence[Item], order: Order) -> Order:
        """A text that ends with a colon orders what follows, or is the order itself where nothing follows that is one."""
        if TOPICS.search(item.text) and (following[0].kind in ("dash", "plus") or following[0].cells):
            self._item(item, order)
            return replace(order, asks=False)
        over = self._over(item, order)
        run = list(following[:1])
        if run[0].kind != "none":
            run = [one for one in following if one.kind == run[0].kind]
        trial = Duties(self.issuer, self.addressed, self.signing)
        trial.found = [Duty("", "", 0, ())]
        trial._items(run, over)
        if len(trial.found) == 1 and not any(one.cells and sections.columns(one.cells) for one in run):
            self._item(replace_text(item, item.text), order)
        return over

    def _over(self, item: Item, order: Order) -> Order:
        """The order that an item's text sets over what stands below or after it."""
        text = item.text
        headed = HEADED.match(f"{text} ") if text.endswith(":") else None
        named = asked(text, replace(order, asks=True), self.issuer) if not parties.bare_party(text) else None
        label = re.sub(r"^(?:Giao|Đối với|Đề nghị|Yêu cầu|Trách nhiệm (?:của )?|Phân công|Kính đề nghị) ?", "", text).strip(" :.")
        if parties.bare_party(label):
            who = parties.split(label.capitalize() if label.isupper() else label)
            return Order(who, (), asks=True, demands=False, leads=len(who) == 1)
        if named and named.parties:
            return Order(named.parties, named.support, asks=True, demands=bool(DEMANDS.search(text)), leads=named.leads)
        asks = order.asks or bool(ASKS.search(text)) or headed is not None
        demands = order.demands or bool(DEMANDS.search(text) if named else SAME.search(text))
        return replace(order, asks=asks, demands=demands)

    def _item(self, item: Item, order: Order) -> None:
        if self._apply_detail(item.text):
            self._items(item.below, order)
            return
        if not item.below:
            self._text(item, order)
            return
        details = [one for one in item.below if sections.detail(one.text)]
        over, before = self._over(item, order), len(self.found)
        if details and not parties.bare_party(item.text):
            self._text(item, replace(order, asks=True), firm=True)
            self._items(item.below, order)
        elif item.text.endswith(":") or _is_heading(item) or parties.bare_party(item.text):
            self._items(item.below, over)
            if len(self.found) == before and not sections.asks_nothing(item.text) and item.text.endswith(":"):
                self._text(item, order)
        else:
            self._text(item, order)
            if len(self.found) > before:
                last = self.found[-1]
                over = Order(last.parties, last.support, asks=True, leads=last.leads)
            self._items(item.below, over)

    def _text(self, item: Item, order: Order, *, firm: bool = False) -> None:
        """The duties of one paragraph: a new one where a sentence names its own order or party."""
        text, order = self._headed(item.text, order)
        fresh = False
        for n, sentence in enumerate(sentences(text)):
            dated = phrases.find(sentence, self.signing)
            if closings.asks_nothing(sentence, dated=bool(dated)) or (closings.is_opinion(sentence) and not dated):
                fresh = False if n == 0 else fresh
                continue
            numbered = n == 0 and item.kind not in ("none", "dash", "plus")
            if not numbered and self._attaches(sentence, dated, fresh=fresh):
                self.found[-1].add(dated, sentence)
                self.found[-1].more += f" {sentence}"
                continue
            said = asked(sentence, order, self.issuer)
            if said and said.rule == "verb" and item.kind == "none" and _is_preface(sentence):
                said = None
            if numbered and (said is None or not said.parties) and (titled := TITLED.match(sentence)):
                named = asked(sentence[titled.end() :], order, self.issuer)
                said = replace(named, text=sentence) if named and named.parties else said
            if said and numbered and said.rule == "order":
                said = replace(said, text=sentence)
            if fresh and (said is None or said.rule == "verb"):
                self.found[-1].add(dated, sentence)
                self.found[-1].text += f" {sentence}"
                continue
            if said is None:
                said = self._without_words(item, sentence, order, dated, firm=firm)
            if said is not None:
                self._add(item, said, order, sentence)
                fresh = True
            elif dated and self.found:
                self.found[-1].add(dated, sentence)
                self.found[-1].more += f" {sentence}"

    def _headed(self, text: str, order: Order) -> tuple[str, Order]:
        """ "Về công tác tuyên truyền: Sở Y tế …" without its title; "Đối với Sở Y tế: …" names whom it asks."""
        headed = HEADED.match(text)
        if headed is None or headed.end() >= len(text):
            return text, order
        if headed["to"] and parties.PARTY.match(headed["what"]):
            who = parties.split(headed["what"])
            order = Order(who, (), asks=True, leads=len(who) == 1)
            return text[headed.end() :], order
        rest = asked(text[headed.end() :], order, self.issuer)
        if rest and rest.parties:
            return text[headed.end() :], replace(order, asks=True)
        return text, order

    def _attaches(self, sentence: str, dated: list[Phrase], *, fresh: bool) -> bool:
        """ "Báo cáo gửi về Sở Y tế trước ngày …" dates the duty before it."""
        if not (dated and self.found and self.found[-1].text):
            return False
        return CONTINUES.match(sentence) is not None and (fresh or not OPENING.match(sentence) or "gửi về" in sentence)

    def _without_words(self, item: Item, sentence: str, order: Order, dated: list[Phrase], *, firm: bool) -> Asked | None:
        numbered = item.kind not in ("none", "dash", "plus")
        if firm or ((order.demands or (dated and order.asks)) and numbered):
            return Asked(sentence, (), (), order.leads, "numbered below an order")
        now = [one for one in dated if one.doubt is not Doubt.PAST]
        if now and not self.found and (order.asks or order.parties) and not TOLD.match(sentence):
            return Asked(sentence, (), (), False, "deadline")
        return None

    def _add(self, item: Item, said: Asked, order: Order, sentence: str) -> None:
        who = said.parties or order.parties or self.addressed
        for n, part in enumerate(self._parts(said.text)):
            duty = Duty(
                label=self._label(item, n),
                text=part,
                line=item.line,
                parties=who,
                support=said.support or ((order.support) if not said.parties else ()),
                leads=said.leads,
                inherited=not said.parties,
                rule=said.rule,
            )
            duty.add(phrases.find(part, self.signing), sentence)
            if not said.parties and (within := WITHIN.search(part)) and parties.PARTY.match(within["who"]):
                duty.parties, duty.leads, duty.inherited = parties.split(within["who"]), True, False
            self.found.append(duty)

    def _parts(self, text: str) -> list[str]:
        """One sentence may ask twice: a result of its own after a semicolon, or a second verb with a second date."""
        pieces = OWN_RESULT.split(text)
        return [part for piece in pieces for part in self._by_date(piece)]

    def _by_date(self, text: str) -> list[str]:
        dated = [one for one in phrases.find(text, self.signing) if one.due_before and one.doubt is not Doubt.PAST]
        for one, following in zip(dated, dated[1:], strict=False):
            for cut in CUT.finditer(text, one.end, following.start):
                rest = text[cut.end() :]
                if OPENING.match(rest) and rest[0].islower() and text.count(" ", cut.end(), following.start) >= 8:
                    return [text[: cut.start()], *self._by_date(rest)]
        return [text]

    def _label(self, item: Item, n: int) -> str:
        label = item.label
        taken = {one.label for one in self.found}
        if label and label in taken:
            count = 2
            while f"{label}-{count}" in taken:
                count += 1
            return f"{label}-{count}"
        return label

    def _apply_detail(self, text: str) -> bool:
        """ "Cơ quan chủ trì: …" below a task says who does it."""
        if sections.detail(text) is None or not self.found or not self.found[-1].text:
            return False
        for part in re.split(r"; (?=\w)|\. (?=\w)", text):
            if said := sections.detail(part):
                self._detail(*said, part)
        self.found[-1].more += f" {text}"
        return True

    def _detail(self, name: Detail, value: str, text: str) -> None:
        last = self.found[-1]
        if name is Detail.LEAD:
            last.parties, last.leads, last.inherited = parties.split(value), True, False
        elif name is Detail.SUPPORT:
            last.support = parties.split(value)
        elif name is Detail.PRODUCT:
            last.product = value
        else:
            dated = phrases.find(text, self.signing) or phrases.cell(value, self.signing)
            last.add(dated, text)

    def _row(self, item: Item) -> None:
        if names := sections.columns(item.cells):
            self.table = Table(names, len(item.cells))
        elif self.table and (duty := self.table.duty(item.cells, item.line, self.signing)):
            if not duty.parties:
                duty.parties, duty.inherited = self.addressed, True
            self.found.append(duty)


def _is_heading(item: Item) -> bool:
    """Names what stands below. A text that only goes on in paragraphs without labels may itself be the order."""
    if not sections.is_heading(item.text):
        return False
    return any(one.kind != "none" for one in item.below) or not MARK.search(item.text)


def _is_preface(sentence: str) -> bool:
    """ "Căn cứ …;", "Thực hiện Công văn số …;": why the directive was written."""
    return PREFACE.match(sentence) is not None and (
        sentence.endswith((";", ",", ":")) or bool(cited_in(sentence[:120])) or sentence.startswith(("Căn cứ", "Xét"))
    )


def _names_issuer(text: str, issuer: str | None) -> bool:
    """The issuer in capitals above "Căn cứ …" opens a preface, not tasks."""
    return bool(issuer) and folded(text)[:3] == folded(issuer or "")[:3] or text.startswith(("CHỦ TỊCH", "GIÁM ĐỐC", "BỘ TRƯỞNG"))


def replace_text(item: Item, text: str) -> Item:
    return Item(item.kind, item.own, item.label, text, item.line, item.cells)
