"""The mailbox as Prefect tasks."""

from __future__ import annotations

from prefect import task

from notifications.delivery import deliver
from notifications.replies.collect import Collected, collect
from tasks import mailroom, workplace


@task
def read_mailbox() -> Collected:
    """Store and settle what came in."""
    settings = workplace.settings()
    return collect(workplace.engine(), mailroom.postbox_of(settings), mailroom.desk_of(settings))


@task
async def send_receipts() -> int:
    """Send what answers an answer, at once: outside slot and window."""
    settings = workplace.settings()
    done = await deliver(
        workplace.engine(),
        workplace.post_of(settings),
        workplace.transport_of(settings, workplace.engine()),
        workplace.machine_now,
        digests=False,
    )
    return done.sent
