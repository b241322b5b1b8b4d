"""Mails answered at about the same moment are marked in one transaction, and nobody goes on before that."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from directives.ledger.marks import Claim
from notifications.marker import Marker
from notifications.smtp import Fate, Outcome, Phase

TAKEN = Outcome(Fate.ACCEPTED, Phase.CONTENT, 250, "250 ok")
Marks = Sequence[tuple[Claim, Outcome]]


def claim(n: int) -> Claim:
    return Claim(n, "lease", datetime(2020, 11, 10, tzinfo=UTC), f"uid-{n}", "lead", resend=False)


async def send(marker: Marker[int], numbers: Sequence[int]) -> list[int]:
    with marker.sender():
        await asyncio.sleep(0)  # as all connections are open before the first is answered
        return [await marker.marked(claim(n), TAKEN) for n in numbers]


async def all_sent(marker: Marker[int], *senders: Sequence[int]) -> list[list[int]]:
    return await asyncio.gather(*(send(marker, numbers) for numbers in senders))


def test_who_is_answered_together_is_marked_together_and_each_hears_of_his_own() -> None:
    transactions: list[list[int]] = []

    def mark(outcomes: Marks) -> list[int]:
        transactions.append([one.message_id for one, _ in outcomes])
        return [10 * one.message_id for one, _ in outcomes]

    assert asyncio.run(all_sent(Marker(mark), [1, 2], [3, 4])) == [[10, 20], [30, 40]]
    assert sorted(n for some in transactions for n in some) == [1, 2, 3, 4]
    assert [3, 4] not in transactions, "one sender never has two mails unmarked"
    assert len(transactions) < 4


def test_one_who_is_answered_alone_does_not_wait_for_the_slow() -> None:
    async def beside_a_slow_one() -> list[int]:
        marker = Marker[int](lambda outcomes: [one.message_id for one, _ in outcomes])
        with marker.sender():  # is never answered
            return await asyncio.wait_for(send(marker, [1]), timeout=5)

    assert asyncio.run(beside_a_slow_one()) == [1]


def test_a_ledger_that_fails_is_heard_of_by_everybody_who_waits() -> None:
    def mark(_: Marks) -> list[int]:
        raise OSError("disk full")

    async def both() -> list[object]:
        marker = Marker[int](mark)
        return list(await asyncio.gather(send(marker, [1]), send(marker, [2]), return_exceptions=True))

    assert [str(one) for one in asyncio.run(both())] == ["disk full", "disk full"]


def test_what_was_answered_is_marked_though_its_sender_was_stopped() -> None:
    marked: list[int] = []

    def mark(outcomes: Marks) -> list[int]:
        marked.extend(one.message_id for one, _ in outcomes)
        return [0 for _ in outcomes]

    async def stopped() -> None:
        marker = Marker[int](mark)
        with marker.sender():
            waiting = asyncio.create_task(send(marker, [1]))
            while marker.coming is None:
                await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            marker.finish()
            assert marked == [1]

    asyncio.run(stopped())
