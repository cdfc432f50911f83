"""What is too old goes, a little at a time; what is held, open or waited for stays."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from dispatch.audit.models import AccessLogRow, Action
from dispatch.audit.service import record, verify
from dispatch.calls.models import CallRecord
from dispatch.config import RetentionSettings
from dispatch.emergencies.models import Emergency, EmergencyState
from dispatch.live.models import Event
from dispatch.messages.models import Direction, Message, MessageState, MessageStateChange
from dispatch.positions.models import Position
from dispatch.retention import service
from dispatch.retention.limits import Kind
from dispatch.retention.machine import Uptime
from dispatch.retention.service import BATCH, Retention
from radio_gateway.domain.events import PositionReported, PositionSource
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.moment import Moment
from tests.dispatch.world import LINK, OURS, START, World

DAY = timedelta(days=1)
DAYS = RetentionSettings(
    positions_days=3,
    calls_days=10,
    messages_days=10,
    emergencies_days=20,
    events_days=2,
    access_log_days=30,
)


@dataclass
class Machine:
    """Both clocks, moved together unless somebody sets one of them."""

    world: World
    seconds: float = 1000.0
    boot: str = "first"

    def __call__(self) -> Uptime:
        return Uptime(self.boot, self.seconds)

    def pass_time(self, span: timedelta) -> None:
        self.seconds += span.total_seconds()
        self.world.clock.at += span


@dataclass
class Keeper:
    """Retention over a world with records of the ages that a test asks for."""

    world: World
    machine: Machine = field(init=False)
    retention: Retention = field(init=False)

    def __post_init__(self) -> None:
        self.machine = Machine(self.world)
        self.restart()

    def restart(self) -> None:
        """The process begins anew; the database remembers."""
        database, clock = self.world.database, self.world.clock
        self.retention = Retention(database, DAYS, clock, self.machine)

    def refused(self) -> bool:
        return self.retention.refusal is not None

    async def sweep(self) -> None:
        """One hour passes; the due run is done to its end."""
        self.machine.pass_time(timedelta(hours=1))
        while await self.retention.tick():
            pass

    async def add(self, *rows: Any) -> None:
        async with self.world.database.write() as session:
            for row in rows:
                session.add(row)
                await session.flush()

    async def count(self, model: type[Any]) -> int:
        async with self.world.database.read() as session:
            return len((await session.execute(select(model))).scalars().all())


@pytest.fixture
async def keeper(world: World) -> Keeper:
    """One whose clock has been looked at before."""
    keeper = Keeper(world)
    assert await keeper.retention.tick() is False
    return keeper


def call(age: timedelta, n: int = 0) -> CallRecord:
    return CallRecord(
        call=f"{age}-{n}",
        gateway="gw",
        link="rimi",
        kind="group",
        radio_id=1,
        started_at=START - age,
    )


def message(age: timedelta, state: MessageState = MessageState.RECEIVED) -> Message:
    at = START - age
    return Message(
        direction=Direction.IN, text="x", radio_id=1, state=state, state_at=at, created_at=at
    )


def emergency(raised: timedelta, closed: timedelta | None, radio_id: int = 1) -> Emergency:
    at = START - raised
    return Emergency(
        radio_id=radio_id,
        source="alarm",
        state=EmergencyState.RAISED if closed is None else EmergencyState.CLOSED,
        raised_at=at,
        last_heard_at=at,
        told_at=at,
        closed_at=None if closed is None else START - closed,
    )


async def test_the_first_look_erases_nothing(world: World) -> None:
    keeper = Keeper(world)
    await keeper.add(call(100 * DAY))
    assert await keeper.retention.tick() is False
    assert await keeper.count(CallRecord) == 1
    await keeper.sweep()
    assert await keeper.count(CallRecord) == 0


async def test_each_kind_goes_at_its_own_age(keeper: Keeper) -> None:
    await keeper.add(call(11 * DAY), call(9 * DAY), message(11 * DAY), message(9 * DAY))
    await keeper.add(emergency(50 * DAY, 21 * DAY), emergency(50 * DAY, 19 * DAY))
    await keeper.sweep()
    assert await keeper.count(CallRecord) == 1
    assert await keeper.count(Message) == 1
    assert await keeper.count(Emergency) == 1
    assert dict(keeper.retention.erased)[Kind.CALLS] == 1


async def test_what_is_open_or_waited_for_never_goes(keeper: Keeper) -> None:
    await keeper.add(emergency(900 * DAY, None))
    await keeper.add(message(900 * DAY, MessageState.QUEUED), message(900 * DAY, MessageState.SENT))
    await keeper.sweep()
    assert (await keeper.count(Emergency), await keeper.count(Message)) == (1, 2)


async def test_history_goes_with_its_message(keeper: Keeper) -> None:
    old = message(11 * DAY)
    await keeper.add(old)
    await keeper.add(MessageStateChange(message_id=old.id, state="received", at=START))
    await keeper.sweep()
    assert await keeper.count(MessageStateChange) == 0


async def test_one_transaction_erases_no_more_than_a_batch(keeper: Keeper) -> None:
    await keeper.add(*(call(11 * DAY, n) for n in range(BATCH + 3)))
    keeper.machine.pass_time(timedelta(hours=1))
    left = [await keeper.count(CallRecord)]
    while await keeper.retention.tick():
        left.append(await keeper.count(CallRecord))
    assert sorted(set(left), reverse=True) == [BATCH + 3, 3, 0]


async def test_a_hold_keeps_what_happened_within_it(keeper: Keeper) -> None:
    await keeper.add(call(12 * DAY), call(11 * DAY), message(12 * DAY))
    await keeper.add(emergency(40 * DAY, 30 * DAY), emergency(26 * DAY, 25 * DAY))
    async with keeper.world.database.write() as session:
        around = START - 12 * DAY
        first = await service.hold(session, around - DAY / 2, around + DAY / 2, "case 7", START)
        # overlaps only the long one, which was neither raised nor closed within it
        await service.hold(session, START - 36 * DAY, START - 35 * DAY, "case 8", START)
    await keeper.sweep()
    assert await keeper.count(CallRecord) == 1
    assert await keeper.count(Message) == 1
    assert await keeper.count(Emergency) == 1
    async with keeper.world.database.write() as session:
        await service.end_hold(session, first.id)
    await keeper.sweep()
    assert (await keeper.count(CallRecord), await keeper.count(Message)) == (0, 0)


async def test_positions_go_by_days_and_held_days_stay(keeper: Keeper) -> None:
    world = keeper.world
    for day in (2, 1, 0):
        world.clock.at = START - day * DAY
        at = Moment(0.0, world.clock.at)
        await world.hear(
            PositionReported(
                link=LINK,
                at=at,
                radio=OURS,
                point=GeoPoint(56.5, 21.0),
                source=PositionSource.TRIGGERED,
            )
        )
    keeper.machine.pass_time(3 * DAY)
    async with world.database.write() as session:
        await service.hold(session, START - DAY, START - DAY / 2, "case 7", START)
    await keeper.sweep()
    async with world.database.read() as session:
        left = (await session.execute(select(col(Position.heard_at)))).scalars().all()
    assert sorted(left) == [START - DAY, START]
    assert keeper.retention.erased[Kind.POSITIONS] == 1


async def test_events_go_from_the_old_end_only(keeper: Keeper) -> None:
    ages = (5, 4, 1, 3, 0)  # the clock was set back between the third and the fourth
    await keeper.add(
        *(
            Event(seq=seq, type="x", t=START - age * DAY, data="{}")
            for seq, age in enumerate(ages, 1)
        )
    )
    await keeper.sweep()
    async with keeper.world.database.read() as session:
        left = (await session.execute(select(Event).order_by(text("seq")))).scalars().all()
    assert [one.seq for one in left if one.type == "x"] == [3, 4, 5]


async def test_erasing_is_told_in_the_access_log(keeper: Keeper) -> None:
    await keeper.add(call(11 * DAY), call(11 * DAY, 1))
    await keeper.sweep()
    async with keeper.world.database.read() as session:
        rows = (await session.execute(select(AccessLogRow))).scalars().all()
    (row,) = [one for one in rows if one.action == Action.ERASURE]
    assert (row.subject, row.row_count, row.user_name) == ("calls", 2, "system")


async def look(world: World, age: timedelta) -> None:
    async with world.database.write() as session:
        at = START - age
        await record(session, None, Action.CONSULTATION, "calls", {}, 1, at=at)


async def verdict(world: World) -> str | None:
    async with world.database.write() as session:
        return (await verify(session)).fault


async def test_the_access_log_stays_one_chain(keeper: Keeper) -> None:
    world = keeper.world
    for age in (40, 35, 31, 29, 1):
        await look(world, age * DAY)
    for _ in range(2):
        await keeper.sweep()
        assert await verdict(world) is None
        async with world.database.read() as session:
            left = (await session.execute(select(col(AccessLogRow.id)))).scalars().all()
        assert sorted(left) == [4, 5, 6]
    keeper.machine.pass_time(5 * DAY)
    await keeper.sweep()
    assert await verdict(world) is None
    await look(world, timedelta())
    assert await verdict(world) is None


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("DELETE FROM access_log WHERE id = 4", "row 4: missing"),
        ("UPDATE access_log SET row_count = 9 WHERE id = 4", "row 4: was changed"),
        ("UPDATE access_log_head SET erased_id = 0, erased_hash = ''", "row 1: missing"),
    ],
)
async def test_a_cut_that_nobody_told_is_found(keeper: Keeper, change: str, fault: str) -> None:
    for age in (40, 35, 31, 29, 1):
        await look(keeper.world, age * DAY)
    await keeper.sweep()
    async with keeper.world.database.write() as session:
        await session.execute(text(change))
    assert await verdict(keeper.world) == fault


async def test_a_head_cut_off_by_hand_is_found(keeper: Keeper) -> None:
    for age in (40, 35, 31, 29, 1):
        await look(keeper.world, age * DAY)
    await keeper.sweep()
    async with keeper.world.database.write() as session:
        await session.execute(
            text(
                "UPDATE access_log_head SET erased_id = 4, "
                "erased_hash = (SELECT hash FROM access_log WHERE id = 4)"
            )
        )
        await session.execute(text("DELETE FROM access_log WHERE id = 4"))
    found = await verdict(keeper.world)
    assert found == "row 4: missing, and no later row tells that it was erased"


async def test_a_held_row_of_the_access_log_keeps_all_after_it(keeper: Keeper) -> None:
    for age in (40, 35, 31):
        await look(keeper.world, age * DAY)
    async with keeper.world.database.write() as session:
        await service.hold(session, START - 36 * DAY, START - 34 * DAY, "complaint", START)
    await keeper.sweep()
    async with keeper.world.database.read() as session:
        left = (await session.execute(select(col(AccessLogRow.id)))).scalars().all()
    assert min(left) == 2
    assert await verdict(keeper.world) is None


Change = Callable[[Keeper], None]


def set_clock(**much: float) -> Change:
    def change(keeper: Keeper) -> None:
        keeper.world.clock.at += timedelta(**much)

    return change


def reboot(**off: float) -> Change:
    def change(keeper: Keeper) -> None:
        keeper.machine.boot, keeper.machine.seconds = "second", 5.0
        keeper.world.clock.at += timedelta(**off)
        keeper.restart()

    return change


def restart(keeper: Keeper) -> None:
    keeper.restart()


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (set_clock(minutes=9), False),
        (set_clock(minutes=-9), False),
        (set_clock(minutes=11), True),
        (set_clock(minutes=-11), True),
        (set_clock(days=365), True),
        (restart, False),
        (reboot(hours=5), False),
        (reboot(days=6), False),
        (reboot(days=8), True),
        (reboot(days=4000), True),
        (reboot(hours=-3), True),
    ],
)
async def test_a_clock_that_jumped_stops_erasing(
    keeper: Keeper, change: Change, refused: bool
) -> None:
    await keeper.add(call(11 * DAY))
    change(keeper)
    await keeper.sweep()
    assert keeper.refused() == refused
    assert await keeper.count(CallRecord) == (1 if refused else 0)
    assert keeper.retention.numbers()["sardze_retention_refused"] == refused


async def test_after_a_jump_it_waits_for_a_person(keeper: Keeper) -> None:
    await keeper.add(call(11 * DAY))
    set_clock(hours=1)(keeper)
    for _ in range(3):
        await keeper.sweep()
        assert keeper.refused()
    keeper.restart()
    await keeper.sweep()
    assert await keeper.count(CallRecord) == 1
    assert "moved 60 min forward" in (await keeper.retention.objection() or "")
    await Retention(keeper.world.database, DAYS, keeper.world.clock, keeper.machine).confirm_clock()
    assert await keeper.retention.objection() is None
    await keeper.sweep()
    assert await keeper.count(CallRecord) == 0


async def test_a_clock_that_came_back_needs_nobody(keeper: Keeper) -> None:
    await keeper.add(call(11 * DAY))
    set_clock(days=-30)(keeper)
    await keeper.sweep()
    assert keeper.refused()
    set_clock(days=30)(keeper)
    await keeper.sweep()
    assert not keeper.refused()
    assert await keeper.count(CallRecord) == 0


async def test_a_forecast_counts_what_then_goes(keeper: Keeper) -> None:
    await keeper.add(*(call(11 * DAY, n) for n in range(7)), call(DAY), message(11 * DAY))
    for age in (40, 35, 1):
        await look(keeper.world, age * DAY)
    expected = dict.fromkeys(Kind, 0) | {Kind.CALLS: 7, Kind.MESSAGES: 1, Kind.ACCESS_LOG: 2}
    found = {limit.kind: count for limit, count in await keeper.retention.forecast()}
    assert found == expected
    assert await keeper.count(CallRecord) == 8


async def test_between_two_runs_an_hour_passes(keeper: Keeper) -> None:
    await keeper.sweep()
    await keeper.add(call(11 * DAY))
    keeper.machine.pass_time(timedelta(minutes=59))
    assert await keeper.retention.tick() is False
    assert await keeper.count(CallRecord) == 1


def test_settings_have_no_for_ever() -> None:
    for name, one in RetentionSettings.model_fields.items():
        assert isinstance(one.default, int), name
        for wrong in (0, -1, 100_000):
            with pytest.raises(ValueError, match=name):
                RetentionSettings(**{name: wrong})


def test_positions_go_by_whole_days() -> None:
    from dispatch.retention.limits import limits

    now = datetime.fromisoformat("2026-03-04T17:30:00+00:00")
    (positions, *_) = limits(DAYS, now)
    assert positions.before == datetime.fromisoformat("2026-03-01T00:00:00+00:00")
