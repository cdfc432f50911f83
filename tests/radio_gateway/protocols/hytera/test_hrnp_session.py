"""Both ends of an HRNP session, with octets from the vectors and over a line that loses some."""

import json
import random
from pathlib import Path

import pytest

from radio_gateway.protocols.errors import MalformedError, NotReadyError
from radio_gateway.protocols.hytera.hrnp_reader import HrnpReader
from radio_gateway.protocols.hytera.hrnp_session import POLL_EVERY_S, HrnpSession
from radio_gateway.protocols.hytera.session import (
    Delivered,
    HandedOver,
    NotTaken,
    SessionState,
    StateChanged,
)

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "hytera" / "hrnp.json").read_text())
CONNECT = bytes.fromhex("7e0400fe20100000000c60e1")
ACCEPT = bytes.fromhex("7e0400fd10200000000c70d2")
"0x7e04 + 0x00fd + 0x1020 + 0x0000 + 0x000c = 0x8f2d, its complement 0x70d2"
CALL = bytes.fromhex("024108050000 6f000000 7503")
CALL_PACKET = bytes.fromhex("7e04000020100000001873890241080500006f0000007503")
POLL = bytes.fromhex("02c60000006c03")


def sent(session: HrnpSession) -> list[bytes]:
    return [octets for octets, _ in session.outgoing()]


@pytest.fixture
def session() -> HrnpSession:
    """An application's end that is connected since second 0."""
    session = HrnpSession(poll=POLL)
    session.expire(0.0)
    assert sent(session) == [CONNECT]
    session.feed(ACCEPT, 0.0)
    assert [type(event) for event in session.events()] == [StateChanged]
    return session


def test_a_call_request_has_the_octets_of_the_capture(session: HrnpSession) -> None:
    session.send(CALL, 7, 1.0)
    assert sent(session) == [CALL_PACKET]
    session.feed(bytes.fromhex("7e04001010200000000c71bf"), 1.1)
    assert session.events() == [HandedOver(7)]


def test_a_radio_that_accepts_again_has_begun_anew(session: HrnpSession) -> None:
    """A connect that the network doubled makes the radio forget what it was asked to report."""
    session.feed(ACCEPT, 1.0)
    up = SessionState.UP
    assert session.events() == [StateChanged(up, up, "connect accepted again")]
    assert session.up


def test_what_is_not_acknowledged_goes_three_times(session: HrnpSession) -> None:
    session.send(CALL, 7, 1.0)
    for tenths in range(10, 100):
        session.expire(tenths / 10)
    assert sent(session).count(CALL_PACKET) == 3
    assert NotTaken(7, "no acknowledgement after 3 tries") in session.events()


def test_a_silent_radio_is_polled_then_lost_and_connected_again(session: HrnpSession) -> None:
    at = 0.0
    while session.up:
        due = session.deadline()
        assert due is not None
        at = max(at + 0.001, due)
        session.expire(at)
    polls = sent(session)
    assert POLL_EVERY_S < at <= 20.1
    assert all(POLL in each for each in polls)
    assert session.events() == [
        StateChanged(SessionState.UP, SessionState.WAITING, "nothing heard for 20 s")
    ]
    session.expire(at + 0.1)
    assert sent(session) == [CONNECT]


def test_nothing_is_sent_before_the_radio_accepts() -> None:
    session = HrnpSession()
    with pytest.raises(NotReadyError):
        session.send(CALL, 1, 0.0)


def test_a_packet_that_comes_again_is_told_once_and_acknowledged_twice(
    session: HrnpSession,
) -> None:
    packet = bytes.fromhex("7e04000010200000001883790241080500006f0000007503")
    session.feed(packet, 1.0)
    session.feed(packet, 3.0)
    assert session.events() == [Delivered(CALL, None)]
    assert [ack[3] for ack in sent(session)] == [0x10, 0x10]


def test_an_acknowledgement_of_data_waits_for_storage(session: HrnpSession) -> None:
    session.feed(bytes.fromhex("7e04000010200000001883790241080500006f0000007503"), 1.0)
    assert [acknowledges for _, acknowledges in session.outgoing()] == [True]


