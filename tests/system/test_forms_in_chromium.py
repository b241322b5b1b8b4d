"""Every form of the coordinators, submitted in Prefect's own UI against the whole trial: 11 instructions, 114 units."""

from __future__ import annotations

import json
import re
import smtplib
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from pydantic import TypeAdapter
from sqlalchemy import Engine
from sqlmodel import col, select

from config.loader import CONFIG
from directives import choices, ledger
from directives.conversation import Answer, Channel, StepRef
from directives.ledger.answers import find_step
from directives.ledger.engine import begin, make_engine, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Contact, Decision, Hold, Inbound, Message, Step, Unit
from tests.ledger.campaigns import at, directive_1914
from tests.prefect.trials import PORTS, Trial
from tests.waiting import until

pytestmark = pytest.mark.system
KEY, NOW = "dan-van-kheo-2020", "2020-11-10 07:30"
DEFINITION = directive_1914()
STEPS = {choices.chosen(one): one for one in choices.step_choices(DEFINITION)}
UNITS = {choices.chosen(one): one for one in choices.unit_choices(DEFINITION)}
REPORT = "1g/commune-report"
OFFICER = DEFINITION.campaign.monitor.officer.name  # who decides must be chosen: no form has a default
INSTRUCTION = next(one for one in choices.instruction_choices(DEFINITION) if choices.chosen(one) == "1g")
DISTRICT = choices.district_choices(DEFINITION)[-1]


@pytest.fixture(scope="module")
def engine(trial: Trial) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{trial.home / 'ledger.db'}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def owing(engine: Engine) -> list[str]:
    """Codes of communes whose report was not answered at all, of other districts than DISTRICT; each test takes its own."""
    with reading(engine) as session:
        rows = session.exec(
            select(Unit.code)
            .join(Step, col(Step.unit_id) == Unit.id)
            .where(Step.key == "commune-report", col(Step.reported_at).is_(None), col(Step.deputy) == "")
            .where(col(Step.extension_requested_at).is_(None))
            .order_by(col(Unit.id))
        )
        above = {one.code: one.parent for one in DEFINITION.units.values()}
        return [code for code in rows if above[code] != choices.chosen(DISTRICT)]


def says(engine: Engine, unit: str, kind: str, **said: Any) -> None:
    """What the unit answered before, so that there is something to decide."""
    ref = StepRef(campaign=KEY, instruction="1g", step="commune-report", unit=unit)
    given = {"step": ref, "kind": kind, "at": at(NOW), "channel": Channel.PHONE, **said}
    with begin(engine) as session:
        ledger.answer(session, TypeAdapter[Answer](Answer).validate_python(given), at("2026-01-05 08:00"))


def step_of(engine: Engine, unit: str, step: str = REPORT) -> Step:
    instruction, key = step.split("/")
    with reading(engine) as session:
        return find_step(
            session,
            campaign_row(session, KEY),
            StepRef(campaign=KEY, instruction=instruction, step=key, unit=unit),
        )


class Coordinator:
    """Somebody at the UI: opens a form by its link, completes it, submits it, and reads what the run says."""

    def __init__(self, trial: Trial, page: Page) -> None:
        self.trial, self.page = trial, page
        self.address = f"http://127.0.0.1:{trial.ports[PORTS[0]]}"

    def open(self, form: str, **given: object) -> str:
        return self.open_entry(f"flows.decide.{form}_dan_van_kheo_2020", **{"by": OFFICER} | given)

    def open_entry(self, entrypoint: str, **given: object) -> str:
        found = self.trial.prefect("/deployments/filter", limit=200)
        deployment = next(one["id"] for one in found if one["entrypoint"] == entrypoint)
        filled = quote(json.dumps(given, ensure_ascii=False, default=str))
        self.page.goto(f"{self.address}/deployments/deployment/{deployment}/run?parameters={filled}")
        expect(self.page.get_by_role("button", name="Submit")).to_be_visible(timeout=30_000)
        return str(deployment)

    def submit(self, form: str, **given: object) -> str:
        """The state's message, with its type first."""
        return self.send(self.open(form, **given))

    def send(self, deployment: str) -> str:
        before = {one["id"] for one in self._runs(deployment)}
        self.page.get_by_role("button", name="Submit").click()
        run: dict[str, Any] = {}

        def ended() -> bool:
            fresh = [one for one in self._runs(deployment) if one["id"] not in before]
            run.update(fresh[0] if fresh else {})
            return bool(run) and run["state_type"] in ("COMPLETED", "FAILED", "CRASHED")

        until(ended, 180, pause=0.5)
        return f"{run['state_type']}: {run['state']['message']}"

    def _runs(self, deployment: str) -> list[dict[str, Any]]:
        return list(
            self.trial.prefect("/flow_runs/filter", flow_runs={"deployment_id": {"any_": [deployment]}})
        )


