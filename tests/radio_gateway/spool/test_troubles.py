"""The spool while its disk or its file is in trouble, and after."""

import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from radio_gateway.domain.events import StatusReceived
from radio_gateway.domain.wire import EventEnvelope
from radio_gateway.spool import Spool, SpoolError, open_spool
from radio_gateway.spool.numbers import merged, missing
from tests.radio_gateway.spool.test_spool import AT, status

LIMIT = 50_000_000


async def test_every_file_has_an_epoch_of_its_own_that_restarts_keep(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    async with open_spool(path, "coast", LIMIT) as spool:
        first = spool.epoch
        (stored,) = await spool.append([status(1)])
        assert stored.epoch == first
    async with open_spool(path, "coast", LIMIT) as spool:
        assert spool.epoch == first
        assert await spool.pending(urgent=False) == [stored]
    path.rename(tmp_path / "moved.db")
    async with open_spool(path, "coast", LIMIT) as spool:
        assert spool.epoch != first
        (again,) = await spool.append([status(1)])
        assert (again.seq, again.epoch) == (1, spool.epoch)


async def test_a_file_of_the_format_before_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    async with open_spool(path, "coast", LIMIT) as spool:
        stored = await spool.append([status(1), status(2)])
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE spool")
        db.execute("PRAGMA user_version = 1")
    db.close()
    async with open_spool(path, "coast", LIMIT) as spool:
        assert [x.event for x in await spool.pending(urgent=False)] == [x.event for x in stored]
        assert [x.seq for x in await spool.append([status(3)])] == [3]


async def test_a_removed_directory_is_made_anew_with_all_that_was_held(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "data" / "spool.db"
    async with open_spool(path, "coast", LIMIT) as spool:
        stored = await spool.append([status(n) for n in range(5)])
        await spool.acknowledge([stored[0].id])
        assert await spool.take_command("done before", AT.utc, AT.utc)
        before = spool.epoch
        shutil.rmtree(path.parent)
        (new,) = await spool.append([status(9)])
        assert spool.epoch == new.epoch != before
        held = await spool.pending(urgent=False)
        assert [x.event for x in held] == [status(n) for n in (1, 2, 3, 4, 9)]
        assert [x.id for x in held] == [*(x.id for x in stored[1:]), new.id]
        assert [x.seq for x in held] == [1, 2, 3, 4, 5]
        assert not await spool.take_command("done before", AT.utc, AT.utc)
        assert (await spool.stats()).depth == 5
    assert "removed or replaced while in use; made anew with the 4 events" in caplog.text
    async with open_spool(path, "coast", LIMIT) as spool:
        assert await spool.pending(urgent=False) == held, "and it is all on disk"


async def test_a_write_that_failed_leaves_no_gap_in_the_numbers(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    async with open_spool(path, "coast", LIMIT) as spool:
        await spool.append([status(1)])
    with sqlite3.connect(path) as db:  # stands for a disk that refuses the second row of three
        db.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON outbox WHEN NEW.id = 'bad' "
            "BEGIN SELECT RAISE(ROLLBACK, 'disk I/O error'); END"
        )
    db.close()
    async with open_spool(path, "coast", LIMIT) as spool:
        with pytest.raises(Exception, match="disk I/O error"):
            await spool.append([status(2), status(3), status(4)], ["x", "bad", "y"])
        assert (await spool.stats()).depth == 1
        again = await spool.append([status(2), status(4)], ["x", "y"])
        assert [x.seq for x in again] == [2, 3]


@contextmanager
def failing_writes(size: int) -> Iterator[None]:
    """The system refuses to write beyond `size` octets of any file of this process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_disk_that_fails_is_used_again_once_it_works(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    async with open_spool(path, "coast", LIMIT) as spool:
        stored = await spool.append([status(n) for n in range(3)])
        epoch = spool.epoch
        with failing_writes(4096):
            with pytest.raises(SpoolError, match=r"spool\.db: "):
                await spool.append([status(3)] * 500)
            with pytest.raises(SpoolError, match=r"spool\.db: "):
                await spool.append([status(3)] * 500)
        assert await spool.acknowledge([stored[0].id]) == 1, "without a new event as well"
        (again,) = await spool.append([status(4)])
        assert (again.seq, again.epoch) == (4, epoch)
        assert await spool.pending(urgent=False) == [*stored[1:], again]


async def test_the_room_is_what_the_disk_leaves_if_that_is_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = 1 << 40

    def disk(_: Path) -> SimpleNamespace:
        return SimpleNamespace(f_bavail=free, f_frsize=1)

    monkeypatch.setattr("radio_gateway.spool.file.os.statvfs", disk)
    async with open_spool(tmp_path / "spool.db", "coast", LIMIT) as spool:
        stored = await spool.append([status(n) for n in range(2000)])
        size = (await spool.stats()).size
        assert spool.fill == size / LIMIT
        # the log will grow to 4 096 000 octets, and the file to what it holds
        log, file = ((tmp_path / name).stat().st_size for name in ("spool.db-wal", "spool.db"))
        free = (4_096_000 - log) + (size - file) + 40_960
        assert (await spool.stats()).limit == size + 40_960
        assert spool.fill == size / (size + 40_960)
        free = 0
        assert (await spool.stats()).limit == size
        assert spool.fill == 1
        await spool.append([status(1)])  # the disk itself says when it is full
        free = 1 << 40
        assert await spool.acknowledge([one.id for one in stored]) == 2000
        assert spool.fill < 0.01
    async with open_spool(tmp_path / "spool.db", "coast", LIMIT) as spool:
        # the file has kept its size: there is room in it although the disk has none
        free = 4_096_000
        file = (tmp_path / "spool.db").stat().st_size
        assert file >= size
        assert (await spool.stats()).limit >= file
        assert spool.fill < 0.1


async def _some(spool: Spool) -> list[EventEnvelope]:
    stored = await spool.append([status(n) for n in range(10)])
    await spool.acknowledge([x.id for x in stored if x.seq in (1, 2, 5, 10)])
    return stored


async def test_numbers_are_found_or_told_to_be_gone(tmp_path: Path) -> None:
    async with open_spool(tmp_path / "spool.db", "coast", LIMIT) as spool:
        stored = await _some(spool)
        found = await spool.find((1, 12))
        assert list(found.envelopes) == [x for x in stored if x.seq not in (1, 2, 5, 10)]
        assert found.gone == ((1, 2), (5, 5), (10, 10)), "11 and 12 were never given"
        assert (await spool.find((2, 9), limit=3)).gone == ((2, 2), (5, 5)), "as far as it looked"
        assert (await spool.find((20, 30))).gone == ()


async def test_what_cannot_be_read_is_gone_and_blocks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    async with open_spool(path, "coast", LIMIT) as spool:
        await spool.append([status(1), status(2)])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE outbox SET event = ? WHERE seq = 1", (b'{"v": 9}',))
    db.close()
    async with open_spool(path, "coast", LIMIT) as spool:
        found = await spool.find((1, 2))
        assert found.gone == ((1, 1),)
        assert [x.event for x in found.envelopes] == [status(2)]
        assert isinstance(found.envelopes[0].event, StatusReceived)


@pytest.mark.parametrize(
    ("span", "held", "expected"),
    [
        ((1, 5), [], [(1, 5)]),
        ((1, 5), [1, 2, 3, 4, 5], []),
        ((1, 5), [3], [(1, 2), (4, 5)]),
        ((1, 5), [1, 5], [(2, 4)]),
        ((7, 6), [], []),
    ],
)
def test_missing_numbers(
    span: tuple[int, int], held: list[int], expected: list[tuple[int, int]]
) -> None:
    assert list(missing(span, held)) == expected


def test_spans_that_touch_become_one() -> None:
    assert merged([(5, 6), (1, 2), (3, 3), (8, 9), (8, 8)]) == [(1, 3), (5, 6), (8, 9)]
