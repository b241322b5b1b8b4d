"""One pass over one instruction of one campaign."""

from __future__ import annotations

from datetime import datetime

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.wording import pass_name, pass_said
from notifications.words import say
from tasks.events import tell_prefect
from tasks.ledger import campaign_clock, plan_pass
from tasks.papers import draft_letter
from tasks.publish import publish_boards, show_boards


@flow(flow_run_name=pass_name)
def follow_up(campaign: str, instruction: str, as_of: datetime | None = None) -> State:
    """Plan the notices that are due for one instruction, draft the urging letter that is due, put the board up to date.

    Args:
        campaign: Mã đợt theo dõi, ví dụ dan-van-kheo-2020.
        instruction: Mã nội dung, ví dụ 1g.
        as_of: Thời điểm chạy lại; để trống thì theo đồng hồ của đợt.
    """
    show_boards(campaign)
    now = campaign_clock(campaign, as_of)
    done = plan_pass(campaign, instruction, now)
    letter = draft_letter(campaign, now)
    publish_boards(campaign, instruction, now)
    tell_prefect()
    return Completed(
        message=pass_said(now, done) + (say("paper.letter_drafted", file=letter) if letter else "")
    )
