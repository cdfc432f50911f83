"""The Homebrew adapter: logins, health, bad datagrams, commands, bursts against envelopes."""

import logging
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_gateway.adapters.homebrew import HomebrewMaster, RepeaterConfig
from radio_gateway.domain.commands import AcknowledgeEmergency, RadioCheck, SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallStarted,
    CommandOutcome,
    CommandResult,
    EmergencyRaised,
    EmergencySource,
    LinkChanged,
    LinkHealth,
    LinkState,
    PositionReported,
    RadioHeard,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.ports import Ability, Adapter, Peer
from radio_gateway.protocols.dmr import embedded
from radio_gateway.protocols.dmr.ambe import SILENCE
from radio_gateway.protocols.dmr.burst import build_data, build_voice
from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.dmr.link_control import VoiceLc, seal_full_lc
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.homebrew.configuration import HostConfiguration
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.adapters.homebrew_network import (
    KAROSTA,
    LIEPAJA,
    PEERS,
    Network,
    config,
    moment,
)

STRANGER = Peer("main", "10.0.0.66", 4000)
ALARM = seal(bytes.fromhex("a7100000006019258 96c".replace(" ", "")), CrcMask.CSBK)
FRAME = DmrFrame(
    sequence=0,
    source=2460012,
    target=24601,
    repeater_id=LIEPAJA,
    slot=1,
    group=True,
    frame_type=FrameType.DATA_SYNC,
    detail=DataType.CSBK,
    stream=b"\x01\x02\x03\x04",
    burst=bytes(33),
    bit_errors=0,
    rssi_dbm=-70,
)
RADIO = RadioId("dmr", 2460012)


def control(block: bytes) -> bytes:
    return build_data(Sync.BS_DATA, SlotType(1, DataType.CSBK), block)


def header(lc: VoiceLc, kind: DataType = DataType.VOICE_LC_HEADER) -> bytes:
    return build_data(Sync.BS_DATA, SlotType(1, kind), seal_full_lc(lc.build(), kind))


@pytest.fixture
def network() -> Network:
    network = Network()
    network.log_in()
    return network


def test_it_is_an_adapter(network: Network) -> None:
    adapter: Adapter = network.master

    assert {Ability.CALLS, Ability.EMERGENCY, Ability.TEXT_TO_RADIO} <= (
        adapter.CAPABILITIES.abilities
    )
    assert adapter.CAPABILITIES.text_limit == 140
    assert not adapter.CAPABILITIES.can(Ability.DISABLE)


def test_a_site_comes_up_by_login_and_goes_down_by_silence() -> None:
    network = Network()
    network.repeaters[LIEPAJA].open(0.0)
    network.run(1.0)
    changes = [(e.site, e.state, e.reason) for e in network.events(LinkChanged)]
    assert changes == [
        ("Liepāja", LinkState.CONNECTING, "waiting for the repeater"),
        ("Karosta", LinkState.CONNECTING, "waiting for the repeater"),
        ("Liepāja", LinkState.UP, "login accepted"),
    ]

    network.path = lambda _: []
    network.run(60.0)
    last = network.events(LinkChanged)[-1]
    assert (last.site, last.state) == ("Liepāja", LinkState.DOWN)
    assert last.reason == "no keep-alive for 35 s"


def test_a_site_stays_up_by_keep_alives(network: Network) -> None:
    network.run(300.0)

    assert network.events(LinkChanged) == []


def test_a_farewell_cuts_off_the_call(network: Network) -> None:
    network.repeaters[LIEPAJA].talk(2460012, 24601, Speech(duration_s=6.0), now=network.now)
    network.run(2.0)
    network.repeaters[LIEPAJA].close()
    network.run(0.1)

    [ended] = network.events(CallEnded)
    assert ended.reason is CallEndReason.TRUNCATED
    [change] = network.events(LinkChanged)
    assert (change.state, change.reason) == (LinkState.DOWN, "the repeater left")


