"""The mail that tells ops what they must see to, as a Prefect task: straight to the mail server, whatever the ledger is like."""

from __future__ import annotations

from prefect import get_run_logger, task
from sqlalchemy.exc import SQLAlchemyError

from directives.errors import DondocError
from directives.ledger import alerts
from directives.ledger.engine import begin, reading
from notifications.alerts import Fact, alert_mail, alert_uid, compose_alert
from notifications.message import to_bytes
from notifications.smtp import Fate, Outcome, SmtpConnection
from notifications.writer import body_of
from tasks import workplace

SENT = (Fate.ACCEPTED, Fate.UNCERTAIN)  # perhaps there already: a second mail of the same would only disturb


class MailServerAway(DondocError):
    """The mail server takes nothing now; it may later."""


def is_away(_task: object, _run: object, state: object) -> bool:
    error = getattr(state, "data", None)
    return isinstance(getattr(error, "exception", error), MailServerAway)


@task(retries=20, retry_delay_seconds=60, retry_condition_fn=is_away)
async def mail_ops(fact: Fact) -> bool:
    """Send the mail; False when ops were told of it before. Errors: MailServerAway; DondocError when refused."""
    if _told_before(fact):
        return False
    settings = workplace.settings()
    post, now = workplace.post_of(settings), workplace.machine_now()
    mail = alert_mail(fact, post, now)
    async with SmtpConnection(workplace.relay_of(settings)) as connection:
        outcome = await connection.send(post.mail_from, mail.recipient.address, to_bytes(mail))
    if outcome.fate not in SENT:
        raise _not_sent(outcome, mail.recipient.address)
    _remember(fact)
    return True


def _not_sent(outcome: Outcome, address: str) -> DondocError:
    said = f"{address} was not told: {outcome.phase} {outcome.code or ''} {outcome.detail}"
    if outcome.fate is Fate.REFUSED:
        return DondocError(f"{said}; check DONDOC_OPS_ADDRESS")
    return MailServerAway(f"{said}; tried again in a minute")


def _told_before(fact: Fact) -> bool:
    """Where the ledger can tell: it may be the reason for the failure."""
    try:
        with reading(workplace.engine()) as session:
            return alerts.alerted(session, fact.told_id)
    except SQLAlchemyError as error:
        get_run_logger().warning("the ledger cannot be read, the mail is sent all the same: %s", error)
        return False


def _remember(fact: Fact) -> None:
    now, address = workplace.machine_now(), workplace.settings().ops_address
    body = body_of(compose_alert(fact), name="", address=address, references=[], date=now)
    try:
        with begin(workplace.engine()) as session:
            alerts.remember(session, fact.told_id, alert_uid(fact), address, body, now)
    except SQLAlchemyError as error:
        get_run_logger().warning("the ledger cannot be written; the mail has left all the same: %s", error)
