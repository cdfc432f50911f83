"""Decoders beside a bare `struct.unpack` of the same fields of the same frame, and pynmea2."""

import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.results import record

ROUNDS, REPEATS = 500, 30
UNIT = "messages per CPU second"


@dataclass(frozen=True, slots=True)
class Decoder:
    """What is measured, and what beside it."""

    name: str
    decode: Callable[[], object]
    frame: bytes
    layout: str
    "How `struct` takes the same fields out of the frame."
    goal: int | None = None
    "Messages per second of processor time."
    pynmea2: Callable[[], object] | None = None
    "The same work by that library."
    times: float | None = None
    "How many times the rate of that library it should be."


def rates(work: Sequence[Callable[[], object]], rounds: int = ROUNDS) -> list[float]:
    """Calls per second of processor time; taken in turns, the best turn of each counts."""
    best = [0.0] * len(work)
    for _ in range(REPEATS):
        for place, call in enumerate(work):
            began = time.process_time()
            for _ in range(rounds):
                call()
            best[place] = max(best[place], rounds / (time.process_time() - began))
    return best


def measure(decoders: Sequence[Decoder], rounds: int = ROUNDS) -> None:
    """Record each with its ratio to the bare unpacking, and to the library where there is one."""
    for each in decoders:
        layout = struct.Struct(each.layout)
        assert layout.size == len(each.frame), each.name
        rate, raw = rates([each.decode, _unpacking(layout, each.frame)], rounds)
        record(
            each.name,
            rate,
            UNIT,
            raw=raw,
            goal=None if each.goal is None else f">= {each.goal:,}",
            ok=None if each.goal is None else rate >= each.goal,
            note=f"raw: struct.unpack of its {len(each.frame)} octets, {each.layout}",
        )
        if each.pynmea2 is not None:
            rate, library = rates([each.decode, each.pynmea2], rounds)
            times = each.times
            record(
                f"{each.name}, beside pynmea2",
                rate,
                UNIT,
                raw=library,
                goal=None if times is None else f">= {times:g} x pynmea2",
                ok=None if times is None else rate >= times * library,
                note="raw: pynmea2.parse and the same fields read",
            )
            assert times is None or rate >= 0.9 * times * library, each.name


def _unpacking(layout: struct.Struct, frame: bytes) -> Callable[[], object]:
    return lambda: layout.unpack(frame)
