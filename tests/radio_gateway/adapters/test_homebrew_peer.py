"""Logging in to somebody else's master: its bursts become events, ours reach its radios."""

import hashlib
import random
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.adapters._homebrew_packets import TextConfig
from radio_gateway.adapters.homebrew_peer import HomebrewPeer, PeerConfig
from radio_gateway.domain.commands import AcknowledgeEmergency, DisableRadio, SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallStarted,
    CommandOutcome,
    CommandResult,
    EmergencyRaised,
    Event,
    LinkChanged,
    LinkHealth,
    LinkState,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.dmr.air import Channel
from radio_gateway.protocols.dmr.csbk import EmergencyAlarm
from radio_gateway.protocols.dmr.data_header import ResponseHeader, Sap
from radio_gateway.protocols.dmr.sending import csbk_bursts, response_bursts
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.homebrew.frames import parse_frame
from radio_gateway.protocols.homebrew.master import Address
from radio_gateway.simulator.peers.homebrew_radios import ListeningRadios
from tests.radio_gateway.adapters.homebrew_network import moment

OURS = 2471090
ID = OURS.to_bytes(4, "big")
PASSPHRASE = "correct horse battery staple"
MASTER = Peer("main", "10.0.0.9", 62031)
STRANGER = Peer("main", "10.0.0.66", 62031)
PATROL, TALKGROUP, DISPATCHER = 2460012, 24601, 2460001
RADIO = RadioId("dmr", PATROL)
SALT = bytes.fromhex("a1b2c3d4")


