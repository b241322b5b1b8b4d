"""The small campaign with its page; where the database makes a difference, `any_office`."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.web.visitors import Office, an_office


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Office:
    return an_office(sqlite_engine, tmp_path)


@pytest.fixture
def any_office(engine: Engine, tmp_path: Path) -> Office:
    return an_office(engine, tmp_path)
