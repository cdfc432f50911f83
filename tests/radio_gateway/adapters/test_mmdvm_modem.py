"""A modem in memory: it is found, set up and listened to."""

import random
from dataclasses import replace

import pytest

from radio_gateway.adapters._mmdvm_config import rssi_dbm
from radio_gateway.domain.commands import (
    AcknowledgeEmergency,
)
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
    TalkerAliasHeard,
    TextReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.protocols.dmr.air import Parties
from radio_gateway.protocols.dmr.burst import build_data
from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.link_control import GpsInfo
from radio_gateway.protocols.dmr.sending import text_bursts
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.mmdvm.configuration import Frequencies
from radio_gateway.simulator.peers.mmdvm import LineLoss, ModemPeer
from radio_gateway.simulator.peers.speech import Speech
from tests.fakes.mmdvm_modem import (
    RADIO,
    TALKGROUP,
    MmdvmModem,
    burst,
    framed,
    header,
    voice,
)
from tests.radio_gateway.adapters.modem_rig import (
    CONFIG,
    SENDING,
    START,
    UNIT,
    UPLINK,
    Rig,
    uplink,
)


@pytest.fixture
def rig() -> Rig:
    """A modem that was found and set up."""
    ready = Rig()
    ready.wait(3)
    return ready


@pytest.fixture
def sender() -> Rig:
    """The same, and the gateway may transmit."""
    ready = Rig(SENDING)
    ready.wait(3)
    return ready


@pytest.mark.parametrize("protocol", [1, 2])
def test_a_modem_is_found_set_up_and_asked_four_times_a_second(protocol: int) -> None:
    rig = Rig(modem=MmdvmModem(protocol=protocol))
    rig.wait(1.9)
    assert rig.modem.heard == [], "the board still starts"
    rig.wait(1.1)
    assert rig.modem.heard[:3] == START
    assert rig.states == [LinkState.CONNECTING, LinkState.UP]
    assert rig.modem.mode == 2
    assert rig.modem.configuration[6 if protocol == 1 else 26] == 1
    asked = len(rig.modem.heard)
    rig.wait(5)
    assert rig.modem.heard[asked:] == [1] * 20


def test_a_hot_spot_is_told_its_frequencies_first() -> None:
    rig = Rig(replace(CONFIG, frequencies=Frequencies(430_000_000, 435_000_000)))
    rig.wait(3)
    assert rig.modem.heard[:4] == [0, 4, 2, 3]
    assert rig.modem.frequencies.hex() == "008047a119c092ed19ff8047a119"


@pytest.mark.parametrize(
    ("modem", "reason"),
    [
        (MmdvmModem(refuses={2: 4}), "refuses SET_CONFIG, reason 4"),
        (MmdvmModem(modes=0x01), "cannot do DMR"),
    ],
)
def test_a_modem_that_cannot_be_used_is_down_with_a_reason(modem: MmdvmModem, reason: str) -> None:
    rig = Rig(modem=modem)
    rig.wait(8)
    change = next(e for e in reversed(rig.log) if isinstance(e, LinkChanged))
    if modem.refuses:
        assert change.state is LinkState.DOWN
        assert reason in change.reason
    assert LinkState.UP not in rig.states
    modem.refuses, modem.modes = {}, 2
    rig.wait(8)
    assert rig.states[-1] is LinkState.UP


def test_a_modem_of_an_unknown_protocol_is_refused() -> None:
    rig = Rig(modem=MmdvmModem(protocol=3))
    rig.wait(8)
    assert LinkState.UP not in rig.states


def test_a_silent_modem_is_down_and_back_within_seconds(rig: Rig) -> None:
    rig.hear(header() + voice())
    rig.modem.silent = True
    rig.wait(3)
    assert rig.states[2:] == [LinkState.DOWN]
    rig.modem.silent = False
    rig.modem.restart()
    rig.wait(3)
    assert rig.states[3:] == [LinkState.UP]
    assert rig.modem.mode == 2


def test_a_modem_that_restarted_unnoticed_is_set_up_again(rig: Rig) -> None:
    rig.modem.restart()
    rig.wait(2)
    assert rig.modem.mode == 2
    assert rig.states[2:] == [LinkState.DOWN, LinkState.UP]


