"""The spool: numbers, order, limits and what it refuses."""

import asyncio
import sqlite3
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from radio_gateway.domain.events import EmergencyRaised, EmergencySource, Event, StatusReceived
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.spool import Spool, SpoolError, SpoolFullError, open_spool
from radio_gateway.spool.ids import new_id

AT = Moment(10.0, datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
RADIO = RadioId("liepaja", 101)


def status(number: int, at: Moment = AT) -> StatusReceived:
    return StatusReceived(link="east", at=at, radio=RADIO, status=number)


def emergency() -> EmergencyRaised:
    return EmergencyRaised(link="east", at=AT, radio=RADIO, source=EmergencySource.ALARM)


async def fill(spool: Spool, event: Event) -> None:
    for _ in range(10_000):
        await spool.append([event])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "spool.db"


@pytest.fixture
async def spool(path: Path) -> AsyncIterator[Spool]:
    async with open_spool(path, "coast", 50_000_000) as opened:
        yield opened


async def test_numbers_rise_by_one_over_appends(spool: Spool) -> None:
    first = await spool.append([status(1), status(2)])
    second = await spool.append([status(3)])
    assert [envelope.seq for envelope in [*first, *second]] == [1, 2, 3]
    assert [envelope.event for envelope in first] == [status(1), status(2)]
    assert {envelope.gateway for envelope in first} == {"coast"}


async def test_numbers_go_on_after_receipts_and_a_restart(path: Path) -> None:
    async with open_spool(path, "coast", 50_000_000) as spool:
        stored = await spool.append([status(1), status(2)])
        assert await spool.acknowledge([envelope.id for envelope in stored]) == 2
    async with open_spool(path, "coast", 50_000_000) as spool:
        assert await spool.pending(urgent=False) == []
        assert [envelope.seq for envelope in await spool.append([status(3)])] == [3]


async def test_unacknowledged_events_are_read_back_as_they_were(path: Path) -> None:
    async with open_spool(path, "coast", 50_000_000) as spool:
        stored = await spool.append([status(n) for n in range(5)])
        alarm = await spool.append([emergency()])
        await spool.acknowledge([stored[1].id])
    async with open_spool(path, "coast", 50_000_000) as spool:
        assert await spool.pending(urgent=True) == alarm
        assert await spool.pending(urgent=False) == [stored[0], *stored[2:]]
        assert await spool.pending(urgent=False, after_seq=3, limit=1) == [stored[3]]


async def test_storing_under_a_known_id_keeps_one_row(spool: Spool) -> None:
    first = await spool.append([status(1)], ["a"])
    again = await spool.append([status(1), status(2)], ["a", "b"])
    assert [envelope.seq for envelope in [*first, *again]] == [1, 1, 2]
    assert (await spool.stats()).depth == 2


async def test_an_unknown_receipt_is_harmless(spool: Spool) -> None:
    stored = await spool.append([status(1)])
    assert await spool.acknowledge(["nobody", stored[0].id, stored[0].id]) == 1


async def test_many_appends_at_once_all_get_their_own_numbers(spool: Spool) -> None:
    done = await asyncio.gather(*(spool.append([status(n)]) for n in range(300)))
    assert sorted(envelopes[0].seq or 0 for envelopes in done) == list(range(1, 301))
    assert [envelopes[0].event for envelopes in done] == [status(n) for n in range(300)]


async def test_emergencies_overtake_what_waits(spool: Spool) -> None:
    ordinary = [asyncio.ensure_future(spool.append([status(n)] * 500)) for n in range(20)]
    alarm = (await spool.append([emergency()]))[0]
    last = (await asyncio.gather(*ordinary))[-1]
    assert alarm.seq is not None
    assert last[-1].seq == 10_001
    assert alarm.seq < last[0].seq  # type: ignore[operator]


async def test_stats_tell_depth_and_oldest(spool: Spool) -> None:
    empty = await spool.stats()
    assert (empty.depth, empty.oldest_heard_at) == (0, None)
    older = Moment(1.0, AT.utc - timedelta(hours=2))
    await spool.append([status(2, older), status(1)])
    stats = await spool.stats()
    assert (stats.depth, stats.oldest_heard_at, stats.limit) == (2, older.utc, 50_000_000)


async def test_a_full_spool_refuses_all_but_emergencies(path: Path) -> None:
    async with open_spool(path, "coast", 100_000) as spool:
        with pytest.raises(SpoolFullError, match=r"spool\.db: 0 MB are used up"):
            await fill(spool, status(1))
        depth = (await spool.stats()).depth
        assert depth > 100
        await spool.append([emergency()])
        stored = await spool.pending(urgent=False, limit=1000)
        await spool.acknowledge([envelope.id for envelope in stored])
        await spool.append([status(1)])  # room again


async def test_emergencies_stop_where_the_reserve_ends(path: Path) -> None:
    async with open_spool(path, "coast", 100_000) as spool:
        with pytest.raises(SpoolFullError):
            await fill(spool, emergency())
        assert (await spool.stats()).size >= 110_000


async def test_a_command_is_taken_once_even_over_a_restart(path: Path) -> None:
    long_ago = AT.utc - timedelta(days=7)
    async with open_spool(path, "coast", 1_000_000) as spool:
        assert await spool.take_command("c1", AT.utc, long_ago)
        assert not await spool.take_command("c1", AT.utc, long_ago)
    async with open_spool(path, "coast", 1_000_000) as spool:
        assert not await spool.take_command("c1", AT.utc, long_ago)
        assert await spool.take_command("c2", AT.utc, AT.utc + timedelta(seconds=1))
        assert await spool.take_command("c1", AT.utc, long_ago), "forgotten by then"


async def test_a_newer_format_is_refused_with_what_to_do(path: Path) -> None:
    async with open_spool(path, "coast", 1_000_000):
        pass
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 3")
    db.close()
    with pytest.raises(SpoolError, match=r"newer version \(format 3, this program reads 2"):
        async with open_spool(path, "coast", 1_000_000):
            pass


async def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(SpoolError, match="another program's database"):
        async with open_spool(path, "coast", 1_000_000):
            pass


@pytest.mark.parametrize("content", [b"not a database, only text" * 100, b"\xff" * 5000])
async def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(content)
    with pytest.raises(SpoolError, match="damaged, or no spool"):
        async with open_spool(path, "coast", 1_000_000):
            pass


async def test_a_second_gateway_cannot_share_the_file(spool: Spool, path: Path) -> None:
    await spool.append([status(1)])
    with pytest.raises(SpoolError, match="another gateway is using it"):
        async with open_spool(path, "coast", 1_000_000):
            pass


async def test_a_directory_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpoolError, match="File exists"):
        async with open_spool(tmp_path / "file" / "spool.db", "coast", 1_000_000):
            pass


async def test_a_closed_spool_takes_nothing(path: Path) -> None:
    async with open_spool(path, "coast", 1_000_000) as spool:
        pass
    with pytest.raises(SpoolError, match="closed"):
        await spool.append([status(1)])


async def test_an_event_of_an_unknown_kind_does_not_hide_the_others(path: Path) -> None:
    async with open_spool(path, "coast", 1_000_000) as spool:
        stored = await spool.append([status(1), status(2)])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE outbox SET event = ? WHERE seq = 1", (b'{"v": 9}',))
    db.close()
    async with open_spool(path, "coast", 1_000_000) as spool:
        assert await spool.pending(urgent=False) == stored[1:]


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = [new_id(AT.utc + timedelta(milliseconds=n)) for n in range(50)]
    assert ids == sorted(ids)
    for n, text in enumerate(ids):
        key = uuid.UUID(text)
        assert (key.version, key.variant) == (7, uuid.RFC_4122)
        # 1 772 366 400 s after 1970: 2026-03-01 12:00 UTC
        assert key.int >> 80 == 1_772_366_400_000 + n
