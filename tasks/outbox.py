"""The outbox as a Prefect task."""

from __future__ import annotations

from prefect import task
from sqlmodel import col, select

from directives.ledger.engine import reading
from directives.ledger.tables import Campaign
from notifications.delivery import Delivery, deliver
from tasks import workplace


@task
async def send_outbox() -> Delivery:
    """Send what may leave. A mail server that is down waits in the database; it never fails the run."""
    settings, engine = workplace.settings(), workplace.engine()
    with reading(engine) as session:
        rehearses = (
            session.exec(select(Campaign.id).where(col(Campaign.rehearsal).is_(True))).first() is not None
        )
    if rehearses:
        settings.require_loopback()
    return await deliver(
        engine, workplace.post_of(settings), workplace.transport_of(settings), workplace.machine_now
    )
