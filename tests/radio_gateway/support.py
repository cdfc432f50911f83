"""Waiting for what will happen, and small values that many gateway tests share."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from radio_gateway.domain.moment import Moment


async def eventually(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Let the loop run until the condition holds; TimeoutError when it does not."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # the condition has no event to wait for
            await asyncio.sleep(0)


def moment(mono: float = 0.0) -> Moment:
    """A time of a test: `mono` seconds after noon of 1 March 2026."""
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC).timestamp()
    return Moment(mono, datetime.fromtimestamp(noon + mono, UTC))
