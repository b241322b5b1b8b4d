"""Prefect's database is lost while the ledger lives: deployed anew, nothing is sent twice, boards are made anew and linked."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, select

from directives.ledger.engine import make_engine, reading
from directives.ledger.tables import Campaign, Instruction, Message
from tests.prefect.trials import PORTS, Trial, started

pytestmark = pytest.mark.system  # two whole starts

LINK = re.compile(r"/artifacts/artifact/([0-9a-f-]{36})")


def mails(home: Path) -> dict[str, tuple[str, int]]:
    """State and tries of every mail, by its uid."""
    engine = make_engine(f"sqlite:///{home / 'ledger.db'}")
    with reading(engine) as session:
        found = {one.uid: (one.state, one.attempts) for one in session.exec(select(Message))}
    engine.dispose()
    return found


def boards(home: Path) -> list[str]:
    """The artifact of the campaign's board, then those of its instructions."""
    engine = make_engine(f"sqlite:///{home / 'ledger.db'}")
    with reading(engine) as session:
        whole = session.exec(select(Campaign.board_artifact)).one()
        found = session.exec(select(Instruction.board_artifact).order_by(col(Instruction.ordinal))).all()
    engine.dispose()
    return [str(one) for one in (whole, *found)]


def artifact(trial: Trial, number: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{trial.ports[PORTS[0]]}/api/artifacts/{number}", timeout=60)


def test_prefect_begins_anew_beside_a_ledger_that_goes_on(tmp_path: Path) -> None:
    with started(tmp_path) as trial:
        sent, known = mails(trial.home), boards(trial.home)
        assert {state for state, _ in sent.values()} == {"accepted"}
    shutil.rmtree(tmp_path / "var" / "prefect")
    with started(tmp_path) as trial:
        assert mails(trial.home) == sent
        assert [one for one in sent if trial_has(trial, one)] == []  # its mailboxes began empty
        made = boards(trial.home)
        assert not set(made) & set(known)
        deployments = [
            one for one in trial.prefect("/deployments/filter", limit=200) if "dondoc" in one["tags"]
        ]
        assert len(deployments) > 30
        linked = {number for one in deployments for number in LINK.findall(one["description"] or "")}
        assert set(made) <= linked
        for number in made:
            board = artifact(trial, number)
            assert board.status_code == httpx.codes.OK
            linked |= set(LINK.findall(board.json()["data"]))
        assert {artifact(trial, number).status_code for number in linked} == {httpx.codes.OK}
        assert trial.summary["failed_runs"] == 0


def trial_has(trial: Trial, uid: str) -> bool:
    engine = make_engine(f"sqlite:///{trial.home / 'ledger.db'}")
    with reading(engine) as session:
        address = session.exec(select(Message.address).where(Message.uid == uid)).one()
    engine.dispose()
    return any(uid in str(mail["Message-ID"]) for mail in trial.inbox(address))
