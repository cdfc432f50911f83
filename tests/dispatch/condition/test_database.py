"""How fast the database commits, as the lamp tells it."""

from itertools import accumulate, chain, repeat

from dispatch.condition.database import DatabaseWatch
from dispatch.db.database import Database


async def test_the_first_probe_connects_and_makes_nothing_slow(database: Database) -> None:
    took_s = chain((3.0, 0.1, 2.0), repeat(0.1))
    # one look at the clock before a probe and one after: pauses are 0 s
    steps = chain.from_iterable((0.0, seconds) for seconds in took_s)
    times = accumulate(steps)
    watch = DatabaseWatch(database, monotonic=lambda: next(times))

    texts = []
    for _ in range(3):
        await watch.tick()
        (finding,) = watch.findings()
        texts.append((finding.level, finding.text))

    assert texts == [("ok", "database.ok"), ("ok", "database.ok"), ("amber", "database.slow")]
