"""A small campaign in a real ledger, and what happens on its days: passes, deliveries, answers, decisions.

The directive is of Tuesday 30/06/2020. Asked of the department STP and the district NK: a plan by 31/07/2020
(`1g/plan`), a report before 10/11/2020 (`1g/report`, which carries the results `1a/result`); of the communes NK1 and
NK2 below the district: the plan, and a report by Friday 30/10/2020 (`1g/commune-report`, which carries theirs); of the
monitor SNV: a consolidated report by 20/11/2020 and a duty without date. UBND stands above them and owes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from config.contacts import default_contacts
from config.loader import CONFIG, find_campaign, load_definition, load_model
from directives import ledger
from directives.contact_changes import ContactChange
from directives.conversation import Answer, Channel, Decision, StepRef
from directives.definition import Definition
from directives.ledger import audit, passes, verifying
from directives.ledger.answers import find_step
from directives.ledger.casebook import Casebook
from directives.ledger.contacts import update_contacts
from directives.ledger.engine import begin, reading
from directives.ledger.opening import OpenResult, open_campaign
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Campaign as CampaignRow
from directives.ledger.tables import Instruction, Message, Notice, Step, Unit
from directives.model import Campaign, Contact, Ladder, UnitKind
from directives.model import Unit as UnitModel
from directives.workdays import WorkCalendar
from notifications.delivery import Delivery, deliver
from notifications.keys import Keys
from notifications.smtp import Fate, Outcome, Phase
from notifications.transport import Connection, Transport
from notifications.writer import Post

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NATIONAL_DAY = date(2020, 9, 2)
CALENDAR = WorkCalendar(
    "Asia/Ho_Chi_Minh", date(2020, 1, 1), date(2021, 12, 31), frozenset({NATIONAL_DAY}), frozenset()
)
UNITS = {
    unit.code: unit
    for unit in (
        UnitModel(code="UBND", name="Ủy ban nhân dân thành phố", kind=UnitKind.COMMITTEE),
        UnitModel(code="SNV", name="Sở Nội vụ", kind=UnitKind.DEPARTMENT, parent="UBND"),
        UnitModel(code="STP", name="Sở Tư pháp", kind=UnitKind.DEPARTMENT, parent="UBND"),
        UnitModel(code="NK", name="Quận Ninh Kiều", kind=UnitKind.URBAN_DISTRICT, parent="UBND"),
        UnitModel(code="NK1", name="Phường An Hòa", kind=UnitKind.WARD, parent="NK"),
        UnitModel(code="NK2", name="Phường Cái Khế", kind=UnitKind.WARD, parent="NK"),
    )
}
MONITORED = {"source": "monitor", "text": "để kịp tổng hợp"}
CAMPAIGN: dict[str, Any] = {
    "campaign": "thu-2020",
    "series": "thu",
    "title": "Đợt thử 2020",
    "directive": {
        "kind": "Công văn",
        "number": "1/UBND",
        "issued": "2020-06-30",
        "issuer": "Ủy ban nhân dân thành phố",
        "signatory": {"title": "Chủ tịch", "name": "Lê Văn Thử"},
        "subject": "triển khai công tác dân vận năm 2020",
        "addressees": ["Các cơ quan, đơn vị"],
    },
    "opens": "2020-06-30",
    "calendar": "vn",
    "organisation": "thu-2020",
    "monitor": {
        "unit": "SNV",
        "officer": {"name": "Phòng Tổng hợp", "phone": "0292 000", "address": "tong-hop.snv@cantho.example"},
    },
    "ladder": "standard",
    "audiences": {
        "reporting": ["STP", "NK"],
        "communes": ["NK1", "NK2"],
        "all": {"audiences": ["reporting", "communes"]},
    },
    "instructions": [
        {
            "key": "1a",
            "label": "1a",
            "clause": "điểm a khoản 1",
            "title": "Triển khai kế hoạch",
            "summary": "Chỉ đạo thực hiện các kế hoạch.",
            "steps": [
                {
                    "key": "result",
                    "audience": "reporting",
                    "title": "Kết quả thực hiện",
                    "deliverable": "Kết quả, nêu trong báo cáo",
                    "due": {"before": "2020-11-10"},
                    "basis": MONITORED,
                    "covered_by": "1g/report",
                },
                {
                    "key": "result",
                    "audience": "communes",
                    "title": "Kết quả thực hiện",
                    "deliverable": "Kết quả, nêu trong báo cáo gửi quận",
                    "due": {"by": "2020-10-30"},
                    "basis": MONITORED,
                    "covered_by": "1g/commune-report",
                },
            ],
        },
        {
            "key": "1g",
            "label": "1g",
            "clause": "điểm g khoản 1",
            "title": "Kế hoạch và báo cáo",
            "summary": "Xây dựng kế hoạch, gửi báo cáo.",
            "steps": [
                {
                    "key": "plan",
                    "audience": "all",
                    "title": "Kế hoạch năm 2020",
                    "deliverable": "Kế hoạch của đơn vị",
                    "due": {"by": "2020-07-31"},
                    "basis": MONITORED,
                    "accepts": "evidence",
                },
                {
                    "key": "report",
                    "audience": "reporting",
                    "title": "Báo cáo kết quả",
                    "deliverable": "Báo cáo kết quả công tác dân vận",
                    "due": {"before": "2020-11-10"},
                    "basis": {"source": "directive", "text": "trước ngày 10 tháng 11 năm 2020"},
                },
                {
                    "key": "commune-report",
                    "audience": "communes",
                    "title": "Báo cáo gửi quận",
                    "deliverable": "Báo cáo kết quả của phường",
                    "due": {"by": "2020-10-30"},
                    "basis": MONITORED,
                    "accepts": "evidence",
                    "copy_to_parent": True,
                },
            ],
        },
        {
            "key": "2",
            "label": "2",
            "clause": "khoản 2",
            "title": "Báo cáo tổng hợp",
            "summary": "Theo dõi, tổng hợp.",
            "steps": [
                {
                    "key": "consolidated",
                    "audience": ["SNV"],
                    "title": "Báo cáo tổng hợp",
                    "deliverable": "Báo cáo tổng hợp",
                    "due": {"by": "2020-11-20"},
                    "basis": MONITORED,
                    "accepts": "evidence",
                },
                {
                    "key": "monitoring",
                    "audience": ["SNV"],
                    "title": "Theo dõi, đôn đốc",
                    "deliverable": "Nhiệm vụ thường xuyên",
                    "continuing": True,
                },
            ],
        },
    ],
}
SLOT = time(8)
PASSES = time(7, 5)
POST = Post(
    "dondoc@dondoc.example",
    "Hệ thống theo dõi nhiệm vụ",
    "ops@dondoc.example",
    keys=Keys.of("for tests only"),
)


def at(when: str) -> datetime:
    """`2020-11-10 08:00`, local time."""
    return datetime.fromisoformat(when).replace(tzinfo=HANOI)


def a_definition(*edits: Callable[[dict[str, Any]], object], units: Any = UNITS) -> Definition:
    """The small campaign as its files would give it, after these edits of them."""
    data = deepcopy(CAMPAIGN)
    for edit in edits:
        edit(data)
    return Definition(Campaign.model_validate(data), _ladder(), units, CALENDAR)


def spec(data: dict[str, Any], step: str, nth: int = 0) -> dict[str, Any]:
    """The nth spec of a step such as `1g/report` in a campaign file, to be edited."""
    instruction, _, key = step.partition("/")
    found = next(one for one in data["instructions"] if one["key"] == instruction)
    return [one for one in found["steps"] if one["key"] == key][nth]


@lru_cache
def _ladder() -> Ladder:
    return load_model(Ladder, CONFIG / "escalations" / "standard.yaml")


@lru_cache
def directive_1914() -> Definition:
    return load_definition(find_campaign("dan-van-kheo-2020"))


@dataclass
class Letterbox:
    """Takes every mail, in memory: where the wire makes no difference. `says` decides each one's fate."""

    server: str = "letterbox"
    connections: int = 1
    leaves_nothing: bool = False
    letters: list[Letter] = field(default_factory=list["Letter"])
    says: Callable[[str], Fate] = lambda _: Fate.ACCEPTED

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        yield self

    async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Outcome:
        fate = self.says(recipient)
        if fate in (Fate.ACCEPTED, Fate.UNCERTAIN):  # lost after its content: it did arrive
            self.letters.append(Letter(recipient, raw))
        return Outcome(fate, Phase.CONTENT, None, fate)


