"""The mailbox comes in."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.inbox import read_mailbox, send_receipts


@flow(name="Thư · Đọc thư trả lời", flow_run_name="đọc thư")
async def collect() -> State:
    """Read the service's mailbox to its end, as `dondoc mail` does all the time, and send the receipts."""
    done = read_mailbox()
    sent = await send_receipts()
    return Completed(message=f"{done} · {sent} mails sent")
