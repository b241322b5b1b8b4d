"""Boards as Prefect artifacts: made once, then PATCHed, so that their ids and links stay."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from prefect import get_run_logger, task
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate, DeploymentUpdate
from prefect.exceptions import ObjectNotFound
from prefect.runtime import deployment as running
from sqlmodel import select

from directives.ledger import boards
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Instruction
from notifications.board.markdown import campaign_board, instruction_board
from tasks import workplace


@task
def publish_boards(campaign: str, instruction: str, now: datetime) -> str:
    """Put the instruction's board and the campaign's up to date; returns the instruction board's address."""
    ui = workplace.settings().ui_url
    with reading(workplace.engine()) as session:
        book = Casebook(session, campaign_row(session, campaign))
        row = next(one for one in book.instructions.values() if one.key == instruction)
        one, whole = boards.instruction_board(book, row, now), boards.campaign_board(book, now)
        ids = boards.artifact_ids(book)
    links = {key: f"{ui}/artifacts/artifact/{artifact}" for key, artifact in ids.items() if key != campaign}
    links |= {"campaign": f"{ui}/artifacts/artifact/{ids[campaign]}"} if campaign in ids else {}
    with get_client(sync_client=True) as client:
        mine = _put(
            client,
            f"{campaign}-{instruction}",
            ids.get(instruction),
            instruction_board(one, links),
            one.title,
        )
        links[instruction] = f"{ui}/artifacts/artifact/{mine}"
        whole_id = _put(
            client, campaign, ids.get(campaign), campaign_board(whole, links), whole.campaign.title
        )
        _link_from_deployment(client, links[instruction], f"{ui}/artifacts/artifact/{whole_id}")
    _remember(campaign, instruction, str(mine), str(whole_id), ids)
    get_run_logger().info("board: %s", links[instruction])
    return links[instruction]


def _put(client: SyncPrefectClient, key: str, known: str | None, markdown: str, description: str) -> UUID:
    """PATCH the artifact; made anew when Prefect's database no longer has it."""
    if known is not None:
        try:
            client.update_artifact(UUID(known), ArtifactUpdate(data=markdown, description=description))
            return UUID(known)
        except ObjectNotFound:
            get_run_logger().warning("artifact %s is gone; making board %s anew", known, key)
    made = client.create_artifact(
        ArtifactCreate(key=key, type="markdown", data=markdown, description=description)
    )
    return made.id


def _remember(campaign: str, instruction: str, mine: str, whole: str, known: dict[str, str]) -> None:
    if known.get(instruction) == mine and known.get(campaign) == whole:
        return
    with begin(workplace.engine()) as session:
        row = campaign_row(session, campaign)
        one = session.exec(
            select(Instruction).where(Instruction.campaign_id == row.id, Instruction.key == instruction)
        ).one()
        one.board_artifact = mine
        # Two first passes may each have made the campaign's board: the first one written down stays.
        if row.board_artifact in (None, known.get(campaign)):
            row.board_artifact = whole
        session.add(one)
        session.add(row)


def _link_from_deployment(client: SyncPrefectClient, mine: str, whole: str) -> None:
    """The deployment's description starts with links to the boards by id: the UI has no other way to them."""
    if not running.id:
        return
    deployment = client.read_deployment(UUID(str(running.id)))
    links = f"[Bảng theo dõi nội dung này]({mine}) · [Bảng chung của đợt]({whole})"
    first, _, rest = (deployment.description or "").partition("\n\n")
    if first == links:
        return
    described = rest if first.startswith("[Bảng") else deployment.description
    client.update_deployment(deployment.id, DeploymentUpdate(description=f"{links}\n\n{described}"))