def test_the_address_that_the_radio_assigns_is_used(session: HrnpSession) -> None:
    """0x7e04 + 0x00fd + 0x1021 + 0x000c = 0x8f2e, its complement 0x70d1."""
    again = HrnpSession()
    again.expire(0.0)
    again.feed(bytes.fromhex("7e0400fd10210000000c70d1"), 0.0)
    again.outgoing()
    again.send(CALL, 1, 0.0)
    assert sent(again)[0][4:6] == b"\x21\x10"


def test_wrong_checksums_and_foreign_packets_are_refused(session: HrnpSession) -> None:
    for octets in (ACCEPT[:-1] + b"\x00", CONNECT, b"", b"\x7e" * 12):
        with pytest.raises(MalformedError):
            session.feed(octets, 1.0)
    assert sent(session) == []


def test_a_radio_that_closes_is_answered_and_connected_again(session: HrnpSession) -> None:
    """0x7e04 + 0x00fb + 0x1020 + 0x000c = 0x8f2b, its complement 0x70d4."""
    session.feed(bytes.fromhex("7e0400fb10200000000c70d4"), 2.0)
    assert not session.up
    session.expire(2.0)
    assert [each[3] for each in sent(session)] == [0xFA, 0xFE]


@pytest.mark.parametrize("seed", range(8))
def test_every_message_crosses_a_line_that_loses_a_fifth(seed: int) -> None:
    chance = random.Random(seed)
    ours, radio = HrnpSession(poll=POLL), HrnpSession(radio=True)
    arrived: list[bytes] = []
    handed: set[int] = set()
    wanted: list[bytes] = []
    now = 0.0
    while now < 120.0:
        now += 0.1
        if ours.up and len(wanted) < 30 and chance.random() < 0.05:
            wanted.append(bytes((2, 0x41, 8, len(wanted))))
            ours.send(wanted[-1], len(wanted) - 1, now)
        for here, there in ((ours, radio), (radio, ours)):
            here.expire(now)
            for octets in sent(here):
                if chance.random() > 0.2:
                    there.feed(octets, now)
        arrived += [e.payload for e in radio.events() if isinstance(e, Delivered)]
        handed |= {e.key for e in ours.events() if isinstance(e, HandedOver)}
    told = [payload for payload in arrived if payload != POLL]
    assert len(told) == len(set(told)), "told once"
    assert {wanted[key] for key in handed} <= set(told), "handed over means arrived"
    assert len(handed) >= 25


def test_the_reader_gives_the_same_packets_for_every_cut() -> None:
    packets = [bytes.fromhex(entry["hex"]) for entry in VECTORS]
    whole = [
        packet for packet, entry in zip(packets, VECTORS, strict=True)
        if entry["expect"]["checksum_ok"] and entry["expect"]["length"] == len(packet)
    ]  # fmt: skip
    assert len(whole) >= 3
    stream = b"\x00\x7e\x01" + b"noise~".join(whole) + b"\x7e"
    for size in (1, 2, 3, 7, 64, len(stream)):
        reader = HrnpReader()
        found = []
        for at in range(0, len(stream), size):
            found += reader.feed(stream[at : at + size])
        assert found + reader.flush() == whole
        assert not reader.waiting
        assert reader.skipped == len(stream) - sum(map(len, whole))


def test_a_false_header_hides_nothing_for_longer_than_a_silence() -> None:
    reader = HrnpReader()
    assert reader.feed(bytes.fromhex("7e040000201000000400ffff") + CONNECT + ACCEPT) == []
    assert reader.flush() == [CONNECT, ACCEPT]


@pytest.mark.parametrize("cut", range(len(CALL_PACKET)))
def test_any_damage_is_refused_or_read(cut: int) -> None:
    session = HrnpSession(radio=True)
    session.feed(CONNECT, 0.0)
    for octets in [CALL_PACKET[:cut]] + [
        CALL_PACKET[:cut] + bytes((CALL_PACKET[cut] ^ 1 << bit,)) + CALL_PACKET[cut + 1 :]
        for bit in range(8)
    ]:
        with pytest.raises(MalformedError):
            session.feed(octets, 1.0)
