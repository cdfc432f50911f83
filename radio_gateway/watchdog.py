"""Notices an event loop that is blocked: says where, measures it, and ends a process that hangs.

with watching(asyncio.get_running_loop()) as watchdog:
    ...
    watchdog.take_lag()
"""

import asyncio
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

log = logging.getLogger(__name__)

BEAT_S: Final = 0.05
"How often the loop shows that it runs, and how often that is looked at."
BLOCKED_S: Final = 0.2
"A loop silent for longer is reported once, with what it is doing."
FATAL_S: Final = 10.0
"A loop silent for longer ends the process, for the service manager to start it again."
EXIT_STATUS: Final = 70
"EX_SOFTWARE of sysexits.h."
_LOGGING_S: Final = 1.0
"What blocks the loop may block the log too: it gets no longer than this."


class Watchdog:
    """One thread beside one event loop.

    Only time in which this thread itself was running counts: a machine that slept, or a process
    that was stopped and continued, did not hang.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        fatal_s: float = FATAL_S,
        end: Callable[[int], object] = os._exit,
    ) -> None:
        """`loop` is the one that runs in the calling thread; `end` is given the exit status."""
        self._loop = loop
        self._thread_id = threading.get_ident()
        self._fatal_s = fatal_s
        self._end = end
        self._beats = 0
        self._lag_s = 0.0
        self._due_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._due_at = self._loop.time()
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopping.set()
        if self._timer is not None:
            self._timer.cancel()
        self._thread.join()

    def take_lag(self) -> float:
        """Longest time, in seconds, that the loop was late since the last call."""
        now = self._loop.time()
        lag, self._lag_s = max(self._lag_s, now - self._due_at), 0.0
        self._due_at = max(self._due_at, now)  # what is told now is not told again
        return lag

    def _beat(self) -> None:
        now = self._loop.time()
        self._lag_s = max(self._lag_s, now - self._due_at)
        self._beats += 1
        self._due_at = now + BEAT_S
        self._timer = self._loop.call_later(BEAT_S, self._beat)

    def _watch(self) -> None:
        seen, silent_s, told = -1, 0.0, False
        before = time.monotonic()
        while not self._stopping.wait(BEAT_S):
            now = time.monotonic()
            # a longer wait than two beats was ours as well
            silent_s += min(now - before, 2 * BEAT_S)
            before = now
            if self._beats != seen:
                seen, told = self._beats, False
                silent_s = 0.0
            elif silent_s > self._fatal_s:
                self._tell(logging.CRITICAL, f"blocked for {silent_s:.0f} s: the process ends")
                self._end(EXIT_STATUS)
                return
            elif silent_s > BLOCKED_S and not told:
                told = True
                self._tell(logging.ERROR, f"blocked for {silent_s:.1f} s")

    def _tell(self, level: int, what: str) -> None:
        frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001  # there is no other way
        stack = "".join(traceback.format_stack(frame)) if frame is not None else "(no stack)\n"
        writer = threading.Thread(
            target=lambda: log.log(level, "the event loop is %s; it is at\n%s", what, stack),
            name="watchdog's log",
            daemon=True,
        )
        writer.start()
        writer.join(_LOGGING_S)


@contextmanager
def watching(loop: asyncio.AbstractEventLoop) -> Iterator[Watchdog]:
    """Watch the running loop until the block ends."""
    watchdog = Watchdog(loop)
    watchdog.start()
    try:
        yield watchdog
    finally:
        watchdog.stop()
