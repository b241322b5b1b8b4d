"""The mail loop and the hourly flow may read one mailbox at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from sqlalchemy import Engine
from sqlmodel import select

from directives.ledger import inbound
from directives.ledger.engine import begin, reading
from directives.ledger.tables import Inbound, Mailbox

NOW, BOX = datetime(2026, 3, 2, 5, 0, 30, tzinfo=UTC), "dondoc@dondoc.example"


def test_a_mail_that_two_readers_fetch_at_once_is_stored_once_and_neither_fails(
    postgres_engine: Engine,
) -> None:
    together = Barrier(4)

    def one(_: int) -> bool:
        with begin(postgres_engine) as session:
            session.connection()
            together.wait(10)
            known = {"sha256": "ab" * 32, "uid_validity": 1, "uid": 7, "sender": "a@b.example"}
            return inbound.keep(session, BOX, **known, arrived_at=NOW, stored_at=NOW)

    def read(_: int) -> None:
        with begin(postgres_engine) as session:
            session.connection()
            together.wait(10)
            inbound.mark_read(session, "another@dondoc.example", NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [False, False, False, True]
        list(pool.map(read, range(4)))
    with reading(postgres_engine) as session:
        assert len(session.exec(select(Inbound)).all()) == 1
        assert {box.address: box.last_uid for box in session.exec(select(Mailbox))} == {
            BOX: 7,
            "another@dondoc.example": 0,
        }
