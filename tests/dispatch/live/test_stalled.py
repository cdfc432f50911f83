"""A browser that takes nothing any more: bounded memory, cut off, and no other one waits for it."""

import asyncio
import random
from collections.abc import Callable

from dispatch.live.follower import Follower
from dispatch.live.frames import Frame
from dispatch.live.passing import Passing
from dispatch.shared import Shared
from tests.dispatch.console import Console, Server, dispatcher, furnish, serving
from tests.dispatch.desk import Desk

LARGE = b'"' + random.Random(7).randbytes(100_000).hex().encode() + b'"'
"A value that fills the buffers of a socket soon, even compressed."
RADIOS = 5
VALUES = RADIOS + 1
"What may wait: the newest of each radio, and the lamps, which may change meanwhile."


async def until(ready: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(20):
            while not ready():  # noqa: ASYNC110  the server's tasks tell nobody
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"not within 20 s: {what}") from None


async def follow(shared: Shared, console: Console) -> Follower:
    """Follow live; the server's side of this console."""
    before = shared.hub.followers()
    await console.resume(shared.hub.epoch, shared.hub.last_seq)
    assert await console.next() == {"live": True}
    (follower,) = shared.hub.followers() - before
    return follower


async def test_a_stalled_console_is_cut_off_and_others_go_on(desk: Desk) -> None:
    shared = await furnish(desk)
    client = await dispatcher(desk)
    async with serving(desk) as server, server.console(client) as quick:
        await follow(shared, quick)
        async with server.console(client) as stalled:
            follower = await follow(shared, stalled)
            stalled.socket.transport.pause_reading()
            for number in range(300):
                shared.hub.pass_on([Passing("positions", number % RADIOS, None, LARGE)])
                assert follower.waiting <= VALUES
                # the other console gets every frame meanwhile
                assert (await quick.until("positions"))["data"]
                if follower.waiting >= RADIOS:
                    break
            assert follower.waiting >= RADIOS, "the buffers never filled"
            await _flood_with_events(shared, follower, server, quick)
            stalled.socket.transport.abort()


async def _flood_with_events(
    shared: Shared, follower: Follower, server: Server, quick: Console
) -> None:
    """More events than may wait, while its socket takes nothing."""
    follower.limit = 20
    first = shared.hub.last_seq + 1
    for seq in range(first, first + 30):
        shared.hub.publish([Frame(seq, None, f'{{"seq":{seq},"type":"status.received"}}')])
    assert follower.too_slow
    assert (len(follower.events), follower.waiting) == (0, 0)
    for seq in range(first, first + 30):
        assert (await quick.until("status.received"))["seq"] == seq
    await until(lambda: follower not in shared.hub.followers(), "the stuck stream ends")
