"""Prefect's database is lost while the ledger lives: two whole starts of `dondoc up`. `make chaos`.

    .venv/bin/python -m tests.chaos.prefect_lost [--json]

Between them `prefect/` is deleted. What is deployed anew must send no mail again, and make all boards anew; every link,
in what deployments say of themselves and on the boards, must lead to a board that is there.
"""

from __future__ import annotations

import argparse
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from sqlmodel import col, select

from directives.ledger.engine import make_engine, reading
from directives.ledger.tables import Campaign, Instruction, Message
from tests.chaos.printing import report
from tests.prefect.trials import PORTS, Trial, started

LINK = re.compile(r"/artifacts/artifact/([0-9a-f-]{36})")


@dataclass(frozen=True)
class Figures:
    """`changed`: mails tried again, planned besides, or gone; `again`: those that arrived after the loss. `kept`: boards that
    still are those of the lost database, `unlinked` those that no deployment links to, `dead` links without a board."""

    mails: int
    unsent: int
    changed: int
    again: int
    boards: int
    kept: int
    unlinked: int
    links: int
    dead: int
    failed_runs: int

    @property
    def holds(self) -> bool:
        wrong = (self.unsent, self.changed, self.again, self.kept, self.unlinked, self.dead, self.failed_runs)
        return not any(wrong) and min(self.mails, self.boards, self.links) > 0


def mails(home: Path) -> dict[str, tuple[str, str, int]]:
    """Address, state and tries of every mail, by its uid."""
    engine = make_engine(f"sqlite:///{home / 'ledger.db'}")
    with reading(engine) as session:
        found = {one.uid: (one.address, one.state, one.attempts) for one in session.exec(select(Message))}
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


def arrived(trial: Trial, addresses: set[str]) -> str:
    """The Message-IDs in the trial inbox, which began empty."""
    return " ".join(str(mail["Message-ID"]) for address in addresses for mail in trial.inbox(address))


def tried(folder: Path) -> Figures:
    with started(folder) as trial:
        sent, known = mails(trial.home), boards(trial.home)
    shutil.rmtree(folder / "var" / "prefect")
    with started(folder) as trial:
        after, made = mails(trial.home), boards(trial.home)
        inbox = arrived(trial, {address for address, _, _ in sent.values()})
        deployments = trial.prefect("/deployments/filter", limit=200)
        said = [one["description"] or "" for one in deployments if "dondoc" in one["tags"]]
        linked = set(LINK.findall(" ".join(said)))
        links = linked | {number for board in made for number in LINK.findall(artifact(trial, board).text)}
        return Figures(
            mails=len(sent),
            unsent=sum(state != "accepted" for _, state, _ in sent.values()),
            changed=sum(sent.get(uid) != after.get(uid) for uid in sent.keys() | after.keys()),
            again=sum(uid in inbox for uid in sent),
            boards=len(made),
            kept=len(set(made) & set(known)),
            unlinked=len(set(made) - linked),
            links=len(links),
            dead=sum(artifact(trial, one).status_code != httpx.codes.OK for one in links),
            failed_runs=trial.summary["failed_runs"],
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    wanted = parser.parse_args()
    with TemporaryDirectory(prefix="dondoc-prefect-lost-") as folder:
        return report("Prefect's database lost", [tried(Path(folder))], as_json=wanted.json)


if __name__ == "__main__":
    raise SystemExit(main())
