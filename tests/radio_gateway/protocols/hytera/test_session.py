"""The HSTRP session from both ends; expected octets are from captures and the protocol's tables."""

import itertools
import random

import pytest

from radio_gateway.protocols.errors import MalformedError, NotReadyError
from radio_gateway.protocols.hytera.hstrp import repeater_options
from radio_gateway.protocols.hytera.session import (
    Delivered,
    HandedOver,
    HstrpSession,
    NotTaken,
    SessionState,
    StateChanged,
)

CONNECT = bytes.fromhex("324200240000 83040001869f 040101")
CONNECT_ACK = bytes.fromhex("324200250000 83040001869f 040101")
HEARTBEAT = bytes.fromhex("324200020000")
REGISTRATION = bytes.fromhex("11000300040a2337facd03")
DATA = bytes.fromhex("324200200001 830400066b0e 040101") + REGISTRATION
DATA_ACK = bytes.fromhex("324200210001 830400066b0e 040101")


def frames(session: HstrpSession) -> list[bytes]:
    return [data for data, _ in session.outgoing()]


@pytest.fixture
def session() -> HstrpSession:
    """A dispatcher's end that a repeater has connected to at time 0."""
    session = HstrpSession()
    session.feed(CONNECT, 0.0)
    session.outgoing()
    session.events()
    return session


def test_a_connect_is_answered_with_its_options_echoed() -> None:
    session = HstrpSession()
    session.feed(CONNECT, 0.0)
    assert session.outgoing() == [(CONNECT_ACK, False)]
    assert session.events() == [StateChanged(SessionState.WAITING, SessionState.UP, "connected")]


def test_a_connect_without_options_gets_the_short_answer() -> None:
    session = HstrpSession()
    session.feed(bytes.fromhex("324200040007"), 0.0)
    assert frames(session) == [bytes.fromhex("324200050007")]


def test_a_dispatcher_is_silent_until_a_repeater_is_there() -> None:
    session = HstrpSession()
    session.expire(1000.0)
    assert session.outgoing() == []
    assert session.deadline() is None
    with pytest.raises(NotReadyError):
        session.send(REGISTRATION, 1, 0.0)


def test_heartbeats_leave_every_five_to_six_seconds(session: HstrpSession) -> None:
    sent_at = []
    for tenth in range(300):
        session.feed(HEARTBEAT, tenth / 10)
        session.expire(tenth / 10)
        sent_at += [tenth / 10] * frames(session).count(HEARTBEAT)
    gaps = [late - early for early, late in itertools.pairwise(sent_at)]
    assert len(sent_at) == 5
    assert all(5.0 <= gap <= 6.0 for gap in gaps)


def test_data_is_delivered_and_acknowledged_with_the_options(session: HstrpSession) -> None:
    session.feed(DATA, 1.0)
    assert session.outgoing() == [(DATA_ACK, True)]
    assert session.events() == [Delivered(REGISTRATION, 1)]


def test_a_datagram_that_the_network_doubled_is_delivered_once(session: HstrpSession) -> None:
    session.feed(DATA, 1.0)
    session.feed(DATA, 1.1)
    assert frames(session) == [DATA_ACK, DATA_ACK]
    assert session.events() == [Delivered(REGISTRATION, 1)]


def test_the_same_number_later_is_another_packet(session: HstrpSession) -> None:
    session.feed(DATA, 1.0)
    session.feed(DATA, 30.0)
    assert len(session.events()) == 2


def test_data_of_a_session_from_before_our_restart_is_taken() -> None:
    session = HstrpSession()
    session.feed(DATA, 0.0)
    assert session.up
    assert frames(session) == [DATA_ACK]
    assert Delivered(REGISTRATION, 1) in session.events()


