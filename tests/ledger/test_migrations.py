"""The ledger's tables come from migrations alone, on both databases, wherever dondoc is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from cli.access import ledger_engine
from config.settings import Settings
from directives.errors import DondocError
from directives.ledger import tables
from directives.ledger.engine import make_engine, migrate
from tests.databases import Databases

ROOT = Path(tables.__file__).parents[3]
PACKAGES = ("cli", "config", "directives", "flows", "notifications", "tasks")
UPGRADE = [sys.executable, "-c", "from cli.main import main; main()", "db", "upgrade"]


@pytest.fixture
def empty(databases: Databases) -> Engine:
    """A database without tables."""
    return make_engine(databases.fresh())


def test_upgrading_an_empty_database_makes_exactly_the_tables_of_the_models(empty: Engine) -> None:
    migrate(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    empty.dispose()


def test_upgrading_twice_changes_nothing(empty: Engine) -> None:
    migrate(empty)
    before = _schema(empty)
    migrate(empty)
    assert _schema(empty) == before
    empty.dispose()


def test_what_happened_before_prefect_was_told_of_anything_is_no_news(empty: Engine) -> None:
    migrate(empty, "0006")
    with empty.begin() as connection:
        connection.execute(text("INSERT INTO definitions (sha256, content) VALUES ('d', '{}')"))
        connection.execute(
            text(
                "INSERT INTO campaigns (id, key, series, title, rehearsal, definition_sha256, opened_at, audit_seq, "
                "audit_hash) VALUES (1, 'k', 's', 't', false, 'd', '2020-07-01', 7, '')"
            )
        )
    migrate(empty)
    with empty.connect() as connection:
        assert connection.execute(text("SELECT events_seq FROM campaigns")).scalar_one() == 7
    empty.dispose()


def test_answers_written_before_know_afterwards_which_one_carried_them(empty: Engine) -> None:
    """A step, one that it covers, and one that that one covers; then an answer of the first alone."""
    migrate(empty, "0003")
    rows = [
        "INSERT INTO definitions (sha256, content) VALUES ('d', '{}')",
        "INSERT INTO campaigns (id, key, series, title, rehearsal, definition_sha256, opened_at, audit_seq, audit_hash)"
        " VALUES (1, 'k', 's', 't', false, 'd', '2020-07-01', 0, '')",
        "INSERT INTO instructions (id, campaign_id, key, ordinal) VALUES (1, 1, '1', 1)",
        "INSERT INTO units (id, campaign_id, organisation, code, name, kind) VALUES (1, 1, 'o', 'U', 'u', 'ward')",
    ]
    steps = text(
        "INSERT INTO steps (id, campaign_id, instruction_id, unit_id, key, covered_by_id, accepts, deadline_number,"
        " next_reason) VALUES (:id, 1, 1, 1, :key, :above, 'monitor', 0, '')"
    )
    answers = text(
        "INSERT INTO answers (id, step_id, kind, data, channel, at, recorded_at)"
        " VALUES (:id, :step, 'received', '{}', 'phone', :at, :at)"
    )
    said = [
        (1, 1, "2020-07-02"),
        (2, 2, "2020-07-02"),
        (3, 3, "2020-07-02"),
        (4, 2, "2020-07-03"),
        (5, 1, "2020-07-04"),
    ]
    with empty.begin() as connection:
        for row in rows:
            connection.execute(text(row))
        for id_, above in ((1, None), (2, 1), (3, 2)):
            connection.execute(steps, {"id": id_, "key": f"s{id_}", "above": above})
        for id_, step, day in said:
            connection.execute(answers, {"id": id_, "step": step, "at": day})
        # What points at an answer must survive, although SQLite rebuilds the table.
        connection.execute(
            text(
                "INSERT INTO evidence (answer_id, doc_number, file_sha256, file_name) VALUES (1, '215/BC-STP', '', '')"
            )
        )
    migrate(empty)
    with empty.connect() as connection:
        carried = connection.execute(text("SELECT id, carried_by_id FROM answers ORDER BY id")).all()
        kept = connection.execute(text("SELECT answer_id, doc_number FROM evidence")).all()
    assert [tuple(row) for row in carried] == [(1, None), (2, 1), (3, 1), (4, None), (5, None)]
    assert [tuple(row) for row in kept] == [(1, "215/BC-STP")]
    with pytest.raises(IntegrityError), empty.begin() as connection:  # keys are watched again
        connection.execute(text("DELETE FROM answers WHERE id = 1"))
    empty.dispose()


def test_a_ledger_of_a_newer_version_is_refused_in_one_line(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    engine = ledger_engine(settings, make=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DondocError, match="newer version of dondoc"):
        ledger_engine(settings, make=True)


def test_a_database_url_that_cannot_be_read_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(DondocError, match="DONDOC_DATABASE_URL"):
        ledger_engine(Settings(home=tmp_path, database_url="postgresql+psycopg://host:port/ledger"))


def test_a_database_that_does_not_answer_names_the_setting(tmp_path: Path) -> None:
    url = f"postgresql+psycopg:///x?host={tmp_path}"
    with pytest.raises(DondocError, match="DONDOC_DATABASE_URL"):
        ledger_engine(Settings(home=tmp_path, database_url=url))


def test_a_home_that_cannot_be_written_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DondocError, match="DONDOC_HOME"):
        ledger_engine(Settings(home=tmp_path / "taken"), make=True)


def test_the_migrations_ship_in_the_wheel_and_run_from_any_folder(tmp_path: Path) -> None:
    installed = _unpacked_wheel(tmp_path)
    assert (installed / "directives/ledger/migrations/script.py.mako").is_file()
    home = tmp_path / "home"
    environment = os.environ | {"PYTHONPATH": str(installed), "DONDOC_HOME": str(home)}
    environment.pop("DONDOC_DATABASE_URL", None)
    done = subprocess.run(UPGRADE, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "the ledger is up to date\n"
    engine = make_engine(f"sqlite:///{home / 'ledger.db'}")
    assert set(_schema(engine)) == {*SQLModel.metadata.tables, "alembic_version"}
    engine.dispose()


def _unpacked_wheel(folder: Path) -> Path:
    """The wheel of this tree, built in a copy, as `pip install` would lay it out."""
    source, built, installed = folder / "source", folder / "built", folder / "100% installed"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / file, source)
    (source / "README.md").touch()
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(built)], cwd=source, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    return installed


def _schema(engine: Engine) -> dict[str, object]:
    """Columns, indexes and constraints by table, as the database itself tells them."""
    seen = inspect(engine)
    return {
        table: repr(
            [seen.get_columns(table), seen.get_indexes(table), seen.get_unique_constraints(table)]
            + [seen.get_foreign_keys(table), seen.get_pk_constraint(table)]
        )
        for table in seen.get_table_names()
    }
