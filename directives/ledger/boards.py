"""What the boards show: counts by status, who owes by district, what mail does, and the campaign as a picture."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from directives.board import HeatMap, HeatRow, StepLine, worst
from directives.digest import CampaignBoard, InstructionBoard, OwingUnit, Unreached
from directives.evaluate import Status, late_days
from directives.ledger import asks, outbox
from directives.ledger.board_steps import BoardStep, BoardSteps
from directives.ledger.casebook import Casebook
from directives.ledger.letters import letters_of
from directives.ledger.outlook import outlook
from directives.ledger.states import ident
from directives.ledger.tables import Addressee, Instruction, Picture, Step
from directives.model import UnitKind

TERRITORIAL = frozenset(
    {UnitKind.URBAN_DISTRICT, UnitKind.RURAL_DISTRICT, UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNSHIP}
)


def instruction_board(book: Casebook, instruction: Instruction, now: datetime) -> InstructionBoard:
    """One instruction at `now`. Every step counts here, covered ones too."""
    board = BoardSteps(book, now, instruction.id)
    return replace(_board(board, instruction, board.steps), outlook=outlook(board, whole=False))


def campaign_board(book: Casebook, now: datetime, since: datetime | None = None) -> CampaignBoard:
    """The whole campaign at `now`: one row an instruction, and the mail by state. `since`: of the changes told."""
    board = BoardSteps(book, now)
    by_instruction: defaultdict[int, list[BoardStep]] = defaultdict(list)
    for one in board.steps:
        by_instruction[one.instruction_id].append(one)
    rows = [
        _board(board, one, by_instruction[row_id])
        for row_id, one in book.instructions.items()
        if one.key in book.definition.instructions  # an amended campaign may have left one out
    ]
    mail = outbox.counts_by_state(book.session, book.campaign)
    found = outlook(board, whole=True, since=since)
    return CampaignBoard(book.facts, now, tuple(rows), mail, unreached(book, now), found)


def unreached(book: Casebook, now: datetime) -> tuple[Unreached, ...]:
    """Every address that refuses mail at `now`, in the organisation's order, and who is written to instead."""
    return tuple(one for _, one in asks.unreached(book, now))


def heat_map(book: Casebook, now: datetime) -> HeatMap:
    """The worst status of each unit in each instruction; units that owe nothing are left out."""
    board = BoardSteps(book, now)
    columns = [one for one in book.instructions.values() if one.key in book.definition.instructions]
    found: defaultdict[tuple[int, int], list[Status]] = defaultdict(list)
    for one in board.steps:
        found[one.unit_id, one.instruction_id].append(board.status[one.id])
    owing = {unit_id for unit_id, _ in found}
    superiors = {one.superior_id for one in book.units.values()}
    rows = [
        HeatRow(
            unit.name,
            _above(book, unit_id, unit_id in superiors),
            tuple(worst(found.get((unit_id, ident(column)), [])) for column in columns),
        )
        for unit_id, unit in book.units.items()
        if unit_id in owing
    ]
    labels = tuple(book.definition.instructions[one.key].label for one in columns)
    return HeatMap(book.facts.title, now, labels, tuple(rows))


def steps_table(book: Casebook, instruction: Instruction, now: datetime) -> tuple[StepLine, ...]:
    """Every step of one instruction, in the organisation's order, with the mails accepted about it."""
    board = BoardSteps(book, now, instruction.id)
    sent = dict(
        book.session.exec(
            select(Addressee.step_id, func.count(func.distinct(Addressee.message_id)))
            .join(Step, col(Step.id) == Addressee.step_id)
            .where(
                Step.instruction_id == instruction.id, Addressee.state == "sent", Addressee.target == "lead"
            )
            .group_by(col(Addressee.step_id))
        ).all()
    )
    letters = letters_of(book.session, [one.id for one in board.steps])
    place = {unit_id: n for n, unit_id in enumerate(book.units)}
    return tuple(
        StepLine(
            book.units[one.unit_id].name,
            board.title(one),
            one.due_before,
            board.status[one.id],
            late_days(board.states[one.id], book.calendar, now),
            one.reported_at if one.reported_at is not None and one.reported_at <= now else None,
            sent.get(one.id, 0),
            letters.get(one.id, 0),
        )
        for one in sorted(board.steps, key=lambda one: (place[one.unit_id], one.id))
    )


def _above(book: Casebook, unit_id: int, superior: bool) -> tuple[str, ...]:
    """The territorial units that a unit lies under, the nearest first; a superior of others begins with itself."""
    found: list[str] = []
    one = unit_id if superior else book.units[unit_id].superior_id
    while one is not None:
        unit = book.units[one]
        if unit.kind in TERRITORIAL:
            found.append(unit.name)
        one = unit.superior_id
    return tuple(found)


def _board(board: BoardSteps, row: Instruction, steps: Sequence[BoardStep]) -> InstructionBoard:
    book = board.book
    words = book.definition.instructions[row.key]
    counts = Counter(board.status[one.id] for one in steps)
    coming = [one.next_action_at for one in steps if one.next_action_at is not None]
    return InstructionBoard(
        campaign=book.facts,
        now=board.now,
        key=row.key,
        label=words.label,
        clause=words.clause,
        title=words.title,
        summary=words.summary,
        note=words.note,
        ladder=book.definition.ladder.title,
        counts={one: counts[one] for one in Status},
        owing=_owing(board, [one for one in steps if board.status[one.id] is Status.OVERDUE]),
        next_action_at=min(coming, default=None),
    )


def _owing(board: BoardSteps, overdue: Sequence[BoardStep]) -> dict[str, tuple[OwingUnit, ...]]:
    """Late units under the name of the unit above them, both in the organisation's order."""
    book = board.book
    by_unit: dict[int, list[BoardStep]] = {}
    for step in overdue:
        by_unit.setdefault(step.unit_id, []).append(step)
    grouped: dict[str, list[OwingUnit]] = {}
    for unit_id, unit in book.units.items():
        if unit_id in by_unit:
            grouped.setdefault(book.unit_name(unit.superior_id), []).append(
                _owing_unit(board, unit.name, by_unit[unit_id])
            )
    return {above: tuple(units) for above, units in grouped.items()}


def _owing_unit(board: BoardSteps, name: str, steps: Sequence[BoardStep]) -> OwingUnit:
    titles = [board.title(one) for one in steps]
    dues = [step.due_before for step in steps if step.due_before is not None]
    return OwingUnit(
        name,
        tuple(titles),
        min(dues),
        max(late_days(board.states[one.id], board.book.calendar, board.now) for one in steps),
    )


def artifact_ids(book: Casebook) -> dict[str, str]:
    """Known board artifacts by instruction key; the campaign's own under its key."""
    found = {row.key: row.board_artifact for row in book.instructions.values() if row.board_artifact}
    if book.campaign.board_artifact:
        found[book.campaign.key] = book.campaign.board_artifact
    return found


def picture(book: Casebook) -> bytes:
    """The heat map last drawn; nothing before the board flow has run."""
    row = book.session.get(Picture, ident(book.campaign))
    return row.png if row else b""


def keep_picture(book: Casebook, png: bytes, at: datetime) -> None:
    book.session.merge(Picture(campaign_id=ident(book.campaign), at=at, png=png))
