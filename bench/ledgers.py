"""Directive 1914 in a ledger, with as many steps more as a measurement wants."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, text
from sqlmodel import Session, col, func, select

from config.contacts import default_contacts
from config.loader import find_campaign, load_definition
from directives.definition import Definition
from directives.ledger.engine import begin, reading
from directives.ledger.opening import open_campaign
from directives.ledger.tables import Instruction, Step
from directives.model import Unit, UnitKind

CAMPAIGN = "dan-van-kheo-2020"
INSTRUCTION = "1g"
COMMUNES = (UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNSHIP)
# Lives of every kind among the steps: mailed, received, reported, accepted, asking for more time.
LIVES = """
UPDATE steps SET
  first_mailed_at = :mailed,
  received_at = CASE WHEN id % 3 > 0 THEN :received END,
  reported_at = CASE WHEN id % 5 < 2 THEN :reported END,
  accepted_at = CASE WHEN id % 10 < 3 THEN :reported END,
  extension_requested_at = CASE WHEN id % 97 = 0 THEN :reported END
"""
COPIES = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :copies)
INSERT INTO steps ({columns})
SELECT {values} FROM steps CROSS JOIN numbers
"""


def directive() -> Definition:
    return load_definition(find_campaign(CAMPAIGN))


def grown(definition: Definition, steps: int) -> Definition:
    """The campaign with its communes copied until at least so many steps are asked for."""
    communes = [unit for unit in definition.units.values() if unit.kind in COMMUNES]
    base = len(definition.steps)
    each = sum(step.unit in {unit.code for unit in communes} for step in definition.steps) / len(communes)
    units = dict(definition.units)
    for n in range(max(0, round((steps - base) / each + 0.5))):
        like = communes[n % len(communes)]
        code = f"{like.code}-{n}"
        units[code] = Unit(code=code, name=f"{like.name} {n}", kind=like.kind, parent=like.parent)
    return replace(definition, units=units)


def opened(engine: Engine, definition: Definition) -> datetime:
    """The campaign, open for 130 days, every step with a life of its own; returns that moment."""
    now = definition.calendar.local(definition.opened_at) + timedelta(days=130)
    with begin(engine) as session:
        contacts = default_contacts(definition.units)
        open_campaign(session, definition, contacts, at=definition.opened_at, rehearsal=True)
    ago = {"mailed": timedelta(days=120), "received": timedelta(days=60), "reported": timedelta(days=3)}
    live(engine, {name: now - before for name, before in ago.items()})
    return now


def live(engine: Engine, instants: dict[str, datetime]) -> None:
    with engine.begin() as connection:
        connection.execute(text(LIVES), {name: written(engine, at) for name, at in instants.items()})


def multiplied(engine: Engine, steps: int) -> int:
    """Copies of every step beside it, under other keys, until there are `steps`; returns how many there are."""
    with begin(engine) as session:
        held = session.exec(select(func.count()).select_from(Step)).one()
        if copies := round(steps / held) - 1:
            columns = [one.name for one in Step.__table__.columns if one.name != "id"]  # type: ignore[attr-defined]
            values = {"key": "steps.key || '-' || n", "covered_by_id": "NULL"}
            statement = COPIES.format(
                columns=", ".join(columns),
                values=", ".join(values.get(one, f"steps.{one}") for one in columns),
            )
            session.connection().execute(text(statement), {"copies": copies})
    return counted(engine)


def counted(engine: Engine) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(Step)).one()


def instruction_row(session: Session) -> Instruction:
    return session.exec(select(Instruction).where(Instruction.key == INSTRUCTION)).one()


def due_now(engine: Engine, now: datetime, wanted: int) -> None:
    """Just so many open steps of the instruction are due; all others sleep for a month."""
    with begin(engine) as session:
        session.connection().execute(
            text("UPDATE steps SET next_action_at = :later"), {"later": written(engine, now + timedelta(30))}
        )
        chosen = session.exec(
            select(Step)
            .where(
                Step.instruction_id == instruction_row(session).id,
                col(Step.reported_at).is_(None),
                col(Step.due_before).is_not(None),
            )
            .order_by(col(Step.id))
            .limit(wanted)
        ).all()
        assert len(chosen) == wanted, f"only {len(chosen)} steps can be due"
        for step in chosen:
            step.next_action_at = now
            session.add(step)


def written(engine: Engine, at: datetime) -> object:
    """An instant as a bare statement takes it."""
    value = Step.__table__.c.received_at.type.process_bind_param(at, engine.dialect)  # type: ignore[attr-defined]
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if engine.dialect.name == "sqlite" else value
