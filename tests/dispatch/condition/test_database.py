"""How fast the database commits, as the lamp tells it."""

from collections.abc import Sequence
from itertools import accumulate, chain

from dispatch.condition.database import DatabaseWatch
from dispatch.db.database import Database


async def texts(database: Database, took_s: Sequence[float]) -> list[tuple[str, str]]:
    """Level and text of the lamp after each of probes that take so long."""
    # one look at the clock before a probe and one after: pauses are 0 s
    times = accumulate(chain.from_iterable((0.0, seconds) for seconds in took_s))
    watch = DatabaseWatch(database, monotonic=lambda: next(times))
    found: list[tuple[str, str]] = []
    for _ in took_s:
        await watch.tick()
        (finding,) = watch.findings()
        found.append((finding.level, finding.text))
    return found


async def test_the_first_probe_connects_and_makes_nothing_slow(database: Database) -> None:
    found = await texts(database, (3.0, 0.1, 0.6))
    assert found == [("ok", "database.ok")] * 3


async def test_two_slow_commits_of_the_last_minutes_are_shown_and_one_is_not(
    database: Database,
) -> None:
    found = await texts(database, (0.1, 0.6, *[0.1] * 30, 0.7, *[0.1] * 30))
    levels = [level for level, _ in found]
    # of the last sixty probes both were slow until the first of them is forgotten
    assert levels == ["ok"] * 32 + ["amber"] * 29 + ["ok"] * 2
    assert found[-3][1] == "database.slow"