@dataclass(frozen=True)
class Letter:
    """One mail as it arrived."""

    to: str
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    def __getitem__(self, header: str) -> str:
        return str(self.mail[header])

    @property
    def kind(self) -> str:
        return self["X-Dondoc-Kind"]

    @property
    def text(self) -> str:
        """The words of the text part, without its line ends."""
        part = self.mail.get_body(("plain",))
        assert part is not None
        return " ".join(part.get_content().split())


class Followed:
    """One campaign in a ledger. Acts commit, each in a transaction of its own, as in production."""

    def __init__(self, engine: Engine, definition: Definition, post: Post) -> None:
        self.engine, self.definition, self.post = engine, definition, post
        self.key = definition.campaign.campaign
        self.box = Letterbox()
        self.transport: Transport = self.box
        self.run: Callable[[Coroutine[Any, Any, Delivery]], Delivery] = asyncio.run

    # What happens to it

    def open(
        self,
        when: str,
        definition: Definition | None = None,
        contacts: list[Contact] | None = None,
        *,
        rehearsal: bool = False,
        confirmed: bool = False,
        migrate: bool = False,
    ) -> OpenResult:
        definition = definition or self.definition
        with begin(self.engine) as session:
            return open_campaign(
                session,
                definition,
                default_contacts(definition.units) if contacts is None else contacts,
                at=at(when),
                rehearsal=rehearsal,
                confirmed=confirmed,
                migrate=migrate,
            )

    def contacts(self, when: str, contacts: list[Contact]) -> tuple[ContactChange, ...]:
        """A confirmed update of the campaign's contacts."""
        with begin(self.engine) as session:
            seen = campaign_row(session, self.definition.campaign.campaign).definition_sha256
            return update_contacts(
                session, self.definition.campaign.campaign, contacts, seen=seen, at=at(when)
            )

    def passes(self, when: str | datetime) -> passes.PassResult:
        """One pass over every instruction; the sum of what they did."""
        now = at(when) if isinstance(when, str) else when
        total = passes.PassResult()
        for key in self._instructions():
            with begin(self.engine) as session:
                one = passes.run_pass(session, self.key, key, now, now)
            total = passes.PassResult(
                total.due + one.due,
                total.notices + one.notices,
                total.superseded + one.superseded,
                total.note or one.note,
            )
        return total

    def deliver(self, when: str | datetime, transport: Transport | None = None, **post: Any) -> Delivery:
        now = at(when) if isinstance(when, str) else when
        transport = transport or self.transport
        return self.run(deliver(self.engine, replace(self.post, **post), transport, lambda: now))

    def live(self, first: str, last: str | None = None) -> Followed:
        """Every day's passes at 07:05 and delivery at 08:00, both days included."""
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        while day <= end:
            self.passes(datetime.combine(day, PASSES, HANOI))
            self.deliver(datetime.combine(day, SLOT, HANOI))
            day += timedelta(1)
        return self

    def answer(self, step: str, kind: str, when: str, recorded: str = "", **said: Any) -> int:
        given = {
            "step": self.ref(step),
            "kind": kind,
            "at": at(when),
            "channel": Channel.PHONE,
            **said,
        }
        with begin(self.engine) as session:
            return ledger.answer(
                session, TypeAdapter[Answer](Answer).validate_python(given), at(recorded or when)
            )

    def decide(self, step: str, kind: str, when: str, recorded: str = "", **said: Any) -> int:
        given = {"campaign": self.key, "kind": kind, "at": at(when), "by": "bà Hạnh", **said}
        given |= {"step": self.ref(step)} if step else {}
        with begin(self.engine) as session:
            return ledger.decide(
                session, TypeAdapter[Decision](Decision).validate_python(given), at(recorded or when)
            )

    def change(self, statement: str, **values: Any) -> None:
        """Write past the ledger's own ways: to tamper with it, or to bring about what no command does yet."""
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    # What it holds

    def ref(self, step: str) -> StepRef:
        """`1g/report/STP`."""
        instruction, key, unit = step.split("/")
        return StepRef(campaign=self.key, instruction=instruction, step=key, unit=unit)

    def step(self, step: str) -> Step:
        with reading(self.engine) as session:
            return find_step(session, campaign_row(session, self.key), self.ref(step))

    def steps(self) -> dict[str, Step]:
        with reading(self.engine) as session:
            rows = session.exec(
                select(Instruction.key, Unit.code, Step)
                .join(Instruction, col(Instruction.id) == Step.instruction_id)
                .join(Unit, col(Unit.id) == Step.unit_id)
                .order_by(col(Step.id))
            )
            return {f"{instruction}/{step.key}/{unit}": step for instruction, unit, step in rows}

    def notices(self, step: str, *, superseded: bool = False) -> list[str]:
        """The rungs of a step that held, in the order of writing down; a repeat as `overdue-10#1`."""
        with reading(self.engine) as session:
            row = find_step(session, campaign_row(session, self.key), self.ref(step))
            found = session.exec(
                select(Notice)
                .where(Notice.step_id == row.id, Notice.superseded == superseded)
                .order_by(col(Notice.id))
            )
            return [f"{one.rung}#{one.repeat}" if one.repeat else one.rung for one in found]

    def messages(self, unit: str | None = None) -> list[Message]:
        with reading(self.engine) as session:
            rows = session.exec(
                select(Message, Unit.code)
                .join(Unit, col(Unit.id) == Message.unit_id)
                .order_by(col(Message.id))
            )
            return [message for message, code in rows if unit in (None, code)]

    def message(self, unit: str) -> Message:
        (found,) = self.messages(unit)
        return found

    def letters(self, unit: str | None = None) -> list[Letter]:
        """What came out of the letterbox, to one unit's box."""
        return [one for one in self.box.letters if unit is None or one.to == box_of(unit)]

    def campaign(self) -> CampaignRow:
        with reading(self.engine) as session:
            return campaign_row(session, self.key)

    def book(self, session: Session) -> Casebook:
        return Casebook(session, campaign_row(session, self.key))

    def broken(self) -> list[str]:
        """What `dondoc verify` would say of the audit chain."""
        with reading(self.engine) as session:
            return list(audit.broken(session, ident(campaign_row(session, self.key))))

    def unlike(self) -> list[str]:
        """What `dondoc verify` would say of a replay of the audit."""
        with reading(self.engine) as session:
            return list(verifying.differences(session, campaign_row(session, self.key)))

    def _instructions(self) -> list[str]:
        with reading(self.engine) as session:
            rows = select(Instruction.key).order_by(col(Instruction.ordinal))
            return list(session.exec(rows))


def box_of(unit: str) -> str:
    return f"van-thu.{unit.lower()}@cantho.example"


def a_campaign(
    engine: Engine,
    opened: str = "2020-06-30 07:00",
    definition: Definition | None = None,
    contacts: list[Contact] | None = None,
    *,
    rehearsal: bool = False,
    **post: Any,
) -> Followed:
    """The small campaign, or another, opened in the ledger at that time. `post`: settings of the mail."""
    followed = Followed(engine, definition or a_definition(), replace(POST, **post))
    followed.open(opened, contacts=contacts, rehearsal=rehearsal)
    return followed


def content(engine: Engine, *without: str) -> dict[str, list[Any]]:
    """Every row of every table (but those named): two equal contents mean that nothing was written."""
    found: dict[str, list[Any]] = {}
    with engine.connect() as connection:
        for table in CampaignRow.metadata.sorted_tables:
            if table.name not in without:
                found[table.name] = sorted(map(repr, connection.execute(table.select())))
    return found


def days(first: str, last: str) -> Iterator[date]:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        yield day
        day += timedelta(1)
