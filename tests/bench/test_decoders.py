"""How many messages a core decodes in a second, beside a bare `struct.unpack` and pynmea2."""

from datetime import UTC, datetime, timedelta
from itertools import cycle

import pynmea2
import pytest

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.homebrew.frames import parse_frame
from radio_gateway.protocols.hytera import quick
from radio_gateway.protocols.hytera.frames import read_frame, read_message
from radio_gateway.protocols.hytera.gps import gps_data
from radio_gateway.protocols.hytera.hdap import Hdap
from radio_gateway.protocols.hytera.lp import ConditionReport
from radio_gateway.protocols.hytera.message import RadioAddress
from radio_gateway.protocols.nmea.sentences import parse
from tests.bench.decoding import Decoder, measure

pytestmark = pytest.mark.bench

# the captured examples of tests/vectors: LP answer, RRS, DMRD with a CSBK, RMC, GGA
LP_ANSWER = bytes.fromhex(
    "08a0020032000000010a2110dd000041313833363438323631303135"
    "4e343731382e383035314530313835342e34333837302e313132310b03"
)
RRS = bytes.fromhex("11000300040a2338636503")
DMRD = bytes.fromhex(
    "444d52440223383b2338630006690f632e40c701"
    "53df0a83b7a8282c2509625014fdff57d75df5dcadde429028c87ae3341e24191c003c"
)
RMC = "$GNRMC,220516,A,5133.82,N,00042.24,W,173.8,231.8,130694,004.2,W*6E"
GGA = "$GNGGA,203415.000,6325.6138,N,01021.4290,E,1,8,2.42,72.5,M,41.5,M,,*7C"
LP_FIELDS = "s6s6ss9ss10s3s3sBB"


def _reports() -> list[bytes]:
    """Of radios at other places, ten in each second, at other speeds."""
    begin = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    return [
        ConditionReport(
            number,
            RadioAddress(10, 1000 + number),
            gps_data(
                GeoPoint(56.5 + number * 1e-4, 21.0 + number % 777 * 1e-4),
                fixed_at=begin + timedelta(seconds=number // 10),
                speed_knots=number % 100 / 3,
                course_deg=number % 360,
            ),
        ).build()
        for number in range(5_000)
    ]


def _rmc() -> object:
    found = pynmea2.parse(RMC)
    return found.latitude, found.longitude, found.datetime, found.spd_over_grnd, found.true_course


def _gga() -> object:
    found = pynmea2.parse(GGA)
    return found.latitude, found.longitude, found.timestamp, found.gps_qual, found.altitude


def test_decoders_beside_raw_limits() -> None:
    rmc, gga = RMC.encode(), GGA.encode()
    reports = _reports()
    following = cycle(reports)
    assert all(quick.read(each) is not None for each in reports)
    measure(
        [
            Decoder(
                "Homebrew DMRD",
                lambda: parse_frame(DMRD),
                DMRD,
                ">4sB3s3sIB4s33sBB",
                goal=800_000,
            ),
            Decoder(
                "Hytera LP report: place, time, speed",
                lambda: quick.read(next(following)),
                reports[0],
                f">BHHI4s{LP_FIELDS}",
                goal=400_000,
            ),
            Decoder(
                "Hytera LP answer, as texts",
                lambda: read_message(Hdap.parse(LP_ANSWER)),
                LP_ANSWER,
                f">BHHI4sH{LP_FIELDS}",
            ),
            Decoder(
                "Hytera RRS registration",
                lambda: read_message(Hdap.parse(RRS)),
                RRS,
                ">BHH4sBB",
            ),
            Decoder("Hytera envelope", lambda: read_frame(LP_ANSWER), LP_ANSWER, ">BHH50sBB"),
            Decoder(
                "RMC with fields",
                lambda: parse(rmc),
                rmc,
                "x2s3sx6sxsx7sxsx8sxsx5sx5sx6sx5sxsx2s",
                pynmea2=_rmc,
                times=5.0,
            ),
            Decoder(
                "GGA with fields",
                lambda: parse(gga),
                gga,
                "x2s3sx10sx9sxsx10sxsxsxsx4sx4sxsx4sxsxxx2s",
                pynmea2=_gga,
            ),
        ]
    )
