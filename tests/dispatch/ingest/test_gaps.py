"""Holes in gateways' numbers: found, asked for, filled, given up, and remembered."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from dispatch.db.database import Database
from dispatch.ingest.gaps import ASK_AGAIN_S, OTHER_SPOOL_S, PATIENCE_S, Gaps, forget_progress
from dispatch.ingest.numbers import MAX_HOLES, Numbers
from radio_gateway.domain.events import StatusReceived
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.report import GatewayReport, SpoolReport
from radio_gateway.domain.wire import EventEnvelope, Receipt

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Timer:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def events(
    numbers: Iterable[int], gateway: str = "coast", epoch: str = "e1"
) -> list[EventEnvelope]:
    event = StatusReceived(link="east", at=Moment(1.0, AT), radio=RadioId("liepaja", 101), status=1)
    return [EventEnvelope(f"{epoch}-{n}", gateway, n, event, epoch) for n in numbers]


def report(*gone: tuple[int, int], epoch: str = "e1") -> GatewayReport:
    spool = SpoolReport(depth=0, oldest_heard_at=None, size=0, limit=1, epoch=epoch, gone=gone)
    return GatewayReport("coast", AT, AT, "1", online=True, spool=spool)


async def note(database: Database, gaps: Gaps, numbers: Iterable[int], **which: str) -> None:
    async with database.write() as session:
        await gaps.note(session, events(numbers, **which), AT)


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def gaps(timer: Timer) -> Gaps:
    return Gaps(timer)


def wanted(receipts: list[Receipt]) -> dict[str, tuple[tuple[int, int], ...]]:
    assert all(receipt.ids == () for receipt in receipts)
    return {receipt.epoch: receipt.wanted for receipt in receipts}


async def test_numbers_without_a_gap_ask_for_nothing(
    database: Database, gaps: Gaps, timer: Timer
) -> None:
    await note(database, gaps, range(1, 50))
    await note(database, gaps, [51, 50, 49])
    timer.now += 1000
    assert gaps.due() == []
    assert gaps.open_holes() == []


async def test_a_hole_is_asked_for_after_a_while_and_again(
    database: Database, gaps: Gaps, timer: Timer
) -> None:
    await note(database, gaps, [3, 4, 8])
    assert gaps.due() == [], "alarms overtake"
    timer.now += PATIENCE_S + 0.1
    assert gaps.due() == [Receipt("coast", (), "e1", ((1, 2), (5, 7)))]
    assert gaps.due() == []
    timer.now += ASK_AGAIN_S + 0.1
    assert wanted(gaps.due()) == {"e1": ((1, 2), (5, 7))}
    await note(database, gaps, [1, 6, 2])
    assert [(hole.span, hole.events) for hole in gaps.open_holes()] == [((5, 5), 1), ((7, 7), 1)]
    assert gaps.overdue == 0
    timer.now += 60
    assert gaps.overdue == 2
    await note(database, gaps, [5, 7])
    assert gaps.open_holes() == []


async def test_what_was_rolled_back_has_not_arrived(
    database: Database, gaps: Gaps, timer: Timer
) -> None:
    await note(database, gaps, [1])
    with pytest.raises(ZeroDivisionError):  # noqa: PT012  # the transaction is the statement
        async with database.write() as session:
            await gaps.note(session, events([2]), AT)
            raise ZeroDivisionError
    async with database.write() as session:
        await gaps.note(session, events([3]), AT)
        await gaps.note(session, events([5]), AT)
    timer.now += PATIENCE_S + 0.1
    assert wanted(gaps.due()) == {"e1": ((2, 2), (4, 4))}


async def test_spools_and_gateways_do_not_mix(database: Database, gaps: Gaps, timer: Timer) -> None:
    await note(database, gaps, [1, 2])
    await note(database, gaps, [2], epoch="e2")
    await note(database, gaps, [3], gateway="port", epoch="e3")
    await note(database, gaps, [9], epoch="")
    timer.now += PATIENCE_S + 0.1
    assert wanted(gaps.due()) == {"e2": ((1, 1),), "e3": ((1, 2),)}


async def test_holes_outlive_a_restart(database: Database, timer: Timer) -> None:
    await note(database, Gaps(timer), [1, 5])
    again = Gaps(timer)
    await note(database, again, [6, 3])
    timer.now += PATIENCE_S + 0.1
    assert wanted(again.due()) == {"e1": ((2, 2), (4, 4))}


async def test_a_writer_that_was_away_reads_what_another_wrote(
    database: Database, timer: Timer
) -> None:
    first, second = Gaps(timer), Gaps(timer)
    await note(database, first, [1, 3])
    await note(database, second, [2, 4, 5])
    first.forget()
    await note(database, first, [6])
    timer.now += PATIENCE_S + 0.1
    assert first.due() == []


async def test_what_the_gateway_does_not_have_closes_the_hole_and_is_counted(
    database: Database, gaps: Gaps, timer: Timer
) -> None:
    await note(database, gaps, [4, 10])
    told = report((2, 6))
    assert gaps.closes(told)
    async with database.write() as session:
        await gaps.close(session, told, AT)
    assert gaps.gone == {"coast": 4}, "2, 3, 5 and 6; 4 had arrived"
    assert not gaps.closes(told)
    timer.now += PATIENCE_S + 0.1
    assert wanted(gaps.due()) == {"e1": ((1, 1), (7, 9))}
    again = Gaps(timer)
    async with database.write() as session:
        await again.load(session)
    assert again.gone == {"coast": 4}


async def test_holes_of_a_spool_that_is_no_more_are_given_up(
    database: Database, gaps: Gaps, timer: Timer
) -> None:
    await note(database, gaps, [4])
    assert not gaps.closes(report(epoch="e2")), "what is under way may still come"
    timer.now += OTHER_SPOOL_S + 1
    assert not gaps.closes(report(epoch="")), "a report that does not know"
    async with database.write() as session:
        await gaps.close(session, report(epoch="e2"), AT)
    assert gaps.gone == {"coast": 3}
    assert gaps.open_holes() == []


async def test_old_spools_are_forgotten(database: Database, timer: Timer) -> None:
    await note(database, Gaps(timer), [4])
    async with database.write() as session:
        await forget_progress(session, AT)
    kept = Gaps(timer)
    async with database.write() as session:
        await kept.load(session)
    timer.now += 10
    assert kept.due() != [], "not older than that"
    async with database.write() as session:
        await forget_progress(session, AT.replace(hour=13))
    kept.forget()
    async with database.write() as session:
        await kept.load(session)
    assert kept.due() == []


@pytest.mark.parametrize("seed", range(50))
def test_any_order_gives_the_holes_of_a_plain_set(seed: int) -> None:
    chance = random.Random(seed)
    numbers, arrived = Numbers(), set[int]()
    for _ in range(chance.randrange(1, 40)):
        group = [chance.randrange(1, 80) for _ in range(chance.randrange(1, 8))]
        arrived.update(group)
        numbers = numbers.arrived(group, 0.0)
    lacking = {n for hole in numbers.holes for n in range(hole.first, hole.last + 1)}
    assert numbers.top == max(arrived)
    assert lacking == set(range(1, max(arrived))) - arrived
    first = chance.randrange(1, 80)
    span = (first, first + chance.randrange(20))
    left = numbers.without([span])
    given_up = lacking & set(range(span[0], span[1] + 1))
    assert left.gone == len(given_up)
    assert {n for h in left.holes for n in range(h.first, h.last + 1)} == lacking - given_up


def test_countless_holes_stay_bounded_and_hide_nothing() -> None:
    count = 3 * MAX_HOLES
    numbers = Numbers().arrived(range(2, 2 * count, 2), 0.0)
    assert len(numbers.holes) == MAX_HOLES
    lacking = {n for hole in numbers.holes for n in range(hole.first, hole.last + 1)}
    assert set(range(1, 2 * count - 2, 2)) <= lacking


def test_numbers_below_one_are_ignored() -> None:
    assert Numbers().arrived([0, -5], 0.0) == Numbers()
