"""What is known of a mail server: whether it took the last mail, and until when it is left alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from directives.ledger.engine import insert_or, run
from directives.ledger.marks import CLOCKS_DIFFER, LONGEST_RETRY, pause_after
from directives.ledger.tables import Relay
from directives.ledger.tables.columns import table_of

LOSSES_IN_A_ROW = 2  # one may be the mail's own fault, two are the relay's


def paused(session: Session, server: str, machine_now: datetime) -> Relay | None:
    """The relay while it is left alone; a pause of a clock that was set back is none."""
    relay = session.get(Relay, server)
    if relay is None or relay.paused_until is None:
        return None
    return relay if _is_paused(relay.paused_until, machine_now) else None


def _is_paused(until: datetime, machine_now: datetime) -> bool:
    return machine_now < until <= machine_now + LONGEST_RETRY + CLOCKS_DIFFER


def is_doubtful(session: Session, server: str) -> bool:
    """Whether it accepted nothing since it last failed."""
    relay = session.get(Relay, server)
    return relay is not None and relay.failures > 0


def pause(session: Session, server: str, machine_now: datetime, detail: str) -> datetime:
    """Note that a relay asked for a pause or refused us; returns until when nothing is sent through it."""
    relay = _locked(session, server)
    if relay.paused_until is not None and _is_paused(relay.paused_until, machine_now):
        return relay.paused_until  # by another deliverer, at the same moment: that is one failure
    until = machine_now + pause_after(relay.failures)
    relay.paused_until, relay.failures, relay.detail = until, relay.failures + 1, detail
    session.add(relay)
    return until


def lost_one(session: Session, server: str, machine_now: datetime, detail: str) -> datetime | None:
    """Note that a mail was lost on its way. With one lost before it, and none accepted between, the relay is paused.

    A relay that breaks every connection may take each mail all the same: it would be asked to take all of them twice.
    """
    relay = _locked(session, server)
    if relay.failures + 1 >= LOSSES_IN_A_ROW:
        return pause(session, server, machine_now, detail)
    relay.failures, relay.detail = relay.failures + 1, detail
    session.add(relay)
    return None


def _locked(session: Session, server: str) -> Relay:
    """The server's row, made by whoever comes first of several, and theirs one after the other."""
    new = insert_or(session, table_of(Relay)).values(server=server, failures=0, detail="")
    run(session, new.on_conflict_do_nothing())
    return session.get_one(Relay, server, with_for_update=True, populate_existing=True)


def works(session: Session, server: str) -> None:
    """Note that it took a mail."""
    relay = session.get(Relay, server)
    if relay and (relay.failures or relay.paused_until):
        relay.failures, relay.paused_until, relay.detail = 0, None, ""
        session.add(relay)


def down_since(relay: Relay) -> datetime | None:
    """Since when a paused relay has taken nothing, at the latest: its pauses came one after the other. None: it is not paused."""
    if relay.paused_until is None:
        return None
    return relay.paused_until - sum((pause_after(n) for n in range(relay.failures)), timedelta())
