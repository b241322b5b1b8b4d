"""What the page's templates show: every word and order decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from directives.conversation import Channel
from directives.digest import CampaignFacts, LeadDigest, Recipient
from directives.evaluate import OWED, Status
from directives.ledger.history import Event
from directives.ledger.pages import BelowRow, PageItem, UnitPage, name_of
from notifications import dates
from notifications.compose import campaign_view
from notifications.lead_view import ItemView, item_view
from notifications.receipts import Said, words_of
from notifications.web.forms import KINDS, Errors, Filled, kinds_of, typed
from notifications.words import authority, entry, one_line, say

LATE = frozenset({Status.OVERDUE, Status.COMPLETED_LATE})


@dataclass(frozen=True, slots=True)
class Trouble:
    """A form that is shown again as it was filled in, and why. `kept`: its stored file, sealed.

    `undo`: nothing was filled in, only an answer was to be withdrawn.
    """

    step: str
    form: Filled
    errors: Errors
    message: str = ""
    kept: str = ""
    undo: bool = False


@dataclass(frozen=True, slots=True)
class TroubleView:
    """What stands above all items: the item's number (0: it is not on this page any more), what is wrong as (id of
    the field, words), and what was typed when there is no form to show it in."""

    n: int
    message: str
    errors: tuple[tuple[str, str], ...]
    typed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventView:
    at: str
    said: str
    channel: str
    words: str
    undone: bool
    decided: bool


@dataclass(frozen=True, slots=True)
class FormView:
    """`sealed`: the new form's id; `kinds`: (kind, label, hint); `values` and `errors` by field; `open`: unfolded."""

    sealed: str
    kinds: tuple[tuple[str, str, str], ...]
    values: Mapping[str, str]
    errors: Mapping[str, str]
    kept: str
    kept_name: str
    open: bool


@dataclass(frozen=True, slots=True)
class PageItemView:
    step: str
    version: str
    words: ItemView
    left: str
    status: str
    late: bool
    open: bool
    events: tuple[EventView, ...]
    form: FormView | None
    undo: str


@dataclass(frozen=True, slots=True)
class BelowView:
    """One unit below: how it stands in a word, and its items as (title, last day, status, late)."""

    unit: str
    sum: str
    late: bool
    rows: tuple[tuple[str, str, str, bool], ...]


def page_view(page: UnitPage, new_form: Callable[[str], str], trouble: Trouble | None) -> dict[str, object]:
    """`new_form`: a sealed id for each form, by step."""
    digest = _digest(page)
    told: dict[str, int] = {}
    items = [
        _item(one, page, item_view(replace(one.item, first=True), digest, told, ""), new_form, trouble)
        for one in page.items
    ]
    _unfold_one(items, trouble)
    return {
        **campaign_view(page.campaign),
        "unit": authority(page.unit_name, page.unit_kind),
        "now": dates.instant(page.now, page.campaign.calendar),
        "closed": page.closed,
        "open_items": [one for one in items if one.open],
        "other_items": [one for one in items if not one.open],
        "below": _below(page.below, page),
        "has_dates": any(one.item.due_before > page.now for one in page.items if one.item.status in OWED),
        "trouble": _trouble(trouble, items) if trouble else None,
    }


def digest_of_open(page: UnitPage) -> LeadDigest:
    """The open items as a digest, for the calendar file."""
    owed = tuple(one.item for one in page.items if one.item.status in OWED)
    return replace(_digest(page), open_items=owed)


def said_of(event: Event, item: PageItem) -> Said:
    data = event.data
    return Said(
        n=item.item.n,
        title=item.item.title,
        kind="undo" if event.undone else event.kind,
        due_before=item.item.due_before,
        percent=data.get("percent"),
        doc_number=str(data.get("doc_number", "")),
        doc_date=_date(data.get("doc_date")),
        until=_date(data.get("until")),
        to=str(data.get("to", "")),
        inside="deputy" in data,
        file_name=str(data.get("file_name", "")),
    )


def event_words(event: Event, item: PageItem, campaign: CampaignFacts) -> str:
    """What was said or decided, with its file and reason."""
    if event.decided:
        known = event.kind if event.kind in entry("page.decided") else "other"
        until = _date(event.data.get("until"))
        monitor = one_line(campaign.monitor_name)
        return say(f"page.decided.{known}", monitor=monitor, until=dates.day(until) if until else "")
    said = words_of(said_of(replace(event, undone=False), item))
    if reason := event.data.get("reason"):
        said = say("page.reason", said=said, reason=one_line(str(reason)))
    return said


