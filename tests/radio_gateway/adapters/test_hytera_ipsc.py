"""The Hytera master in simulated time: calls, alarms, data and links."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from radio_gateway.adapters.hytera_ipsc import (
    HyteraIpscConfig,
    HyteraIpscMaster,
    RepeaterConfig,
)
from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    EmergencyRaised,
    EmergencySource,
    Event,
    LinkChanged,
    LinkHealth,
    LinkState,
    PositionReported,
    RadioRegistered,
    TextFailure,
    TextProgress,
    TextReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.dmr.link_control import GpsInfo
from radio_gateway.simulator.peers.hytera_ipsc import HyteraIpscRepeater
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.support import moment

HOST = "192.0.2.20"
RADIO, TALKGROUP, SERVER = 2308195, 101, 2301
OFFICER, GROUP = RadioId("coast", RADIO), TalkgroupId("coast", TALKGROUP)
PORTS = {"p2p": 50000, "dmr": 50001, "rdac": 50002}
STEP_S = 0.02
VECTORS = {
    entry["name"]: bytes.fromhex(entry["hex"])
    for entry in json.loads(
        (Path(__file__).parents[2] / "vectors" / "hytera" / "ipsc-dmr.json").read_text()
    )
}


class Line:
    """One repeater and its master, on a line of simulated time."""

    def __init__(self, seed: int) -> None:
        self.repeater = HyteraIpscRepeater(random.Random(seed), colour_code=3)
        self.master = HyteraIpscMaster(
            HyteraIpscConfig(
                name="ipsc", network="coast", repeaters=(RepeaterConfig(HOST, "Osta"),)
            )
        )
        self.now = 0.0
        self.events: list[Event] = []
        self.lost: Callable[[bytes], bool] = lambda _: False
        self.twice: Callable[[bytes], bool] = lambda _: False
        self.master.opened(moment(0.0))
        self.repeater.open(0.0)

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += STEP_S
            self.repeater.expire(self.now)
            for service, data in self.repeater.outgoing():
                self.hand(service, data)
            self.master.expire(moment(self.now))
            for out in self.master.outgoing():
                self.repeater.feed(out.peer.endpoint, out.data)
            self.events += self.master.events()

    def hand(self, service: str, data: bytes, host: str = HOST) -> None:
        if not self.lost(data):
            for _ in range(2 if self.twice(data) else 1):
                self.master.feed(data, Peer(service, host, PORTS[service]), moment(self.now))

    def of(self, *kinds: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]

    def calls(self) -> list[CallEnded]:
        return [event for event in self.events if isinstance(event, CallEnded)]


@pytest.fixture
def line() -> Line:
    """Registered, nothing said yet."""
    made = Line(7)
    made.run(3.0)
    assert made.repeater.up
    assert made.repeater.dmr_port == 50001
    return made


def test_a_repeater_registers_and_is_lost_and_comes_back(line: Line) -> None:
    line.run(20.0)
    assert line.repeater.up
    line.repeater.talk(RADIO, TALKGROUP, Speech(duration_s=60.0), now=line.now)
    line.run(1.0)
    line.repeater.silent = True
    line.run(30.0)
    line.repeater.silent = False
    line.run(10.0)
    states = [(e.site, e.state) for e in line.events if isinstance(e, LinkChanged)]
    assert states == [
        ("Osta", LinkState.CONNECTING),
        ("Osta", LinkState.UP),
        ("Osta", LinkState.DOWN),
        ("Osta", LinkState.UP),
    ]
    assert line.calls()[0].reason is CallEndReason.LOST


def test_a_group_call_with_alias_and_place(line: Line) -> None:
    line.repeater.talk(
        RADIO,
        TALKGROUP,
        Speech(
            duration_s=2.88, slot=2, alias="LP-101", position=GpsInfo(GeoPoint(56.51, 21.01), 20.0)
        ),
        now=line.now,
    )
    line.run(4.0)
    (started,) = line.of(CallStarted)
    assert isinstance(started, CallStarted)
    assert (started.radio, started.talkgroup, started.slot) == (OFFICER, GROUP, 2)
    assert (started.site, started.colour_code, started.late_entry) == ("Osta", 3, False)
    (ended,) = line.calls()
    assert ended.reason is CallEndReason.TERMINATOR
    assert ended.duration_s == pytest.approx(2.88)
    assert ended.loss_percent == 0.0
    assert ended.ber_percent is not None
    assert ended.ber_percent < 5
    assert ended.talker_alias == "LP-101"
    (place,) = line.of(PositionReported)
    assert isinstance(place, PositionReported)
    assert place.point.lat == pytest.approx(56.51, abs=1e-4)


def test_a_private_call_and_an_answer_are_two_calls_of_one_exchange(line: Line) -> None:
    end = line.repeater.talk(RADIO, 2308196, Speech(duration_s=0.6, private=True), now=line.now)
    line.repeater.talk(2308196, RADIO, Speech(duration_s=0.6, private=True), now=end + 0.3)
    line.run(4.0)
    first, second = line.calls()
    assert first.kind is second.kind is CallKind.PRIVATE
    assert (first.radio, first.called) == (OFFICER, RadioId("coast", 2308196))
    assert second.conversation == first.call


def test_slots_that_count_together_are_no_loss(line: Line) -> None:
    """The simulated repeater numbers the bursts of both slots in one row."""
    for slot in (1, 2):
        radio, target = RADIO + slot, TALKGROUP + slot
        line.repeater.talk(
            radio, target, Speech(duration_s=3.0, slot=slot), now=line.now + slot / 7
        )
    line.run(5.0)
    assert [call.loss_percent for call in line.calls()] == [0.0, 0.0]
    assert {call.duration_s for call in line.calls()} == {3.0}


def test_late_entry_and_an_end_that_is_lost(line: Line) -> None:
    line.repeater.talk(
        RADIO,
        TALKGROUP,
        Speech(duration_s=0.72, late_entry=True, lose_terminator=True),
        now=line.now,
    )
    line.run(3.0)
    (ended,) = line.calls()
    assert ended.late_entry
    assert ended.radio == OFFICER
    assert ended.reason is CallEndReason.LOST


def test_the_same_radio_twice_is_two_calls(line: Line) -> None:
    end = line.repeater.talk(RADIO, TALKGROUP, Speech(duration_s=0.6), now=line.now)
    line.repeater.talk(RADIO, TALKGROUP, Speech(duration_s=0.6), now=end + 0.1)
    line.run(3.0)
    assert len(line.calls()) == 2
    assert {call.reason for call in line.calls()} == {CallEndReason.TERMINATOR}


@pytest.mark.parametrize("seed", range(6))
def test_loss_and_repetition_still_give_one_call(seed: int) -> None:
    line = Line(seed)
    line.run(3.0)
    dice = random.Random(seed)
    line.lost = lambda data: len(data) == 72 and dice.random() < 0.1
    line.twice = lambda data: len(data) == 72 and dice.random() < 0.2
    line.repeater.talk(RADIO, TALKGROUP, Speech(duration_s=6.0, emergency=True), now=line.now)
    line.run(9.0)
    (ended,) = line.calls()
    assert ended.emergency
    assert ended.loss_percent is not None
    assert 0 <= ended.loss_percent < 25
    assert len(line.of(EmergencyRaised)) == 1


def test_an_emergency_alarm_is_raised_once(line: Line) -> None:
    line.repeater.emergency_alarm(RADIO, TALKGROUP, now=line.now)
    line.run(2.0)
    (raised,) = line.of(EmergencyRaised)
    assert isinstance(raised, EmergencyRaised)
    assert (raised.radio, raised.talkgroup, raised.site) == (OFFICER, GROUP, "Osta")
    assert raised.source is EmergencySource.ALARM


def test_registration_text_and_place_by_data(line: Line) -> None:
    # messages of the protocol reference; the report is a captured one of 2015
    registration = bytes.fromhex("11000300040a2338636303")
    words = "Sveiki".encode("utf-16-le")
    text = bytes.fromhex("0900a10018 00000001 0a0008fd 0a233863") + words + b"\x00\x03"
    report = (
        bytes.fromhex("08a0020032000000010a2338630000")
        + b"A183648261015N4718.8051E01854.43870.1121"
        + bytes.fromhex("0003")
    )
    end = line.repeater.data(RADIO, SERVER, 3002, registration, now=line.now)
    end = line.repeater.data(RADIO, SERVER, 3004, text, now=end)
    line.repeater.data(RADIO, SERVER, 3003, report, now=end)
    line.run(5.0)
    (registered,) = line.of(RadioRegistered)
    assert isinstance(registered, RadioRegistered)
    assert (registered.radio, registered.site) == (OFFICER, "Osta")
    (received,) = line.of(TextReceived)
    assert isinstance(received, TextReceived)
    assert (received.radio, received.text) == (OFFICER, "Sveiki")
    (place,) = line.of(PositionReported)
    assert isinstance(place, PositionReported)
    assert place.point.lat == pytest.approx(47.313418, abs=1e-6)
    assert place.point.lon == pytest.approx(18.907312, abs=1e-6)
    assert not place.verified  # the checksum was left out


def test_a_captured_call_is_read(line: Line) -> None:
    """Radio 2161005 in talkgroup 9, from a capture: sync, header, bursts and terminator."""
    for frame in (14, 17, 36, 40, 45, 49, 51, 78, 133):
        line.hand("dmr", VECTORS[f"dmrshark-hello-f{frame}"])
    line.run(0.1)
    (started,) = line.of(CallStarted)
    assert isinstance(started, CallStarted)
    assert (started.radio, started.talkgroup) == (
        RadioId("coast", 2161005),
        TalkgroupId("coast", 9),
    )
    assert (started.slot, started.colour_code, started.late_entry) == (1, 1, False)
    (ended,) = line.calls()
    assert ended.reason is CallEndReason.TERMINATOR


def test_every_captured_packet_is_read_without_a_fault(line: Line) -> None:
    for data in VECTORS.values():
        line.now += 2.0
        line.hand("dmr", data)
        line.hand("p2p", bytes.fromhex("a096d1100a00000014000000ec5a595a00000000"))
    line.run(6.0)
    health = [e for e in line.events if isinstance(e, LinkHealth) and e.site is None]
    assert health[-1].malformed == 0
    assert len(line.of(CallStarted)) >= 10


def test_strangers_and_the_unregistered_change_nothing() -> None:
    line = Line(7)
    for data in VECTORS.values():
        line.hand("dmr", data)
        line.hand("dmr", data, host="198.51.100.1")
    assert line.master.outgoing() == []
    line.run(6.0)
    assert line.of(CallStarted, EmergencyRaised) == []
    health = [e for e in line.events if isinstance(e, LinkHealth) and e.site is None]
    assert health[-1].refused == 2 * len(VECTORS)


def test_texts_to_radios_are_refused(line: Line) -> None:
    line.master.command(SendText(command="t", radio=OFFICER, text="hello"), moment(line.now))
    line.run(0.1)
    (progress,) = line.of(TextProgress)
    assert isinstance(progress, TextProgress)
    assert progress.reason is TextFailure.UNSUPPORTED
