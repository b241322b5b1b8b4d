"""The consolidated report: drafted at its cut-off or when a coordinator asks for it, frozen, shown with its totals."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import Field

from config.loader import campaign_files
from flows.decide import LEFT_EMPTY, MaybeDay
from notifications.words import entry
from tasks.papers import draft_report
from tasks.publish import show_boards

UNSAID: Any = LEFT_EMPTY
# The campaigns of this installation; an enumeration is shown as a drop-down.
CAMPAIGNS: Any = [file.stem for file in campaign_files()]


@flow(name=entry("paper.flow"), flow_run_name="{campaign}")
def report(
    campaign: Annotated[str, Field(json_schema_extra={"title": "Đợt theo dõi", "enum": CAMPAIGNS})],
    cut_off: Annotated[MaybeDay, Field(json_schema_extra={"title": "Ngày chốt số liệu"})] = UNSAID,
    addendum: Annotated[bool, Field(json_schema_extra={"title": "Lập báo cáo bổ sung"})] = False,
) -> State:
    """Lập báo cáo tổng hợp thành tệp Word theo thể thức văn bản hành chính. Không gửi đi đâu.

    Args:
        campaign: Đợt theo dõi cần báo cáo.
        cut_off: Tính số liệu đến hết ngày này. Để trống thì theo ngày chốt của đợt; báo cáo bổ sung thì tính đến bây giờ.
        addendum: Chỉ nêu những kết quả gửi hoặc ghi nhận sau báo cáo trước.
    """
    show_boards(campaign)
    day = cut_off if isinstance(cut_off, date) else None
    done = draft_report(campaign, day, addendum)
    return Failed(message=done.said) if done.refused else Completed(message=done.said)