@dataclass
class Bench:
    """Our peer, and the master played by the test octet by octet."""

    peer: HomebrewPeer = field(init=False)
    now: float = 0.0
    heard: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = random.Random(3)
        self.peer = HomebrewPeer(
            PeerConfig(
                name="upstream",
                network="dmr",
                master=Address(MASTER.host, MASTER.port),
                configuration=Configuration(repeater_id=OURS, callsign="SARDZE", colour_code=4),
                passphrase=PASSPHRASE,
                options="TS2=24601",
                texts=TextConfig(source=DISPATCHER),
            ),
            entropy=lambda: rng.randbytes(4),
        )

    def give(self, datagram: bytes, sender: Peer = MASTER) -> list[bytes]:
        """What we answer, to the master alone."""
        self.peer.feed(datagram, sender, moment(self.now))
        return self.taken()

    def taken(self) -> list[bytes]:
        self.heard += self.peer.events()
        frames = self.peer.outgoing()
        assert {frame.peer for frame in frames} <= {MASTER}
        return [frame.data for frame in frames]

    def wait(self, seconds: float) -> list[bytes]:
        """Everything that leaves in this time."""
        end, sent = self.now + seconds, self.taken()
        while (due := self.peer.deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.peer.expire(moment(self.now))
            sent += self.taken()
        self.now = end
        return sent

    def log_in(self) -> None:
        ack = b"RPTACK" + ID
        if self.peer.deadline() is None:
            self.peer.opened(moment(self.now))
        self.taken()
        [key] = self.give(b"RPTACK" + SALT)
        assert key == b"RPTK" + ID + hashlib.sha256(SALT + PASSPHRASE.encode()).digest()
        [configuration] = self.give(ack)
        assert (len(configuration), configuration[:16]) == (302, b"RPTC" + ID + b"SARDZE  ")
        assert self.give(ack) == [b"RPTO" + ID + b"TS2=24601"]
        assert self.give(ack) == []

    def states(self) -> list[LinkState]:
        return [e.state for e in self.heard if isinstance(e, LinkChanged)]

    def events(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.heard if isinstance(event, kind)]


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.peer.opened(moment(0.0))
    bench.log_in()
    return bench


ALARM = DmrFrame(
    sequence=0, source=PATROL, target=TALKGROUP, repeater_id=OURS, slot=2, group=True,
    frame_type=FrameType.DATA_SYNC, detail=3, stream=b"\1\2\3\4",
    burst=csbk_bursts(EmergencyAlarm(TALKGROUP, PATROL), Channel(4))[0].octets,
)  # fmt: skip
VOICE = replace(
    ALARM, frame_type=FrameType.VOICE, detail=1,
    burst=bytes.fromhex("b9e881526173002a6bb9e881526755fd7df75f7173002a6bb9e881526173002a6b"),
)  # fmt: skip


def test_login_step_by_step() -> None:
    bench = Bench()
    bench.peer.opened(moment(0.0))

    assert bench.taken() == [b"RPTL" + ID]
    bench.log_in()
    assert bench.states() == [LinkState.CONNECTING, LinkState.UP]
    assert bench.wait(12.0) == [b"RPTPING" + ID] * 12


def test_a_master_that_is_not_there_is_asked_every_five_seconds() -> None:
    bench = Bench()
    bench.peer.opened(moment(0.0))

    assert bench.wait(60.0) == [b"RPTL" + ID] * 13
    bench.log_in()
    assert bench.states()[-1] is LinkState.UP


def test_a_silent_master_is_noticed_and_joined_again_within_ten_seconds(bench: Bench) -> None:
    bench.wait(16.0)
    assert bench.states()[-1] is LinkState.CONNECTING
    reason = [e for e in bench.heard if isinstance(e, LinkChanged)][-1].reason
    assert reason == "no answer for 15 s"
    back_at = bench.now + 60.0
    bench.wait(60.0)

    sent = bench.wait(5.0)
    assert sent == [b"RPTL" + ID]
    bench.log_in()
    assert bench.states()[-1] is LinkState.UP
    assert bench.now - back_at < 10.0


def test_pongs_keep_it_up(bench: Bench) -> None:
    sent = bench.wait(1.0)
    for _ in range(20):
        assert sent == [b"RPTPING" + ID]
        bench.give(b"MSTPONG" + ID)
        sent = bench.wait(5.0)
    assert bench.states()[-1] is LinkState.UP


def test_an_hour_of_lost_pings_keeps_it_up(bench: Bench) -> None:
    """One in five pings or pongs is lost: three in a row every hundred or so."""
    chance, answered = random.Random(5), []
    while bench.now < 3600.0:
        for ping in bench.wait(1.0):
            assert ping == b"RPTPING" + ID
            answered.append(chance.random() < 0.8)
            if answered[-1]:
                bench.give(b"MSTPONG" + ID)
    assert bench.states() == [LinkState.CONNECTING, LinkState.UP]
    assert any(not any(answered[n : n + 3]) for n in range(len(answered))), "the worst was there"


def test_bursts_keep_it_up_without_pongs(bench: Bench) -> None:
    for n in range(30):
        bench.wait(1.0)
        bench.give(replace(VOICE, sequence=n).build())
    assert bench.states()[-1] is LinkState.UP


@pytest.mark.parametrize("answers", [2, 3])
def test_an_alarm_is_heard_while_only_the_master_thinks_that_we_are_logged_in(answers: int) -> None:
    """It has accepted the passphrase, and its last acknowledgement got lost."""
    bench = Bench()
    bench.peer.opened(moment(0.0))
    for answer in (b"RPTACK" + SALT, b"RPTACK" + ID, b"RPTACK" + ID)[:answers]:
        bench.give(answer)
    assert bench.states() == [LinkState.CONNECTING]
    bench.give(ALARM.build())
    [raised] = bench.events(EmergencyRaised)
    assert isinstance(raised, EmergencyRaised)
    assert raised.radio == RADIO
    bench.peer.feed(ALARM.build(), STRANGER, moment(bench.now))
    assert bench.peer.events() == []


def test_a_master_that_has_sent_us_away_is_not_heard(bench: Bench) -> None:
    bench.give(b"MSTNAK" + ID)
    bench.give(ALARM.build())
    assert bench.events(EmergencyRaised) == []


def test_an_alarm_is_heard_while_a_silent_master_is_asked_again(bench: Bench) -> None:
    bench.wait(16.0)
    assert bench.states()[-1] is LinkState.CONNECTING
    bench.give(ALARM.build())
    assert len(bench.events(EmergencyRaised)) == 1
    assert bench.states()[-1] is LinkState.CONNECTING, "a burst is no login"


@pytest.mark.parametrize("answers", [1, 2, 3])
def test_an_unanswered_step_of_the_login_is_repeated_after_a_second(answers: int) -> None:
    bench = Bench()
    bench.peer.opened(moment(0.0))
    bench.taken()
    for answer in (b"RPTACK" + SALT, b"RPTACK" + ID, b"RPTACK" + ID)[:answers]:
        [step] = bench.give(answer)
    assert bench.wait(0.9) == []
    assert bench.wait(0.1) == [step]


def test_a_configuration_that_got_lost_behind_a_doubled_answer_is_noticed_at_once() -> None:
    bench = Bench()
    bench.peer.opened(moment(0.0))
    bench.log_in()
    assert bench.wait(1.0) == [b"RPTPING" + ID]
    bench.give(b"MSTNAK" + ID)
    assert bench.wait(5.0) == [b"RPTL" + ID]


@pytest.mark.parametrize("farewell", [b"MSTNAK" + ID, b"MSTNAK", b"MSTCL" + ID])
def test_a_master_that_sends_us_away_is_asked_again(bench: Bench, farewell: bytes) -> None:
    bench.give(farewell)

    assert bench.states()[-1] is LinkState.CONNECTING
    assert bench.wait(5.0) == [b"RPTL" + ID]
    bench.log_in()
    assert bench.states()[-1] is LinkState.UP


def test_a_call_from_the_master(bench: Bench) -> None:
    for n in range(10):
        bench.give(replace(VOICE, sequence=n).build())
        bench.wait(0.06)
    bench.wait(1.0)

    [started], [ended] = bench.events(CallStarted), bench.events(CallEnded)
    assert isinstance(started, CallStarted)
    assert isinstance(ended, CallEnded)
    assert (started.radio, started.talkgroup) == (RADIO, TalkgroupId("dmr", TALKGROUP))
    assert (started.slot, started.late_entry) == (2, True)
    assert (ended.reason, ended.duration_s) == (CallEndReason.LOST, 0.6)


def test_an_alarm_from_the_master_and_none_from_elsewhere(bench: Bench) -> None:
    bench.give(ALARM.build(), STRANGER)
    bench.give(ALARM.build(), replace(MASTER, port=62032))
    assert bench.events(EmergencyRaised) == []

    bench.give(ALARM.build())
    bench.give(ALARM.build())
    assert len(bench.events(EmergencyRaised)) == 1
    bench.peer.command(AcknowledgeEmergency(command="k", radio=RADIO), moment(bench.now))
    bench.give(ALARM.build())
    assert len(bench.events(EmergencyRaised)) == 2


def test_a_master_that_leaves_its_own_id_in_the_bursts(bench: Bench) -> None:
    bench.give(replace(ALARM, repeater_id=1).build())

    assert len(bench.events(EmergencyRaised)) == 1


@pytest.mark.parametrize("farewell", [b"MSTNAK" + ID, b"MSTCL" + ID, b"RPTACK" + SALT])
def test_strangers_change_nothing(bench: Bench, farewell: bytes) -> None:
    assert bench.give(farewell, STRANGER) == []
    bench.wait(5.0)

    assert bench.states()[-1] is LinkState.UP
    [health] = bench.events(LinkHealth)
    assert isinstance(health, LinkHealth)
    assert (health.refused, health.state) == (1, LinkState.UP)


def test_before_the_login_nothing_counts() -> None:
    bench = Bench()
    bench.peer.opened(moment(0.0))
    bench.give(ALARM.build())
    bench.wait(5.0)

    assert bench.events(EmergencyRaised) == []
    [health] = bench.events(LinkHealth)
    assert isinstance(health, LinkHealth)
    assert health.malformed == 1


def test_a_text_goes_out_and_counts_as_delivered_when_the_radio_says_so(bench: Bench) -> None:
    bench.peer.command(SendText(command="k", text="Sveiki", radio=RADIO), moment(bench.now))
    frames = [frame for data in bench.wait(3.0) if isinstance(frame := parse_frame(data), DmrFrame)]
    radios = ListeningRadios(4, {PATROL})
    answers = [radios.feed(frame, 0.0) for frame in frames]

    assert [text.text for text in radios.texts] == ["Sveiki"]
    assert {frame.repeater_id for frame in frames} == {OURS}
    assert [e.state for e in bench.heard if isinstance(e, TextProgress)] == [TextState.SENT]
    [answer] = [answer for answer in answers if answer]
    burst = answer.bursts[0].octets
    answered = replace(ALARM, target=DISPATCHER, group=False, detail=6, burst=burst)
    bench.give(answered.build())
    assert [e.state for e in bench.heard if isinstance(e, TextProgress)][1:] == [
        TextState.DELIVERED
    ]


@pytest.mark.parametrize(
    ("kind", "type_", "state", "reason"),
    [
        (0, 1, TextState.DELIVERED, None),
        (1, 2, TextState.FAILED, TextFailure.REFUSED),
        (1, 6, TextState.FAILED, TextFailure.REFUSED),
        (1, 1, TextState.FAILED, TextFailure.NOT_REGISTERED),
        (2, 0, TextState.FAILED, TextFailure.NOT_REGISTERED),
    ],
)
def test_what_a_radio_may_answer(
    bench: Bench, kind: int, type_: int, state: TextState, reason: TextFailure | None
) -> None:
    response = ResponseHeader(
        target=DISPATCHER, source=PATROL, group=False, response_requested=False,
        sap=Sap.SHORT_DATA, blocks=0, response_class=kind, response_type=type_, status=0,
    )  # fmt: skip
    [burst] = response_bursts(response, Channel(4))
    # from nobody in the envelope: the burst says who answers
    frame = replace(ALARM, source=0, group=False, detail=6, burst=burst.octets)
    bench.peer.command(SendText(command="k", text="Sveiki", radio=RADIO), moment(bench.now))
    for _ in range(6):
        bench.wait(1.5)
        bench.give(b"MSTPONG" + ID)
        bench.give(frame.build())
    bench.wait(3.0)

    ended = [e for e in bench.heard if isinstance(e, TextProgress)]
    assert [e.state for e in ended] == [TextState.SENT, state]
    assert ended[-1].reason is reason


def test_an_answer_to_somebody_else_is_none_to_us(bench: Bench) -> None:
    response = ResponseHeader(
        target=DISPATCHER + 1, source=PATROL, group=False, response_requested=False,
        sap=Sap.SHORT_DATA, blocks=0, response_class=0, response_type=1, status=0,
    )  # fmt: skip
    [burst] = response_bursts(response, Channel(4))
    bench.peer.command(SendText(command="k", text="Sveiki", radio=RADIO), moment(bench.now))
    bench.wait(2.0)
    bench.give(replace(ALARM, source=0, group=False, detail=6, burst=burst.octets).build())

    assert [e.state for e in bench.heard if isinstance(e, TextProgress)] == [TextState.SENT]


def test_texts_fail_while_we_are_not_logged_in() -> None:
    bench = Bench()
    bench.peer.opened(moment(0.0))
    bench.peer.command(SendText(command="k", text="Sveiki", radio=RADIO), moment(0.0))
    bench.taken()

    [failed] = bench.events(TextProgress)
    assert isinstance(failed, TextProgress)
    assert failed.reason is TextFailure.LINK_DOWN


def test_closing_cuts_off_calls_and_texts(bench: Bench) -> None:
    bench.give(VOICE.build())
    bench.peer.command(SendText(command="k", text="Sveiki", radio=RADIO), moment(bench.now))
    bench.peer.closed("the socket is gone", moment(bench.now))
    bench.taken()

    [ended] = bench.events(CallEnded)
    assert isinstance(ended, CallEnded)
    assert ended.reason is CallEndReason.TRUNCATED
    [failed] = bench.events(TextProgress)
    assert isinstance(failed, TextProgress)
    assert failed.reason is TextFailure.LINK_DOWN
    assert bench.states()[-1] is LinkState.DOWN
    assert bench.peer.deadline() is None


def test_other_commands_are_refused(bench: Bench) -> None:
    bench.peer.command(DisableRadio(command="k", radio=RADIO), moment(bench.now))
    bench.taken()

    [result] = bench.events(CommandResult)
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.REFUSED


def test_the_passphrase_does_not_show(bench: Bench) -> None:
    assert PASSPHRASE not in repr(bench.peer._config)  # what a log would show


TAGS = [b"RPTACK", b"MSTNAK", b"MSTPONG", b"MSTCL", b"RPTSBKN", b"DMRD", b"DMRA", b"RPTL", b""]


@given(st.lists(st.tuples(st.sampled_from(TAGS), st.binary(max_size=60)), max_size=20))
def test_no_octets_from_the_master_raise(datagrams: list[tuple[bytes, bytes]]) -> None:
    bench = Bench()
    bench.peer.opened(moment(0.0))
    bench.log_in()
    for tag, rest in datagrams:
        bench.give(tag + rest)
        bench.give(tag + ID + rest)
        bench.wait(0.1)
