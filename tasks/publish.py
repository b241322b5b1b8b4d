"""Boards as Prefect artifacts: the campaign's, each instruction's, and the table of its steps."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from prefect import get_run_logger, task
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactUpdate
from sqlmodel import col, select

from directives.digest import CampaignBoard
from directives.ledger import boards
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_now, campaign_row
from directives.ledger.tables import Campaign, Instruction
from notifications.board.escape import md
from notifications.board.forms import FormLinks, by_form
from notifications.board.markdown import campaign_board, instruction_board
from notifications.board.steps_table import steps_table
from notifications.words import say
from tasks import workplace
from tasks.artifacts import (
    campaign_deployments,
    deployments_with,
    link_first,
    patched,
    put_markdown,
    put_table,
)

MOST_WRITES = 12  # passes that make boards anew at once, and one


def show_boards(campaign: str = "") -> None:
    """The first lines of a run's log: where the boards are. Before the first pass there is none."""
    with reading(workplace.engine()) as session:
        rows = session.exec(select(Campaign).where(col(Campaign.closed_at).is_(None))).all()
        for row in rows:
            if row.board_artifact and campaign in ("", row.key):
                get_run_logger().info("board of %s: %s", row.key, board_address(row.board_artifact))


def board_address(artifact: UUID | str) -> str:
    """Of an artifact in Prefect's UI."""
    return f"{workplace.settings().ui_url}/artifacts/artifact/{artifact}"


@task
def publish_boards(campaign: str, instruction: str, now: datetime) -> str:
    """Put the instruction's boards and the campaign's up to date; returns the instruction board's address."""
    with reading(workplace.engine()) as session:
        book = Casebook(session, campaign_row(session, campaign))
        row = next(one for one in book.instructions.values() if one.key == instruction)
        one, whole = boards.instruction_board(book, row, now), boards.campaign_board(book, now)
        rows = steps_table(boards.steps_table(book, row, now), book.calendar)
        ids, png = boards.artifact_ids(book), boards.picture(book)
    with get_client(sync_client=True) as client:
        forms = forms_of(client, campaign)
        put_whole = partial(_put_whole, client, whole, forms, png)
        whole_id = _settle(client, campaign, ids.get(campaign), put_whole(ids.get(campaign)))
        key = f"{campaign}-{instruction}"
        described = say("board.steps.title", label=one.label, title=one.title)
        table = put_table(client, f"{key}-steps", rows, described)
        above = {"campaign": board_address(whole_id), "steps": board_address(table)}
        said = instruction_board(one, above, forms)
        mine = put_markdown(client, key, ids.get(instruction), said, one.title)
        if str(mine) != ids.get(instruction):  # new, or made anew
            _remember(campaign, instruction, str(mine))
            put_whole(str(whole_id))
        links = {campaign: above["campaign"], instruction: board_address(mine)}
        _link_from_instruction(client, campaign, instruction, links)
    return links[instruction]


@task
def draw_board(campaign: str, now: datetime) -> str:
    """Draw the campaign's heat map, keep it, and publish the board with it; returns the board's address."""
    from notifications.board.heatmap import draw  # matplotlib: passes do without

    with reading(workplace.engine()) as session:
        book = Casebook(session, campaign_row(session, campaign))
        png = draw(boards.heat_map(book, now), book.calendar)
        whole, ids = boards.campaign_board(book, now), boards.artifact_ids(book)
    with begin(workplace.engine()) as session:
        boards.keep_picture(Casebook(session, campaign_row(session, campaign)), png, now)
    with get_client(sync_client=True) as client:
        known = ids.get(campaign)
        made = _put_whole(client, whole, forms_of(client, campaign), png, known)
        address = board_address(_settle(client, campaign, known, made))
        _link_from_shared(client)
        for deployment in campaign_deployments(client, campaign):
            links = {campaign: address, **_instruction_links(campaign)}  # as they are now
            link_first(
                client, deployment, _links(links, campaign, deployment.parameters.get("instruction", ""))
            )
    return address


