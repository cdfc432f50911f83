"""A receiver on a serial port: its sentences are the positions of the radio it is bound to."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.adapters.nmea import NmeaConfig, NmeaTalker
from radio_gateway.domain.commands import RequestPosition, SendText
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    Event,
    LinkChanged,
    LinkHealth,
    LinkState,
    PositionReported,
    PositionSource,
    RadioHeard,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Adapter, Peer

SERIAL = Peer("serial")
START = datetime(2026, 3, 1, 16, 9, 0, tzinfo=UTC)
BOAT = RadioId("liepaja", 9001)


def sealed(body: str) -> bytes:
    return b"$%s*%02X\r\n" % (body.encode(), reduce(xor, body.encode(), 0))


def rmc(second: int = 2, status: str = "A", mode: str = "A") -> bytes:
    place = "5630.0000,N,02100.0000,E"
    return sealed(f"GPRMC,1609{second:02d},{status},{place},10.0,90.0,010326,,,{mode}")


def gga(second: int = 2) -> bytes:
    return sealed(f"GPGGA,1609{second:02d},5630.0000,N,02100.0000,E,1,08,1.0,3.5,M,,M,,")


class Port:
    def __init__(self) -> None:
        config = NmeaConfig(name="boat", network="liepaja", radio=9001)
        self.talker: Adapter = NmeaTalker(config)
        self.talker.opened(self.at(0.0))

    @staticmethod
    def at(mono: float) -> Moment:
        return Moment(mono, START + timedelta(seconds=mono))

    def hear(self, data: bytes, mono: float) -> list[Event]:
        """Feed, then let the fix settle."""
        self.talker.feed(data, SERIAL, self.at(mono))
        self.talker.expire(self.at(mono + 0.3))
        return self.events()

    def events(self) -> list[Event]:
        return [e for e in self.talker.events() if not isinstance(e, LinkChanged | LinkHealth)]


@pytest.fixture
def port() -> Port:
    return Port()


def test_sentences_of_one_instant_are_one_position(port: Port) -> None:
    events = port.hear(gga() + rmc() + sealed("GPVTG,90.0,T,,M,10.0,N,18.5,K,A"), 3.0)
    assert events == [
        PositionReported(
            link="boat",
            at=port.at(3.3),
            radio=BOAT,
            point=GeoPoint(56.5, 21.0),
            source=PositionSource.SENTENCE,
            fixed_at=datetime(2026, 3, 1, 16, 9, 2, tzinfo=UTC),
            speed_kmh=18.52,
            bearing_deg=90.0,
            altitude_m=3.5,
        )
    ]


def test_every_cut_of_the_stream_gives_the_same_positions() -> None:
    stream = gga(2) + rmc(2) + gga(3) + rmc(3)
    whole = Port().hear(stream, 4.0)
    assert len(whole) == 2
    for cut in range(len(stream)):
        port = Port()
        port.talker.feed(stream[:cut], SERIAL, port.at(4.0))
        assert port.hear(stream[cut:], 4.0) == whole


def test_a_settled_fix_waits_for_its_deadline(port: Port) -> None:
    port.hear(rmc(1), 1.0)
    port.talker.feed(rmc(2), SERIAL, port.at(3.0))
    assert port.events() == []
    assert port.talker.deadline() == pytest.approx(3.3)


@pytest.mark.parametrize("bad", [rmc(status="V"), rmc(mode="N"), rmc(mode="S"), rmc(mode="M")])
def test_no_fix_shows_life_every_ten_seconds(bad: bytes, port: Port) -> None:
    heard = [event for second in range(20) for event in port.hear(bad, float(second))]
    assert [type(event) for event in heard] == [RadioHeard, RadioHeard]


def test_dead_reckoning_is_stale(port: Port) -> None:
    (event,) = port.hear(rmc(mode="E"), 3.0)
    assert isinstance(event, PositionReported)
    assert event.stale


@pytest.mark.parametrize(
    "line", [rmc().replace(b"160902", b"160903"), rmc().partition(b"*")[0] + b"\r\n"]
)
def test_a_line_without_a_good_checksum_is_dropped(line: bytes, port: Port) -> None:
    assert port.hear(line, 3.0) == []


def test_a_link_is_up_with_the_first_good_line(port: Port) -> None:
    port.talker.feed(b"\xff\xff\r\n" + rmc(), SERIAL, port.at(1.0))
    port.talker.closed("port removed", port.at(2.0))
    states = [e.state for e in port.talker.events() if isinstance(e, LinkChanged)]
    assert states == [LinkState.CONNECTING, LinkState.UP, LinkState.DOWN]


def test_the_first_good_line_is_told_at_once(port: Port) -> None:
    assert port.talker.deadline() == 5.0
    port.talker.feed(rmc(), SERIAL, port.at(1.0))
    assert port.talker.deadline() == 1.0
    port.talker.expire(port.at(1.0))
    (health,) = [e for e in port.talker.events() if isinstance(e, LinkHealth)]
    assert (health.frames, health.last_payload_at) == (1, START + timedelta(seconds=1))


def test_health_counts_good_and_bad_lines(port: Port) -> None:
    port.talker.feed(b"junk\r\n" + rmc(), SERIAL, port.at(1.0))
    port.talker.expire(port.at(5.0))
    (health,) = [e for e in port.talker.events() if isinstance(e, LinkHealth)]
    assert (health.frames, health.malformed) == (1, 1)


def test_a_clock_fault_leaves_the_fix_time_out(port: Port) -> None:
    (event,) = port.hear(sealed("GPRMC,120000,A,5630.0000,N,02100.0000,E,,,010326,,,A"), 3.0)
    assert isinstance(event, PositionReported)
    assert event.fixed_at is None


def test_a_receiver_takes_no_commands(port: Port) -> None:
    port.talker.command(SendText(command="a", text="x", radio=BOAT), port.at(1.0))
    port.talker.command(RequestPosition(command="b", radio=BOAT), port.at(1.0))
    text, request = port.events()
    assert isinstance(text, TextProgress)
    assert isinstance(request, CommandResult)
    assert (text.state, request.outcome) == (TextState.FAILED, CommandOutcome.REFUSED)
    assert text.reason is TextFailure.UNSUPPORTED
    assert port.talker.outgoing() == []


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_no_octets_ever_raise(pieces: list[bytes]) -> None:
    port = Port()
    for second, piece in enumerate(pieces):
        port.hear(piece + b"\n", float(second))
    port.talker.closed("end", port.at(100.0))
