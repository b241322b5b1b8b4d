"""The outbox goes out."""

from __future__ import annotations

import asyncio

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.outbox import send_outbox
from tasks.publish import publish_campaigns


@flow(name="Thư · Gửi thư đang chờ", flow_run_name="gửi thư")
async def deliver() -> State:
    """Send every digest that may leave now: one a recipient and day, inside the send window."""
    done = await send_outbox()
    if done.tried:
        await asyncio.to_thread(publish_campaigns)
    said = f"{done.sent} sent · {done.deferred} deferred · {done.failed} failed · {done.uncertain} uncertain"
    return Completed(message=f"{said} · {done.waiting}" if done.waiting else said)