@task
def publish_campaigns() -> None:
    """Put the boards of all open campaigns up to date after mail has left; one not made yet waits for its pass."""
    now = workplace.machine_now()
    with reading(workplace.engine()) as session, get_client(sync_client=True) as client:
        for row in session.exec(select(Campaign).where(col(Campaign.closed_at).is_(None))).all():
            book = Casebook(session, row)
            if row.board_artifact is not None:
                board = boards.campaign_board(book, campaign_now(row, now))
                forms, png = forms_of(client, row.key), boards.picture(book)
                update = ArtifactUpdate(data=_whole(board, _instruction_links(row.key), forms, png))
                # Gone when Prefect's database was lost: the next pass makes it anew.
                patched(client, UUID(row.board_artifact), update)


def _whole(board: CampaignBoard, links: dict[str, str], forms: FormLinks, png: bytes) -> str:
    """The campaign's board, with the picture as it was drawn last. `links`: of the instructions' boards."""
    others = {**links, "units": forms.units_url} if forms.units_url else links
    return campaign_board(board, others, forms, png)


def _put_whole(
    client: SyncPrefectClient, board: CampaignBoard, forms: FormLinks, png: bytes, known: str | None
) -> UUID:
    """The campaign's board with the instructions' boards as they are: again, when a pass made one anew meanwhile."""
    key = board.campaign.key
    for _ in range(MOST_WRITES):
        links = _instruction_links(key)
        known = str(put_markdown(client, key, known, _whole(board, links, forms, png), board.campaign.title))
        if _instruction_links(key) == links:
            break
    return UUID(str(known))


def forms_of(client: SyncPrefectClient, campaign: str) -> FormLinks:
    """The addresses of a campaign's forms and of its page of units, as far as they exist."""
    listed = campaign_deployments(client, campaign, "form")
    ids = by_form(campaign, [(str(one.entrypoint), str(one.id)) for one in listed])
    return FormLinks(workplace.settings().ui_url, ids, workplace.units_url(campaign))


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


def _remember(campaign: str, instruction: str, mine: str) -> None:
    with begin(workplace.engine()) as session:
        row = campaign_row(session, campaign)
        one = session.exec(
            select(Instruction).where(Instruction.campaign_id == row.id, Instruction.key == instruction)
        ).one()
        one.board_artifact = mine
        session.add(one)


def _instruction_links(campaign: str) -> dict[str, str]:
    """By instruction, as the ledger knows them now."""
    with reading(workplace.engine()) as session:
        ids = boards.artifact_ids(Casebook(session, campaign_row(session, campaign)))
    return {key: board_address(artifact) for key, artifact in ids.items() if key != campaign}


def _links(links: dict[str, str], campaign: str, instruction: str) -> str:
    own = f"[Bảng theo dõi nội dung này]({links[instruction]}) · " if instruction in links else ""
    return f"{own}[Bảng chung của đợt]({links[campaign]})"


def _link_from_shared(client: SyncPrefectClient) -> None:
    """The deployments that serve every campaign begin with the boards of all that are open."""
    with reading(workplace.engine()) as session:
        rows = session.exec(
            select(Campaign).where(col(Campaign.closed_at).is_(None)).order_by(col(Campaign.id))
        )
        known = [(row.title, row.board_artifact) for row in rows if row.board_artifact]
    links = " · ".join(f"[Bảng chung: {md(title)}]({board_address(artifact)})" for title, artifact in known)
    for deployment in deployments_with(client, "shared"):
        link_first(client, deployment, links)


def _link_from_instruction(
    client: SyncPrefectClient, campaign: str, instruction: str, links: dict[str, str]
) -> None:
    for deployment in campaign_deployments(client, campaign, f"instruction:{instruction}"):
        link_first(client, deployment, _links(links, campaign, instruction))