@pytest.fixture
def coordinator(trial: Trial, page: Page) -> Coordinator:
    return Coordinator(trial, page)


def of(unit: str, step: str = REPORT) -> dict[str, str]:
    return {"step": STEPS[step], "unit": UNITS[unit]}


def test_an_answer_is_recorded_with_what_was_chosen_from_a_drop_down(
    coordinator: Coordinator, engine: Engine, owing: list[str]
) -> None:
    form = coordinator.open(
        "record", **of(owing[0]), kind="done · Đã gửi kết quả", on="2020-11-05", doc_number="34/BC"
    )
    page = coordinator.page
    for label in ("Việc", "Nội dung trả lời", "Cách trả lời", "Số văn bản", "Ngày trả lời"):
        expect(page.get_by_text(label, exact=False).first).to_be_visible()
    field = page.locator(".schema-form-property", has_text="Cách trả lời")
    field.locator(".p-select-button__control").press("ArrowDown")
    page.get_by_text("e_office · Hệ thống quản lý văn bản").click()
    assert coordinator.send(form).startswith("COMPLETED: Đã ghi nhận")
    step = step_of(engine, owing[0])
    assert step.reported_at == at("2020-11-05 07:30")


def test_a_report_is_accepted(coordinator: Coordinator, engine: Engine, owing: list[str]) -> None:
    says(engine, owing[1], "done")
    said = coordinator.submit("accept", **of(owing[1]))
    assert said.startswith("COMPLETED: Đã ghi nhận: Chấp nhận báo cáo")
    assert step_of(engine, owing[1]).accepted_at == at(NOW)
    box = address_of(engine, owing[1])
    until(
        lambda: any("Xác nhận hoàn thành" in str(one["Subject"]) for one in coordinator.trial.inbox(box)), 30
    )
    again = coordinator.submit("accept", **of(owing[1]))
    assert again == "FAILED: Việc này đã được chấp nhận hoàn thành trước đó; không còn gì để quyết định."


def address_of(engine: Engine, unit: str) -> str:
    with reading(engine) as session:
        rows = select(Contact.address).join(Unit, col(Unit.id) == Contact.unit_id).where(Unit.code == unit)
        return next(iter(session.exec(rows)))


def test_a_report_is_returned_with_a_day_to_complete_it(
    coordinator: Coordinator, engine: Engine, owing: list[str]
) -> None:
    says(engine, owing[2], "done")
    coordinator.submit("return", **of(owing[2]), until="2020-11-20", reason="Thiếu số liệu phần II")
    step = step_of(engine, owing[2])
    assert (step.reported_at, step.due_before) == (None, at("2020-11-21 00:00"))


def test_more_time_is_granted_and_refused(coordinator: Coordinator, engine: Engine, owing: list[str]) -> None:
    for unit in owing[3:5]:
        says(engine, unit, "extension", until="2020-11-25", reason="bão số 12")
    coordinator.submit("grant_extension", **of(owing[3]), until="2020-11-18")
    assert step_of(engine, owing[3]).due_before == at("2020-11-19 00:00")
    coordinator.submit("refuse_extension", **of(owing[4]), reason="cần sớm để tổng hợp")
    refused = step_of(engine, owing[4])
    assert (refused.due_before, refused.extension_requested_at) == (at("2020-10-31 00:00"), None)


