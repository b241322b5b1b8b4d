"""Boards as Prefect artifacts: made once, then PATCHed, so that their ids and links stay."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from prefect import get_run_logger, task
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate, DeploymentUpdate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.exceptions import ObjectNotFound
from prefect.runtime import deployment as running
from sqlmodel import col, select

from directives.digest import CampaignBoard
from directives.ledger import boards
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_now, campaign_row
from directives.ledger.tables import Campaign, Instruction
from notifications.board.forms import FormLinks, by_form
from notifications.board.heatmap import draw
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
        ids, png = boards.artifact_ids(book), boards.picture(book)
    address = f"{ui}/artifacts/artifact/"
    links = {key: f"{address}{artifact}" for key, artifact in ids.items()}
    with get_client(sync_client=True) as client:
        forms = _forms(client, campaign)
        first = campaign not in links
        whole_id = _put(
            client, campaign, ids.get(campaign), _whole(whole, links, forms, png), whole.campaign.title
        )
        whole_id = _settle(client, campaign, ids.get(campaign), whole_id)
        links[campaign] = f"{address}{whole_id}"
        key = f"{campaign}-{instruction}"
        mine = _put(
            client,
            key,
            ids.get(instruction),
            instruction_board(one, {"campaign": links[campaign]}, forms),
            one.title,
        )
        if first or instruction not in links:
            links[instruction] = f"{address}{mine}"
            _put(client, campaign, str(whole_id), _whole(whole, links, forms, png), whole.campaign.title)
        _link_from_deployment(client, links[instruction], links[campaign])
    _remember(campaign, instruction, str(mine), ids.get(instruction))
    get_run_logger().info("board: %s", links[instruction])
    return links[instruction]


@task
def draw_board(campaign: str, now: datetime) -> str:
    """Draw the campaign's heat map, keep it, and publish the board with it; returns the board's address."""
    ui = workplace.settings().ui_url
    with reading(workplace.engine()) as session:
        book = Casebook(session, campaign_row(session, campaign))
        png = draw(boards.heat_map(book, now), book.calendar)
        whole, ids = boards.campaign_board(book, now), boards.artifact_ids(book)
    with begin(workplace.engine()) as session:
        boards.keep_picture(Casebook(session, campaign_row(session, campaign)), png, now)
    links = {key: f"{ui}/artifacts/artifact/{artifact}" for key, artifact in ids.items()}
    with get_client(sync_client=True) as client:
        said = _whole(whole, links, _forms(client, campaign), png)
        made = _put(client, campaign, ids.get(campaign), said, whole.campaign.title)
        address = f"{ui}/artifacts/artifact/{_settle(client, campaign, ids.get(campaign), made)}"
        _link_from_deployment(client, "", address)
    get_run_logger().info("board: %s", address)
    return address


@task
def publish_campaigns() -> None:
    """Put the boards of all open campaigns up to date after mail has left; one not made yet waits for its pass."""
    ui, now = workplace.settings().ui_url, workplace.machine_now()
    with reading(workplace.engine()) as session, get_client(sync_client=True) as client:
        for row in session.exec(select(Campaign).where(col(Campaign.closed_at).is_(None))).all():
            book = Casebook(session, row)
            ids = boards.artifact_ids(book)
            if row.board_artifact is not None:
                board = boards.campaign_board(book, campaign_now(row, now))
                links = {key: f"{ui}/artifacts/artifact/{artifact}" for key, artifact in ids.items()}
                with suppress(ObjectNotFound):  # Prefect's database was lost: the next pass makes it anew
                    forms, png = _forms(client, row.key), boards.picture(book)
                    update = ArtifactUpdate(data=_whole(board, links, forms, png))
                    client.update_artifact(UUID(row.board_artifact), update)


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


def _whole(board: CampaignBoard, links: dict[str, str], forms: FormLinks, png: bytes) -> str:
    """The campaign's board, with the picture as it was drawn last; it needs no link to itself."""
    others = {key: url for key, url in links.items() if key != board.campaign.key}
    return campaign_board(board, others, forms, png)


def _forms(client: SyncPrefectClient, campaign: str) -> FormLinks:
    wanted = DeploymentFilter(tags=DeploymentFilterTags(all_=["form", f"campaign:{campaign}"]))
    listed = client.read_deployments(deployment_filter=wanted, limit=200)
    ids = by_form(campaign, [(str(one.entrypoint), str(one.id)) for one in listed])
    return FormLinks(workplace.settings().ui_url, ids)


def _settle(client: SyncPrefectClient, campaign: str, known: str | None, made: UUID) -> UUID:
    """The campaign's one board: of two first passes at once, the second gives its own up for the first one's."""
    if str(made) == known:
        return made
    with begin(workplace.engine()) as session:
        row = campaign_row(session, campaign, lock=True)
        if row.board_artifact in (None, known):
            row.board_artifact = str(made)
            session.add(row)
            return made
        kept = UUID(row.board_artifact)
    client.delete_artifact(made)
    return kept


def _remember(campaign: str, instruction: str, mine: str, known: str | None) -> None:
    if known == mine:
        return
    with begin(workplace.engine()) as session:
        row = campaign_row(session, campaign)
        one = session.exec(
            select(Instruction).where(Instruction.campaign_id == row.id, Instruction.key == instruction)
        ).one()
        one.board_artifact = mine
        session.add(one)


def _link_from_deployment(client: SyncPrefectClient, mine: str, whole: str) -> None:
    """The deployment's description starts with links to the boards by id: the UI has no other way to them."""
    if not running.id:
        return
    deployment = client.read_deployment(UUID(str(running.id)))
    own = f"[Bảng theo dõi nội dung này]({mine}) · " if mine else ""
    links = f"{own}[Bảng chung của đợt]({whole})"
    first, _, rest = (deployment.description or "").partition("\n\n")
    if first == links:
        return
    described = rest if first.startswith("[Bảng") else deployment.description
    client.update_deployment(deployment.id, DeploymentUpdate(description=f"{links}\n\n{described}"))
