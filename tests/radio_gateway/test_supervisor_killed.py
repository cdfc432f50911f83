"""Acknowledged means durable: a gateway that is killed under load loses nothing it acknowledged."""

import asyncio
import contextlib
import itertools
import json
import random
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.radio_gateway.support import eventually

ROOT = Path(__file__).parents[2]
UNANSWERED_S = 0.05
"After this long a base station repeats a frame."


async def start(directory: Path, port: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.radio_gateway.killable",
        str(directory),
        str(port),
        cwd=ROOT,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def talk(
    base: socket.socket, port: int, numbers: Iterator[int], acknowledged: set[int]
) -> None:
    """Send statuses one after the other, each again and again until it is acknowledged."""
    loop = asyncio.get_running_loop()
    for number in numbers:
        answer = b""
        while answer != f"OK STATUS 101 {number}".encode():
            with contextlib.suppress(OSError):
                base.sendto(f"STATUS 101 {number}".encode(), ("127.0.0.1", port))
            with contextlib.suppress(TimeoutError, OSError):
                async with asyncio.timeout(UNANSWERED_S):
                    answer = await loop.sock_recv(base, 4096)
        acknowledged.add(number)


def ledger(directory: Path) -> list[dict[str, object]]:
    path = directory / "ledger.jsonl"
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")[:-1]  # a torn last line had no receipt
    return [found for line in lines if (found := _parsed(line))]


def _parsed(line: bytes) -> dict[str, object]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return dict(found) if found["kind"] == "status_received" else {}


async def killed_and_restarted(directory: Path, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    acknowledged: set[int] = set()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as base,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reserved,
    ):
        base.bind(("127.0.0.1", 0))
        base.setblocking(False)
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        reserved.close()
        talking = asyncio.create_task(talk(base, port, itertools.count(), acknowledged))
        for _ in range(kills):
            process = await start(directory, port)
            enough = len(acknowledged) + rng.randrange(1, 150)
            await eventually(lambda n=enough: len(acknowledged) >= n, 30)  # type: ignore[misc]
            process.kill()
            await process.wait()
        talking.cancel()
    process = await start(directory, 0)
    try:
        await eventually(lambda: acknowledged <= _statuses(directory), 30)
    finally:
        process.kill()
        await process.wait()
    seqs = [found["seq"] for found in {str(f["id"]): f for f in ledger(directory)}.values()]
    assert len(seqs) == len(set(seqs)), "no number is given twice"


def _statuses(directory: Path) -> set[int]:
    return {found["body"]["status"] for found in ledger(directory)}  # type: ignore[index]


async def test_no_acknowledged_event_is_lost_when_killed(tmp_path: Path) -> None:
    await killed_and_restarted(tmp_path, kills=2, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
async def test_no_acknowledged_event_is_lost_over_many_kills(tmp_path: Path, seed: int) -> None:
    await killed_and_restarted(tmp_path, kills=20, seed=seed)