def test_a_step_is_waived_and_a_question_replied_to(
    coordinator: Coordinator, engine: Engine, owing: list[str]
) -> None:
    coordinator.submit("waive", **of(owing[5]), reason="không có nội dung")
    assert step_of(engine, owing[5]).waived_at == at(NOW)
    says(engine, owing[6], "question", text="Theo mẫu nào?")
    said = coordinator.submit("reply", **of(owing[6]), reason="Theo Phụ lục.")
    assert "Đã gửi thư đến" in said
    with reading(engine) as session:
        assert session.exec(select(Decision.by).where(Decision.kind == "reply")).one().startswith("Đầu mối")


def test_a_step_is_assigned_to_another_unit(coordinator: Coordinator, engine: Engine) -> None:
    said = coordinator.submit(
        "assign", **of("SNV", "2/consolidated"), to=UNITS["SNGV"], until="2020-11-30", reason="phân công lại"
    )
    assert said.startswith("COMPLETED")
    assert step_of(engine, "SNGV", "2/consolidated").due_before == at("2020-12-01 00:00")


def test_a_nudge_is_read_before_it_is_sent(
    coordinator: Coordinator, engine: Engine, owing: list[str]
) -> None:
    seen = coordinator.submit("nudge", **of(owing[7]))
    assert seen.startswith("COMPLETED: Xem trước, chưa gửi gì")
    (preview,) = coordinator.trial.prefect(
        "/artifacts/filter", artifacts={"key": {"any_": [f"{KEY}-preview"]}}
    )
    assert "Báo cáo kết quả" in preview["data"]
    assert "Đã gửi thư đến" in coordinator.submit("nudge", **of(owing[7]), send=True)
    with reading(engine) as session:
        nudges = session.exec(select(Message).where(col(Message.target).startswith("nudge:"))).all()
    assert [one.state for one in nudges] == ["accepted"]


def test_a_unit_is_held_and_resumed(coordinator: Coordinator, engine: Engine, owing: list[str]) -> None:
    coordinator.submit("hold", unit=UNITS[owing[8]], from_on="2020-11-10", reason="bão số 12")
    with reading(engine) as session:
        hold = session.exec(select(Hold)).one()
    assert (hold.from_on, hold.until_on, hold.ended_at) == (date(2020, 11, 10), None, None)
    coordinator.submit("resume", unit=UNITS[owing[8]])
    with reading(engine) as session:
        assert session.exec(select(Hold.ended_at)).one() == at(NOW)


def test_a_district_sets_a_date_for_its_communes(coordinator: Coordinator, engine: Engine) -> None:
    said = coordinator.submit("district_date", district=DISTRICT, until="2020-11-16", instruction=INSTRUCTION)
    assert said.startswith("COMPLETED"), said
    with reading(engine) as session:
        dated = session.exec(select(Decision).where(Decision.kind == "district_date")).all()
    assert dated
    assert {one.data["district"] for one in dated} == {choices.chosen(DISTRICT)}


def test_an_unclear_mail_is_answered_for_and_a_stranger_accepted(
    coordinator: Coordinator, engine: Engine
) -> None:
    with reading(engine) as session:
        digest = session.exec(
            select(Message)
            .where(Message.target == "lead", Message.slot_on == date(2020, 11, 10))
            .order_by(col(Message.id).desc())
        ).first()
        assert digest is not None
        unit = session.get_one(Unit, digest.unit_id).code
    (mail,) = [one for one in coordinator.trial.inbox(digest.address) if digest.uid in str(one["Message-ID"])]
    write(coordinator.trial, mail, digest.address, "Như anh Nam đã trao đổi.")
    until(lambda: waiting(engine, digest.address), 60)
    unclear = waiting(engine, digest.address)
    said = coordinator.submit("answer_unclear", mail=unclear[:12], kind="received · Đã tiếp nhận")
    assert said.startswith("COMPLETED"), said
    with reading(engine) as session:
        assert session.exec(select(Inbound.state).where(Inbound.sha256 == unclear)).one() == "applied"

    write(coordinator.trial, mail, "lan.ca-nhan@thu.example", "tất cả đã tiếp nhận")
    until(lambda: waiting(engine, "lan.ca-nhan@thu.example"), 60)
    coordinator.submit("accept_sender", unit=UNITS[unit], address="lan.ca-nhan@thu.example")
    until(lambda: state_of(engine, "lan.ca-nhan@thu.example") == "applied", 60)


