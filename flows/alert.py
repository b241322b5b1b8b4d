"""A run of ours that failed: ops are told by mail."""

from __future__ import annotations

from datetime import datetime

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.wording import moment
from notifications.alerts import FailedRun
from notifications.words import say
from tasks import workplace
from tasks.alerts import mail_ops


@flow(name="Thư · Báo sự cố", flow_run_name=say("run.alert_name", name="{name}"))
async def alert(
    run_id: str,
    at: datetime,
    name: str = "",
    flow_name: str = "",
    deployment: str = "",
    state: str = "",
    message: str = "",
) -> State:
    """Mail ops that a run failed or crashed. Prefect starts it by itself; by hand it is of no use.

    Args:
        run_id: Mã lượt chạy gặp sự cố.
        at: Thời điểm gặp sự cố.
        name: Tên lượt chạy.
        flow_name: Tên luồng.
        deployment: Tên triển khai.
        state: Trạng thái, ví dụ Failed hoặc Crashed.
        message: Thông báo của trạng thái.
    """
    settings = workplace.settings()
    link = f"{settings.ui_url}/runs/flow-run/{run_id}"
    run = FailedRun(run_id, name, flow_name, deployment, state, message, moment(at), link)
    if not await mail_ops(run):
        return Completed(message=say("run.alerted_before"))
    return Completed(message=say("run.alerted", address=settings.ops_address))
