"""Fifty consoles that come back together cost two snapshots, not fifty."""

import asyncio

import pytest

from dispatch.live.sharing import OneAtATime


class Works:
    """Counts what it does, and waits to be let through."""

    def __init__(self) -> None:
        self.begun = 0
        self.gate = asyncio.Event()

    async def __call__(self) -> int:
        self.begun += 1
        mine = self.begun
        await self.gate.wait()
        return mine


async def turns() -> None:
    """Let every task come as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_those_who_ask_together_share_and_later_ones_get_a_later_result() -> None:
    shared, work = OneAtATime[str, int](), Works()
    first = [asyncio.create_task(shared.get("a", work)) for _ in range(50)]
    await turns()
    assert work.begun == 1
    later = [asyncio.create_task(shared.get("a", work)) for _ in range(50)]
    await turns()
    assert work.begun == 1, "one at a time"
    work.gate.set()
    assert await asyncio.gather(*first) == [1] * 50
    assert await asyncio.gather(*later) == [2] * 50
    assert await shared.get("a", work) == 3


async def test_keys_do_not_wait_for_each_other() -> None:
    shared, work = OneAtATime[str, int](), Works()
    tasks = [asyncio.create_task(shared.get(key, work)) for key in "abc"]
    await turns()
    assert work.begun == 3
    work.gate.set()
    await asyncio.gather(*tasks)


async def test_who_leaves_takes_nothing_from_the_others() -> None:
    shared, work = OneAtATime[str, int](), Works()
    gone, stays = (asyncio.create_task(shared.get("a", work)) for _ in range(2))
    await turns()
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    work.gate.set()
    assert await stays == 1


async def test_an_error_reaches_all_and_the_next_run_is_free_of_it() -> None:
    shared = OneAtATime[str, int]()

    async def fails() -> int:
        raise LookupError("gone")

    async def works() -> int:
        return 7

    both = await asyncio.gather(*(shared.get("a", fails) for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in both] == [LookupError, LookupError]
    with pytest.raises(LookupError):
        await shared.get("a", fails)
    assert await shared.get("a", works) == 7