def state_of(engine: Engine, sender: str) -> str:
    with reading(engine) as session:
        return session.exec(select(Inbound.state).where(Inbound.sender == sender)).one()


def waiting(engine: Engine, sender: str) -> str:
    with reading(engine) as session:
        rows = select(Inbound.sha256).where(Inbound.state == "queued", Inbound.sender == sender)
        return session.exec(rows).first() or ""


def write(trial: Trial, digest: EmailMessage, sender: str, text: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, str(digest["Reply-To"])
    mail["Subject"] = f"Re: {digest['Subject']}"
    mail["In-Reply-To"] = mail["References"] = str(digest["Message-ID"])
    mail["Message-ID"] = f"<{abs(hash((sender, text)))}@cantho.example>"
    mail.set_content(text)
    with smtplib.SMTP("127.0.0.1", trial.ports["DONDOC_SMTP_PORT"]) as smtp:
        smtp.send_message(mail)


def test_a_list_is_previewed_and_recorded_by_the_link_of_its_preview(
    coordinator: Coordinator, engine: Engine, owing: list[str]
) -> None:
    lines = f"{owing[9]}\t41/BC-X\t04/11/2020\nkhông rõ là ai\t1/BC\t04/11/2020"
    said = coordinator.submit("bulk_record", step=STEPS[REPORT], lines=lines)
    assert said == (
        "COMPLETED: Xem trước, chưa ghi nhận gì: nhận ra 1 dòng, không nhận ra 1 dòng; xem bảng kèm theo lượt chạy."
    )
    assert step_of(engine, owing[9]).reported_at is None
    (preview,) = coordinator.trial.prefect(
        "/artifacts/filter", artifacts={"key": {"any_": [f"{KEY}-bulk-record"]}}
    )
    assert "không thấy tên hoặc mã đơn vị" in preview["data"]
    (link,) = re.findall(r"\[Ghi nhận đúng các dòng dưới đây\]\((\S+)\)", preview["data"])
    coordinator.page.goto(link)
    expect(coordinator.page.get_by_role("button", name="Submit")).to_be_visible(timeout=30_000)
    deployment = link.split("/deployments/deployment/")[1].split("/")[0]
    assert coordinator.send(deployment).startswith("COMPLETED: Đã ghi nhận 1 báo cáo")
    assert step_of(engine, owing[9]).reported_at == at("2020-11-04 07:30")


def test_next_years_campaign_is_previewed_in_the_form_and_nothing_is_written(
    coordinator: Coordinator, trial: Trial
) -> None:
    form = coordinator.open_entry(
        "flows.next_year.next_year",
        campaign=KEY,
        year=2027,
        directive="215/UBND-NC",
        issued="2027-03-01",
        deadline="trước ngày 10/11/2027",
    )
    for label in ("Đợt năm trước", "Năm mới", "Số, ký hiệu văn bản mới", "Ngày ban hành", "Chỉ xem trước"):
        expect(coordinator.page.get_by_text(label, exact=False).first).to_be_visible()
    done = coordinator.send(form)
    assert done.startswith("COMPLETED: đã xem trước, chưa ghi tệp nào: 22 điểm cần quyết định, 13 thời hạn")
    latest = {one["key"]: one for one in trial.prefect("/artifacts/latest/filter", limit=200)}
    review = latest["dan-van-kheo-2027-review"]
    assert "## Cần quyết định: 22" in review["data"]
    coordinator.page.goto(f"{coordinator.address}/artifacts/artifact/{review['latest_id']}")
    expect(coordinator.page.get_by_text("Cấp không còn").first).to_be_visible(timeout=30_000)
    assert not list((CONFIG / "campaigns").glob("*2027*"))


def test_a_directive_that_makes_no_sense_is_refused_in_the_form(coordinator: Coordinator) -> None:
    form = coordinator.open_entry(
        "flows.next_year.next_year",
        campaign=KEY,
        year=2020,
        directive="215/UBND-NC",
        issued="2027-03-01",
        deadline="sớm",
    )
    assert coordinator.send(form).startswith("FAILED: 'sớm' gives no one date")
