"""What the drain is measured beside: a Prefect flow with one task of prefect-email for each mail."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from prefect import flow
from prefect.logging import disable_run_logger
from prefect.settings import (
    PREFECT_SERVER_ANALYTICS_ENABLED,
    PREFECT_SERVER_LOGGING_LEVEL,
    temporary_settings,
)
from prefect.testing.utilities import prefect_test_harness
from prefect_email import EmailServerCredentials, email_send_message

START_SECONDS = 180


@dataclass(frozen=True)
class Said:
    """The content of a mail; prefect-email makes the rest of it."""

    subject: str
    text: str
    html: str
    recipient: str


@contextmanager
def prefect() -> Iterator[None]:
    """A Prefect server on a database of its own."""
    logging.getLogger("prefect").setLevel(logging.ERROR)
    quiet = temporary_settings(
        {PREFECT_SERVER_LOGGING_LEVEL: "CRITICAL", PREFECT_SERVER_ANALYTICS_ENABLED: False}
    )
    with quiet, prefect_test_harness(server_startup_timeout=START_SECONDS), disable_run_logger():
        yield


def by_tasks(mails: Sequence[Said], port: int) -> float:
    """Seconds a mail, within a flow that has begun: what the run itself costs is not the mails'."""
    server = EmailServerCredentials(smtp_server="127.0.0.1", smtp_type="INSECURE", smtp_port=port)

    @flow  # without parameters: Prefect keeps those, and not so many
    def one_task_a_mail() -> float:
        begun = time.perf_counter()
        sent = [
            email_send_message.submit(
                subject=one.subject,
                msg=one.html,
                msg_plain=one.text,
                email_server_credentials=server,
                email_from="dondoc@dondoc.example",
                email_to=one.recipient,
            )
            for one in mails
        ]
        assert all(one.result() for one in sent)  # the message that was sent
        return (time.perf_counter() - begun) / len(mails)

    return one_task_a_mail()
