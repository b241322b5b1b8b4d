"""What every task needs of this installation, built once a process from the environment."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import Engine

from config.settings import Settings, load_settings
from directives.ledger.engine import make_engine, reading
from directives.ledger.quotas import Limits
from directives.ledger.states import campaign_row, has_rehearsal
from notifications.keyring import Keyring
from notifications.relay import Relay
from notifications.transport import SmtpTransport
from notifications.unit_links import units_link
from notifications.writer import Post

PRIVATE = 0o077  # what is written below DONDOC_HOME is for its owner alone, whatever started this process


@lru_cache(maxsize=1)
def settings() -> Settings:
    os.umask(PRIVATE)
    return load_settings()


@lru_cache(maxsize=1)
def engine() -> Engine:
    return make_engine(settings().ledger_url)


def machine_now() -> datetime:
    """The machine's clock, read here and nowhere deeper."""
    return datetime.now(UTC)


def keyring_of(chosen: Settings) -> Keyring:
    return Keyring(chosen.home, chosen.secrets)


def post_of(chosen: Settings) -> Post:
    return Post(
        mail_from=chosen.mail_from,
        mail_name=chosen.mail_name,
        ops_address=chosen.ops_address,
        keys=keyring_of(chosen).keys("reply", "page"),
        redirect_to=chosen.redirect_to,
        max_mails_per_slot=chosen.max_mails_per_slot,
        limits=Limits(
            chosen.max_mails_per_minute, chosen.max_mails_per_day, chosen.max_mails_per_domain_minute
        ),
        token_days=chosen.token_days,
        collector=chosen.collector,
        page_url=chosen.page_url,
    )


def units_url(campaign: str) -> str:
    """The coordinators' page of a campaign's units; empty where there is no page."""
    chosen = settings()
    if not chosen.page_url:
        return ""
    with reading(engine()) as session:
        number = campaign_row(session, campaign).link_number
    return units_link(
        chosen.page_url, keyring_of(chosen).keys("coordinators")["coordinators"].current, campaign, number
    )


def transport_of(chosen: Settings, ledger: Engine) -> SmtpTransport:
    """The way to the mail server. Errors: DondocError where a rehearsal would write to a real one."""
    with reading(ledger) as session:
        if has_rehearsal(session):
            chosen.require_loopback()
    return SmtpTransport(relay_of(chosen), chosen.smtp_connections)


def relay_of(chosen: Settings) -> Relay:
    return Relay(
        host=chosen.smtp_host,
        port=chosen.smtp_port,
        username=chosen.smtp_username,
        password=chosen.smtp_password.get_secret_value(),
        security=chosen.smtp_security,
        timeout=chosen.smtp_timeout,
    )
