"""A campaign's rows beside its frozen words: what digests, boards and lists are all read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import cast

from sqlalchemy import ColumnElement
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from directives.conversation import StepRef
from directives.definition import PlannedStep
from directives.digest import CampaignFacts, Clause
from directives.evaluate import StepState
from directives.ledger.engine import run
from directives.ledger.frozen import definition_of, policy_of
from directives.ledger.states import chunks, ident, states_of
from directives.ledger.tables import Campaign, Contact, Deadline, Instruction, Step, Unit
from directives.ledger.tables.columns import table_of
from directives.model import Source, StepSpec


class Casebook:
    """One campaign in one session. Lookups by id; loads units and instructions once, steps as asked.

    `before`: an earlier transaction's, whose units and instructions hold while the campaign's definition does.
    """

    def __init__(self, session: Session, campaign: Campaign, before: Casebook | None = None) -> None:
        self.session = session
        self.campaign = campaign
        self.definition = definition_of(campaign)
        self.policy = policy_of(campaign)
        self.calendar = self.policy.calendar
        if before is not None and before.definition is self.definition:
            self.units, self.unit_ids, self.instructions = before.units, before.unit_ids, before.instructions
            self.facts = before.facts

    @cached_property
    def units(self) -> dict[int, Unit]:
        rows = self.session.exec(
            select(Unit).where(Unit.campaign_id == self.campaign.id).order_by(col(Unit.id))
        )
        return {row.id: row for row in rows if row.id is not None}

    @cached_property
    def unit_ids(self) -> dict[str, int]:
        """By the unit's code."""
        return {row.code: unit_id for unit_id, row in self.units.items()}

    @property
    def monitor_id(self) -> int:
        return self.unit_ids[self.definition.campaign.monitor.unit]

    @cached_property
    def instructions(self) -> dict[int, Instruction]:
        rows = self.session.exec(
            select(Instruction)
            .where(Instruction.campaign_id == self.campaign.id)
            .order_by(col(Instruction.ordinal))
        )
        return {ident(row): row for row in rows}

    @cached_property
    def contacts(self) -> dict[int, list[Contact]]:
        """Those of each unit, in the order of writing down; whose address came back is one of them."""
        found: defaultdict[int, list[Contact]] = defaultdict(list)
        rows = self.session.exec(
            select(Contact)
            .join(Unit, col(Unit.id) == Contact.unit_id)
            .where(Unit.campaign_id == self.campaign.id)
            .order_by(col(Contact.id))
        )
        for row in rows:
            found[row.unit_id].append(row)
        return found

    def know_contacts(self, unit_ids: Sequence[int]) -> None:
        """From here on `contacts` holds those of these units only: a batch of mails asks for few of many."""
        found: defaultdict[int, list[Contact]] = defaultdict(list)
        for some in chunks(unit_ids):
            rows = self.session.exec(
                select(Contact).where(col(Contact.unit_id).in_(some)).order_by(col(Contact.id))
            )
            for row in rows:
                found[row.unit_id].append(row)
        self.contacts = found

    def states(self, steps: Mapping[int, Step]) -> dict[int, StepState]:
        """The facts of each step, for its status; not for planning."""
        return dict(
            zip(
                steps,
                states_of(self.session, self.campaign, list(steps.values()), for_plan=False),
                strict=True,
            )
        )

    def steps(self, ids: Sequence[int]) -> dict[int, Step]:
        found: dict[int, Step] = {}
        for some in chunks(ids):
            found |= {
                ident(row): row for row in self.session.exec(select(Step).where(col(Step.id).in_(some)))
            }
        return found

    def all_steps(self) -> dict[int, Step]:
        """Every step of the campaign by its id, in the order of writing down."""
        rows = self.session.exec(
            select(Step).where(Step.campaign_id == self.campaign.id).order_by(col(Step.id))
        )
        return {ident(row): row for row in rows}

    def steps_of_units(self, unit_ids: Sequence[int]) -> dict[int, dict[int, Step]]:
        """Every step of each unit by its id, in the order of writing down."""
        found: dict[int, dict[int, Step]] = {unit_id: {} for unit_id in unit_ids}
        for some in chunks(unit_ids):
            rows = self.session.exec(
                select(Step)
                .where(Step.campaign_id == self.campaign.id, col(Step.unit_id).in_(some))
                .order_by(col(Step.id))
            )
            for row in rows:
                found[row.unit_id][ident(row)] = row
        return found

    def steps_to_read(self, ids: Sequence[int]) -> dict[int, Step]:
        """As `steps`, to be read only: plain rows, which cost a third of what steps to be changed do."""
        return {ident(row): row for some in chunks(ids) for row in self._rows(col(Step.id).in_(some))}

    def unit_steps_to_read(self, unit_ids: Sequence[int]) -> dict[int, dict[int, Step]]:
        """As `steps_of_units`, to be read only."""
        found: dict[int, dict[int, Step]] = {unit_id: {} for unit_id in unit_ids}
        for some in chunks(unit_ids):
            for row in self._rows(col(Step.campaign_id) == self.campaign.id, col(Step.unit_id).in_(some)):
                found[row.unit_id][ident(row)] = row
        return found

    def _rows(self, *where: ColumnElement[bool]) -> Iterable[Step]:
        chosen = select_columns(table_of(Step)).where(*where).order_by(col(Step.id))
        return cast(Iterable[Step], run(self.session, chosen))

    def unit_name(self, unit_id: int | None) -> str:
        return self.units[unit_id].name if unit_id is not None else ""

    def planned(self, step: Step) -> PlannedStep | None:
        """What the frozen definition says of a step; None when an amended campaign no longer has it."""
        asked = self.units[step.origin_id or step.unit_id].code
        key = (self.instructions[step.instruction_id].key, step.key, asked)
        return self.definition.planned.get(key)

    def spec(self, step: Step) -> StepSpec | None:
        planned = self.planned(step)
        return planned.spec if planned else None

    def clause(self, step: Step) -> Clause:
        return self.clauses[step.instruction_id]

    @cached_property
    def clauses(self) -> dict[int, Clause]:
        """By the instruction's id."""
        asked = self.definition.instructions
        found = {key: asked[row.key] for key, row in self.instructions.items() if row.key in asked}
        return {key: Clause(one.label, one.clause, one.title, one.summary) for key, one in found.items()}

    def key(self, step: Step) -> str:
        """campaign/instruction/step/unit, stable over the step's life."""
        instruction = self.instructions[step.instruction_id].key
        return f"{self.campaign.key}/{instruction}/{step.key}/{self.units[step.unit_id].code}"

    def ref(self, step: Step) -> StepRef:
        """The same, as answers and decisions name it."""
        campaign, instruction, key, unit = self.key(step).split("/")
        return StepRef(campaign=campaign, instruction=instruction, step=key, unit=unit)

    def basis(self, step: Step) -> tuple[Source, str]:
        return self.basis_of(self.planned(step))

    @staticmethod
    def basis_of(planned: PlannedStep | None) -> tuple[Source, str]:
        if planned is None or planned.source is None:
            return Source.MONITOR, ""
        return planned.source, planned.basis

    def source_now(self, step: Step) -> Source:
        """Who set the deadline that is in force; `basis` says it of the first one."""
        if step.deadline_number <= 1:
            return self.basis(step)[0]
        row = select(Deadline.source).where(
            Deadline.step_id == step.id, Deadline.number == step.deadline_number
        )
        return Source(self.session.exec(row).one())

    @cached_property
    def facts(self) -> CampaignFacts:
        campaign = self.definition.campaign
        directive, monitor = campaign.directive, campaign.monitor
        return CampaignFacts(
            key=campaign.campaign,
            title=campaign.title,
            rehearsal=self.campaign.rehearsal,
            directive_kind=directive.kind,
            directive_number=directive.number,
            directive_issued=directive.issued,
            directive_issuer=directive.issuer,
            directive_subject=directive.subject,
            monitor_name=self.definition.units[monitor.unit].name,
            officer_name=monitor.officer.name,
            officer_phone=monitor.officer.phone,
            officer_address=monitor.officer.address,
            calendar=self.calendar,
        )


def root_of(step: Step, steps: dict[int, Step]) -> Step:
    """The step that covers this one in the end; itself when none does."""
    while step.covered_by_id is not None:
        step = steps[step.covered_by_id]
    return step
