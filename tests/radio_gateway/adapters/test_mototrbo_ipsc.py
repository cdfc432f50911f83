"""The IPSC listener in simulated time: calls, alarms, data and links; nothing reaches the air."""

import json
import logging
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from radio_gateway.adapters.mototrbo_ipsc import IpscConfig, IpscListener
from radio_gateway.domain.commands import AcknowledgeEmergency, SendText
from radio_gateway.domain.events import (
    CallAlertReceived,
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    CommandOutcome,
    CommandResult,
    EmergencyRaised,
    EmergencySource,
    Event,
    LinkChanged,
    LinkHealth,
    LinkState,
    PositionReported,
    PositionSource,
    RadioHeard,
    RadioRegistered,
    TalkerAliasHeard,
    TelemetryReceived,
    TextFailure,
    TextProgress,
    TextReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.dmr.link_control import GpsInfo
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_monitor import CallState, CallType
from radio_gateway.protocols.mototrbo.ipsc_peering import MasterRegistered, Mode, PeerEntry, Version
from radio_gateway.protocols.mototrbo.ipsc_session import Address
from radio_gateway.simulator.peers.mototrbo_ipsc import IpscRepeater
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.support import moment

US, MASTER, EAST = 16_000_000, 311293, 311294
AT_US = Address("192.0.2.10", 50000)
AT_MASTER = Address("192.0.2.1", 50000)
AT_EAST = Address("192.0.2.2", 50000)
RADIO, TALKGROUP, SERVER = 2470101, 101, 2301
OFFICER, GROUP = RadioId("coast", RADIO), TalkgroupId("coast", TALKGROUP)
STEP_S = 0.02
VECTORS = {
    entry["name"]: bytes.fromhex(entry["hex"])
    for entry in json.loads(
        (Path(__file__).parents[2] / "vectors" / "mototrbo" / "ipsc.json").read_text()
    )
}


class Network:
    """A master, one more repeater and the listener, on lines of simulated time."""

    def __init__(self, seed: int, *, streams: bool = True, key: IpscKey | None = None) -> None:
        rng = random.Random(seed)
        self.master = IpscRepeater(MASTER, rng, key=key)
        self.east = IpscRepeater(EAST, rng, key=key, master=False, colour_code=2)
        self.master.others = (PeerEntry(EAST, *AT_EAST, Mode()),)
        self.listener = IpscListener(
            IpscConfig(
                name="ipsc",
                network="coast",
                peer_id=US,
                master=AT_MASTER,
                key=key,
                streams=streams,
                sites={MASTER: "Osta"},
            )
        )
        self.now = 0.0
        self.events: list[Event] = []
        self.to_air: list[bytes] = []
        self.lost: Callable[[bytes], bool] = lambda _: False
        self.twice: Callable[[bytes], bool] = lambda _: False
        self.listener.opened(moment(0.0))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += STEP_S
            at = moment(self.now)
            self.listener.expire(at)
            for out in self.listener.outgoing():
                self.to_air.append(out.data)
                target = Address(out.peer.host, out.peer.port)
                {AT_MASTER: self.master, AT_EAST: self.east}[target].feed(out.data, AT_US)
            for repeater, address in ((self.master, AT_MASTER), (self.east, AT_EAST)):
                repeater.expire(self.now)
                for data, _ in repeater.outgoing():
                    self._deliver(data, address)
            self.events += self.listener.events()

    def _deliver(self, data: bytes, address: Address) -> None:
        if self.lost(data):
            return
        for _ in range(2 if self.twice(data) else 1):
            self.listener.feed(data, Peer("main", *address), moment(self.now))

    def of(self, *kinds: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]

    def calls(self) -> list[CallEnded]:
        return [event for event in self.events if isinstance(event, CallEnded)]


@pytest.fixture
def network() -> Network:
    """Joined, nothing said yet."""
    made = Network(7)
    made.run(1.0)
    return made


def test_master_and_peers_come_up_one_by_one(network: Network) -> None:
    changes = [e for e in network.events if isinstance(e, LinkChanged)]
    assert [(e.site, e.state) for e in changes] == [
        (None, LinkState.CONNECTING),
        ("Osta", LinkState.UP),
        (None, LinkState.UP),
        (f"repeater {EAST}", LinkState.CONNECTING),
        (f"repeater {EAST}", LinkState.UP),
    ]
    assert set(network.master.peers) == {US}
    assert set(network.east.peers) == {US}


def test_a_group_call_with_alias_and_place(network: Network) -> None:
    point = GeoPoint(56.51, 21.01)
    network.master.talk(
        RADIO,
        TALKGROUP,
        Speech(duration_s=2.88, slot=2, alias="LP-101", position=GpsInfo(point, 20.0)),
        now=network.now,
    )
    network.run(4.0)
    (started,) = network.of(CallStarted)
    assert isinstance(started, CallStarted)
    assert (started.radio, started.talkgroup, started.slot) == (OFFICER, GROUP, 2)
    assert (started.site, started.colour_code, started.late_entry) == ("Osta", 1, False)
    (ended,) = network.calls()
    assert ended.reason is CallEndReason.TERMINATOR
    assert ended.duration_s == pytest.approx(2.88)
    assert ended.loss_percent == 0.0
    assert ended.ber_percent is None  # nobody counted
    assert ended.rssi_dbm is not None
    assert -100 <= ended.rssi_dbm <= -55
    assert ended.talker_alias == "LP-101"
    assert [e.alias for e in network.events if isinstance(e, TalkerAliasHeard)] == ["LP-101"]
    (place,) = network.of(PositionReported)
    assert isinstance(place, PositionReported)
    assert place.point.lat == pytest.approx(56.51, abs=1e-4)
    assert place.source is PositionSource.EMBEDDED


def test_a_private_call(network: Network) -> None:
    network.east.talk(RADIO, 2470102, Speech(duration_s=0.6, private=True), now=network.now)
    network.run(2.0)
    (ended,) = network.calls()
    assert ended.kind is CallKind.PRIVATE
    assert ended.called == RadioId("coast", 2470102)
    assert ended.site == f"repeater {EAST}"


def test_late_entry_and_an_end_that_is_lost(network: Network) -> None:
    network.master.talk(
        RADIO,
        TALKGROUP,
        Speech(duration_s=0.72, late_entry=True, lose_terminator=True),
        now=network.now,
    )
    network.run(5.0)
    (started,) = network.of(CallStarted)
    assert isinstance(started, CallStarted)
    assert started.late_entry
    assert started.radio == OFFICER
    (ended,) = network.calls()
    assert ended.reason is CallEndReason.LOST


def test_one_talker_heard_by_two_repeaters_is_one_call(network: Network) -> None:
    for repeater in (network.master, network.east):
        repeater.talk(RADIO, TALKGROUP, Speech(duration_s=1.2), now=network.now)
    network.run(3.0)
    assert len(network.of(CallStarted)) == 1
    (ended,) = network.calls()
    assert len(ended.receptions) == 2


@pytest.mark.parametrize("seed", range(6))
def test_loss_and_repetition_still_give_one_call(seed: int) -> None:
    network = Network(seed)
    network.run(1.0)
    dice = random.Random(seed)
    network.lost = lambda data: data[0] == 0x80 and dice.random() < 0.1
    network.twice = lambda data: data[0] == 0x80 and dice.random() < 0.2
    network.master.talk(RADIO, TALKGROUP, Speech(duration_s=6.0, emergency=True), now=network.now)
    network.run(10.0)
    (ended,) = network.calls()
    assert ended.emergency
    assert ended.loss_percent is not None
    assert 0 <= ended.loss_percent < 25
    assert len(network.of(EmergencyRaised)) == 1


def test_an_emergency_alarm_is_raised_once_with_its_octets(network: Network) -> None:
    network.master.emergency_alarm(RADIO, TALKGROUP, now=network.now)
    network.run(2.0)
    (raised,) = network.of(EmergencyRaised)
    assert isinstance(raised, EmergencyRaised)
    assert (raised.radio, raised.talkgroup, raised.site) == (OFFICER, GROUP, "Osta")
    assert raised.source is EmergencySource.ALARM
    # CSBK 27 hex under Motorola's FID: talkgroup 101, radio 2470101
    assert raised.raw[:10].hex() == "a710000000006525b0d5"


@pytest.mark.parametrize(
    ("call_type", "source"),
    [
        (CallType.EMERGENCY_ALARM, EmergencySource.ALARM),
        (CallType.EMERGENCY_VOICE, EmergencySource.VOICE),
    ],
)
def test_a_repeaters_report_of_an_emergency_raises_it(
    network: Network, call_type: CallType, source: EmergencySource
) -> None:
    for repeater in (network.master, network.east):
        repeater.report(RADIO, TALKGROUP, call_type, now=network.now)
    network.run(1.0)
    (raised,) = network.of(EmergencyRaised)
    assert isinstance(raised, EmergencyRaised)
    assert (raised.radio, raised.talkgroup, raised.source) == (OFFICER, GROUP, source)


def test_a_wish_to_be_called_back_is_told_once_by_burst_and_report(network: Network) -> None:
    network.master.call_alert(RADIO, RADIO + 1, now=network.now, repeats=3)
    for repeater in (network.master, network.east):
        repeater.report(RADIO, RADIO + 1, CallType.CALL_ALERT, now=network.now)
        repeater.report(
            RADIO, RADIO + 1, CallType.CALL_ALERT, now=network.now, state=CallState.ENDED
        )
    network.run(2.0)
    (asked,) = network.of(CallAlertReceived)
    assert isinstance(asked, CallAlertReceived)
    assert (asked.radio, asked.called) == (OFFICER, RadioId(OFFICER.network, RADIO + 1))


@pytest.mark.parametrize("call_type", [CallType.EMERGENCY_ALARM, CallType.EMERGENCY_VOICE])
@pytest.mark.parametrize("state", [s for s in CallState if s is not CallState.STARTED])
def test_an_emergency_that_got_no_further_or_whose_begin_was_lost_is_raised(
    network: Network, call_type: CallType, state: CallState
) -> None:
    network.master.report(RADIO, TALKGROUP, call_type, now=network.now, state=state)
    network.run(1.0)
    (raised,) = network.of(EmergencyRaised)
    assert isinstance(raised, EmergencyRaised)
    assert raised.radio == OFFICER


def test_the_end_of_a_long_emergency_call_is_no_other_emergency(network: Network) -> None:
    kind, report = CallType.EMERGENCY_VOICE, network.master.report
    report(RADIO, TALKGROUP, kind, now=network.now)
    network.run(60.0)
    report(RADIO, TALKGROUP, kind, now=network.now, state=CallState.ENDED)
    network.east.report(RADIO, TALKGROUP, kind, now=network.now, state=CallState.ENDED)
    network.run(1.0)
    assert len(network.of(EmergencyRaised)) == 1
    report(RADIO, TALKGROUP, kind, now=network.now)
    network.run(1.0)
    assert len(network.of(EmergencyRaised)) == 2


def test_a_kind_of_call_that_nobody_knows_is_handed_on_once(network: Network) -> None:
    for state in (CallState.STARTED, CallState.ENDED):
        network.master.report(RADIO, TALKGROUP, 0x70, now=network.now, state=state)
    network.master.report(RADIO, TALKGROUP, CallType.GROUP_DATA, now=network.now)
    network.run(1.0)
    (raw,) = network.of(TelemetryReceived)
    assert isinstance(raw, TelemetryReceived)
    assert (raw.radio, raw.kind) == (OFFICER, "ipsc/status_70")
    # worked out: repeater 311293 twice, call 1, slot 1, started, radio, talkgroup, kind 70
    assert raw.data.hex() == "610004bffd0004bffd00000001000001" + "25b0d5" + "000065" + "70000000"


def test_what_a_repeater_says_of_itself_is_in_the_log_when_it_changes(
    network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for packet in (
        "62 0004bffd 01 02",  # slot 1 active, slot 2 idle
        "62 0004bffd 02 03",  # slot 2 disabled, told twice
        "62 0004bffd 02 03",
        "62 0004bffd 02 04",
        "63 0004bffd 01",
        "63 0004bffd 01",
        "63 0004bffd 02",
        "63 0004bffd 09",
    ):
        network.listener.feed(bytes.fromhex(packet), Peer("main", *AT_MASTER), moment(network.now))
    told = [r.getMessage() for r in caplog.records if r.getMessage().startswith("ipsc: Osta")]
    assert told == [
        "ipsc: Osta: slot 2 is disabled",
        "ipsc: Osta: slot 2 is enabled",
        "ipsc: Osta interference begins",
        "ipsc: Osta interference ends",
        "ipsc: Osta: blocked for an unknown reason: 63 00 04 bf fd 09",
    ]
    assert network.listener.events() == []
    network.run(6.0)
    health = [e for e in network.events if isinstance(e, LinkHealth) and e.site == "Osta"]
    assert health[-1].frames == 8


def test_an_acknowledged_emergency_can_be_raised_again(network: Network) -> None:
    for _ in range(2):
        network.master.emergency_alarm(RADIO, TALKGROUP, now=network.now)
        network.run(2.0)
        network.listener.command(AcknowledgeEmergency(command="c", radio=OFFICER), moment())
    assert len(network.of(EmergencyRaised)) == 2


def test_registration_text_and_place_by_data(network: Network) -> None:
    send = network.master.data
    end = send(RADIO, SERVER, 4005, bytes.fromhex("000cf02007") + b"2470101\0\0", now=network.now)
    # text "Hi", sequence 14; report of 53.373458, 83.716749 with 2.164 m/s
    end = send(RADIO, SERVER, 4007, bytes.fromhex("000ca0008e040d000a0048006900"), now=end)
    report = "0d1a 220400000001 341f973280c6 514be8aed73b882b460352 6c0215"
    send(RADIO, SERVER, 4001, bytes.fromhex(report), now=end)
    network.run(5.0)
    (registered,) = network.of(RadioRegistered)
    assert isinstance(registered, RadioRegistered)
    assert (registered.radio, registered.site, registered.renewal) == (OFFICER, "Osta", False)
    (text,) = network.of(TextReceived)
    assert isinstance(text, TextReceived)
    assert (text.radio, text.text, text.reference) == (OFFICER, "Hi", "14")
    assert text.called is None  # meant for the dispatcher
    (place,) = network.of(PositionReported)
    assert isinstance(place, PositionReported)
    assert place.point.lat == pytest.approx(53.373458, abs=1e-6)
    assert place.point.lon == pytest.approx(83.716749, abs=1e-6)
    assert place.speed_kmh == pytest.approx(2.1640625 * 3.6)
    assert place.stale  # fixed in 2021


def test_a_call_monitor_logs_calls_without_streams() -> None:
    network = Network(3, streams=False)
    network.run(1.0)
    master, east = network.master, network.east
    master.report(RADIO, TALKGROUP, CallType.GROUP_VOICE, now=network.now, call=5)
    master.report(
        RADIO, TALKGROUP, CallType.GROUP_VOICE, now=network.now + 3, call=5, state=CallState.ENDED
    )
    east.report(RADIO, 2470102, CallType.PRIVATE_VOICE, now=network.now + 4, call=5)
    network.run(6.0)
    (first,) = network.calls()
    assert first.talkgroup == GROUP
    assert first.duration_s == pytest.approx(3.0, abs=0.1)
    assert first.loss_percent is None
    assert len(network.of(CallStarted)) == 2
    network.east.leave()
    network.run(1.0)
    assert [e.reason for e in network.calls()] == [
        CallEndReason.TERMINATOR,
        CallEndReason.TRUNCATED,
    ]


def test_a_silent_network_goes_down_and_is_back_within_ten_seconds(network: Network) -> None:
    network.master.talk(RADIO, TALKGROUP, Speech(duration_s=60.0), now=network.now)
    network.run(1.0)
    network.master.silent = network.east.silent = True
    network.run(30.0)
    states = [e for e in network.events if isinstance(e, LinkChanged) and e.site is None]
    assert states[-1].state is LinkState.CONNECTING
    assert states[-1].reason == "the master does not answer"
    assert network.calls()[0].reason is CallEndReason.LOST
    network.master.silent = network.east.silent = False
    before = network.now
    while not (
        isinstance(last := network.of(LinkChanged)[-1], LinkChanged) and last.at.mono > before
    ):
        network.run(0.1)
    assert last.state is LinkState.UP
    assert network.now - before <= 10.0


def test_with_a_key_everything_works_and_nothing_else_does() -> None:
    network = Network(5, key=IpscKey("C0FFEE"))
    network.run(1.0)
    forged = MasterRegistered(MASTER, Mode(), 0, 0, Version()).build()
    network.listener.feed(forged, Peer("main", *AT_MASTER), moment(network.now))
    network.master.talk(RADIO, TALKGROUP, Speech(duration_s=0.6), now=network.now)
    network.run(6.0)
    assert len(network.calls()) == 1
    health = [e for e in network.events if isinstance(e, LinkHealth) and e.site is None]
    assert (health[-1].refused, health[-1].malformed) == (1, 0)


def test_a_stranger_is_counted_and_nothing_else(network: Network) -> None:
    before = len(network.of(CallStarted, RadioHeard))
    for data in VECTORS.values():
        network.listener.feed(data, Peer("main", "198.51.100.1", 50000), moment(network.now))
    assert network.listener.outgoing() == []
    network.run(6.0)
    assert len(network.of(CallStarted, RadioHeard)) == before
    health = [e for e in network.events if isinstance(e, LinkHealth) and e.site is None]
    assert health[-1].refused == len(VECTORS)


def test_a_captured_call_is_read(network: Network) -> None:
    """Header, bursts A and B, and terminator of radio 3112138 in talkgroup 2, from a capture."""
    names = ["header_1", "header_2", "burst_a", "burst_b", "terminator"]
    for name in names:
        data = VECTORS[f"ipsc_group_voice_{name}"]
        network.listener.feed(data, Peer("main", *AT_MASTER), moment(network.now))
    network.run(0.1)
    (ended,) = network.calls()
    assert ended.radio == RadioId("coast", 3112138)
    assert ended.talkgroup == TalkgroupId("coast", 2)
    assert (ended.slot, ended.colour_code) == (2, 1)
    assert ended.reason is CallEndReason.TERMINATOR


def test_a_captured_link_control_opens_a_late_entry(network: Network) -> None:
    data = bytearray(VECTORS["ipsc_group_voice_burst_e_tg3120"])
    data[1:5] = MASTER.to_bytes(4, "big")
    network.listener.feed(bytes(data), Peer("main", *AT_MASTER), moment(network.now))
    network.run(3.0)
    (ended,) = network.calls()
    assert (ended.radio.number, ended.talkgroup) == (3120101, TalkgroupId("coast", 3120))
    assert ended.late_entry
    assert ended.encrypted  # option 20 hex under Motorola's feature set


def test_it_never_sends_what_reaches_the_air(network: Network) -> None:
    network.master.talk(RADIO, TALKGROUP, Speech(duration_s=1.0), now=network.now)
    text = SendText(command="t", radio=OFFICER, text="hello")
    network.listener.command(text, moment(network.now))
    network.listener.command(AcknowledgeEmergency(command="a", radio=OFFICER), moment(network.now))
    network.run(20.0)
    network.listener.closed("stopped", moment(network.now))
    sent = {data[0] for data in network.to_air}
    assert sent <= {0x90, 0x92, 0x94, 0x95, 0x96, 0x98, 0x99, 0x9A, 0x9B}
    (progress,) = network.of(TextProgress)
    assert isinstance(progress, TextProgress)
    assert progress.reason is TextFailure.UNSUPPORTED
    (result,) = network.of(CommandResult)
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.REFUSED
