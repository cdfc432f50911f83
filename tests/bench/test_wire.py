"""How many positions a core writes and reads as JSON, beside `json` alone on the same text."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pytest

from radio_gateway.domain.events import PositionReported, PositionSource
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.wire import EventEnvelope, dump_event, load_events
from tests.bench.results import record

pytestmark = pytest.mark.bench

BATCH, ROUNDS, REPEATS = 100, 50, 5
DUMP_GOAL: Final = 60_000
LOAD_GOAL: Final = 40_000
AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)


def _position(number: int) -> EventEnvelope:
    """With every field that a repeater's report has."""
    event = PositionReported(
        link="Centrs",
        at=Moment(12.5 + number, AT),
        radio=RadioId("liepaja", 2_340_000 + number),
        point=GeoPoint(56.5110, 21.0140),
        source=PositionSource.TRIGGERED,
        fixed_at=AT,
        speed_kmh=41.5,
        bearing_deg=270.0,
        rssi_dbm=-87.0,
    )
    return EventEnvelope(f"0192d3c0-0000-7000-8000-{number:012}", "liepaja", None, event)


def _rate(work: Callable[[], object]) -> float:
    """Events per second of processor time, best of a few."""
    best = 0.0
    for _ in range(REPEATS):
        began = time.process_time()
        for _ in range(ROUNDS):
            work()
        best = max(best, BATCH * ROUNDS / (time.process_time() - began))
    return best


def test_positions_on_the_wire() -> None:
    batch = [_position(number) for number in range(BATCH)]
    text = b"[" + b",".join(map(dump_event, batch)) + b"]"
    plain = json.loads(text)
    raw_dump = _rate(lambda: [json.dumps(item).encode() for item in plain])
    raw_load = _rate(lambda: json.loads(text))
    for name, rate, raw, goal in (
        ("positions written", _rate(lambda: list(map(dump_event, batch))), raw_dump, DUMP_GOAL),
        ("positions read", _rate(lambda: load_events(text)), raw_load, LOAD_GOAL),
    ):
        record(
            name,
            rate,
            "/s",
            raw=raw,
            ratio=rate / raw,
            goal=f">= {goal:,}",
            ok=rate >= goal,
            note=f"raw: json of the same values, {len(text) // BATCH} octets each",
        )
