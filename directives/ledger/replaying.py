"""A campaign's steps rebuilt from its audit events and frozen definitions alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from directives.definition import Definition, PlannedStep, StepKey
from directives.errors import DondocError
from directives.ledger import audit, frozen
from directives.ledger.amending import SHARED
from directives.ledger.covering import Covering
from directives.ledger.facts import Standing
from directives.ledger.frozen_rows import AMENDED_BY, OPENED_BY, step_rows
from directives.ledger.rebuilt import Dated, Rebuilt
from directives.ledger.states import ident
from directives.ledger.tables import Answer, Audit, AuditText, Campaign, Decision
from directives.ledger.tables import Definition as DefinitionRow
from directives.ledger.written import Written, own
from directives.model import Source


@dataclass(frozen=True, slots=True)
class Purged:
    """When people's data were deleted; of frozen definitions that named people, the SHA-256 of what was left, by their own."""

    at: datetime | None = None
    definitions: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass
class Replay:
    """`ids`: the steps' ids by whom the campaign file asks, as the rows have them."""

    ids: Mapping[StepKey, int]
    definitions: Mapping[str, Definition]
    steps: dict[int, Rebuilt] = field(default_factory=dict[int, Rebuilt])
    answered: dict[int, Rebuilt] = field(default_factory=dict[int, Rebuilt])  # by the answer's id
    definition: Definition | None = None
    closed_at: datetime | None = None
    link_number: int = 0
    purged: Purged = field(default_factory=Purged)
    written: Written = field(default_factory=Written)

    def __post_init__(self) -> None:
        self.covering = Covering(self.ids, self.definitions)
        self.keys = {step_id: key for key, step_id in self.ids.items()}

    def apply(self, event: Audit) -> None:
        self.written.take(event)
        self.covering.take(event)
        if event.kind in CAMPAIGN_EVENTS:
            CAMPAIGN_EVENTS[event.kind](self, event)
            return
        what, _, kind = event.kind.partition(".")
        step = self.steps.get(event.step_id or 0)
        if step is None or what not in ("answer", "decision"):
            return
        if event.kind == "answer.undo":
            _undone(step, event)
        elif what == "answer":
            _said(self, step, kind, event)
        else:
            _decided(self, step, kind, event)

    def begin(self, planned: PlannedStep, event: Audit) -> None:
        step_id = self.ids.get(planned.key)
        if step_id is None:
            return  # `verifying` names it
        step = Rebuilt(step_id, planned.unit, planned.spec.accepts)
        self.steps[step_id] = step
        if planned.due_before is not None:
            step.plan(1, planned.due_before, event, planned, OPENED_BY)

    def named(self, step_id: int | None) -> str:
        """A step as the campaign file asks it, such as `1g/report/STP`; empty for none."""
        return "/".join(self.keys.get(step_id or 0, (str(step_id or ""),)))

    def carrying(self, step: Rebuilt) -> Rebuilt | None:
        """The step that covers this one in the end."""
        assert self.definition is not None
        planned = self.definition.planned.get(self.keys[step.step_id])
        while planned is not None and planned.covered_by is not None:
            planned = self.definition.planned[planned.covered_by]
        return self.steps.get(self.ids.get(planned.key, 0)) if planned is not None else None


def replayed(session: Session, campaign: Campaign) -> Replay:
    """What the events say of every step, from the first to the last. Errors: DondocError for one changed past reading."""
    ids = {key: ident(row) for key, row in step_rows(session, campaign).items()}
    events = session.exec(
        select(Audit).where(Audit.campaign_id == campaign.id).order_by(col(Audit.seq))
    ).all()
    wanted = {str(one.data["sha256"]) for one in events if "sha256" in one.data}
    kept = session.exec(select(DefinitionRow).where(col(DefinitionRow.sha256).in_(sorted(wanted))))
    replay = Replay(ids, {row.sha256: frozen.thaw(row.content) for row in kept})
    texts = session.exec(select(AuditText).join(Audit).where(Audit.campaign_id == campaign.id))
    replay.written.texts = {one.audit_id: one.text for one in texts if one.audit_id is not None}
    for event in events:
        try:
            replay.apply(event)
        except (KeyError, TypeError, ValueError) as error:
            raise DondocError(
                f"event {event.seq} ({event.kind}) does not say what it should: {error!r}"
            ) from error
    replay.covering.settle()
    return replay


# The campaign's own events


def _opened(replay: Replay, event: Audit) -> None:
    replay.definition = replay.definitions.get(str(event.data["sha256"]))
    if replay.definition is not None:
        for planned in replay.definition.steps:
            replay.begin(planned, event)


def _amended(replay: Replay, event: Audit) -> None:
    data = event.data
    for step_id in data["waived"]:
        _at_step(replay, step_id, "waived_at", event.at)
    for step_id in data["restored"]:
        _at_step(replay, step_id, "waived_at", None)
    replay.definition = replay.definitions.get(str(data["sha256"])) or replay.definition
    if replay.definition is not None:
        _follow(replay, replay.definition, set(data["added"]), event)
    for step_id, number, due_before in data["deadlines"]:
        if step_id in replay.steps:
            _redate(replay, replay.steps[step_id], number, due_before, event)
    for step_id in data["carried"]:
        _carry(replay, step_id)


