"""Statements → one set of actions for the digest's items: resolved, checked against each other and against the dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from notifications.replies.context import Digest
from notifications.replies.requests import LONGEST_EXTENSION
from notifications.replies.said import Said, Unclear
from notifications.replies.verdict import Action, ActionKind, Undo
from notifications.replies.words import fold

# Two different statements about one item that may stand together; the weaker one of a pair goes without saying.
_IMPLIED = {ActionKind.IN_PROGRESS, ActionKind.DONE, ActionKind.EXTENSION, ActionKind.DELEGATE}
_TOGETHER = (
    {ActionKind.IN_PROGRESS, ActionKind.EXTENSION},
    {ActionKind.RECEIVED, ActionKind.QUESTION},
    {ActionKind.IN_PROGRESS, ActionKind.QUESTION},
)
_PAPERS = ("ke hoach", "to trinh", "quyet dinh", "danh sach", "chuong trinh", "phuong an", "bao cao")

OLDEST_DOCUMENT = 300  # days


@dataclass
class Meaning:
    """`closed`: items named that are no longer open. `sources`: (item, the words it came from)."""

    actions: list[Action] = field(default_factory=list[Action])
    undo: Undo | None = None
    closed: list[int] = field(default_factory=list[int])
    sources: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


def merge(said: Sequence[Said], digest: Digest, today: date, has_file: bool) -> Meaning:
    """Errors: Unclear."""
    if any(one.undo for one in said):
        return _undone(said, digest)
    meaning = Meaning()
    by_item: dict[int, list[Said]] = {}
    for one in said:
        for n in _items(one, digest, meaning):
            by_item.setdefault(n, []).append(one)
    for n in sorted(by_item):
        for one in _combined(by_item[n]):
            _check(one, n, digest, today, has_file)
            meaning.actions.append(_action(one, n))
            meaning.sources.append((n, one.text))
    return meaning


def _items(said: Said, digest: Digest, meaning: Meaning) -> list[int]:
    if said.every:
        return _every(said, digest)
    if said.items is None:
        if len(digest.items) != 1:
            raise Unclear("Thư nhắc có nhiều mục nhưng câu trả lời không nêu số mục.")
        return _known((digest.items[0].n,), digest, meaning)
    return _known(said.items, digest, meaning)


def _every(said: Said, digest: Digest) -> list[int]:
    open_items = [item.n for item in digest.items if item.open]
    if said.count and said.count not in (len(digest.items), len(open_items)):
        raise Unclear(f"Thư trả lời nói {said.count} mục nhưng thư nhắc có {len(digest.items)} mục.")
    if said.count and said.count != len(digest.items) and len(digest.items) != len(open_items):
        raise Unclear("Không rõ thư trả lời nói về những mục nào.")
    if not open_items:
        raise Unclear("Các mục của thư nhắc này đều không còn mở.")
    return open_items


def _known(items: Sequence[int], digest: Digest, meaning: Meaning) -> list[int]:
    for n in items:
        item = digest.item(n)
        if item is None:
            raise Unclear(f"Thư nhắc không có mục {n}.")
        if not item.open and n not in meaning.closed:
            meaning.closed.append(n)
    return list(items)


def _undone(said: Sequence[Said], digest: Digest) -> Meaning:
    if not all(one.undo for one in said):
        raise Unclear("Thư vừa rút lại vừa trả lời, không rõ ý nào sau cùng.")
    if any(one.every or one.items is None for one in said):
        return Meaning(undo=Undo(items="all"))
    items = sorted({n for one in said for n in one.items or ()})
    for n in items:
        if digest.item(n) is None:
            raise Unclear(f"Thư nhắc không có mục {n}.")
    return Meaning(undo=Undo(items=tuple(items)))


def _combined(said: Sequence[Said]) -> list[Said]:
    """One item's statements, without what a stronger one implies. Errors: Unclear where two contradict."""
    found: dict[ActionKind, Said] = {}
    for one in said:
        assert one.action is not None
        found[one.action] = _same(found[one.action], one) if one.action in found else one
    kinds = set(found)
    if kinds & _IMPLIED:
        kinds.discard(ActionKind.RECEIVED)
    if len(kinds) > 1 and not any(kinds == pair for pair in _TOGETHER):
        raise Unclear("Hai ý trong thư mâu thuẫn nhau về cùng một mục.")
    return [one for kind, one in found.items() if kind in kinds]


def _same(one: Said, other: Said) -> Said:
    """Twice the same kind: the details complete each other or contradict."""
    if one.action is ActionKind.QUESTION:
        return replace(one, reason=f"{one.reason} {other.reason}")
    for name in ("percent", "doc_number", "doc_date", "until", "to", "reason"):
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine is not None and theirs is not None and mine != theirs:
            raise Unclear("Hai ý trong thư mâu thuẫn nhau về cùng một mục.")
        one = replace(one, **{name: mine if mine is not None else theirs})
    return replace(one, needs_file=one.needs_file and other.needs_file, lines=one.lines + other.lines)


def _check(said: Said, n: int, digest: Digest, today: date, has_file: bool) -> None:
    item = digest.item(n)
    assert item is not None
    if said.doc_date and said.doc_date > today:
        raise Unclear(f"Ngày văn bản {said.doc_date:%d/%m/%Y} ở tương lai.")
    if said.doc_date and (today - said.doc_date).days > OLDEST_DOCUMENT:
        raise Unclear(f"Ngày văn bản {said.doc_date:%d/%m/%Y} đã quá lâu.")
    if said.until and said.until < today:
        raise Unclear(f"Ngày xin gia hạn {said.until:%d/%m/%Y} đã qua.")
    if said.until and item.last_day and said.until <= item.last_day:
        raise Unclear(f"Ngày xin gia hạn {said.until:%d/%m/%Y} không muộn hơn thời hạn hiện tại.")
    if said.until and (said.until - today).days > LONGEST_EXTENSION:
        raise Unclear(f"Ngày xin gia hạn {said.until:%d/%m/%Y} quá xa.")
    if said.needs_file and not has_file:
        raise Unclear("Nói gửi báo cáo nhưng không có số văn bản, cũng không có tệp đính kèm dùng được.")
    if _another_paper(said, item.title):
        raise Unclear("Văn bản nêu trong thư không phải loại văn bản của mục này.")


def _another_paper(said: Said, title: str) -> bool:
    """ "đã gửi kế hoạch" for an item that asks for a report."""
    named = {one for one in _PAPERS if any(one in paper for paper in said.papers)}
    asked = {one for one in _PAPERS if one in fold(title)}
    return (
        said.action is ActionKind.DONE
        and bool(named and asked)
        and "bao cao" not in named
        and not named & asked
    )


def _action(said: Said, n: int) -> Action:
    assert said.action is not None
    return Action(
        item=n, action=said.action, percent=said.percent, doc_number=said.doc_number, doc_date=said.doc_date,
        until=said.until, to=said.to, reason=said.reason,
    )  # fmt: skip
