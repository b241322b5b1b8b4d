"""A followed campaign whose coordinators fill in forms, as Prefect's UI or `dondoc decide` hands them over."""

from __future__ import annotations

from typing import Any

from directives.ledger.engine import begin
from notifications.decisions.desk import Submitted, submit
from notifications.decisions.forms import form_of
from tests.ledger.campaigns import Followed, Letter, at

OFFICER = "Phòng Tổng hợp"


def fill_in(followed: Followed, form: str, when: str, **given: Any) -> Submitted:
    with begin(followed.engine) as session:
        return submit(session, followed.key, form_of(form), {"by": OFFICER, **given}, followed.post, at(when))


def told_by(followed: Followed, form: str, when: str, **given: Any) -> list[Letter]:
    """The mails that a decision sends, at once."""
    before = len(followed.box.letters)
    fill_in(followed, form, when, **given)
    followed.deliver(when)
    return followed.box.letters[before:]
