"""A blocked event loop is seen, named, measured, and in the end the process ends."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest

from radio_gateway.watchdog import BLOCKED_S, EXIT_STATUS, watching
from tests.radio_gateway.support import eventually


def block(seconds: float) -> None:
    """Keep the loop's thread busy, as a slow decoder would."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


async def test_a_blocked_loop_is_told_once_with_its_stack(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with watching(asyncio.get_running_loop()) as watchdog:
        await asyncio.sleep(0)
        watchdog.take_lag()
        block(3 * BLOCKED_S)
        await eventually(lambda: "event loop is blocked" in caplog.text)
        lag = watchdog.take_lag()
        assert 2 * BLOCKED_S < lag < 100 * BLOCKED_S
        assert watchdog.take_lag() < lag, "counted once"
    assert caplog.text.count("event loop is blocked") == 1
    assert "in block" in caplog.text


async def test_a_loop_that_runs_is_not_told_of(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    with watching(loop) as watchdog:
        until = loop.time() + 3 * BLOCKED_S
        await eventually(lambda: loop.time() > until)
        assert watchdog.take_lag() < BLOCKED_S
    assert "blocked" not in caplog.text


PROGRAM = """
import asyncio
import logging
from radio_gateway.watchdog import Watchdog

def hang():
    while True:
        pass

async def main():
    logging.basicConfig()
    Watchdog(asyncio.get_running_loop(), fatal_s=0.4).start()
    await asyncio.sleep(0)
    print("runs", flush=True)
    {then}

asyncio.run(main())
"""


def program(then: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM.format(then=then)]


def test_a_process_that_hangs_ends_with_status_70() -> None:
    done = subprocess.run(
        program("hang()"), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == EXIT_STATUS == 70
    assert "the process ends" in done.stderr
    assert "in hang" in done.stderr


def test_time_in_which_the_process_was_stopped_does_not_count() -> None:
    with subprocess.Popen(
        program("await asyncio.Event().wait()"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == "runs\n"
        os.kill(running.pid, signal.SIGSTOP)
        block(1.0)
        os.kill(running.pid, signal.SIGCONT)
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(1.0)
        running.terminate()
        running.wait(10)
        assert "blocked" not in running.stderr.read()
