"""Waiting without blocking the load: for a condition, or while a fault is to last."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

STEP_S = 0.02
"Between two questions to another process, which announces nothing."
Answer = TypeVar("Answer")


async def eventually(ask: Callable[[], Answer], what: str, patience_s: float = 20.0) -> Answer:
    """Ask again until the answer is true; AssertionError with `what` when patience ends."""

    async def question() -> Answer:
        return ask()

    return await eventually_async(question, what, patience_s)


async def eventually_async(
    ask: Callable[[], Awaitable[Answer]], what: str, patience_s: float = 20.0
) -> Answer:
    """The same for a question that takes its time."""
    deadline = time.monotonic() + patience_s
    while True:
        if answer := await ask():
            return answer
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {patience_s:.0f} s: {what}")
        await asyncio.sleep(STEP_S)


async def lasting(seconds: float, *tasks: asyncio.Task[None]) -> None:
    """Let a fault last; ends early, with its error, when one of the tasks of the load fails."""
    if not tasks:
        await asyncio.sleep(seconds)
        return
    done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