def _date(written: object) -> date | None:
    return date.fromisoformat(written) if isinstance(written, str) and written else None


def _digest(page: UnitPage) -> LeadDigest:
    recipient = Recipient(page.unit_code, page.unit_name, page.unit_kind, "", "")
    return LeadDigest(page.campaign, recipient, page.now, (), ())


def _item(
    one: PageItem,
    page: UnitPage,
    words: ItemView,
    new_form: Callable[[str], str],
    trouble: Trouble | None,
) -> PageItemView:
    step = name_of(one.step)
    own = trouble if trouble and trouble.step == step and not trouble.undo else None
    return PageItemView(
        step=step,
        version=one.version,
        words=words,
        left=_left(one, page),
        status=say(f"status.{one.item.status}"),
        late=one.item.status in LATE,
        open=one.item.status in OWED,
        events=tuple(_event(event, one, page) for event in reversed(one.events)),
        form=_form(one, new_form(step), own) if one.answerable or own else None,
        undo=new_form(step) if one.undoable else "",
    )


def _left(one: PageItem, page: UnitPage) -> str:
    """What is left of the time, or by how much the result was late; empty when it was not."""
    if one.item.status in OWED:
        return dates.left(one.item.due_before, one.item.days_late, page.now, page.campaign.calendar)
    return say("page.late_by", days=one.item.days_late) if one.item.days_late else ""


def _form(item: PageItem, sealed: str, trouble: Trouble | None) -> FormView:
    chosen = trouble.form["kind"] if trouble else ""
    possible = [
        kind for kind in KINDS if kind in kinds_of(item) or kind == chosen
    ]  # else its words would be hidden
    kinds = tuple((kind, say(f"page.kind.{kind}"), say(f"page.hint.{kind}")) for kind in possible)
    if trouble is None:
        return FormView(sealed, kinds, {}, {}, "", "", open=False)
    name = trouble.form.file.name if trouble.form.file else ""
    return FormView(sealed, kinds, trouble.form.values, trouble.errors, trouble.kept, name, open=True)


def _trouble(trouble: Trouble, items: Sequence[PageItemView]) -> TroubleView:
    n = next((one.words.n for one in items if one.step == trouble.step), 0)
    return TroubleView(
        n=n,
        message=trouble.message,
        errors=tuple((f"v{n}-{field}", words) for field, words in trouble.errors.items()),
        typed=() if n else tuple(typed(trouble.form)),
    )


def _unfold_one(items: list[PageItemView], trouble: Trouble | None) -> None:
    """The only form is unfolded from the start; of several, none, so that all items are seen at once."""
    with_form = [n for n, one in enumerate(items) if one.open and one.form is not None]
    if trouble is None and len(with_form) == 1:
        only = items[with_form[0]]
        assert only.form is not None
        items[with_form[0]] = replace(only, form=replace(only.form, open=True))


def _event(event: Event, item: PageItem, page: UnitPage) -> EventView:
    channel = say(f"page.channel.{event.channel}") if event.channel in set(Channel) else ""
    return EventView(
        at=dates.instant(event.at, page.campaign.calendar),
        said=event_words(event, item, page.campaign),
        channel=channel,
        words=one_line(event.words),
        undone=event.undone,
        decided=event.decided,
    )


def _below(rows: Sequence[BelowRow], page: UnitPage) -> list[BelowView]:
    units: dict[str, list[BelowRow]] = {}
    for row in rows:
        units.setdefault(one_line(row.unit_name), []).append(row)
    return [_below_unit(unit, some, page) for unit, some in units.items()]


def _below_unit(unit: str, rows: Sequence[BelowRow], page: UnitPage) -> BelowView:
    late = sum(row.status is Status.OVERDUE for row in rows)
    owed = sum(row.status in OWED for row in rows)
    key = "late" if late else "owed" if owed else "none"
    return BelowView(
        unit=unit,
        sum=say(f"page.below.{key}", total=len(rows), late=late, owed=owed),
        late=late > 0,
        rows=tuple(
            (
                one_line(row.title),
                dates.last_reading(row.due_before, page.campaign.calendar),
                say(f"status.{row.status}"),
                row.status in LATE,
            )
            for row in rows
        ),
    )
