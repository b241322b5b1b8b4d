"""The columns that the ledger's tables share."""

from typing import Any, cast

from sqlalchemy import Table
from sqlmodel import Field

from directives.ledger.engine import UtcDateTime

GENESIS = "0" * 64  # what the first event of a chain follows


def instant(*, index: bool = False, required: bool = False) -> Any:
    """A column holding an instant."""
    return Field(default=None, sa_type=UtcDateTime, index=index, nullable=not required)  # type: ignore[call-overload]


def ref(table: str, *, index: bool = True, required: bool = True) -> Any:
    """A foreign key to another table's id."""
    return Field(default=None, foreign_key=f"{table}.id", index=index, nullable=not required)


def table_of(model: type[Any]) -> Table:
    """The bare table, for rows that are written by the thousand: unlike objects they cost little."""
    return cast(Table, model.__table__)
