"""The simulated radio network as a process of its own, as real radios are."""

import asyncio
import contextlib
import ctypes
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG: Final = 1
_RESTART_S: Final = (1.0, 2.0, 5.0, 10.0)
_GOODBYE_S: Final = 5.0


@asynccontextmanager
async def simulator(config: Path, log_file: Path, begin: asyncio.Event) -> AsyncIterator[None]:
    """Run `radio-gateway simulate` from `begin` on, again when it dies, until the block ends."""
    task = asyncio.create_task(_keep_running(config, log_file, begin), name="simulator")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _keep_running(config: Path, log_file: Path, begin: asyncio.Event) -> None:
    await begin.wait()
    attempt = 0
    while True:
        status = await _run_once(config, log_file)
        pause = _RESTART_S[min(attempt, len(_RESTART_S) - 1)]
        attempt += 1
        log.warning(
            "the simulator ended with status %s (see %s); it starts again in %.0f s",
            status,
            log_file,
            pause,
        )
        await asyncio.sleep(pause)


async def _run_once(config: Path, log_file: Path) -> int:
    with log_file.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "radio_gateway.cli", "simulate", "--config", str(config)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is ours to hand on, after the server has stopped
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
    try:
        return await process.wait()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(_GOODBYE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        raise


def _die_with_parent() -> None:
    """Ask Linux to end the child when its parent is killed outright."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
