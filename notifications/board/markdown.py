"""Boards as Markdown for Prefect's artifacts: values escaped here, laid out in templates/vi/board/."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from directives.deadline import last_good_day
from directives.digest import CampaignBoard, CampaignFacts, InstructionBoard, OwingUnit, Unreached
from directives.evaluate import Status
from notifications import dates
from notifications.board import outlook
from notifications.board.escape import cell, link, md
from notifications.board.forms import FormLinks
from notifications.render import render_text
from notifications.words import entry, is_territorial, say

FOLD_BEYOND = 10  # a district's list longer than this is folded
SHOWN_STEPS = 3
# Letters a line of the table of who owes: with both other columns it is as wide as Prefect's page at 1366 pixels.
UNIT_WIDTH, STEPS_WIDTH = 28, 40
NO_FORMS = FormLinks()
DONE = (Status.COMPLETED_ON_TIME, Status.COMPLETED_LATE)
COLUMNS = (
    Status.AWAITING_ACCEPTANCE,
    Status.OVERDUE,
    Status.DUE_SOON,
    Status.IN_PROGRESS,
    Status.NOT_RECEIVED,
)


@dataclass(frozen=True, slots=True)
class OwingLine:
    unit: str
    steps: str
    deadline: str
    late: str


@dataclass(frozen=True, slots=True)
class District:
    """Who owes under one unit: the latest first. `folded`: the list is long and stands in <details>."""

    name: str
    days: int
    lines: tuple[OwingLine, ...]
    folded: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One instruction on the campaign's board; the cells after `total` sum to it."""

    label: str
    name: str
    title: str
    total: int
    done: int
    cells: tuple[int, ...]
    other: int


def instruction_board(board: InstructionBoard, links: Mapping[str, str], forms: FormLinks = NO_FORMS) -> str:
    """One instruction's board. `links` may name 'campaign' and 'inbox'; what is missing is left out."""
    view = _campaign(board.campaign) | {
        "label": md(board.label),
        "clause": md(board.clause),
        "title": md(board.title),
        "summary": md(board.summary),
        "note": md(board.note),
        "ladder": md(board.ladder),
        "at": dates.instant(board.now, board.campaign.calendar),
        "counts": _counts(board.counts),
        "others": sum(1 for count in board.counts.values() if not count),
        "total": board.total,
        "districts": _districts([(board.label, board)], labelled=False),
        "next_at": _next(board),
        "done": sum(board.counts[status] for status in DONE),
        "overdue": board.counts[Status.OVERDUE],
        "days_left": outlook.days_left(board.outlook, board.campaign, board.now),
        "outlook": outlook.view(board.outlook, board.campaign, forms),
        "links": _links(links),
    }
    return render_text("board/instruction.md.j2", view)


def campaign_board(
    board: CampaignBoard,
    links: Mapping[str, str],
    forms: FormLinks = NO_FORMS,
    png: bytes = b"",
) -> str:
    """The campaign's board. A link named like a row's key ('1dd') leads to that instruction's board.

    `png` is the heat map last drawn; none before the board flow has run.
    """
    rows = [_row(row, links) for row in board.rows]
    view = _campaign(board.campaign) | {
        "at": dates.instant(board.now, board.campaign.calendar),
        "columns": [say(f"board.short.{status}") for status in COLUMNS],
        "rows": rows,
        "sums": _sums(rows),
        "districts": _districts([(row.label, row) for row in board.rows], labelled=True),
        "mail": [(_state(state), count) for state, count in board.mail.items()],
        "mail_total": sum(board.mail.values()),
        "overdue": board.count(Status.OVERDUE),
        "days_left": outlook.days_left(board.outlook, board.campaign, board.now),
        "outlook": outlook.view(board.outlook, board.campaign, forms),
        "picture": f"data:image/png;base64,{b64encode(png).decode()}" if png else "",
        "picture_alt": say("board.picture"),
        "unreached": [_unreached(one, board.campaign) for one in board.unreached],
        "links": _links({name: url for name, url in links.items() if name != "campaign"}),
    }
    return render_text("board/campaign.md.j2", view)


def _unreached(one: Unreached, campaign: CampaignFacts) -> dict[str, str]:
    return {
        "unit": md(one.unit),
        "address": md(one.address),
        "since": dates.day(campaign.calendar.local(one.since).date()),
        "instead": md(one.instead),
    }


