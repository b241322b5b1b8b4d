"""The command line as people use it, in this process: a home of its own, a stated time, and the small campaign's files."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from cli import access, ask, backup, contacts, decide, main, ops, papers, why
from cli import open as opening
from config.loader import CONFIG
from directives.ledger.engine import make_engine
from tests.ledger.campaigns import CAMPAIGN, POST, UNITS, Followed, a_definition, at

KEY = CAMPAIGN["campaign"]


@dataclass(frozen=True)
class Done:
    """Exit status, and what was printed where."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Dondoc:
    """`dondoc("status", "--json")` at the machine's time `now`, answering a question with `say`."""

    def __init__(self, home: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.patch, self.capsys = home, patch, capsys
        self.now = at("2020-06-30 07:00")
        self.file = _files(home / "config")
        self.url = f"sqlite:///{home / 'var' / 'ledger.db'}"
        self.engines: list[Engine] = []  # a process would close its connections by ending
        patch.setattr(access, "make_engine", self._engine)
        for module in (ask, backup, contacts, opening, ops, decide, why, papers):
            patch.setattr(module, "machine_now", lambda: self.now)
        patch.setenv("DONDOC_HOME", str(home / "var"))

    def __call__(self, *words: str, say: str = "") -> Done:
        self.patch.setattr(sys, "argv", ["dondoc", *words])
        self.patch.setattr(sys, "stdin", io.StringIO(say))
        self.capsys.readouterr()
        status = 0
        try:
            main.main()
        except SystemExit as end:
            status = int(end.code or 0)
        finally:
            self.close()
        printed = self.capsys.readouterr()
        return Done(status, printed.out, printed.err)

    def close(self) -> None:
        while self.engines:
            self.engines.pop().dispose()

    def _engine(self, url: str) -> Engine:
        self.engines.append(make_engine(url))
        return self.engines[-1]

    def use(self, url: str) -> None:
        """Another database than the file in the home."""
        self.url = url
        self.patch.setenv("DONDOC_DATABASE_URL", url)

    def edit(self, *edits: Any) -> None:
        """Write the campaign's file anew, after these edits of the original."""
        data = deepcopy(CAMPAIGN)
        for edit in edits:
            edit(data)
        self.file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")

    @property
    def engine(self) -> Engine:
        return self._engine(self.url)

    @property
    def followed(self) -> Followed:
        """The campaign in this home's ledger."""
        return Followed(self.engine, a_definition(), POST)


def _files(root: Path) -> Path:
    for folder in ("escalations", "calendars"):
        shutil.copytree(CONFIG / folder, root / folder)
    for folder in ("campaigns", "units", "series"):
        (root / folder).mkdir()
    with (root / "units" / "thu-2020.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["code", "name", "kind", "parent", "valid_from", "valid_to", "certainty"])
        for unit in UNITS.values():
            rows.writerow([unit.code, unit.name, unit.kind, unit.parent or "", "", "", "high"])
    flows = [
        {"key": one["key"], "ordinal": n, "label": one["label"], "title": one["title"]}
        for n, one in enumerate(CAMPAIGN["instructions"], start=1)
    ]
    series = {"series": "thu", "title": "Thử", "flows": flows}
    (root / "series" / "thu.yaml").write_text(yaml.safe_dump(series, allow_unicode=True), encoding="utf-8")
    campaign = root / "campaigns" / f"{KEY}.yaml"
    campaign.write_text(yaml.safe_dump(CAMPAIGN, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return campaign
