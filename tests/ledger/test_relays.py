"""What several deliverers note of one mail server at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import Engine

from directives.ledger import relays
from directives.ledger.engine import begin, reading
from directives.ledger.tables import Relay

NOW, SERVER = datetime(2026, 3, 2, 5, 0, 30, tzinfo=UTC), "smtp.example:587"


@pytest.mark.parametrize(("note", "failures"), [(relays.pause, 1), (relays.lost_one, 2)])
def test_a_server_that_fails_all_of_them_at_once_is_paused_once(
    postgres_engine: Engine, note: Callable[..., object], failures: int
) -> None:
    """With a mark that could not be written the 250s of its transaction would be lost."""
    together = Barrier(4)

    def one(_: int) -> None:
        with begin(postgres_engine) as session:
            session.connection()
            together.wait(10)
            note(session, SERVER, NOW, "421 closing")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
    with reading(postgres_engine) as session:
        relay = session.get_one(Relay, SERVER)
        assert (relay.failures, relay.paused_until is not None) == (failures, True)