def test_a_captured_call_is_told_from_header_to_silence(rig: Rig) -> None:
    (started,) = rig.hear(header() * 3)
    rig.hear(voice(superframes=2))
    rig.hear(framed(0x19))
    (ended,) = [e for e in rig.wait(1) if isinstance(e, CallEnded)]
    assert isinstance(started, CallStarted)
    assert (started.radio, started.talkgroup) == (
        RadioId("nida", RADIO),
        TalkgroupId("nida", TALKGROUP),
    )
    assert (started.kind, started.slot, started.colour_code) == (CallKind.GROUP, 1, 1)
    assert (started.site, started.late_entry) == ("Švyturys", False)
    assert (ended.call, ended.reason) == (started.call, CallEndReason.LOST)
    assert ended.duration_s == pytest.approx(0.72)
    assert ended.loss_percent == 0
    assert ended.rssi_dbm is None


def test_lost_bursts_are_counted_by_their_place_in_the_superframe(rig: Rig) -> None:
    rig.hear(header())
    frames = voice(superframes=2)
    rig.hear(frames[: 37 * 3] + frames[37 * 5 :])
    (ended,) = [e for e in rig.wait(1) if isinstance(e, CallEnded)]
    assert ended.duration_s == pytest.approx(0.72)
    assert ended.loss_percent == pytest.approx(100 * 2 / 13, abs=0.01)


def test_signal_strength_is_shown_by_the_boards_table() -> None:
    rig = Rig(replace(CONFIG, rssi=((100, -120), (300, -80), (500, -40))))
    rig.wait(3)
    rig.hear(header() + voice(rssi=400))
    (ended,) = [e for e in rig.wait(1) if isinstance(e, CallEnded)]
    assert ended.rssi_dbm == -60


@pytest.mark.parametrize(
    ("raw", "dbm"), [(None, None), (0, -120), (100, -120), (150, -115), (600, -40)]
)
def test_signal_strength_between_the_points_lies_on_a_line(
    raw: int | None, dbm: int | None
) -> None:
    assert rssi_dbm(((100, -120), (300, -100), (500, -40)), raw) == dbm
    assert rssi_dbm((), raw) is None


def play(rig: Rig, peer: ModemPeer, seconds: float) -> list[Event]:
    """Let the simulator's radios talk to the adapter for a while."""
    peer.feed(framed(3, b"\x02"), rig.mono)
    peer.outgoing()
    found: list[Event] = []
    end = rig.mono + seconds
    while (due := peer.deadline()) is not None and due <= end:
        found += rig.wait(max(0.0, due - rig.mono))
        peer.expire(rig.mono)
        for data in peer.outgoing():
            found += rig.hear(data)
    return found + rig.wait(max(0.0, end - rig.mono))


def test_a_call_that_is_joined_late_is_told_once_its_voice_says_who(rig: Rig) -> None:
    peer = ModemPeer(random.Random(5))
    peer.talk(UNIT.number, 7, Speech(duration_s=2, late_entry=True), now=rig.mono)
    events = play(rig, peer, 4)
    started = next(e for e in events if isinstance(e, CallStarted))
    ended = next(e for e in events if isinstance(e, CallEnded))
    assert (started.radio, started.late_entry) == (UNIT, True)
    assert ended.reason is CallEndReason.TERMINATOR


def test_alias_place_and_emergency_are_read_from_voice(rig: Rig) -> None:
    peer = ModemPeer(random.Random(6))
    place = GpsInfo(GeoPoint(55.3, 21.0), 20.0)
    peer.talk(
        UNIT.number,
        7,
        Speech(duration_s=5, alias="Nida 5", position=place, emergency=True),
        now=rig.mono,
    )
    events = play(rig, peer, 7)
    raised = next(e for e in events if isinstance(e, EmergencyRaised))
    alias = next(e for e in events if isinstance(e, TalkerAliasHeard))
    position = next(e for e in events if isinstance(e, PositionReported))
    assert (raised.radio, raised.source) == (UNIT, EmergencySource.VOICE)
    assert alias.alias == "Nida 5"
    assert position.point.lat == pytest.approx(55.3, abs=1e-4)
    assert sum(isinstance(e, CallEnded) for e in events) == 1


def test_both_timeslots_are_heard_at_once(rig: Rig) -> None:
    peer = ModemPeer(random.Random(7))
    peer.talk(UNIT.number, 7, Speech(duration_s=2, slot=1), now=rig.mono)
    peer.talk(UNIT.number + 1, 8, Speech(duration_s=2, slot=2, private=True), now=rig.mono)
    events = play(rig, peer, 4)
    ended = {e.slot: e for e in events if isinstance(e, CallEnded)}
    assert {slot: e.radio.number - UNIT.number for slot, e in ended.items()} == {1: 0, 2: 1}
    assert ended[2].called == RadioId("nida", 8)
    assert all(e.duration_s == pytest.approx(1.98, abs=0.1) for e in ended.values())


