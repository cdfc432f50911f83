"""One writer at a time, whatever sleeps, breaks or comes late."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from dispatch.agencies.models import Agency
from dispatch.db.database import Database, notify
from dispatch.db.notify import Listener
from dispatch.election.repository import LeaseRepository
from dispatch.election.service import Lease, LeaseLostError
from tests.dispatch.postgres import migrated_database


@pytest.fixture(scope="module")
def url(postgres_server: str) -> str:
    """A database of this module: each test begins with a lease that is free."""
    return migrated_database(postgres_server, "lease")


@pytest.fixture
async def processes(url: str) -> AsyncIterator[tuple[Database, Database]]:
    """The same database as two processes have it."""
    one, two = Database.open(url), Database.open(url)
    async with one.aside() as session:
        await session.execute(text("UPDATE writer_lease SET expires_at = '1970-01-01'"))
        await session.execute(text("DELETE FROM agency"))
    yield one, two
    await one.close()
    await two.close()


async def expire(database: Database) -> None:
    """Let the lease's time be over, as if its holder had slept."""
    async with database.aside() as session:
        await session.execute(text("UPDATE writer_lease SET expires_at = clock_timestamp()"))


async def told_and_undone(database: Database) -> None:
    async with database.write() as session:
        notify(session, "sardze_test", "undone")
        raise ZeroDivisionError


async def agencies(database: Database) -> list[str]:
    async with database.read() as session:
        return list(
            (await session.execute(text("SELECT code FROM agency ORDER BY code"))).scalars()
        )


async def test_one_of_two_gets_it_and_the_other_when_it_is_given_up(
    processes: tuple[Database, Database],
) -> None:
    one, two = Lease(processes[0], "one"), Lease(processes[1], "two")
    assert sorted(await asyncio.gather(one.take(), two.take())) == [False, True]
    holder, other = (one, two) if one.term is not None else (two, one)
    assert await holder.renew()
    assert not await other.take()
    assert await other.holder() == ("one" if holder is one else "two")
    before = holder.term
    await holder.release()
    assert await other.take()
    assert before is not None
    assert other.term == before + 1
    assert not await holder.renew()


async def test_a_lease_that_ran_out_is_kept_until_somebody_takes_it(
    processes: tuple[Database, Database],
) -> None:
    one, two = Lease(processes[0], "one"), Lease(processes[1], "two")
    assert await one.take()
    await expire(processes[1])
    assert await one.renew()
    assert not await two.take()
    await expire(processes[1])
    assert await two.take()
    assert not await one.renew()
    assert one.term is None


async def test_a_write_of_an_older_term_is_undone(processes: tuple[Database, Database]) -> None:
    old, new = Lease(processes[0], "old"), Lease(processes[1], "new")
    assert await old.take()
    guarded = processes[0].guarded(old.guard)
    async with guarded.write() as session:
        session.add(Agency(code="first", name="First", country="LV"))
    await expire(processes[1])
    assert await new.take()
    with pytest.raises(LeaseLostError):
        async with guarded.write() as session:
            session.add(Agency(code="late", name="Late", country="LV"))
    async with processes[1].guarded(new.guard).write() as session:
        session.add(Agency(code="second", name="Second", country="LV"))
    assert await agencies(processes[0]) == ["first", "second"]


async def test_nobody_is_elected_while_a_writer_is_within_its_transaction(
    processes: tuple[Database, Database],
) -> None:
    old, new = Lease(processes[0], "old"), Lease(processes[1], "new")
    assert await old.take()
    async with processes[0].guarded(old.guard).write() as session:
        await expire(processes[1])
        election = asyncio.create_task(new.take())
        async with processes[1].read() as reader:
            waiting = text(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            )
            async with asyncio.timeout(5):
                # the database's locks have no event to wait for
                while not (await reader.execute(waiting)).scalar_one():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        assert not election.done()
        session.add(Agency(code="just", name="In time", country="LV"))
    assert await election
    assert await agencies(processes[1]) == ["just"]


@pytest.mark.slow
async def test_the_turn_of_a_process_that_sleeps_is_taken_from_it(
    processes: tuple[Database, Database],
) -> None:
    async def sleep_within_a_turn() -> None:
        async with processes[0].write() as asleep:
            asleep.add(Agency(code="asleep", name="Asleep", country="LV"))
            await asleep.flush()
            async with asyncio.timeout(10), processes[1].write() as session:
                session.add(Agency(code="awake", name="Awake", country="LV"))

    with pytest.raises(OperationalError):
        await sleep_within_a_turn()
    assert await agencies(processes[1]) == ["awake"]


async def test_a_connection_cut_within_a_transaction_is_a_database_in_trouble(
    processes: tuple[Database, Database],
) -> None:
    async def cut() -> None:
        async with processes[0].write() as session:
            own = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            async with processes[1].aside() as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            session.add(Agency(code="cut", name="Cut", country="LV"))

    with pytest.raises(OperationalError):
        await cut()
    async with processes[0].write() as session:
        session.add(Agency(code="again", name="Again", country="LV"))
    assert await agencies(processes[1]) == ["again"]


async def test_notices_come_with_the_commit_from_others_only_and_after_a_break(
    processes: tuple[Database, Database],
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    connected = asyncio.Event()
    listener = Listener(processes[0], {"sardze_test": heard.put_nowait}, connected.set)
    listening = asyncio.create_task(listener.run())
    async with asyncio.timeout(10):
        await connected.wait()
        for database, word in ((processes[0], "own"), (processes[1], "other")):
            async with database.write() as session:
                notify(session, "sardze_test", f"{word} 1", newest=True)
                notify(session, "sardze_test", f"{word} 2", newest=True)
        with pytest.raises(ZeroDivisionError):
            await told_and_undone(processes[1])
        assert await heard.get() == "other 2"

        connected.clear()
        async with processes[1].aside() as session:
            cut = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            )
            await session.execute(text(cut))
        await connected.wait()
        async with processes[1].write() as session:
            notify(session, "sardze_test", "third")
        assert await heard.get() == "third"
    assert heard.empty()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_lease_is_of_the_databases_own_time(processes: tuple[Database, Database]) -> None:
    async with processes[0].aside() as session:
        repository = LeaseRepository(session)
        term = await repository.take("one", timedelta(seconds=5))
        left = await session.execute(
            text("SELECT extract(epoch FROM expires_at - clock_timestamp()) FROM writer_lease")
        )
        assert 4 < float(left.scalar_one()) <= 5
        assert term is not None
        assert await repository.is_term(term)
        assert not await repository.is_free()
