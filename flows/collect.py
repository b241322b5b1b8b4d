"""The mailbox comes in."""

from __future__ import annotations

import asyncio

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.wording import collect_name, collected_said
from tasks.events import tell_prefect
from tasks.inbox import read_mailbox, send_receipts
from tasks.publish import show_boards


@flow(name="Thư · Đọc thư trả lời", flow_run_name=collect_name)
async def collect() -> State:
    """Read the service's mailbox to its end, as `dondoc mail` does all the time, and send the receipts."""
    show_boards()
    done = read_mailbox()
    sent = await send_receipts()
    await asyncio.to_thread(tell_prefect)
    return Completed(message=collected_said(done, sent))
