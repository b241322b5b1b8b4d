"""What a board says beyond its counts, read from the ledger: what changed, who owes longest, who is silent, what comes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from directives.board import RISK_DAYS, AtRisk, Change, Coming, Late, Outlook
from directives.evaluate import OWED, Status, late_days
from directives.ledger.asks import asks
from directives.ledger.board_steps import BoardStep, BoardSteps
from directives.ledger.tables import Answer, Contact, Decision, Step, Unit
from directives.model import Source

COMING = 3  # deadlines ahead that are named


def outlook(board: BoardSteps, *, whole: bool, since: datetime | None = None) -> Outlook:
    """`whole`: of the campaign, with what is no step's: mails, addresses. `since`: of the changes; yesterday's beginning."""
    book, now = board.book, board.now
    yesterday = book.calendar.begins(book.calendar.local(now).date() - timedelta(1))
    since = since or yesterday
    main = _main(board)
    return Outlook(
        main=main,
        coming=tuple(_coming(board, main)),
        since=since,
        changes=tuple(_changes(board, since, whole)),
        late=tuple(_late(board)),
        at_risk=tuple(_at_risk(board, yesterday)),
        asks=tuple(asks(board, whole=whole)),
    )


def _main(board: BoardSteps) -> datetime | None:
    """The directive's own deadline: of several, that of most steps, then the last."""
    kept = {board.book.instructions[one.instruction_id].key for one in board.steps}
    planned = [one for one in board.book.definition.steps if one.instruction in kept]
    for own in (True, False):
        dues = Counter(
            one.due_before
            for one in planned
            if one.due_before is not None and (not own or one.source is Source.DIRECTIVE)
        )
        if dues:
            return max(dues, key=lambda due: (dues[due], due))
    return None


def _coming(board: BoardSteps, main: datetime | None) -> Iterator[Coming]:
    """The next deadlines by which something is still owed, and always the directive's own while it is ahead."""
    dues = Counter(
        one.due_before
        for one in board.steps
        if one.due_before is not None and one.due_before > board.now and board.status[one.id] in OWED
    )
    ahead = sorted(dues)[:COMING]
    if main is not None and main > board.now and main not in ahead:
        ahead.append(main)
    for due in ahead:
        yield Coming(due, dues[due], due == main)


def _changes(board: BoardSteps, since: datetime, whole: bool) -> Iterator[Change]:
    units = board.book.units

    def change(kind: str, unit_ids: Iterable[int]) -> Change:
        counted = Counter(unit_ids)
        return Change(kind, counted.total(), tuple(units[one].name for one in units if one in counted))

    def lately(name: str) -> Iterator[int]:
        for one in board.steps:
            happened: datetime | None = getattr(one, name)
            if happened is not None and since <= happened <= board.now:
                yield one.unit_id

    yield change("reported", lately("reported_at"))
    yield change("accepted", lately("accepted_at"))
    yield change("returned", lately("returned_at"))
    known = {one.id for one in board.steps}
    yield change("asked", _asked(board, known, since))
    yield change("granted", _granted(board, known, since))
    yield change(
        "overdue",
        (
            one.unit_id
            for one in board.steps
            if board.status[one.id] is Status.OVERDUE
            and one.due_before is not None
            and since < one.due_before <= board.now
        ),
    )
    if whole:
        yield change("unreached", _bounced(board, since))


def _asked(board: BoardSteps, known: Collection[int], since: datetime) -> list[int]:
    rows = board.book.session.exec(
        select(Step.unit_id, Answer.step_id)
        .join(Step, col(Step.id) == Answer.step_id)
        .where(
            Step.campaign_id == board.book.campaign.id,
            Answer.kind == "extension",
            col(Answer.undone_at).is_(None),
            col(Answer.carried_by_id).is_(None),
            Answer.at >= since,
            Answer.at <= board.now,
        )
    )
    return [unit_id for unit_id, step_id in rows if step_id in known]


def _granted(board: BoardSteps, known: Collection[int], since: datetime) -> list[int]:
    rows = board.book.session.exec(
        select(Step.unit_id, Decision.step_id)
        .join(Step, col(Step.id) == Decision.step_id)
        .where(
            Decision.campaign_id == board.book.campaign.id,
            Decision.kind == "grant_extension",
            Decision.at >= since,
            Decision.at <= board.now,
        )
    )
    return [unit_id for unit_id, step_id in rows if step_id in known]


def _bounced(board: BoardSteps, since: datetime) -> list[int]:
    return list(
        board.book.session.exec(
            select(Contact.unit_id)
            .join(Unit, col(Unit.id) == Contact.unit_id)
            .where(
                Unit.campaign_id == board.book.campaign.id,
                col(Contact.bounced_at) >= since,
                col(Contact.bounced_at) <= board.now,
            )
        )
    )


def _late(board: BoardSteps) -> list[Late]:
    """Units that owe: the one with most late steps first, then the longest late."""
    by_unit: defaultdict[int, list[BoardStep]] = defaultdict(list)
    for one in board.steps:
        if board.status[one.id] is Status.OVERDUE:
            by_unit[one.unit_id].append(one)
    found = [
        Late(
            board.book.units[unit_id].name,
            len(steps),
            max(late_days(board.states[one.id], board.book.calendar, board.now) for one in steps),
        )
        for unit_id, steps in by_unit.items()
    ]
    return sorted(found, key=lambda one: (-one.steps, -one.days, one.unit_name))


def _at_risk(board: BoardSteps, since: datetime) -> list[AtRisk]:
    """Steps due soon whose units never said that they got the task, or have been silent for long."""
    soon, silent = board.now + timedelta(RISK_DAYS), board.now - timedelta(RISK_DAYS)
    open_ones = [
        one
        for one in board.steps
        if one.due_before is not None
        and board.now < one.due_before <= soon
        and one.covered_by_id is None
        and one.first_mailed_at is not None
        and board.status[one.id] in OWED - {Status.ON_HOLD, Status.RETURNED}
    ]
    if not open_ones:
        return []
    news = _news(board)
    found: list[AtRisk] = []
    for one in open_ones:
        heard = news.get(one.id, one.received_at) if one.received_at is not None else None
        never = heard is None and one.first_mailed_at is not None and one.first_mailed_at < since
        if never or (heard is not None and heard <= silent):
            found.append(_risk(board, one, heard))
    return sorted(found, key=lambda one: (one.due_before, one.news_at is not None))


def _risk(board: BoardSteps, one: BoardStep, heard: datetime | None) -> AtRisk:
    assert one.due_before is not None
    return AtRisk(
        board.book.units[one.unit_id].name,
        board.step_choice(one),
        board.unit_choice(one.unit_id),
        one.due_before,
        heard,
    )


def _news(board: BoardSteps) -> dict[int, datetime]:
    """When something was last said of each step."""
    rows = board.book.session.exec(
        select(Answer.step_id, func.max(Answer.at))
        .join(Step, col(Step.id) == Answer.step_id)
        .where(
            Step.campaign_id == board.book.campaign.id,
            col(Answer.undone_at).is_(None),
            Answer.at <= board.now,
        )
        .group_by(col(Answer.step_id))
    )
    return dict(rows.all())