def test_our_packets_have_numbers_of_our_own(session: HstrpSession) -> None:
    session.send(REGISTRATION, 7, 0.0)
    session.send(REGISTRATION, 8, 0.0)
    assert frames(session) == [
        bytes.fromhex("324200000001") + REGISTRATION,
        bytes.fromhex("324200000002") + REGISTRATION,
    ]
    session.feed(bytes.fromhex("324200010002"), 0.1)
    assert session.events() == [HandedOver(8)]


def test_an_unacknowledged_packet_is_sent_three_times_and_then_given_up(
    session: HstrpSession,
) -> None:
    session.send(REGISTRATION, 7, 0.0)
    sent = frames(session)
    for second in (1.9, 2.0, 3.9, 4.0, 5.4):
        session.expire(second)
        sent += frames(session)
    assert sent == [bytes.fromhex("324200000001") + REGISTRATION] * 3
    assert session.events() == []
    session.expire(6.0)
    assert session.events() == [NotTaken(7, "no acknowledgement after 3 tries")]


def test_three_missed_heartbeats_end_the_session(session: HstrpSession) -> None:
    session.send(REGISTRATION, 7, 19.0)
    session.expire(19.9)
    assert session.up
    session.expire(20.0)
    assert session.events() == [
        NotTaken(7, "nothing heard for 20 s"),
        StateChanged(SessionState.UP, SessionState.WAITING, "nothing heard for 20 s"),
    ]
    session.outgoing()
    session.expire(120.0)
    assert session.outgoing() == []


def test_a_close_is_acknowledged_and_ends_the_session(session: HstrpSession) -> None:
    session.send(REGISTRATION, 7, 0.0)
    session.outgoing()
    session.feed(bytes.fromhex("324200080005"), 1.0)
    assert frames(session) == [bytes.fromhex("324200090005")]
    assert session.events() == [
        NotTaken(7, "closed by the peer"),
        StateChanged(SessionState.UP, SessionState.WAITING, "closed by the peer"),
    ]


def test_a_rejected_packet_is_not_taken(session: HstrpSession) -> None:
    session.send(REGISTRATION, 7, 0.0)
    session.feed(bytes.fromhex("324200100001"), 0.1)
    assert session.events() == [NotTaken(7, "rejected by the peer")]
    assert session.up


def test_data_without_a_message_is_malformed(session: HstrpSession) -> None:
    with pytest.raises(MalformedError, match="without a message"):
        session.feed(bytes.fromhex("324200000001"), 0.0)
    assert session.events() == []


def test_our_numbers_wrap_at_sixteen_bits(session: HstrpSession) -> None:
    for _ in range(0xFFFF):
        session.send(b"x", 0, 0.0, tries=0)
    session.outgoing()
    session.send(b"x", 0, 0.0)
    assert frames(session) == [bytes.fromhex("324200000000") + b"x"]


@pytest.mark.parametrize("seed", range(5))
def test_two_ends_over_a_bad_network_deliver_everything_acknowledged(seed: int) -> None:
    """30 % loss and 10 % doubling: what one end counts as handed over, the other has got."""
    rng = random.Random(seed)
    ends = (HstrpSession(), HstrpSession(options=repeater_options(99999, 1)))
    handed_over: set[int] = set()
    got: list[bytes] = []
    sent = 0
    for tick in range(3000):
        now = tick / 10
        for end, other in (ends, ends[::-1]):
            end.expire(now)
            if end.up and tick % 20 == 0 and end is ends[1] and sent < 100:
                end.send(b"%d" % sent, sent, now)
                sent += 1
            for data, _ in end.outgoing():
                if rng.random() < 0.3:
                    continue
                for _ in range(1 + (rng.random() < 0.1)):
                    other.feed(data, now)
            for event in end.events():
                match event:
                    case HandedOver(key):
                        handed_over.add(key)
                    case Delivered(payload):
                        got.append(payload)
                    case _:
                        pass
    assert sent == 100
    assert len(handed_over) > 80
    assert {b"%d" % key for key in handed_over} <= set(got)
