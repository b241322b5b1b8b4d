"""Database or disk that cannot be used just now: locked, full, read-only, restarting. It is nobody's mistake and passes."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from typing import cast

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

# SQLSTATE classes of PostgreSQL that say so under other names: a transaction that may only read, a cursor or connection
# that ended with its server, no room, an operator's hand (25006; 08, 53, 57; psycopg takes most of them as operational).
PASSING_STATES = ("25006", "08", "53", "57", "58")
DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO})


def why_away(error: BaseException) -> str:
    """One line on what is away; empty when any part of the error is something else."""
    reasons = [_reason(one) for one in _parts(error)]
    return " ".join(reasons[0].split()) if all(reasons) else ""


def _parts(error: BaseException) -> Iterator[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    group = cast("BaseExceptionGroup[BaseException]", error)
    for one in group.exceptions:
        yield from _parts(one)


def _reason(error: BaseException) -> str:
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        passing = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
        return f"the ledger: {error.orig}" if passing or state.startswith(PASSING_STATES) else ""
    if isinstance(error, sqlite3.OperationalError):
        return f"the ledger: {error}"
    if isinstance(error, OSError) and error.errno in DISK:
        return f"{error.filename or 'the disk'}: {error.strerror}"
    return ""
