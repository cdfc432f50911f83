"""How many messages a core decodes in a second, beside a bare `struct.unpack` and pynmea2."""

import struct
import time
from collections.abc import Callable

import pynmea2
import pytest

from radio_gateway.protocols.dmr.burst import parse_burst
from radio_gateway.protocols.homebrew.frames import parse_frame
from radio_gateway.protocols.hytera.frames import read_frame, read_message
from radio_gateway.protocols.hytera.hdap import Hdap
from radio_gateway.protocols.nmea.sentences import parse
from tests.bench.results import record

pytestmark = pytest.mark.bench

ROUNDS, REPEATS = 500, 30
# the captured examples of tests/vectors: LP report, DMRD with a CSBK, voice LC header, RMC
LP = bytes.fromhex(
    "08a0020032000000010a2110dd000041313833363438323631303135"
    "4e343731382e383035314530313835342e34333837302e313132310b03"
)
DMRD = bytes.fromhex(
    "444d52440223383b2338630006690f632e40c701"
    "53df0a83b7a8282c2509625014fdff57d75df5dcadde429028c87ae3341e24191c003c"
)
HEADER = bytes.fromhex("015149880ba01b3816406c80c46d5d7f77fd757e32990118206005a02341391033")
RMC = "$GNRMC,220516,A,5133.82,N,00042.24,W,173.8,231.8,130694,004.2,W*6E"


def _rates(work: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Calls per second of processor time; taken in turns, the best turn of each counts."""
    best = dict.fromkeys(work, 0.0)
    for _ in range(REPEATS):
        for name, call in work.items():
            began = time.process_time()
            for _ in range(ROUNDS):
                call()
            best[name] = max(best[name], ROUNDS / (time.process_time() - began))
    return best


def _pynmea2_with_fields() -> object:
    found = pynmea2.parse(RMC)
    return found.latitude, found.longitude, found.datetime, found.spd_over_grnd, found.true_course


def test_decoders_beside_raw_limits() -> None:
    layout, line = struct.Struct(">4sB3s3sIBI33sBB"), RMC.encode()
    raw, library = "struct.unpack of a DMRD", "pynmea2 with the same fields"
    rates = _rates(
        {
            raw: lambda: layout.unpack(DMRD),
            library: _pynmea2_with_fields,
            "Homebrew DMRD": lambda: parse_frame(DMRD),
            "Hytera LP report": lambda: read_frame(LP),
            "Hytera LP report with fields": lambda: read_message(Hdap.parse(LP)),
            "burst with link control": lambda: parse_burst(HEADER),
            "RMC with fields": lambda: parse(line),
        }
    )
    for name, rate in rates.items():
        if name not in (raw, library):
            limit = library if name.startswith("RMC") else raw
            record(name, rate, "/s", raw=rates[limit], note=f"raw: {limit}")
    assert rates["RMC with fields"] >= 4.5 * rates[library]
