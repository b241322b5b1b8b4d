"""What is away is told from what is a mistake: the one passes by itself, the other must be seen."""

from __future__ import annotations

import errno

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from directives.ledger.away import why_away

FULL = OSError(errno.ENOSPC, "No space left on device", "/srv/dondoc/evidence")


def test_a_full_disk_is_away_and_named() -> None:
    assert why_away(FULL) == "/srv/dondoc/evidence: No space left on device"


def test_a_missing_file_or_a_wrong_value_is_not() -> None:
    assert why_away(FileNotFoundError(errno.ENOENT, "No such file", "x")) == ""
    assert why_away(ValueError("x")) == ""


def test_several_errors_at_once_are_away_only_if_each_is() -> None:
    assert why_away(ExceptionGroup("two", [FULL, FULL])) == why_away(FULL)
    assert why_away(ExceptionGroup("two", [FULL, ValueError("x")])) == ""


def test_a_transaction_that_may_only_read_is_away(postgres_engine: Engine) -> None:
    """psycopg calls it an internal error."""
    with postgres_engine.connect() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        with pytest.raises(DBAPIError) as found:
            connection.execute(text("DELETE FROM messages"))
    assert why_away(found.value) == "the ledger: cannot execute DELETE in a read-only transaction"


def test_a_statement_that_is_wrong_is_not_away(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as connection, pytest.raises(DBAPIError) as found:
        connection.execute(text("SELECT 1 / 0"))
    assert why_away(found.value) == ""
