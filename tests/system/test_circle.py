"""The whole circle as an official lives it: the digest in the inbox, Reply, the receipt, and the board that follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from directives.ledger.engine import make_engine, reading
from directives.ledger.tables import Instruction, Message, MessageItem, Step, Unit
from tests.prefect.trials import PORTS, Trial
from tests.waiting import until

pytestmark = pytest.mark.system


def asked(trial: Trial) -> tuple[str, int, str, str]:
    """(address, number, instruction, unit's name) of an overdue report that a digest of the day asks for."""
    with reading(make_engine(f"sqlite:///{trial.home / 'ledger.db'}")) as session:
        rows = session.exec(
            select(Message.address, MessageItem.n, Instruction.key, Unit.name)
            .join(MessageItem, col(MessageItem.message_id) == Message.id)
            .join(Step, col(Step.id) == MessageItem.step_id)
            .join(Instruction, col(Instruction.id) == Step.instruction_id)
            .join(Unit, col(Unit.id) == Step.unit_id)
            .where(
                Message.slot_on == date(2020, 11, 10),
                Message.target == "lead",
                Step.key == "report",
                MessageItem.rung != "",
            )
            .order_by(col(Message.id))
        ).all()
    return rows[0]


def board(trial: Trial, instruction: str) -> str:
    with reading(make_engine(f"sqlite:///{trial.home / 'ledger.db'}")) as session:
        artifact = session.exec(
            select(Instruction.board_artifact).where(Instruction.key == instruction)
        ).one()
    url = f"http://127.0.0.1:{trial.ports[PORTS[0]]}/api/artifacts/{artifact}"
    return str(httpx.get(url, timeout=120).json()["data"])


def overdue(trial: Trial, instruction: str) -> str:
    """The board's section of units that owe."""
    return board(trial, instruction).partition("## Đơn vị quá hạn")[2]


def run_pass(trial: Trial, instruction: str) -> None:
    """The instruction's next pass, started by hand as a coordinator may."""
    tags = {"all_": ["campaign:dan-van-kheo-2020", f"instruction:{instruction}"]}
    (deployment,) = trial.prefect("/deployments/filter", deployments={"tags": tags})
    run = trial.prefect(f"/deployments/{deployment['id']}/create_flow_run")
    url = f"http://127.0.0.1:{trial.ports[PORTS[0]]}/api/flow_runs/{run['id']}"

    def ended() -> Any:
        return httpx.get(url, timeout=120).json()["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED")

    until(ended, 120, pause=0.5)
    assert httpx.get(url, timeout=120).json()["state"]["type"] == "COMPLETED"


def test_a_digest_is_answered_in_the_inbox_and_the_board_follows(trial: Trial, page: Page) -> None:
    address, n, instruction, unit = asked(trial)
    assert unit in overdue(trial, instruction)

    page.goto(f"http://127.0.0.1:{trial.ports['DONDOC_INBOX_PORT']}/")
    expect(page.locator("#accounts option", has_text=address)).to_have_count(1)
    page.get_by_placeholder("Tìm hộp thư").fill(address)
    page.get_by_placeholder("Tìm hộp thư").press("Enter")
    page.locator("#mailbox").get_by_text("[DIỄN TẬP]").first.click()
    page.get_by_role("button", name="Trả lời").click()
    expect(page.locator("#editor-from")).to_have_value(address)
    page.keyboard.type(f"{n} đã gửi báo cáo số 999/BC ngày 09/11/2020")
    page.get_by_role("button", name="Gửi", exact=True).click()

    def receipt() -> bool:
        return any("[Đã ghi nhận]" in str(one["Subject"]) for one in trial.inbox(address))

    until(receipt, 60, pause=0.5)
    (mail,) = [one for one in trial.inbox(address) if "[Đã ghi nhận]" in str(one["Subject"])]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "999/BC" in body.get_content()

    run_pass(trial, instruction)
    assert unit not in overdue(trial, instruction)
    assert unit in board(trial, instruction).partition("Báo cáo chờ xác nhận")[2].partition("##")[0]
