"""Whatever happens in whatever order, some things always hold: days, passes, mail with faults, answers, decisions."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, col, select

from config.contacts import default_contacts
from directives.errors import Refused
from directives.evaluate import Status, status
from directives.ledger import boards, facts, marks
from directives.ledger.engine import begin, reading
from directives.ledger.instants import states_at
from directives.ledger.readers import DAILY
from directives.ledger.tables import Addressee, MessageItem, Step
from directives.ledger.undoing import undoable
from directives.model import Contact, ContactRole
from notifications.smtp import Fate
from tests.databases import SqliteFiles
from tests.ledger.campaigns import Followed, a_campaign, a_definition, box_of, content, spec
from tests.ledger.tampering import COLUMNS, changes, said_of

UNITS = ("SNV", "STP", "NK", "NK1", "NK2")
WAITS = [
    timedelta(minutes=1),
    timedelta(minutes=20),
    timedelta(hours=3),
    timedelta(days=1),
    timedelta(days=4),
]
SILENT = {"reported", "accepted", "waived", "continuing", "ladder_ended"}
DEPUTIES = [
    Contact(unit=unit, role=ContactRole.DEPUTY, name=name, address=f"{name}.{unit.lower()}@cantho.example")
    for unit in UNITS
    for name in ("ha", "tam")
]
FATES = st.dictionaries(
    st.sampled_from([box_of(unit) for unit in UNITS] + [one.address for one in DEPUTIES]),
    st.sampled_from([Fate.DEFERRED, Fate.REFUSED, Fate.UNCERTAIN, Fate.UNAVAILABLE]),
    max_size=3,
)
DEFINITION = a_definition(
    lambda data: spec(data, "1g/plan").update(due={"by": "2020-07-03"}),
    lambda data: spec(data, "1g/commune-report").update(due={"by": "2020-07-08"}),
    lambda data: spec(data, "1a/result", 1).update(due={"by": "2020-07-08"}),
    lambda data: spec(data, "1g/report").update(due={"before": "2020-07-10"}),
    lambda data: spec(data, "1a/result").update(due={"before": "2020-07-10"}),
    lambda data: spec(data, "2/consolidated").update(due={"by": "2020-07-14"}),
)
STEPS = st.sampled_from([f"{one.instruction}/{one.step}/{one.unit}" for one in DEFINITION.steps])


class Killed(BaseException):
    """Ends a deliverer as a signal would."""


class Days(RuleBasedStateMachine):
    """A campaign of three weeks on one clock, which is the machine's too."""

    def __init__(self, files: SqliteFiles) -> None:
        super().__init__()
        self.followed: Followed = a_campaign(
            files.ledger(), definition=DEFINITION, contacts=[*default_contacts(DEFINITION.units), *DEPUTIES]
        )
        self.files = files
        self.now: datetime = DEFINITION.opened_at
        self.arrived: defaultdict[str, list[datetime]] = defaultdict(list)  # by Message-ID
        self.of: dict[str, tuple[str, str]] = {}  # Message-ID → (address, kind)
        self.seen = 0

    def teardown(self) -> None:
        self.files.clear()

    @rule(pause=st.sampled_from(WAITS))
    def wait(self, pause: timedelta) -> None:
        self.now += pause

    @rule()
    def next_slot(self) -> None:
        self.now = DEFINITION.calendar.next_slot(self.now + timedelta(minutes=1))

    @rule()
    def a_morning(self) -> None:
        """The commonest day: passes, then the slot."""
        self.next_slot()
        self.passes()
        self.deliver({})

    @rule()
    def passes(self) -> None:
        self.followed.passes(self.now)
        before = content(self.followed.engine, "passes")
        self.followed.passes(self.now)
        assert content(self.followed.engine, "passes") == before

    @rule(fates=FATES)
    def deliver(self, fates: dict[str, Fate]) -> None:
        done = {key for key, step in self.followed.steps().items() if step.reported_at or step.waived_at}
        before = self._written()
        self.followed.box.says = lambda address: fates.get(address, Fate.ACCEPTED)
        self.followed.deliver(self.now)
        self._note_arrivals()
        assert not self._spoken_of(self._written() - before) & done

    @precondition(lambda self: DEFINITION.calendar.digest_may_leave(self.now))
    @rule(nth=st.integers(0, 4))
    def die_while_delivering(self, nth: int) -> None:
        left = [nth]

        def die(_: str) -> Fate:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return Fate.ACCEPTED

        self.followed.box.says = die
        with suppress(BaseExceptionGroup):
            self.followed.deliver(self.now)
        self._note_arrivals()

    @rule(
        step=STEPS,
        kind=st.sampled_from(["received", "in_progress", "done", "done", "question"]),
        evidence=st.booleans(),
    )
    def answer(self, step: str, kind: str, evidence: bool) -> None:
        more = {"doc_number": "1/BC"} if kind == "done" and evidence else {}
        more |= {"text": "Gửi ở đâu?"} if kind == "question" else {}
        with suppress(Refused):
            self.followed.answer(step, kind, self._when(), **more)

    @rule(step=STEPS, days=st.integers(0, 10))
    def ask_for_time(self, step: str, days: int) -> None:
        until = DEFINITION.calendar.local(self.now).date() + timedelta(days)
        with suppress(Refused):
            self.followed.answer(step, "extension", self._when(), until=until, reason="thiếu người")

    @rule(step=STEPS, to=st.sampled_from(["ha", "ha", "tam", "phó", "NK", "ai đó"]))
    def pass_on(self, step: str, to: str) -> None:
        with suppress(Refused):
            self.followed.answer(step, "delegate", self._when(), to=to, reason="đi công tác")

    @rule(unit=st.sampled_from(UNITS))
    def undo(self, unit: str) -> None:
        """What can be undone is undone; whatever else, is not."""
        with reading(self.followed.engine) as session:
            known = {
                f"{one.step.instruction}/{one.step.step}"
                for one in undoable(session, self.followed.key, unit, self.now)
            }
        for step in (key.rpartition("/")[0] for key in self.followed.steps() if key.endswith(f"/{unit}")):
            with nullcontext() if step in known else pytest.raises(Refused):
                self.followed.answer(f"{step}/{unit}", "undo", self._when())

    @rule(
        step=STEPS,
        kind=st.sampled_from(
            [
                "accept",
                "accept",
                "waive",
                "return",
                "return",
                "grant_extension",
                "refuse_extension",
                "nudge",
                "reply",
            ]
        ),
        days=st.integers(0, 10),
    )
    def decide(self, step: str, kind: str, days: int) -> None:
        until = DEFINITION.calendar.local(self.now).date() + timedelta(days)
        more: dict[str, Any] = {"until": until} if kind in ("return", "grant_extension") else {}
        with suppress(Refused):
            self.followed.decide(step, kind, self._when(), reason="vì lý do", **more)

    @rule(step=STEPS, to=st.sampled_from(UNITS))
    def assign(self, step: str, to: str) -> None:
        with suppress(Refused):
            self.followed.decide(step, "assign", self._when(), to=to)

    @rule(
        unit=st.sampled_from([None, *UNITS]), days=st.integers(0, 4), kind=st.sampled_from(["hold", "resume"])
    )
    def hold(self, unit: str | None, days: int, kind: str) -> None:
        today = DEFINITION.calendar.local(self.now).date()
        more: dict[str, Any] = (
            {"from_on": today, "until_on": today + timedelta(days)} if kind == "hold" else {}
        )
        with suppress(Refused):
            self.followed.decide("", kind, self._when(), unit=unit, reason="vì lý do", **more)

    @rule(days=st.integers(0, 6))
    def date_the_communes(self, days: int) -> None:
        until = DEFINITION.calendar.local(self.now).date() + timedelta(days)
        with suppress(Refused):
            self.followed.decide("", "district_date", self._when(), district="NK", until=until)

    @rule(pick=st.randoms(use_true_random=False))
    def tamper(self, pick: Random) -> None:
        """Any one field that is changed behind the ledger's back is named; then it is taken back."""
        table, column = pick.choice(COLUMNS)
        with Session(self.followed.engine) as session:
            found = list(changes(session, table, column))
        if found:
            change = pick.choice(found)
            lines = said_of(self.followed, change)
            assert change.is_named(lines), (change, lines)

    @invariant()
    def statuses_sum_to_all_steps(self) -> None:
        with reading(self.followed.engine) as session:
            board = boards.campaign_board(self.followed.book(session), self.now)
        assert sum(board.count(one) for one in Status) == 14

    @invariant()
    def every_step_has_a_next_action_or_a_reason_for_none(self) -> None:
        for key, step in self.followed.steps().items():
            assert step.next_action_at is not None or step.next_reason in SILENT, key

    @invariant()
    def the_facts_of_a_step_are_what_its_answers_say(self) -> None:
        before = content(self.followed.engine)
        with begin(self.followed.engine) as session:
            assert not any(facts.take_over(session, session.exec(select(Step)).all()))
        assert content(self.followed.engine) == before

    @invariant()
    def what_stands_now_is_what_stood_at_this_instant(self) -> None:
        with reading(self.followed.engine) as session:
            book = self.followed.book(session)
            steps = book.steps(list(range(1, 15)))
            for step_id, state in states_at(book, steps, self.now).items():
                now, then = (
                    status(one, DEFINITION.calendar, self.now) for one in (book.states(steps)[step_id], state)
                )
                assert now is then, book.key(steps[step_id])

    @invariant()
    def nobody_has_two_waiting_notices_of_one_step(self) -> None:
        with reading(self.followed.engine) as session:
            waiting = session.exec(
                select(Addressee.step_id, Addressee.unit_id, Addressee.target).where(
                    Addressee.state == "pending"
                )
            ).all()
        assert len(waiting) == len(set(waiting))

    @invariant()
    def the_audit_chain_is_whole(self) -> None:
        assert self.followed.broken() == []

    @invariant()
    def a_replay_of_the_audit_gives_the_same_ledger(self) -> None:
        assert self.followed.unlike() == []

    @invariant()
    def a_recipient_gets_one_digest_a_day(self) -> None:
        first = Counter(
            (*self.of[uid], DEFINITION.calendar.local(times[0]).date()) for uid, times in self.arrived.items()
        )
        assert not [who for who, count in first.items() if count > 1 and who[1] in DAILY]

    @invariant()
    def a_mail_arrives_once_and_once_more_for_each_loss_that_is_counted(self) -> None:
        uncertain = {f"<{one.uid}@dondoc.example>": one.uncertain for one in self.followed.messages()}
        for uid, times in self.arrived.items():
            assert len(times) <= 1 + uncertain.get(uid, 0) <= 2 + len(marks.AGAIN_AFTER)

    def _when(self) -> str:
        return DEFINITION.calendar.local(self.now).replace(tzinfo=None).isoformat()

    def _note_arrivals(self) -> None:
        for letter in self.followed.box.letters[self.seen :]:
            uid = letter["Message-ID"]
            self.arrived[uid].append(self.now)
            self.of[uid] = (letter.to, letter.kind)
            if letter.kind in DAILY:
                assert DEFINITION.calendar.digest_may_leave(self.now)
        self.seen = len(self.followed.box.letters)

    def _written(self) -> set[tuple[int | None, datetime | None]]:
        """Which mails were written when: a resend is not written anew."""
        return {(one.id, one.handed_over_at) for one in self.followed.messages()}

    def _spoken_of(self, written: set[tuple[int | None, datetime | None]]) -> set[str]:
        """The steps that these mails speak of."""
        keys = {step.id: key for key, step in self.followed.steps().items()}
        ids = [message_id for message_id, handed_over_at in written if handed_over_at]
        with reading(self.followed.engine) as session:
            items = session.exec(select(MessageItem.step_id).where(col(MessageItem.message_id).in_(ids)))
            told = session.exec(select(Addressee.step_id).where(col(Addressee.message_id).in_(ids)))
            return {keys[step_id] for step_id in (*items, *told)}


def test_some_things_hold_in_every_order_of_events(sqlite_files: SqliteFiles) -> None:
    class OfThisTest(Days):
        def __init__(self) -> None:
            super().__init__(sqlite_files)

    run_state_machine_as_test(
        OfThisTest,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            phases=[Phase.reuse, Phase.generate],  # shrinking whole lives takes minutes
        ),
    )