def _contacts(replay: Replay, event: Audit) -> None:
    """A definition with other contacts asks the same."""
    replay.definition = replay.definitions.get(str(event.data["sha256"])) or replay.definition


def _follow(replay: Replay, definition: Definition, added: set[int], event: Audit) -> None:
    for key, planned in definition.planned.items():
        step_id = replay.ids.get(key, 0)
        if step_id in added:
            replay.begin(planned, event)
        if step_id in replay.steps:
            replay.steps[step_id].accepts = planned.spec.accepts


def _redate(replay: Replay, step: Rebuilt, number: int, due_before: str | None, event: Audit) -> None:
    planned = replay.definition.planned.get(replay.keys[step.step_id]) if replay.definition else None
    if due_before is None:
        step.due_before = None
    elif planned is not None:
        step.plan(number, datetime.fromisoformat(due_before), event, planned, AMENDED_BY)


def _at_step(replay: Replay, step_id: int, name: str, value: datetime | None) -> None:
    if step_id in replay.steps:
        setattr(replay.steps[step_id], name, value)


def _carry(replay: Replay, step_id: int) -> None:
    """A step put below one that was answered has taken its answers over."""
    step = replay.steps.get(step_id)
    above = replay.carrying(step) if step else None
    if step is None or above is None:
        return
    for name in SHARED:
        owner, carrying = (step, above) if name == "waived_at" else (step.facts, above.facts)
        if getattr(owner, name) is None:
            setattr(owner, name, getattr(carrying, name))
    known = {one.answer.carried_by_id for one in step.said}
    for one in above.said:
        if one.answer.id not in known:
            carried = one.answer.model_copy()
            carried.carried_by_id = one.answer.carried_by_id or one.answer.id
            carried.id, carried.step_id = None, step.step_id
            step.said.append(Standing(carried, one.accepts))
            replay.written.carry(carried)


def _closed(replay: Replay, event: Audit) -> None:
    replay.closed_at = event.at


def _revoked(replay: Replay, event: Audit) -> None:
    replay.link_number = int(event.data["link_number"])


def _purged(replay: Replay, event: Audit) -> None:
    replay.purged = Purged(event.at, {str(old): str(new) for old, new in event.data["definitions"].items()})


CAMPAIGN_EVENTS: Mapping[str, Callable[[Replay, Audit], None]] = {
    "campaign.opened": _opened,
    "campaign.amended": _amended,
    "campaign.closed": _closed,
    "campaign.contacts": _contacts,
    "campaign.purged": _purged,
    "links.revoked": _revoked,
}
FREEZING = ("campaign.opened", "campaign.amended", "campaign.contacts")  # the events that name a definition


# What was said and decided of a step


def _said(replay: Replay, step: Rebuilt, kind: str, event: Audit) -> None:
    carried_by = event.data.get("carried_by")
    row = Answer(
        id=event.data["answer"],
        step_id=step.step_id,
        kind=kind,
        data=own(event),
        channel=event.data["channel"],
        at=event.at,
        recorded_at=audit.recorded_at(event),
        carried_by_id=carried_by,
    )
    replay.written.say(row, event)
    replay.answered[event.data["answer"]] = step
    given = step if carried_by is None else replay.answered.get(carried_by, step)
    step.said.append(Standing(row, given.accepts))
    step.settle()


def _undone(step: Rebuilt, event: Audit) -> None:
    gone = event.data["answer"], event.data.get("carried_by")
    left: list[Standing] = []
    for one in step.said:
        # One that an amended file carried here has no event of its own, and goes with the one that carried it.
        if one.answer.id != gone[0] and (one.answer.id is not None or one.answer.carried_by_id != gone[1]):
            left.append(one)
        else:
            one.answer.undone_at = event.at
    step.said = left
    step.settle()


def _decided(replay: Replay, step: Rebuilt, kind: str, event: Audit) -> None:
    data = own(event)
    if kind == "accept" and "reported_at" not in data and step.facts.reported_at is None:
        # Completed by the report of the step that carries it.
        above = replay.carrying(step)
        if above is not None and above.facts.reported_at is not None:
            data["reported_at"] = above.facts.reported_at.isoformat()
    step.decided.append(
        Decision(
            campaign_id=event.campaign_id,
            step_id=step.step_id,
            kind=kind,
            data=data,
            by="",
            at=event.at,
            recorded_at=audit.recorded_at(event),
        )
    )
    step.settle()
    for name, effect in EFFECTS.items():
        if name in (kind, *data):
            effect(step, event)


def _new_deadline(step: Rebuilt, event: Audit) -> None:
    number, due_before = event.data["deadline"]
    step.due_before = datetime.fromisoformat(due_before)
    source = Source.DISTRICT if event.kind == "decision.district_date" else Source.MONITOR
    step.deadlines[int(number)] = Dated(step.due_before, source, event.at, event)


def _waived(step: Rebuilt, event: Audit) -> None:
    step.waived_at = event.at


def _assigned(step: Rebuilt, event: Audit) -> None:
    step.unit = str(event.data["to"])


# What a decision changes beside the facts, by its kind or by what its event's data hold.
EFFECTS: Mapping[str, Callable[[Rebuilt, Audit], None]] = {
    "waive": _waived,
    "assign": _assigned,
    "deadline": _new_deadline,
}
