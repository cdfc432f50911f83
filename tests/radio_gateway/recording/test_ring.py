"""The ring keeps the newest frames within its limit."""

from radio_gateway.domain.ports import Peer
from radio_gateway.recording.ring import FRAME_COST, FrameRing, Place
from tests.radio_gateway.support import moment

PEER = Peer("main", "192.0.2.1", 50_000)
MAIN = {"main": Place("voice", "main", "homebrew", "198.51.100.1", 62_031)}


def test_both_directions_come_back_oldest_first() -> None:
    ring = FrameRing(10_000)
    ring.received([(b"one", PEER), (b"two", PEER)], moment(1))
    ring.sent(b"three", PEER, moment(2))
    records = ring.records(MAIN)
    assert [(each.data, each.outbound) for each in records] == [
        (b"one", False),
        (b"two", False),
        (b"three", True),
    ]
    assert records[0].at == moment(1).utc.timestamp()
    assert (records[2].host, records[2].port) == ("192.0.2.1", 50_000)


def test_the_oldest_go_when_the_limit_is_reached() -> None:
    ring = FrameRing(3 * (FRAME_COST + 100))
    for n in range(50):
        ring.received([(bytes((n,)) * 100, PEER)], moment(n))
        assert ring.size <= ring.limit
    assert [each.data[0] for each in ring.records(MAIN)] == [47, 48, 49]
    assert len(ring) == 3


def test_a_frame_larger_than_the_ring_empties_it() -> None:
    ring = FrameRing(200)
    ring.received([(b"small", PEER), (bytes(2000), PEER)], moment())
    assert (len(ring), ring.size) == (0, 0)


def test_frames_of_ports_that_are_closed_are_left_out() -> None:
    ring = FrameRing(10_000)
    ring.received([(b"x", Peer("gone"))], moment())
    assert ring.records(MAIN) == []
