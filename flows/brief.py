"""The weekly brief: whether today has one, and whether there is anything to say, is decided when it runs."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from notifications.words import entry, say
from tasks.brief import write_brief
from tasks.inbox import send_receipts
from tasks.ledger import campaign_clock
from tasks.publish import show_boards


@flow(name=entry("brief.flow"), flow_run_name="{campaign} · bản tin")
async def brief(campaign: str) -> State:
    """Mail the coordinators the board's summary, its picture, what waits for them, and the annex.

    Args:
        campaign: Mã đợt theo dõi, ví dụ dan-van-kheo-2020.
    """
    show_boards(campaign)
    now = campaign_clock(campaign, None)
    done = write_brief(campaign, now)
    if done.to:
        await send_receipts()
        return Completed(message=say("brief.sent", addresses=", ".join(done.to)))
    return Completed(message=say(f"brief.none.{done.why}"))
