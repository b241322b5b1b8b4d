"""The outline of a document → its duties: what stands over an item says who is asked, and whether anything is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from directives.drafting import parties, phrases, sections
from directives.drafting.collected import Collected
from directives.drafting.duty import Duty, Order
from directives.drafting.outline import Item
from directives.drafting.phrase import Signing
from directives.drafting.sentence import MARK, asked
from directives.drafting.tables import Table
from directives.drafting.wording import HEADED, Wording
from directives.names import folded

# A text that ends so orders what stands below or after it, down to items without a verb.
DEMANDS = re.compile(
    r"(?:yêu cầu|đề nghị|giao|chỉ đạo|thực hiện|triển khai|tập trung|báo cáo)[^.;]{0,260}"
    r"(?:sau(?: đây)?|như sau|cụ thể|nhiệm vụ|nội dung|việc)? ?:$",
    re.I,
)
SAME = re.compile(
    r"(?:thực hiện|báo cáo|đăng ký|triển khai)[^.;:]{0,80}(?:nội dung|việc|nhiệm vụ|yêu cầu|như"
    r"|cụ thể)[^.;:]{0,20} sau(?: đây)? ?:$",
    re.I,
)
ASKS = re.compile(
    r"(?:ý kiến|yêu cầu|đề nghị|giao|chỉ đạo|thực hiện|kết luận|phân công|lưu ý|nhiệm vụ"
    r"|tổ chức thực hiện|trách nhiệm"
    r"|nội dung|giải pháp|thông báo|triển khai|các việc|quyết định|quyết nghị)",
    re.I,
)
# What follows are the headings of what is reported, not things to do.
TOPICS = re.compile(
    r"(?:theo|gồm|với|về)(?: (?:các|những|một số))? (?:nội dung|nhóm nội dung|vấn đề|tiêu chí|chỉ tiêu"
    r"|thông tin|mẫu|biểu)"
    r"(?: [\wÀ-ỹ]{1,12}){0,3}(?: sau(?: đây)?| dưới đây)? ?:$|(?:nội dung|báo cáo)[^.;]{0,30}(?:gồm"
    r"|bao gồm) ?:$",
    re.I,
)
LABELLED = re.compile(r"^(?:Giao|Đối với|Đề nghị|Yêu cầu|Trách nhiệm (?:của )?|Phân công|Kính đề nghị) ?")
HEADING = 160  # characters of a heading in capitals, at most
AHEAD = 8  # items looked at to tell whether a text with a colon introduces duties


class Duties:
    """Walks outlines; the duties of all of them stand in `found`."""

    def __init__(
        self, issuer: str | None, addressees: Sequence[str], signing: Signing, *, trying: bool = False
    ) -> None:
        self.issuer, self.signing, self.trying = issuer, signing, trying
        self.collected = Collected(addressees, signing)
        self.wording = Wording(self.collected, issuer)
        self.table: Table | None = None

    @property
    def found(self) -> list[Duty]:
        return self.collected.found

    def read(self, root: Item, order: Order) -> None:
        self._items(root.below, order)

    def _items(self, items: Sequence[Item], order: Order) -> None:
        for n, item in enumerate(items):
            if item.cells:
                self._row(item)
                continue
            self.table = None
            heading = item.kind == "none" and item.text.isupper() and len(item.text) < HEADING
            if sections.asks_nothing(item.text) and not self._dated(item):
                order = Order() if heading else order
                self._within_aims(item, order)
            elif heading:
                order = self._below_heading(item)
            elif item.text.endswith(":") and not item.below and n + 1 < len(items):
                order = self._intro(item, items[n + 1 : n + 1 + AHEAD], order)
            else:
                self._item(item, order)

    def _dated(self, item: Item) -> bool:
        return not item.below and bool(phrases.find(item.text, self.signing))

    def _within_aims(self, item: Item, order: Order) -> None:
        """Of a section that asks nothing only what has a date, and what follows its last item without a label."""
        for one in item.below:
            if one.kind == "none" and not one.cells:
                self._items([one], Order(parties=self.collected.addressed))
            elif one.numbered and self._dated(one):
                self._item(one, replace(order, asks=True))

    def _below_heading(self, item: Item) -> Order:
        """The issuer in capitals above "Căn cứ …" opens a preface; any other heading may open tasks."""
        over = self._over(item, Order(parties=self.collected.addressed))
        named = self.issuer is not None and folded(item.text)[:3] == folded(self.issuer)[:3]
        preface = named or item.text.startswith(("CHỦ TỊCH", "GIÁM ĐỐC", "BỘ TRƯỞNG"))
        return replace(over, asks=not preface)

    def _intro(self, item: Item, following: Sequence[Item], order: Order) -> Order:
        """A text that ends with a colon orders what follows, or is the order itself where nothing that follows is one."""
        if TOPICS.search(item.text) and (following[0].kind in ("dash", "plus") or following[0].cells):
            self._item(item, order)
            return replace(order, asks=False)
        over = self._over(item, order)
        if not self.trying and not self._introduces(following, over):
            self._item(item, order)
        return over

    def _introduces(self, following: Sequence[Item], over: Order) -> bool:
        run = list(following[:1])
        if run[0].kind != "none":
            run = [one for one in following if one.kind == run[0].kind]
        trial = Duties(self.issuer, self.collected.addressed, self.signing, trying=True)
        trial._items(run, over)
        return bool(trial.found) or any(one.cells and sections.columns(one.cells) for one in run)

    def _over(self, item: Item, order: Order) -> Order:
        """The order that an item's text sets over what stands below or after it."""
        text = item.text
        label = LABELLED.sub("", text).strip(" :.")
        if parties.bare_party(label):
            who = parties.split(label.capitalize() if label.isupper() else label)
            return Order(who, (), asks=True, leads=len(who) == 1)
        named = asked(text, replace(order, asks=True), self.issuer)
        demands = bool(DEMANDS.search(text) if named else SAME.search(text))
        if named and named.parties:
            return Order(named.parties, named.support, asks=True, demands=demands, leads=named.leads)
        headed = text.endswith(":") and HEADED.match(f"{text} ") is not None
        asks = order.asks or headed or bool(ASKS.search(text))
        return replace(order, asks=asks, demands=order.demands or demands)

    def _item(self, item: Item, order: Order) -> None:
        if self.collected.detail(item.text):
            self._items(item.below, order)
        elif not item.below:
            self.wording.read(item, order)
        elif any(sections.detail(one.text) for one in item.below) and not parties.bare_party(item.text):
            self.wording.read(item, replace(order, asks=True), firm=True)
            self._items(item.below, order)
        elif item.text.endswith(":") or _is_heading(item) or parties.bare_party(item.text):
            self._heading(item, order)
        else:
            self._text(item, order)

    def _heading(self, item: Item, order: Order) -> None:
        """Its duties stand below; where none does, and a colon promised some, it is the duty itself."""
        before = len(self.found)
        self._items(item.below, self._over(item, order))
        if len(self.found) == before and item.text.endswith(":"):
            self.wording.read(item, order)

    def _text(self, item: Item, order: Order) -> None:
        """A duty with more below it: the same parties are asked."""
        over, before = self._over(item, order), len(self.found)
        self.wording.read(item, order)
        if len(self.found) > before:
            last = self.found[-1]
            over = Order(last.parties, last.support, asks=True, leads=last.leads)
        self._items(item.below, over)

    def _row(self, item: Item) -> None:
        if names := sections.columns(item.cells):
            self.table = Table(names)
        elif self.table and (duty := self.table.duty(item.cells, item.line, self.signing)):
            self.collected.put(duty)


def _is_heading(item: Item) -> bool:
    """Names what stands below. A text that only goes on in paragraphs without labels may itself be the order."""
    if not sections.is_heading(item.text):
        return False
    return any(one.kind != "none" for one in item.below) or not MARK.search(item.text)
