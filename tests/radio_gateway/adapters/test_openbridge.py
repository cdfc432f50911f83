"""A bridge: only signed bursts of the one server count, and many calls run at once."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.adapters.openbridge import BridgeConfig, OpenBridge
from radio_gateway.domain.commands import AcknowledgeEmergency, SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallStarted,
    EmergencyRaised,
    Event,
    LinkChanged,
    LinkHealth,
    LinkState,
    TextFailure,
    TextProgress,
    TextReceived,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.dmr.air import Channel, Parties
from radio_gateway.protocols.dmr.csbk import EmergencyAlarm
from radio_gateway.protocols.dmr.sending import csbk_bursts, text_bursts
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.homebrew.master import Address
from tests.radio_gateway.adapters.homebrew_network import moment

SECRET = "bridge passphrase"
SERVER = Peer("main", "10.0.0.9", 62035)
STRANGER = Peer("main", "10.0.0.66", 62035)
NETWORK, PATROL, OTHER, TALKGROUP = 24700, 2460012, 2460013, 24601
RADIO = RadioId("dmr", PATROL)
VOICE = DmrFrame(
    sequence=0, source=PATROL, target=TALKGROUP, repeater_id=NETWORK, slot=1, group=True,
    frame_type=FrameType.VOICE, detail=1, stream=b"\1\2\3\4",
    burst=bytes.fromhex("b9e881526173002a6bb9e881526755fd7df75f7173002a6bb9e881526173002a6b"),
)  # fmt: skip
ALARM = replace(
    VOICE, frame_type=FrameType.DATA_SYNC, detail=3,
    burst=csbk_bursts(EmergencyAlarm(TALKGROUP, PATROL), Channel(1))[0].octets,
)  # fmt: skip


def signed(frame: DmrFrame, secret: str = SECRET) -> bytes:
    octets = frame.build()
    return octets + hmac.new(secret.encode(), octets, hashlib.sha1).digest()


class Bench:
    def __init__(self, **changes: object) -> None:
        values: dict[str, object] = {
            "name": "bridge",
            "network": "dmr",
            "server": Address(SERVER.host, SERVER.port),
            "passphrase": SECRET,
        }
        self.bridge = OpenBridge(BridgeConfig(**(values | changes)))  # type: ignore[arg-type]  # a test's own names
        self.now = 0.0
        self.heard: list[Event] = []
        self.bridge.opened(moment(0.0))

    def give(self, datagram: bytes, sender: Peer = SERVER) -> None:
        self.bridge.feed(datagram, sender, moment(self.now))
        self.heard += self.bridge.events()
        assert self.bridge.outgoing() == []

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.bridge.deadline()) is not None and due <= end:
            self.now = due
            self.bridge.expire(moment(due))
        self.heard += self.bridge.events()
        self.now = end

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.heard if isinstance(event, kind)]


def test_two_calls_run_at_once_on_the_one_slot() -> None:
    bench = Bench()
    second = replace(VOICE, source=OTHER, target=TALKGROUP + 1, stream=b"\5\6\7\x08")
    for n in range(10):
        bench.give(signed(replace(VOICE, sequence=n)))
        bench.give(signed(replace(second, sequence=n)))
        bench.wait(0.06)
    bench.wait(1.0)

    ended = [event for event in bench.heard if isinstance(event, CallEnded)]
    assert {(e.radio.number, e.talkgroup) for e in ended} == {
        (PATROL, TalkgroupId("dmr", TALKGROUP)),
        (OTHER, TalkgroupId("dmr", TALKGROUP + 1)),
    }
    assert {(e.reason, e.duration_s) for e in ended} == {(CallEndReason.LOST, 0.6)}


def test_a_second_talker_takes_the_talkgroup() -> None:
    bench = Bench()
    bench.give(signed(VOICE))
    bench.give(signed(replace(VOICE, source=OTHER, stream=b"\5\6\7\x08")))

    [ended] = bench.of(CallEnded)
    assert isinstance(ended, CallEnded)
    assert ended.reason is CallEndReason.PREEMPTED


def test_an_alarm_counts_once_and_only_with_a_signature() -> None:
    bench = Bench()
    bench.give(signed(ALARM, "another passphrase"))
    bench.give(ALARM.build())
    bench.give(ALARM.build() + bytes(20))
    bench.give(signed(ALARM), STRANGER)
    bench.give(signed(ALARM), replace(SERVER, port=1))
    assert bench.of(EmergencyRaised) == []

    bench.give(signed(ALARM))
    bench.give(signed(ALARM))
    assert len(bench.of(EmergencyRaised)) == 1
    bench.wait(0.0)
    [health] = bench.of(LinkHealth)  # of the first frame at once
    assert isinstance(health, LinkHealth)
    assert (health.refused, health.malformed, health.frames) == (4, 1, 1)


def test_a_recorded_burst_is_not_taken_again_within_a_minute() -> None:
    bench = Bench()
    bench.give(signed(ALARM))
    bench.bridge.command(AcknowledgeEmergency(command="k", radio=RADIO), moment(bench.now))
    bench.wait(59.0)
    bench.give(signed(ALARM))
    assert len(bench.of(EmergencyRaised)) == 1

    bench.give(signed(replace(ALARM, stream=b"new!")))
    assert len(bench.of(EmergencyRaised)) == 2


def test_an_alarm_in_the_same_octets_is_heard_again_after_a_minute() -> None:
    bench = Bench()
    bench.give(signed(ALARM))
    bench.wait(61.0)
    bench.give(signed(ALARM))

    assert len(bench.of(EmergencyRaised)) == 2


def test_networks_can_be_limited() -> None:
    bench = Bench(networks=frozenset({NETWORK}))
    bench.give(signed(replace(ALARM, repeater_id=NETWORK + 1)))
    assert bench.of(EmergencyRaised) == []
    bench.give(signed(ALARM))
    assert len(bench.of(EmergencyRaised)) == 1


def test_texts_of_two_radios_at_once() -> None:
    bench = Bench()
    both = [
        text_bursts(f"from {radio}", Parties(2460001, radio), Channel(1), preambles=0)
        for radio in (PATROL, OTHER)
    ]
    for n, pair in enumerate(zip(*both, strict=True)):
        for radio, burst in zip((PATROL, OTHER), pair, strict=True):
            bench.give(
                signed(
                    replace(
                        ALARM,
                        sequence=n,
                        source=radio,
                        target=2460001,
                        group=False,
                        detail=burst.slot_type.data_type,
                        burst=burst.octets,
                        stream=radio.to_bytes(4, "big"),
                    )
                )
            )

    texts = [(e.radio.number, e.text) for e in bench.heard if isinstance(e, TextReceived)]
    assert texts == [(PATROL, f"from {PATROL}"), (OTHER, f"from {OTHER}")]


def test_the_link_is_up_while_bursts_arrive() -> None:
    bench = Bench(silent_after_s=30.0)
    bench.give(signed(VOICE))
    bench.wait(31.0)
    bench.give(signed(replace(VOICE, stream=b"next")))
    bench.bridge.closed("the socket is gone", moment(bench.now))
    bench.wait(0.0)

    states = [e.state for e in bench.heard if isinstance(e, LinkChanged)]
    assert states == [
        LinkState.CONNECTING,
        LinkState.UP,
        LinkState.DOWN,
        LinkState.UP,
        LinkState.DOWN,
    ]
    last = [e for e in bench.heard if isinstance(e, CallEnded)][-1]
    assert last.reason is CallEndReason.TRUNCATED
    assert len(bench.of(CallStarted)) == 2


def test_nothing_is_ever_sent() -> None:
    bench = Bench()
    bench.bridge.command(SendText(command="k", text="x", radio=RADIO), moment(0.0))
    bench.wait(10.0)

    [failed] = bench.of(TextProgress)
    assert isinstance(failed, TextProgress)
    assert failed.reason is TextFailure.UNSUPPORTED
    assert bench.bridge.outgoing() == []


@pytest.mark.parametrize("bit", range(0, 53 * 8, 7))
def test_a_signed_burst_with_any_wrong_bit_never_raises(bit: int) -> None:
    """Signed by the other side as it is: the signature does not catch what was wrong before."""
    bench = Bench()
    octets = bytearray(ALARM.build())
    octets[bit // 8] ^= 0x80 >> bit % 8
    bench.give(bytes(octets) + hmac.new(SECRET.encode(), octets, hashlib.sha1).digest())


@given(st.lists(st.binary(min_size=49, max_size=49), max_size=20))
def test_any_signed_octets(bodies: list[bytes]) -> None:
    bench = Bench()
    for body in bodies:
        octets = b"DMRD" + body
        bench.give(octets + hmac.new(SECRET.encode(), octets, hashlib.sha1).digest())
        bench.wait(0.1)
