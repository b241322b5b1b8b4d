"""Two campaigns of the same units in one ledger: what one delivery sends to a reader of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from directives.ledger.engine import reading
from directives.ledger.tables import Message
from directives.model import Contact
from notifications.delivery import Delivery
from tests.ledger.campaigns import Followed, Letter, Letterbox, a_campaign, a_definition, box_of

STP = box_of("STP")
Two = tuple[Followed, Followed]


def second(data: dict[str, Any]) -> None:
    """Another directive to the same units, with the same dates."""
    data.update(campaign="thu-hai-2020", title="Đợt thử hai")
    data["directive"].update(number="2/UBND", subject="cải cách hành chính năm 2020")


def two_campaigns(
    engine: Engine,
    contacts: list[Contact] | None = None,
    edit: Callable[[dict[str, Any]], object] = second,
    **opening: Any,
) -> Two:
    return (
        a_campaign(engine, contacts=contacts, **opening),
        a_campaign(engine, definition=a_definition(second, edit), contacts=contacts, **opening),
    )


def plan_all(two: Sequence[Followed], when: str) -> None:
    for one in two:
        one.passes(when)


def send(two: Sequence[Followed], when: str, box: Letterbox | None = None, **post: Any) -> Delivery:
    """One delivery serves every campaign of the ledger."""
    return two[0].deliver(when, box or two[0].box, **post)


def day(two: Sequence[Followed], on: str) -> Delivery:
    """The morning's passes of both, and what leaves at the slot."""
    plan_all(two, f"{on} 07:05")
    return send(two, f"{on} 08:00")


def messages(engine: Engine, address: str = STP) -> list[Message]:
    with reading(engine) as session:
        rows = select(Message).where(Message.address == address).order_by(col(Message.id))
        return list(session.exec(rows))


def to(two: Sequence[Followed], address: str = STP, kind: str = "") -> list[Letter]:
    return [one for one in two[0].box.letters if one.to == address and kind in ("", one.kind)]
