"""The outbox as a Prefect task."""

from __future__ import annotations

from datetime import timedelta

from prefect import task

from notifications.delivery import Delivery, deliver
from tasks import workplace

# For which a run waits for the mail server's next minute: the next run comes after fifteen.
PATIENCE = timedelta(minutes=10)


@task
async def send_outbox() -> Delivery:
    """Send what may leave. A mail server that is down waits in the database; it never fails the run."""
    settings, engine = workplace.settings(), workplace.engine()
    return await deliver(
        engine,
        workplace.post_of(settings),
        workplace.transport_of(settings, engine),
        workplace.machine_now,
        patience=PATIENCE,
    )
