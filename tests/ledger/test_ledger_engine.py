"""Instants, transactions and views behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from threading import Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, col, func, select

from directives.ledger.engine import begin, reading
from directives.ledger.tables import Contact, Mailbox
from tests.ledger.campaigns import at


def _mailboxes(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Mailbox)).one()


def test_an_instant_comes_back_as_the_same_instant_in_utc(engine: Engine) -> None:
    written = at("2020-11-10 08:00")
    with begin(engine) as session:
        session.add(Mailbox(address="a@b.example", read_to=written))
    with reading(engine) as session:
        read = session.get_one(Mailbox, "a@b.example").read_to
    assert read == written
    assert read is not None
    assert read.tzinfo is UTC


def test_an_instant_without_zone_is_refused(engine: Engine) -> None:
    naive = datetime(2020, 11, 10, 8)  # noqa: DTZ001  (that is the point)
    with pytest.raises(StatementError, match="has no time zone"), begin(engine) as session:
        session.add(Mailbox(address="a@b.example", read_to=naive))


def test_instants_compare_in_the_database_as_instants(engine: Engine) -> None:
    with begin(engine) as session:
        session.add(Mailbox(address="a@b.example", read_to=at("2020-11-10 06:59")))
    midnight_in_utc = datetime(2020, 11, 10, tzinfo=UTC)  # 07:00 in Cần Thơ
    with reading(engine) as session:
        assert session.exec(select(Mailbox).where(col(Mailbox.read_to) < midnight_in_utc)).one()
        assert not session.exec(select(Mailbox).where(col(Mailbox.read_to) >= midnight_in_utc)).first()


def test_an_error_rolls_the_whole_transaction_back(engine: Engine) -> None:
    box = Mailbox(address="a@b.example", read_to=at("2020-11-10 08:00"))
    with suppress(ZeroDivisionError), begin(engine) as session:
        session.add(box)
        session.flush()
        raise ZeroDivisionError
    with reading(engine) as session:
        assert _mailboxes(session) == 0


def test_a_row_must_refer_to_one_that_exists(engine: Engine) -> None:
    with pytest.raises(IntegrityError), begin(engine) as session:
        session.add(Contact(unit_id=4711, role="lead", name="", address="a@b.example"))


def test_a_view_does_not_change_while_another_writes(engine: Engine) -> None:
    with reading(engine) as view:
        assert _mailboxes(view) == 0
        with begin(engine) as session:
            session.add(Mailbox(address="a@b.example", read_to=at("2020-11-10 08:00")))
        assert _mailboxes(view) == 0
    with reading(engine) as view:
        assert _mailboxes(view) == 1


def test_writers_wait_for_each_other_and_none_fails(engine: Engine) -> None:
    """Read, then write, from many threads: on SQLite an upgraded read lock would fail here."""

    def count_up() -> None:
        for _ in range(20):
            with begin(engine) as session:
                box = session.exec(
                    select(Mailbox).with_for_update().execution_options(populate_existing=True)
                ).one()
                box.address = str(int(box.address) + 1)
                session.add(box)

    with begin(engine) as session:
        session.add(Mailbox(address="0", read_to=at("2020-11-10 08:00")))
    threads = [Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as session:
        assert session.exec(select(Mailbox.address)).one() == "60"


def test_sqlite_keeps_a_write_ahead_log(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"


def test_an_error_shows_no_values(engine: Engine) -> None:
    with pytest.raises(IntegrityError) as caught, begin(engine) as session:
        session.add(Contact(unit_id=404, role="lead", name="Nguyễn Văn A", address="a@b.example"))
    assert "Nguyễn" not in str(caught.value)
