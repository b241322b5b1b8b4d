"""`dondoc mail`: the service's mailbox, read all the time."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Engine

from cli.access import ledger_engine
from cli.lookout import Lookout
from config.settings import Settings, load_settings
from directives.ledger.away import why_away
from notifications.delivery import deliver
from notifications.replies.collect import Collected, collect
from notifications.replies.imap import MailboxAway
from tasks import mailroom, workplace


def register(app: typer.Typer) -> None:
    app.command("mail")(mail)


def mail(
    once: Annotated[bool, typer.Option("--once", help="Read the mailbox once and stop.")] = False,
) -> None:
    """Read the mailbox: store what came, apply what is clear, queue the rest, answer with a receipt.

    Goes on every DONDOC_POLL_SECONDS (30) until Ctrl-C. A mailbox, database or disk that is away is tried again. On a working
    day it also tells ops of the instructions whose pass did not run by 09:00; each hour, of open steps that nobody will
    look at and, from October, of a next year without its decreed days off. With DONDOC_HEARTBEAT (a file or an http
    address) it gives a sign of life once a minute, which stops when due mail stays.
    """
    settings = load_settings()
    engine = ledger_engine(settings, make=True)
    console = Console(stderr=True, markup=False, emoji=False)
    lookout = Lookout(settings, engine, console)
    while True:
        try:
            done = read_once(settings, engine, lookout)
            lookout.heartbeat(workplace.machine_now())
            if done != Collected():
                console.print(str(done), highlight=False)
        except Exception as error:
            why = str(error) if isinstance(error, MailboxAway) else why_away(error)
            if once or not why:
                raise
            console.print(f"{why}; trying again in {settings.poll_seconds:.0f} s", highlight=False)
        if once:
            return
        time.sleep(settings.poll_seconds)


def read_once(settings: Settings, engine: Engine, lookout: Lookout) -> Collected:
    """One reading, and the receipts it made; before it, a look at what ops must know. Errors: MailboxAway."""
    if lookout.look(workplace.machine_now()):
        _send(settings, engine)  # the mailbox may be away too
    done = collect(engine, mailroom.postbox_of(settings), mailroom.desk_of(settings))
    _send(settings, engine)
    return done


def _send(settings: Settings, engine: Engine) -> None:
    transport = workplace.transport_of(settings, engine)
    asyncio.run(deliver(engine, workplace.post_of(settings), transport, workplace.machine_now, digests=False))
