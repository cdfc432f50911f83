"""Waiting for what will happen, and small values that many gateway tests share."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from radio_gateway.domain.moment import Moment


async def eventually(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Let the loop run until the condition holds; TimeoutError when it does not."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # the condition has no event to wait for
            await asyncio.sleep(0)


@asynccontextmanager
async def meanwhile(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let the work go on until the block ends; what it raises is the test's fault.

    Sending and receiving are two works: to wait for a datagram with a time-out can lose it when
    both are over at once.
    """
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for fault in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(fault, Exception):
                raise fault


def moment(mono: float = 0.0) -> Moment:
    """A time of a test: `mono` seconds after noon of 1 March 2026."""
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC).timestamp()
    return Moment(mono, datetime.fromtimestamp(noon + mono, UTC))
