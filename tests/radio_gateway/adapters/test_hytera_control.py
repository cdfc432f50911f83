"""A radio as base with its control port: connected to, asked, listened to."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from radio_gateway.adapters.hytera import HyteraBase, HyteraConfig
from radio_gateway.domain.commands import CallAlert
from radio_gateway.domain.events import (
    CallEnded,
    CallStarted,
    CommandOutcome,
    CommandResult,
    EmergencyRaised,
    Event,
    LinkChanged,
    LinkHealth,
    LinkState,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Outgoing, Peer
from tests.fakes.hytera_control_radio import HyteraRadio
from tests.radio_gateway.adapters.hytera_rig import REGISTRATION

HOST = "192.0.2.10"
RADIO = RadioId("palanga", 2_308_090)
START = datetime(2026, 2, 14, 10, 0, tzinfo=UTC)


class Desk:
    """A base that controls one radio; packets cross at once."""

    def __init__(self, *, answering: bool = True) -> None:
        config = HyteraConfig("control", "palanga", frozenset({HOST}), 9999, control_port=3005)
        self.base = HyteraBase(config)
        self.radio = HyteraRadio(address=0x21)
        self.answering = answering
        self.now = 0.0
        self.sent: list[Outgoing] = []
        self.base.opened(self.at)
        self.exchange()

    @property
    def at(self) -> Moment:
        return Moment(self.now, START + timedelta(seconds=self.now))

    def exchange(self) -> None:
        while frames := self.base.outgoing():
            self.sent += frames
            for frame in frames:
                if self.answering and frame.peer.endpoint == "rcp":
                    for answer in self.radio.take(frame.data):
                        self.hear(answer)

    def hear(self, octets: bytes, endpoint: str = "rcp") -> None:
        self.base.feed(octets, Peer(endpoint, HOST, 3005), self.at)

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.base.deadline()) is not None and due <= end:
            self.now = max(self.now + 0.001, due)
            self.base.expire(self.at)
            self.exchange()
        self.now = end

    def events(self) -> list[Event]:
        return [each for each in self.base.events() if not isinstance(each, LinkHealth)]


def states(events: list[Event]) -> list[LinkState]:
    return [event.state for event in events if isinstance(event, LinkChanged)]


def test_the_radio_is_connected_to_and_asked_for_its_reports() -> None:
    desk = Desk()
    assert desk.sent[0].data.hex() == "7e0400fe20100000000c60e1"
    assert desk.sent[0].peer == Peer("rcp", HOST, 3005)
    assert desk.radio.asked == [0x10C9, 0x10C7, 0x1847]
    assert states(desk.events()) == [LinkState.CONNECTING, LinkState.UP]


def test_voice_of_a_radio_is_no_damaged_message(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    desk = Desk()
    desk.base.events()
    # worked out: voice (01) of address 21, number 1, 34 octets, no checksum; RTP of mu-law with
    # an extension of one word and two octets of audio
    voice = "90000001 00000000 00000000 e0000001 00000000 fefe"
    octets = bytes.fromhex("7e040001 2120 0001 0022 0000" + voice)
    for _ in range(3):
        desk.hear(octets)
    assert states(desk.events()) == []
    desk.run(6.0)
    health = [event for event in desk.base.events() if isinstance(event, LinkHealth)]
    assert health[-1].malformed == 0
    told = [r.getMessage() for r in caplog.records if "voice" in r.getMessage()]
    assert told == [
        "control: voice of 192.0.2.10 is not listened to: payload type 0, 1 packets so far"
    ]


def test_a_radio_that_was_connected_twice_is_asked_again() -> None:
    desk = Desk()
    for answer in desk.radio.take(desk.sent[0].data):  # the network has doubled the connect
        desk.hear(answer)
    desk.exchange()
    assert desk.radio.asked == [0x10C9, 0x10C7, 0x1847] * 2
    assert states(desk.events()) == [LinkState.CONNECTING, LinkState.UP]
    assert all(frame.data[4] == 0x21 for frame in desk.sent[1:]), "the address that it gave"


def test_calls_that_the_radio_hears_are_told() -> None:
    desk = Desk()
    desk.events()
    desk.hear(desk.radio.hears(1, 201, RADIO.number))
    desk.run(2.0)
    desk.hear(desk.radio.hears(3, 201, RADIO.number))
    started, ended = desk.events()
    assert isinstance(started, CallStarted)
    assert isinstance(ended, CallEnded)
    assert (started.radio, started.slot) == (RADIO, None)
    assert ended.duration_s == pytest.approx(2.0)


def test_a_call_alert_goes_to_the_radio_and_its_answer_comes_back() -> None:
    desk = Desk()
    desk.hear(REGISTRATION, "rrs")
    desk.events()
    desk.base.command(CallAlert(command="c1", radio=RADIO), desk.at)
    desk.exchange()
    assert desk.radio.alerted == [RADIO.number]
    (result,) = desk.events()
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.DONE


def test_the_emergency_key_of_the_base_radio_is_an_alarm() -> None:
    desk = Desk()
    desk.hear(REGISTRATION, "rrs")
    desk.events()
    desk.hear(desk.radio.emergency())
    assert [event.radio for event in desk.events() if isinstance(event, EmergencyRaised)] == [RADIO]


def test_a_silent_radio_is_down_within_seconds_and_back_when_it_answers() -> None:
    desk = Desk()
    desk.events()
    desk.run(60.0)
    assert states(desk.events()) == [], "polled, and it answers"
    desk.answering = False
    desk.run(25.0)
    assert states(desk.events()) == [LinkState.DOWN]
    desk.answering = True
    desk.run(4.0)
    assert states(desk.events()) == [LinkState.UP]
    assert desk.radio.asked.count(0x10C9) == 2, "asked again after the restart"


def test_packets_of_others_change_nothing() -> None:
    desk = Desk(answering=False)
    stranger = HyteraRadio()
    desk.base.feed(next(stranger.take(desk.sent[0].data)), Peer("rcp", "192.0.2.99", 3005), desk.at)
    assert states(desk.events()) == [LinkState.CONNECTING]


def test_without_a_control_port_nobody_is_connected_to() -> None:
    base = HyteraBase(HyteraConfig("plain", "palanga", frozenset({HOST}), 9999))
    at = Moment(0.0, START)
    base.opened(at)
    accept = next(HyteraRadio().take(bytes.fromhex("7e0400fe20100000000c60e1")))
    base.feed(accept, Peer("rcp", HOST, 3005), at)
    assert base.outgoing() == []
    assert states(base.events()) == [LinkState.CONNECTING]
