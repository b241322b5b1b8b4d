"""A row changed behind the ledger's back, one field at a time, and what `dondoc verify` then says; all taken back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Date, Table, select
from sqlmodel import Session

from directives.ledger import verifying
from directives.ledger.states import campaign_row
from directives.ledger.tables import Campaign
from tests.ledger.campaigns import Followed

# Of these, every column is compared but the ones named: keys, and what no event says.
UNCOMPARED = {
    "answers": {"id", "inbound_id"},
    "deadlines": {"id"},
    "decisions": {"id", "campaign_id"},
    "evidence": {"id"},
    "holds": {"id", "campaign_id"},
    "papers": {"id", "campaign_id"},
}
TABLES = {name: Campaign.metadata.tables[name] for name in UNCOMPARED}
COLUMNS = [
    (name, column.name)
    for name, table in TABLES.items()
    for column in table.columns
    if column.name not in UNCOMPARED[name]
]


@dataclass(frozen=True)
class Change:
    """One field of one row, and what it becomes."""

    table: str
    row: Any
    column: str
    value: Any

    @property
    def field(self) -> str:
        """As it is named: of JSON, the one name that differs."""
        if self.column != "data":
            return self.column
        was = self.row.data
        (name,) = [one for one in {**was, **self.value} if was.get(one) != self.value.get(one)]
        return f"data.{name}"

    def is_named(self, lines: list[str]) -> bool:
        if self.table == "deadlines" and self.column in ("step_id", "number", "due_before"):
            return any(f"deadline {self.row.number} is " in line for line in lines)
        # No event names a hold or a document by its id: of two that are alike, either is named.
        key = "" if self.table in ("holds", "evidence") else self.row.id
        row = re.compile(rf"{self.table} {key}\b.*: {re.escape(self.field)} is .* in the ledger, .* by .+")
        return any(row.fullmatch(line) for line in lines)


def changes(session: Session, table: str, column: str) -> Iterator[Change]:
    """Every row of the table with that field made another, in each way that the column can be."""
    rows = session.connection().execute(TABLES[table].select().order_by(TABLES[table].c.id)).all()
    for row in rows:
        for value in _others(session, TABLES[table].c[column], getattr(row, column)):
            yield Change(table, row, column, value)


def said_of(followed: Followed, change: Change) -> list[str]:
    """What `dondoc verify` says of the rows after the change."""
    table = TABLES[change.table]
    with Session(followed.engine) as session:
        session.connection().execute(
            table.update().where(table.c.id == change.row.id).values({change.column: change.value})
        )
        found = list(verifying.differences(session, campaign_row(session, followed.key)))
        session.rollback()
    return found


def _others(session: Session, column: Column[Any], value: Any) -> list[Any]:
    for foreign in column.foreign_keys:
        return _other_rows(session, foreign.column.table, column, value)
    if isinstance(value, dict):
        changed = (
            [{**value, name: _other(one)} for name, one in value.items()] if column.name == "data" else []
        )
        without = [{k: one for k, one in value.items() if k != name} for name in value]
        return [*changed, *(without if column.name == "data" else []), {**value, "more": 1}]
    if value is None:
        return [date(2020, 7, 9) if isinstance(column.type, Date) else _MOMENT]
    return [_other(value)]


def _other_rows(session: Session, table: Table, column: Column[Any], value: Any) -> list[Any]:
    ids = [row.id for row in session.connection().execute(table.select()).all()]
    used = Counter(session.connection().execute(select(column)).scalars())
    # One that is seldom named, so that no key is there twice.
    others = sorted((one for one in ids if one != value), key=lambda one: used[one])[:1]
    return [*others, *([None] if column.nullable and value is not None else [])]


_MOMENT = datetime.fromisoformat("2020-07-09T09:00:00+07:00")


def _other(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value + timedelta(1)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 100
    return [*value, "more"] if isinstance(value, list) else f"{value}x"
