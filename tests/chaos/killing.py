"""A process that dies of SIGKILL at its nth step: before and after each row, commit, file and write to a socket."""

from __future__ import annotations

import os
import signal
from asyncio import selector_events
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from directives.ledger.engine import make_engine
from notifications.replies.file_store import FileStore


class Countdown:
    """Kills its own process at the nth step; 0: never."""

    def __init__(self, dies_at: int) -> None:
        self.left = dies_at

    def step(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call with a step before and one after it."""

        def stepped(*given: Any, **named: Any) -> Any:
            self.step()
            found = call(*given, **named)
            self.step()
            return found

        return stepped


@contextmanager
def watched(engine: Engine, counts: Countdown) -> Iterator[None]:
    """While it lasts, what the process writes is counted."""
    event.listen(engine, "commit", counts.step)
    event.listen(engine, "checkin", counts.step)  # the transaction is over
    event.listen(engine, "after_cursor_execute", lambda *call: _writes(call[2]) and counts.step())
    sockets = selector_events._SelectorSocketTransport  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FileStore, "keep", counts.around(FileStore.keep))
        patch.setattr(sockets, "write", counts.around(sockets.write))
        yield


def _writes(statement: str) -> bool:
    return statement.startswith(("INSERT", "UPDATE", "DELETE"))


def killed_at(url: str, dies_at: int, act: Callable[[Engine], None]) -> bool:
    """`act` on the ledger in a process of its own. Whether it died of the signal; else it has ended by itself, well."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            engine = make_engine(url)
            with watched(engine, Countdown(dies_at)):
                act(engine)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the process failed by itself; its traceback stands above"
    return False