def _campaign(campaign: CampaignFacts) -> dict[str, object]:
    return {
        "rehearsal": campaign.rehearsal,
        "campaign_title": md(campaign.title),
        "directive": md(dates.directive(campaign)),
        "monitor": md(campaign.monitor_name),
    }


def _counts(counts: Mapping[Status, int]) -> list[tuple[str, int]]:
    """Every status that anything has; the template adds the others, 0, and the total."""
    return [(say(f"status.{status}"), counts[status]) for status in Status if counts[status]]


def _row(board: InstructionBoard, links: Mapping[str, str]) -> Row:
    done = sum(board.counts[status] for status in DONE)
    cells = tuple(board.counts[status] for status in COLUMNS)
    return Row(
        link(board.label, board.key, links),
        md(board.label),
        md(board.title),
        board.total,
        done,
        cells,
        board.total - done - sum(cells),
    )


def _sums(rows: Sequence[Row]) -> Row:
    cells = tuple(sum(row.cells[n] for row in rows) for n in range(len(COLUMNS)))
    return Row(
        "",
        "",
        "",
        sum(row.total for row in rows),
        sum(row.done for row in rows),
        cells,
        sum(row.other for row in rows),
    )


def _districts(boards: Iterable[tuple[str, InstructionBoard]], labelled: bool) -> list[District]:
    """Who owes, by the unit above: the one with most late units first, and in it the latest unit."""
    found: dict[str, dict[str, list[tuple[str, OwingUnit, InstructionBoard]]]] = {}
    for label, board in boards:
        for above, units in board.owing.items():
            name = above if is_territorial(above) else say("board.city")
            for unit in units:
                found.setdefault(name, {}).setdefault(unit.unit_name, []).append((label, unit, board))
    districts = [_district(name, list(units.values()), labelled) for name, units in found.items()]
    return sorted(districts, key=lambda district: (-len(district.lines), -district.days))


def _district(
    name: str, units: Sequence[list[tuple[str, OwingUnit, InstructionBoard]]], labelled: bool
) -> District:
    ordered = sorted(units, key=lambda owed: -max(unit.days_late for _, unit, _ in owed))
    days = max(unit.days_late for owed in units for _, unit, _ in owed)
    lines = tuple(_line(owed, labelled) for owed in ordered)
    # Those who report to the city itself are never folded away.
    folded = len(lines) > FOLD_BEYOND and name != say("board.city")
    return District(md(name), days, lines, folded)


def _line(owed: Sequence[tuple[str, OwingUnit, InstructionBoard]], labelled: bool) -> OwingLine:
    """A unit once, with what it owes and the deadline that it missed longest ago."""
    _, worst, board = max(owed, key=lambda one: one[1].days_late)
    steps = (
        [label for label, _, _ in owed] if labelled else [step for _, unit, _ in owed for step in unit.steps]
    )
    steps = list(dict.fromkeys(steps))
    shown = ", ".join(steps if labelled else steps[:SHOWN_STEPS])
    if not labelled and len(steps) > SHOWN_STEPS:
        shown = say("board.more_steps", steps=shown, count=len(steps) - SHOWN_STEPS)
    return OwingLine(
        unit=cell(worst.unit_name, UNIT_WIDTH),
        steps=cell(shown, STEPS_WIDTH),
        deadline=dates.day(last_good_day(worst.due_before, board.campaign.calendar)),
        late=say("board.late", days=worst.days_late),
    )


def _next(board: InstructionBoard) -> str:
    """When the instruction is looked at again, and in how many days, in words; empty when it never is."""
    if board.next_action_at is None:
        return ""
    calendar = board.campaign.calendar
    coming = calendar.local(board.next_action_at)
    ahead = (coming.date() - calendar.local(board.now).date()).days
    key = "today" if ahead <= 0 else "tomorrow" if ahead == 1 else "days"
    return say(
        f"board.next.{key}",
        at=dates.instant(coming, calendar),
        weekday=dates.weekday(coming.date()),
        days=ahead,
    )


def _links(links: Mapping[str, str]) -> list[str]:
    """The links above the board, in the order and with the words of words.yaml; other names are rows'."""
    return [link(words, name, links) for name, words in entry("board.links").items() if name in links]


def _state(state: str) -> str:
    return md(entry("message_state").get(state, state))