def test_closing_the_socket_cuts_off_calls_and_sites(network: Network) -> None:
    network.repeaters[LIEPAJA].talk(2460012, 24601, Speech(duration_s=6.0), now=network.now)
    network.run(2.0)
    network.heard.clear()
    network.master.closed("socket closed", moment(network.now))

    ended, *changes = network.master.events()
    assert isinstance(ended, CallEnded)
    assert ended.reason is CallEndReason.TRUNCATED
    assert [(c.site, c.state) for c in changes if isinstance(c, LinkChanged)] == [
        ("Liepāja", LinkState.DOWN),
        ("Karosta", LinkState.DOWN),
    ]
    assert network.master.deadline() is None


def sent(network: Network, seconds: float) -> list[tuple[bytes, Peer]]:
    """What the master sends at a time."""
    network.master.expire(moment(seconds))
    return [(frame.data, frame.peer) for frame in network.master.outgoing()]


def test_repeaters_are_asked_for_a_beacon_as_often_as_configured() -> None:
    network = Network(changes={"beacon_every_s": 20.0})
    network.log_in(LIEPAJA)
    request = b"RPTSBKN" + LIEPAJA.to_bytes(4, "big"), PEERS[LIEPAJA]

    assert sent(network, 19.9) == []
    assert sent(network, 20.0) == [request]
    assert sent(network, 39.9) == []
    network.now = 40.0
    network.repeaters[LIEPAJA].close()
    network.exchange()
    assert sent(network, 40.0) == [], "nobody is there to be asked"


def test_nobody_is_asked_for_a_beacon_without_that_setting(network: Network) -> None:
    assert sent(network, 30.0) == []