def test_two_calls_in_a_row_are_two_calls_of_one_conversation(rig: Rig) -> None:
    peer = ModemPeer(random.Random(8))
    peer.talk(UNIT.number, 7, Speech(duration_s=1), now=rig.mono)
    peer.talk(UNIT.number + 1, 7, Speech(duration_s=1, lose_terminator=True), now=rig.mono + 1.5)
    events = play(rig, peer, 6)
    ended = [e for e in events if isinstance(e, CallEnded)]
    assert [e.radio.number - UNIT.number for e in ended] == [0, 1]
    assert [e.reason for e in ended] == [CallEndReason.TERMINATOR, CallEndReason.LOST]
    assert ended[0].conversation == ended[1].conversation
    assert ended[0].call != ended[1].call


def test_an_alarm_is_raised_once(rig: Rig) -> None:
    peer = ModemPeer(random.Random(9))
    peer.emergency_alarm(UNIT.number, 7, now=rig.mono)
    raised = [e for e in play(rig, peer, 4) if isinstance(e, EmergencyRaised)]
    assert [(e.radio, e.source) for e in raised] == [(UNIT, EmergencySource.ALARM)]
    rig.command(AcknowledgeEmergency(command="k", radio=UNIT))
    peer.emergency_alarm(UNIT.number, 7, now=rig.mono)
    assert any(isinstance(e, EmergencyRaised) for e in play(rig, peer, 4))


def test_a_text_from_a_radio_is_read(rig: Rig) -> None:
    bursts = text_bursts("Esu vietoje", Parties(99, UNIT.number), UPLINK)
    events = uplink(rig, [(item.slot_type.data_type, item.octets) for item in bursts])
    (text,) = [e for e in events if isinstance(e, TextReceived)]
    assert (text.radio, text.text) == (UNIT, "Esu vietoje")


def test_a_location_in_one_burst_is_not_of_the_radio_that_talked_before(rig: Rig) -> None:
    """The burst names nobody, and a modem has no envelope."""
    rig.hear(header() + voice())
    rig.wait(1)
    # published example (tests/vectors/dmr, lip-short-report)
    block = seal(bytes.fromhex("07800001c000004a00da"), CrcMask.USB_DATA)
    octets = build_data(Sync.MS_DATA, SlotType(1, DataType.USB_DATA), block)
    heard = uplink(rig, [(DataType.USB_DATA, octets)])
    assert not [e for e in heard if isinstance(e, PositionReported)]
    rig.wait(6)
    assert [e.malformed for e in rig.log if isinstance(e, LinkHealth)][-1] == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_bad_line_loses_no_alarm_and_no_call_is_left_open(seed: int) -> None:
    rig = Rig()
    rig.wait(3)
    peer = ModemPeer(random.Random(seed), loss=LineLoss(frame=0.05, octet=0.1))
    for n in range(5):
        peer.talk(UNIT.number + n, 7, Speech(duration_s=2), now=rig.mono + 4 * n)
        peer.emergency_alarm(UNIT.number + n, 7, now=rig.mono + 4 * n, slot=2)
    events = play(rig, peer, 25)
    raised = {e.radio.number - UNIT.number for e in events if isinstance(e, EmergencyRaised)}
    assert raised == set(range(5))
    calls = {e.call for e in events if isinstance(e, CallStarted)}
    assert calls == {e.call for e in events if isinstance(e, CallEnded)}
    assert len(calls) >= 5
    assert rig.states == [LinkState.CONNECTING, LinkState.UP]


def test_bad_octets_are_counted_and_end_nothing(rig: Rig) -> None:
    rig.hear(b"\x00\xff\xe0\x01" + framed(0x18, bytes(34)) + framed(0x20, b"other mode"))
    rig.hear(framed(0xF1, b"debug\x1b line") + framed(0x7F, b"\x99\x02"))
    rig.wait(6)
    health = [e for e in rig.log if isinstance(e, LinkHealth)]
    assert health[-1].malformed == 1
    assert rig.states[-1] is LinkState.UP


@pytest.mark.slow
def test_a_day_of_noise_is_survived() -> None:
    chance = random.Random(31)
    rig = Rig()
    rig.wait(3)
    for _ in range(20_000):
        rig.hear(
            chance.choice(
                (header(), voice(), chance.randbytes(40), burst(2, 3, chance.randbytes(33)))
            )
        )
        rig.wait(0.06)
    started = {e.call for e in rig.log if isinstance(e, CallStarted)}
    rig.host.closed("end", rig.now)
    rig.carry()
    assert started == {e.call for e in rig.log if isinstance(e, CallEnded)}
