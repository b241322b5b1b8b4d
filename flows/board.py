"""The campaign's board with its picture drawn anew."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from notifications.words import say
from tasks.ledger import campaign_clock
from tasks.publish import draw_board, show_boards


@flow(name="Điều phối · Bảng theo dõi", flow_run_name="{campaign} · bảng theo dõi")
def board(campaign: str) -> State:
    """Draw the heat map and put the campaign's board up to date; passes publish the same picture again.

    Args:
        campaign: Mã đợt theo dõi, ví dụ dan-van-kheo-2020.
    """
    show_boards(campaign)
    now = campaign_clock(campaign, None)
    draw_board(campaign, now)
    return Completed(message=say("run.board", at=f"{now:%H:%M %d/%m/%Y}"))
