"""Killed under load: what was acknowledged is stored, and nothing is stored twice."""

import asyncio
import random
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from sqlalchemy import text

from dispatch.db.database import Database
from radio_gateway.domain.events import Event, PositionReported, PositionSource, TextReceived
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.wire import EventEnvelope, dump_event
from tests.dispatch.world import LINK, OURS, moment

ROOT = Path(__file__).parents[3]


def ledger(count: int) -> dict[str, bytes]:
    """Texts with positions between them, as lines."""
    lines = {}
    for n in range(count):
        event: Event
        if n % 2:
            event = TextReceived(link=LINK, at=moment(n), radio=OURS, text=f"text {n}")
        else:
            event = PositionReported(
                link=LINK,
                at=moment(n),
                radio=OURS,
                point=GeoPoint(56.0, 21.0),
                source=PositionSource.TRIGGERED,
            )
        lines[f"id-{n}"] = dump_event(EventEnvelope(f"id-{n}", "gw", n + 1, event)) + b"\n"
    return lines


async def life(url: str, lines: list[bytes], kill_after: int | None) -> set[str]:
    """Feed a process, kill it after so many receipts; the ids it acknowledged."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.dispatch.ingest.victim",
        url,
        stdin=PIPE,
        stdout=PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.writelines(lines)
    process.stdin.close()
    receipts: set[str] = set()
    async with asyncio.timeout(60):
        while line := await process.stdout.readline():
            if line.endswith(b"\n"):
                receipts.add(line.decode().strip())
            if kill_after is not None and len(receipts) >= kill_after:
                process.send_signal(signal.SIGKILL)
                kill_after = None
        await process.wait()
    return receipts


async def stored(url: str) -> tuple[list[str], int]:
    database = Database.open(url)
    async with database.read() as session:
        texts = list((await session.execute(text("SELECT text FROM message"))).scalars())
        positions = (await session.execute(text("SELECT count(*) FROM position"))).scalar_one()
        seqs = list((await session.execute(text("SELECT seq FROM event ORDER BY seq"))).scalars())
        assert (await session.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
    await database.close()
    assert seqs == list(range(1, len(seqs) + 1))
    return texts, positions


async def survive(url: str, kills: int, count: int, seed: int) -> None:
    dice = random.Random(seed)
    lines = ledger(count)
    acknowledged: set[str] = set()
    for _ in range(kills):
        # a gateway sends again what was not acknowledged, and that is all it knows
        rest = [line for key, line in lines.items() if key not in acknowledged]
        if len(rest) < 2:
            break
        acknowledged |= await life(url, rest, dice.randrange(1, len(rest)))
        texts, _ = await stored(url)
        expected = {f"text {key[3:]}" for key in acknowledged if int(key[3:]) % 2}
        assert expected <= set(texts), "acknowledged and lost"
        assert len(texts) == len(set(texts)), "stored twice"
    rest = [line for key, line in lines.items() if key not in acknowledged]
    acknowledged |= await life(url, rest, None)
    assert acknowledged == set(lines)
    texts, positions = await stored(url)
    assert sorted(texts) == sorted(f"text {n}" for n in range(1, count, 2))
    assert positions == (count + 1) // 2


async def test_one_kill_loses_nothing_acknowledged(database_url: str) -> None:
    await survive(database_url, kills=1, count=400, seed=1)


@pytest.mark.slow
async def test_fifty_kills_lose_nothing_acknowledged(database_url: str) -> None:
    await survive(database_url, kills=50, count=20_000, seed=2)