def test_what_a_repeater_asks_for_is_shown_once_without_control_characters(
    network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    options = b"RPTO" + LIEPAJA.to_bytes(4, "big")
    for text in (b"TS1=1,2;TS2=9", b"TS1=1,2;TS2=9", b"TS1=7\x1b[2J"):
        assert network.send(options + text) == []

    shown = [r.getMessage() for r in caplog.records if "asks for" in r.getMessage()]
    assert shown == [
        "liepaja-dmr: Liepāja: asks for 'TS1=1,2;TS2=9'",
        "liepaja-dmr: Liepāja: asks for 'TS1=7[2J'",
    ]


def test_health_is_told_every_five_seconds(network: Network) -> None:
    network.run(0.5)
    network.send(b"junk", STRANGER)
    network.send(FRAME.build(), STRANGER)
    network.run(12.0)

    times = [event.at.mono for event in network.events(LinkHealth) if event.site == "Liepāja"]
    assert times == [5.0, 10.0]
    last = {event.site: event for event in network.events(LinkHealth)}
    assert (last[None].malformed, last[None].refused) == (1, 1)
    assert last["Karosta"].state is LinkState.UP
    assert last["Karosta"].frames == 0


def test_the_first_frame_of_a_site_is_told_at_once(network: Network) -> None:
    network.run(0.5)
    network.repeaters[KAROSTA].talk(2460012, 24601, Speech(duration_s=0.6), now=network.now)
    network.run(1.0)

    told = {event.site: event for event in network.events(LinkHealth)}
    assert told["Karosta"].last_payload_at == told["Karosta"].at.utc
    assert told["Liepāja"].last_payload_at is None
    assert told["Karosta"].at.mono < 1.5


def test_what_a_repeater_asks_for_is_in_its_health_until_it_is_gone(network: Network) -> None:
    def told() -> list[str | None]:
        network.heard.clear()
        network.run(5.0)
        return [e.options for e in network.events(LinkHealth) if e.site == "Liepāja"]

    assert told() == [None]
    network.send(b"RPTO" + LIEPAJA.to_bytes(4, "big") + b"TS1=1,2;TS2=9")
    assert told() == ["TS1=1,2;TS2=9"]
    network.repeaters[LIEPAJA].close()
    network.exchange()
    assert told() == [None]


class TestStrangers:
    """Nobody who is not logged in can cause an event (or stop one)."""

    @pytest.mark.parametrize("sender", [STRANGER, Peer("main", "10.0.0.1", 62032), PEERS[KAROSTA]])
    def test_an_alarm_from_elsewhere_raises_nothing(self, network: Network, sender: Peer) -> None:
        alarm = replace(FRAME, burst=control(ALARM)).build()

        assert network.send(alarm, sender) == []
        assert network.send(alarm) != []

    def test_a_farewell_from_elsewhere_changes_nothing(self, network: Network) -> None:
        assert network.send(b"RPTCL" + LIEPAJA.to_bytes(4, "big"), STRANGER) == []
        network.run(1.0)

        assert network.events(LinkChanged) == []

    def test_no_frame_is_lost_while_a_stranger_tries_to_log_in(self, network: Network) -> None:
        network.repeaters[LIEPAJA].talk(2460012, 24601, Speech(duration_s=6.0), now=network.now)
        for _ in range(30):
            network.run(0.2)
            network.send(b"RPTL" + LIEPAJA.to_bytes(4, "big"), STRANGER)
            network.send(b"RPTK" + LIEPAJA.to_bytes(4, "big") + bytes(32), STRANGER)
            network.send(b"RPTCL" + LIEPAJA.to_bytes(4, "big"), STRANGER)
        network.run(2.0)

        [ended] = network.events(CallEnded)
        assert (ended.loss_percent, ended.duration_s) == (0.0, 6.0)

    @given(data=st.binary(max_size=80), tag=st.sampled_from([b"DMRD", b"RPTK", b"RPTPING", b""]))
    def test_any_bytes_from_a_stranger(self, data: bytes, tag: bytes) -> None:
        network = Network()
        network.master.events()

        assert network.send(tag + data, STRANGER) == []

    def test_the_dialect_without_passwords_is_closed_by_default(self) -> None:
        network = Network()
        network.master.events()
        dmrc = HostConfiguration(repeater_id=LIEPAJA).build()

        assert network.send(dmrc, Peer("main", "127.0.0.1", 62032)) == []

    def test_and_open_to_an_allowed_address(self) -> None:
        host = Peer("main", "127.0.0.1", 62032)
        master = HomebrewMaster(
            config(allow_gateway_dialect_from=frozenset({"127.0.0.1"})), salt=lambda: bytes(4)
        )
        master.opened(moment(0.0))
        master.feed(HostConfiguration(repeater_id=LIEPAJA).build(), host, moment(0.0))
        forged = replace(FRAME, repeater_id=KAROSTA, burst=control(ALARM))
        master.feed(forged.build(), host, moment(1.0))

        [alarm] = [e for e in master.events() if isinstance(e, EmergencyRaised)]
        assert alarm.site == "Liepāja"


class TestBadDatagrams:
    @settings(max_examples=200)
    @given(
        tag=st.sampled_from([b"DMRD", b"DMRA", b"DMRG", b"RPTC", b"RPTO", b"RPTPING", b"RPTG"]),
        rest=st.binary(max_size=70) | st.binary(min_size=51, max_size=51),
    )
    def test_nothing_from_a_repeater_that_is_logged_in_raises(
        self, tag: bytes, rest: bytes
    ) -> None:
        network = LOGGED_IN
        network.now += 1.0
        network.send(tag + LIEPAJA.to_bytes(4, "big") + rest)
        network.send(tag + rest[:7] + LIEPAJA.to_bytes(4, "big") + rest[7:])

    def test_oversized(self, network: Network, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING):
            network.send(b"DMRD" + bytes(2000))

        assert "longer than any message" in caplog.text
        assert "dropped 2004 octets from 10.0.0.1" in caplog.text
        assert caplog.text.count("00 00") < 64

    def test_the_log_speaks_once_per_second_and_sender(
        self, network: Network, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING):
            for _ in range(50):
                network.send(b"junk")
                network.send(b"junk", STRANGER)
            network.now += 1.0
            network.send(b"junk\x1b[2J\r\n")

        assert len(caplog.records) == 3
        assert "and 49 before" in caplog.records[-1].getMessage()
        assert caplog.records[-1].getMessage().isprintable()

    def test_a_login_digest_is_never_logged(
        self, network: Network, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            for length in (32, 31):
                network.now += 1.0
                network.send(b"RPTK" + LIEPAJA.to_bytes(4, "big") + b"\xab" * length, STRANGER)

        assert len(caplog.records) == 2
        assert "ab ab" not in caplog.text
        assert "abab" not in caplog.text

    def test_truncated_position_of_dmrgateway_is_dropped(self, network: Network) -> None:
        assert network.send(bytes.fromhex("444d52470003c0f1280722000f8a")) == []


LOGGED_IN = Network()
LOGGED_IN.log_in()


class TestBurstAgainstEnvelope:
    def test_the_header_wins(self, network: Network) -> None:
        lc = VoiceLc(group=True, target=99, source=7)
        [event] = network.send(
            replace(FRAME, detail=DataType.VOICE_LC_HEADER, burst=header(lc)).build()
        )

        assert isinstance(event, CallStarted)
        assert (event.radio, event.talkgroup) == (RadioId("dmr", 7), TalkgroupId("dmr", 99))

    def test_the_alarm_block_wins(self, network: Network) -> None:
        [event] = network.send(replace(FRAME, source=1, burst=control(ALARM)).build())

        assert isinstance(event, EmergencyRaised)
        assert (event.radio, event.talkgroup) == (RADIO, TalkgroupId("dmr", 24601))

    def superframe(self, network: Network, lc: VoiceLc, first: int) -> None:
        """Bursts B to E with an embedded link control; `first` is the sequence number of B."""
        for n, lcss in enumerate((Lcss.FIRST, Lcss.CONTINUATION, Lcss.CONTINUATION, Lcss.LAST)):
            burst = build_voice(Emb(1, lcss), embedded.encode(lc.build())[n], (SILENCE,) * 3)
            frame = replace(
                FRAME,
                sequence=first + n,
                frame_type=FrameType.VOICE,
                detail=n + 1,
                burst=burst,
            )
            network.send(frame.build())

    def test_the_embedded_link_control_wins_after_a_late_entry(self, network: Network) -> None:
        self.superframe(network, VoiceLc(group=True, target=99, source=7, service=0x80), 0)

        [alarm] = network.events(EmergencyRaised)
        assert (alarm.radio.number, alarm.source) == (7, EmergencySource.VOICE)

    @pytest.mark.parametrize(("times", "talker"), [(1, 2460012), (2, 7)])
    def test_one_link_control_does_not_overrule_another_but_two_do(
        self, network: Network, times: int, talker: int
    ) -> None:
        self.superframe(network, VoiceLc(group=True, target=24601, source=2460012), 0)
        for n in range(times):
            self.superframe(network, VoiceLc(group=True, target=24601, source=7), 4 + 4 * n)
        network.run(1.0)

        assert network.events(CallEnded)[0].radio.number == talker

    @pytest.mark.parametrize("kind", [DataType.VOICE_LC_HEADER, DataType.CSBK, DataType.PI_HEADER])
    def test_a_wrong_checksum_makes_no_event(self, network: Network, kind: DataType) -> None:
        burst = build_data(
            Sync.BS_DATA, SlotType(1, kind), bytes.fromhex("a71000000060192589 6cffff")
        )
        network.send(replace(FRAME, detail=kind, burst=burst).build())

        assert network.heard == []

    def test_an_unreadable_terminator_still_ends_its_call(self, network: Network) -> None:
        lc = VoiceLc(group=True, target=24601, source=2460012)
        network.send(replace(FRAME, detail=DataType.VOICE_LC_HEADER, burst=header(lc)).build())
        end = replace(FRAME, sequence=1, detail=DataType.TERMINATOR_WITH_LC)
        [event] = network.send(end.build())

        assert isinstance(event, CallEnded)
        assert event.reason is CallEndReason.TERMINATOR

    def test_a_terminator_alone_can_still_raise_an_emergency(self, network: Network) -> None:
        lc = VoiceLc(group=True, target=24601, source=2460012, service=0x80)
        kind = DataType.TERMINATOR_WITH_LC
        frame = replace(FRAME, detail=kind, burst=header(lc, kind))
        first, again = network.send(frame.build()), network.send(frame.build())

        assert [(type(e), e.radio) for e in first if isinstance(e, EmergencyRaised)] == [
            (EmergencyRaised, RADIO)
        ]
        assert again == []

    def test_a_sender_with_one_stream_id_for_all_calls(self, network: Network) -> None:
        lc = VoiceLc(group=True, target=24601, source=2460012)
        kinds = (DataType.VOICE_LC_HEADER, DataType.TERMINATOR_WITH_LC) * 2
        for sequence, kind in enumerate(kinds):
            frame = replace(FRAME, sequence=sequence, detail=kind, burst=header(lc, kind))
            network.send(frame.build())

        assert len(network.events(CallEnded)) == 2


def test_a_location_in_one_burst_is_of_the_radio_that_the_repeater_names(network: Network) -> None:
    # published example: 22.5 S 45 W (tests/vectors/dmr, lip-short-report)
    block = seal(bytes.fromhex("07800001c000004a00da"), CrcMask.USB_DATA)
    burst = build_data(Sync.MS_DATA, SlotType(1, DataType.USB_DATA), block)
    network.send(replace(FRAME, detail=DataType.USB_DATA, burst=burst).build())
    network.send(replace(FRAME, detail=DataType.USB_DATA, burst=burst, source=0).build())

    [place] = network.events(PositionReported)
    assert (place.radio, place.point) == (RADIO, GeoPoint(-22.5, -45.0))


def test_a_captured_preamble_shows_its_radio() -> None:
    # OK-DMR/ok-dmrlib okdmr/tests/dmrlib/etsi/layer2/test_burst.py
    captured = bytes.fromhex(
        "444d52440223383b2338630006690f632e40c701"
        "53df0a83b7a8282c2509625014fdff57d75df5dcadde429028c87ae3341e24191c003c"
    )
    host = Peer("main", "127.0.0.1", 62032)
    repeater = RepeaterConfig(420111, "Palanga", "not asked for")
    master = HomebrewMaster(
        config(repeaters=(repeater,), allow_gateway_dialect_from=frozenset({"127.0.0.1"})),
        salt=lambda: bytes(4),
    )
    master.opened(moment(0.0))
    master.feed(HostConfiguration(repeater_id=420111).build(), host, moment(0.0))
    master.events()
    master.feed(captured, host, moment(1.0))

    assert master.events() == [
        RadioHeard(
            link="liepaja-dmr",
            at=moment(1.0),
            radio=RadioId("dmr", 2308155),
            site="Palanga",
            rssi_dbm=-60.0,
        )
    ]


class TestCommands:
    def test_text_without_a_sender_is_refused_with_its_reason(self, network: Network) -> None:
        network.master.command(SendText(command="k", text="x", radio=RADIO), moment(1.0))

        [event] = network.master.events()
        assert isinstance(event, TextProgress)
        assert (event.state, event.command) == (TextState.FAILED, "k")
        assert event.reason is TextFailure.UNSUPPORTED
        assert "dispatcher_id" in (event.detail or "")

    def test_others_are_refused(self, network: Network) -> None:
        network.master.command(RadioCheck(command="k", radio=RADIO), moment(1.0))

        [event] = network.master.events()
        assert isinstance(event, CommandResult)
        assert (event.outcome, event.radio) == (CommandOutcome.REFUSED, RADIO)

    def test_an_alarm_after_an_acknowledged_one_is_raised_again(self, network: Network) -> None:
        frame = replace(FRAME, burst=control(ALARM)).build()
        assert len(network.send(frame)) == 1
        assert network.send(frame) == []
        network.master.command(AcknowledgeEmergency(command="k", radio=RADIO), moment(network.now))
        network.master.events()

        assert len(network.send(frame)) == 1


def test_a_passphrase_does_not_show_in_the_configuration() -> None:
    assert "correct horse" not in repr(config())


def test_each_repeater_id_only_once() -> None:
    twice = (RepeaterConfig(1, "a", "x"), RepeaterConfig(1, "b", "y"))
    with pytest.raises(ValueError, match="only once"):
        HomebrewMaster(config(repeaters=twice), salt=lambda: bytes(4))
