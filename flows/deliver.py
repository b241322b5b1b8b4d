"""The outbox goes out."""

from __future__ import annotations

import asyncio

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.wording import deliver_name, delivery_said
from tasks.events import tell_prefect
from tasks.outbox import send_outbox
from tasks.publish import publish_campaigns, show_boards


@flow(name="Thư · Gửi thư đang chờ", flow_run_name=deliver_name)
async def deliver() -> State:
    """Send every digest that may leave now: one a recipient and day, inside the send window."""
    show_boards()
    done = await send_outbox()
    if done.tried:
        await asyncio.to_thread(publish_campaigns)
    await asyncio.to_thread(tell_prefect)
    return Completed(message=delivery_said(done))
