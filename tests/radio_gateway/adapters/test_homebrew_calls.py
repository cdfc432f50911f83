"""Calls end to end in memory: simulated repeater, real bursts, adapter, events."""

import random
from collections.abc import Iterable

import pytest

from radio_gateway.domain.events import (
    CallAlertReceived,
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    EmergencyRaised,
    EmergencySource,
    LinkHealth,
    PositionReported,
    PositionSource,
    RadioHeard,
    TalkerAliasHeard,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.protocols.dmr.csbk import RadioCheck
from radio_gateway.protocols.dmr.link_control import GpsInfo
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.adapters.homebrew_network import KAROSTA, LIEPAJA, Network

PATROL, OTHER = 2460012, 2460013
DISPATCH = 24601
RADIO = RadioId("dmr", PATROL)
TALKGROUP = TalkgroupId("dmr", DISPATCH)
HARBOUR = GpsInfo(GeoPoint(56.511, 21.014), 20.0)


@pytest.fixture
def network() -> Network:
    network = Network()
    network.log_in()
    return network


def test_a_group_call_from_key_to_release(network: Network) -> None:
    network.repeaters[LIEPAJA].talk(
        PATROL, DISPATCH, Speech(duration_s=3.0, slot=2), now=network.now
    )
    network.run(5.0)

    [started], [ended] = network.events(CallStarted), network.events(CallEnded)
    assert (started.kind, started.radio, started.talkgroup) == (CallKind.GROUP, RADIO, TALKGROUP)
    assert (started.slot, started.colour_code, started.site) == (2, 7, "Liepāja")
    assert (started.late_entry, started.emergency, started.encrypted) == (False,) * 3
    assert started.called is None
    assert started.conversation == started.call == ended.call
    assert ended.reason is CallEndReason.TERMINATOR
    assert ended.duration_s == 3.0
    assert ended.loss_percent == 0.0
    assert ended.ber_percent is not None
    assert 0 < ended.ber_percent < 2
    assert ended.rssi_dbm is not None
    assert -95 <= ended.rssi_dbm <= -60
    assert ended.started_at == started.at.utc
    # 3 headers, 50 bursts of voice, then the terminator
    assert ended.at.mono - started.at.mono == pytest.approx(53 * 0.06)


def test_a_private_call(network: Network) -> None:
    network.repeaters[LIEPAJA].talk(
        PATROL, OTHER, Speech(duration_s=1.2, private=True, encrypted=True), now=network.now
    )
    network.run(3.0)

    [started], [ended] = network.events(CallStarted), network.events(CallEnded)
    assert (started.kind, started.talkgroup) == (CallKind.PRIVATE, None)
    assert started.called == ended.called == RadioId("dmr", OTHER)
    assert started.encrypted
    assert ended.encrypted


def test_a_call_to_everybody(network: Network) -> None:
    network.repeaters[LIEPAJA].talk(PATROL, 0xFFFFFF, Speech(duration_s=1.2), now=network.now)
    network.run(3.0)

    [started] = network.events(CallStarted)
    assert (started.kind, started.talkgroup, started.called) == (CallKind.ALL, None, None)


@pytest.mark.parametrize("alias", ["LIEPAJA PATROL 12", "Būvējs žņ", "Klaipėda 7", "Žvejys"])
def test_alias_and_position_come_out_of_the_voice(network: Network, alias: str) -> None:
    network.repeaters[LIEPAJA].talk(
        PATROL, DISPATCH, Speech(duration_s=6.0, alias=alias, position=HARBOUR), now=network.now
    )
    network.run(8.0)

    [heard], [ended] = network.events(TalkerAliasHeard), network.events(CallEnded)
    assert (heard.alias, heard.radio, heard.call) == (alias, RADIO, ended.call)
    assert ended.talker_alias == alias
    [position] = network.events(PositionReported)
    assert (position.radio, position.source) == (RADIO, PositionSource.EMBEDDED)
    assert position.point.lat == pytest.approx(56.511, abs=2e-5)
    assert position.point.lon == pytest.approx(21.014, abs=2e-5)
    assert position.error_m == 20.0
    assert position.fixed_at is None


def test_a_radio_without_a_fix_reports_no_position(network: Network) -> None:
    nowhere = GpsInfo(GeoPoint(0.0, 0.0), None)
    network.repeaters[LIEPAJA].talk(
        PATROL, DISPATCH, Speech(duration_s=3.0, position=nowhere), now=network.now
    )
    network.run(5.0)

    assert network.events(PositionReported) == []


def test_late_entry_is_said_so(network: Network) -> None:
    network.repeaters[LIEPAJA].talk(
        PATROL, DISPATCH, Speech(duration_s=2.4, late_entry=True), now=network.now
    )
    network.run(4.0)

    [started], [ended] = network.events(CallStarted), network.events(CallEnded)
    assert started.late_entry
    assert ended.late_entry
    assert (ended.duration_s, ended.radio) == (2.4, RADIO)


def test_a_call_without_its_end_is_lost_after_360_ms(network: Network) -> None:
    network.repeaters[LIEPAJA].talk(
        PATROL, DISPATCH, Speech(duration_s=1.2, lose_terminator=True), now=network.now
    )
    network.run(5.0)

    [ended] = network.events(CallEnded)
    assert (ended.reason, ended.duration_s) == (CallEndReason.LOST, 1.2)
    last_frame_at = 0.001 + 22 * 0.06
    assert ended.at.mono == pytest.approx(last_frame_at + 0.36)


def test_an_answer_within_the_hang_time_continues_the_conversation(network: Network) -> None:
    repeater = network.repeaters[LIEPAJA]
    end = repeater.talk(PATROL, DISPATCH, Speech(duration_s=1.2), now=network.now)
    end = repeater.talk(OTHER, DISPATCH, Speech(duration_s=1.2), now=end + 2.5)
    repeater.talk(PATROL, DISPATCH, Speech(duration_s=1.2), now=end + 3.5)
    network.run(14.0)

    first, second, third = network.events(CallStarted)
    assert second.conversation == first.call
    assert third.conversation == third.call
    assert len({first.call, second.call, third.call}) == 3


def test_private_answer_belongs_to_the_conversation_too(network: Network) -> None:
    repeater = network.repeaters[LIEPAJA]
    end = repeater.talk(PATROL, OTHER, Speech(duration_s=1.2, private=True), now=network.now)
    repeater.talk(OTHER, PATROL, Speech(duration_s=1.2, private=True), now=end + 1.0)
    network.run(6.0)

    first, second = network.events(CallStarted)
    assert second.conversation == first.call


def test_slots_are_apart(network: Network) -> None:
    for slot, radio in ((1, PATROL), (2, OTHER)):
        network.repeaters[LIEPAJA].talk(
            radio, DISPATCH, Speech(duration_s=1.2, slot=slot), now=network.now
        )
    network.run(3.0)

    assert {(e.slot, e.radio.number) for e in network.events(CallEnded)} == {
        (1, PATROL),
        (2, OTHER),
    }


def test_another_transmission_on_the_slot_pre_empts(network: Network) -> None:
    repeater = network.repeaters[LIEPAJA]
    repeater.talk(PATROL, DISPATCH, Speech(duration_s=1.2, lose_terminator=True), now=network.now)
    # begins within the 360 ms of silence that would end the first as lost
    repeater.talk(OTHER, DISPATCH, Speech(duration_s=1.2), now=network.now)
    network.run(5.0)

    first, second = network.events(CallEnded)
    assert (first.radio, first.reason) == (RADIO, CallEndReason.PREEMPTED)
    assert (second.radio.number, second.reason) == (OTHER, CallEndReason.TERMINATOR)


def test_two_repeaters_hear_one_call(network: Network) -> None:
    for number, delay in ((LIEPAJA, 0.0), (KAROSTA, 0.2)):
        network.repeaters[number].talk(
            PATROL, DISPATCH, Speech(duration_s=2.4), now=network.now + delay
        )
    network.run(5.0)

    [started], [ended] = network.events(CallStarted), network.events(CallEnded)
    assert (started.site, ended.reason) == ("Liepāja", CallEndReason.TERMINATOR)
    assert ended.duration_s == 2.4


def test_the_second_repeater_keeps_a_call_that_the_first_loses(network: Network) -> None:
    network.repeaters[LIEPAJA].talk(
        PATROL, DISPATCH, Speech(duration_s=1.2, lose_terminator=True), now=network.now
    )
    network.repeaters[KAROSTA].talk(PATROL, DISPATCH, Speech(duration_s=4.8), now=network.now)
    network.run(8.0)

    [ended] = network.events(CallEnded)
    assert (ended.duration_s, ended.reason) == (4.8, CallEndReason.TERMINATOR)


class TestReceptions:
    """One press of the key is one call, however many repeaters hear it."""

    def test_both_receptions_are_told_the_better_one_first(self, network: Network) -> None:
        network.repeaters[LIEPAJA].talk(
            PATROL,
            DISPATCH,
            Speech(duration_s=2.4, late_entry=True, lose_terminator=True),
            now=network.now,
        )
        network.repeaters[KAROSTA].talk(
            PATROL, DISPATCH, Speech(duration_s=3.0), now=network.now + 0.1
        )
        network.run(6.0)

        [ended] = network.events(CallEnded)
        assert [(r.site, r.duration_s) for r in ended.receptions] == [
            ("Karosta", 3.0),
            ("Liepāja", 2.4),
        ]
        best = ended.receptions[0]
        assert (ended.rssi_dbm, ended.ber_percent) == (best.rssi_dbm, best.ber_percent)
        assert ended.site == "Liepāja"

    def test_one_repeater_alone_is_one_reception(self, network: Network) -> None:
        network.repeaters[LIEPAJA].talk(PATROL, DISPATCH, Speech(duration_s=1.2), now=network.now)
        network.run(3.0)

        [ended] = network.events(CallEnded)
        assert [reception.site for reception in ended.receptions] == ["Liepāja"]

    def test_a_repeater_that_enters_late_hears_the_same_call(self, network: Network) -> None:
        network.repeaters[LIEPAJA].talk(PATROL, DISPATCH, Speech(duration_s=6.0), now=network.now)
        network.repeaters[KAROSTA].talk(
            PATROL, DISPATCH, Speech(duration_s=3.0, late_entry=True), now=network.now + 3.0
        )
        network.run(9.0)

        [ended] = network.events(CallEnded)
        assert [r.site for r in ended.receptions] == ["Liepāja", "Karosta"]

    def test_a_radio_that_drives_from_one_repeater_to_the_next_makes_one_call(
        self, network: Network
    ) -> None:
        first, second = network.repeaters[LIEPAJA], network.repeaters[KAROSTA]
        first.talk(PATROL, DISPATCH, Speech(duration_s=3.0, lose_terminator=True), now=network.now)
        second.talk(
            PATROL, DISPATCH, Speech(duration_s=4.8, late_entry=True), now=network.now + 2.4
        )
        network.run(10.0)

        [started], [ended] = network.events(CallStarted), network.events(CallEnded)
        assert ended.call == started.call
        assert ended.reason is CallEndReason.TERMINATOR
        assert {r.site for r in ended.receptions} == {"Liepāja", "Karosta"}
        assert ended.duration_s == pytest.approx(7.2, abs=0.1)

    def test_a_second_call_that_begins_on_another_repeater_stays_apart(
        self, network: Network
    ) -> None:
        network.repeaters[LIEPAJA].talk(
            PATROL, DISPATCH, Speech(duration_s=1.2, lose_terminator=True), now=network.now
        )
        network.repeaters[KAROSTA].talk(
            PATROL, DISPATCH, Speech(duration_s=1.2), now=network.now + 1.5
        )
        network.run(5.0)

        assert len(network.events(CallEnded)) == 2

    def test_a_short_call_that_comes_late_from_one_repeater_is_still_one(
        self, network: Network
    ) -> None:
        for number, delay in ((LIEPAJA, 0.0), (KAROSTA, 0.35)):
            network.repeaters[number].talk(
                PATROL, DISPATCH, Speech(duration_s=0.06), now=network.now + delay
            )
        network.run(5.0)

        assert len(network.events(CallStarted)) == len(network.events(CallEnded)) == 1

    def test_a_stream_that_changes_its_id_in_the_middle_is_one_call(self, network: Network) -> None:
        repeater = network.repeaters[LIEPAJA]
        repeater.talk(
            PATROL, DISPATCH, Speech(duration_s=2.4, lose_terminator=True), now=network.now
        )
        repeater.talk(PATROL, DISPATCH, Speech(duration_s=2.4, late_entry=True), now=network.now)
        network.run(8.0)

        [ended] = network.events(CallEnded)
        assert ended.reason is CallEndReason.TERMINATOR
        assert [r.duration_s for r in ended.receptions] == [2.4, 2.4]

    @pytest.mark.parametrize("seed", range(8))
    def test_over_a_bad_network_two_repeaters_still_make_one_call(self, seed: int) -> None:
        """Frames are lost, repeated and swapped on both ways."""
        rng = random.Random(seed)

        def bad(datagrams: list[bytes]) -> Iterable[bytes]:
            for datagram in datagrams:
                voice = datagram.startswith(b"DMRD")
                if not voice or rng.random() > 0.1:
                    yield datagram
                    if voice and rng.random() < 0.1:
                        yield datagram

        network = Network(seed=seed, path=bad)
        network.log_in()
        for n in range(5):
            for number in (LIEPAJA, KAROSTA):
                network.repeaters[number].talk(
                    PATROL, DISPATCH, Speech(duration_s=3.0), now=network.now + rng.random() * 0.3
                )
            network.run(8.0 + n)

        calls = network.events(CallEnded)
        assert len(calls) == len(network.events(CallStarted)) == 5
        assert all({r.site for r in c.receptions} == {"Liepāja", "Karosta"} for c in calls)


class TestEmergency:
    def test_alarm_is_raised_once_though_the_radio_repeats_it(self, network: Network) -> None:
        network.repeaters[LIEPAJA].emergency_alarm(PATROL, DISPATCH, now=network.now)
        network.run(4.0)

        [alarm] = network.events(EmergencyRaised)
        assert (alarm.radio, alarm.talkgroup) == (RADIO, TALKGROUP)
        assert (alarm.source, alarm.site) == (EmergencySource.ALARM, "Liepāja")
        assert alarm.raw.hex().startswith("a7100000")
        assert len(alarm.raw) == 12

    def test_an_alarm_after_30_seconds_is_a_new_one(self, network: Network) -> None:
        for delay in (0.0, 29.0, 31.0):
            network.repeaters[LIEPAJA].emergency_alarm(
                PATROL, DISPATCH, now=network.now + delay, repeats=1
            )
        network.run(40.0)

        assert [round(a.at.mono) for a in network.events(EmergencyRaised)] == [0, 31]

    def test_two_repeaters_hear_one_alarm(self, network: Network) -> None:
        for number in (LIEPAJA, KAROSTA):
            network.repeaters[number].emergency_alarm(PATROL, DISPATCH, now=network.now)
        network.run(4.0)

        assert len(network.events(EmergencyRaised)) == 1

    def test_an_emergency_call_raises_once(self, network: Network) -> None:
        network.repeaters[LIEPAJA].talk(
            PATROL, DISPATCH, Speech(duration_s=6.0, emergency=True), now=network.now
        )
        network.run(8.0)

        [alarm], [started] = network.events(EmergencyRaised), network.events(CallStarted)
        assert (alarm.source, alarm.call) == (EmergencySource.VOICE, started.call)
        assert (alarm.radio, alarm.talkgroup) == (RADIO, TALKGROUP)
        assert started.emergency
        assert network.events(CallEnded)[0].emergency

    def test_an_emergency_call_is_noticed_after_a_late_entry(self, network: Network) -> None:
        network.repeaters[LIEPAJA].talk(
            PATROL,
            DISPATCH,
            Speech(duration_s=2.4, emergency=True, late_entry=True),
            now=network.now,
        )
        network.run(5.0)

        [started], [alarm] = network.events(CallStarted), network.events(EmergencyRaised)
        assert not started.emergency
        assert alarm.call == started.call
        assert network.events(CallEnded)[0].emergency

    def test_every_emergency_call_raises_again(self, network: Network) -> None:
        for delay in (0.0, 5.0):
            network.repeaters[LIEPAJA].talk(
                PATROL, DISPATCH, Speech(duration_s=1.2, emergency=True), now=network.now + delay
            )
        network.run(10.0)

        assert len(network.events(EmergencyRaised)) == 2


def test_other_signs_of_life_refresh_presence_every_ten_seconds(network: Network) -> None:
    block = RadioCheck(OTHER, PATROL, request=False).build()
    for delay in (0.0, 5.0, 11.0):
        network.repeaters[LIEPAJA].control(block, PATROL, OTHER, now=network.now + delay)
    network.run(15.0)

    heard = network.events(RadioHeard)
    assert [round(event.at.mono) for event in heard] == [0, 11]
    assert {event.radio for event in heard} == {RADIO}


class TestBadNetwork:
    """Loss, repetition and reordering by seed."""

    @pytest.mark.parametrize("seed", range(5))
    def test_lost_frames_are_counted(self, seed: int) -> None:
        rng = random.Random(seed)
        lost = 0

        def lossy(datagrams: list[bytes]) -> Iterable[bytes]:
            nonlocal lost
            for datagram in datagrams:
                voice = datagram.startswith(b"DMRD") and not datagram[15] & 0x20
                if voice and rng.random() < 0.1:
                    lost += 1
                else:
                    yield datagram

        network = Network(seed=seed, path=lossy)
        network.log_in()
        network.repeaters[LIEPAJA].talk(
            PATROL, DISPATCH, Speech(duration_s=12.0, alias="PATROL 12"), now=network.now
        )
        network.run(15.0)

        [ended] = network.events(CallEnded)
        assert lost > 0
        # 3 headers, 200 bursts, 1 terminator
        assert ended.loss_percent == pytest.approx(100 * lost / 204, abs=0.01)
        assert ended.duration_s == pytest.approx(12.0, abs=0.2)
        assert ended.talker_alias == "PATROL 12"

    def test_repeated_frames_change_nothing(self) -> None:
        plain, twice = Network(), Network(path=lambda sent: [d for d in sent for _ in range(2)])
        for network in (plain, twice):
            network.log_in()
            network.repeaters[LIEPAJA].talk(
                PATROL, DISPATCH, Speech(duration_s=3.0, alias="X", emergency=True), now=network.now
            )
            network.run(6.0)

        assert [event for event in twice.heard if not isinstance(event, LinkHealth)] == [
            event for event in plain.heard if not isinstance(event, LinkHealth)
        ]
        assert len(twice.events(CallEnded)) == 1

    def test_frames_in_the_wrong_order_are_no_loss(self) -> None:
        held: list[bytes] = []

        def swapping(datagrams: list[bytes]) -> Iterable[bytes]:
            for datagram in datagrams:
                if not datagram.startswith(b"DMRD"):
                    yield datagram
                elif datagram[15] & 0x2F == 0x03 and not held:  # burst D waits for burst E
                    held.append(datagram)
                else:
                    yield datagram
                    yield from held
                    held.clear()

        network = Network(path=swapping)
        network.log_in()
        network.repeaters[LIEPAJA].talk(PATROL, DISPATCH, Speech(duration_s=3.0), now=network.now)
        network.run(6.0)

        [ended] = network.events(CallEnded)
        assert (ended.loss_percent, ended.duration_s) == (0.0, 3.0)

    def test_a_straggler_does_not_reopen_its_call(self) -> None:
        stored: list[bytes] = []

        def recording(datagrams: list[bytes]) -> list[bytes]:
            stored.extend(d for d in datagrams if d.startswith(b"DMRD"))
            return datagrams

        network = Network(path=recording)
        network.log_in()
        network.repeaters[LIEPAJA].talk(PATROL, DISPATCH, Speech(duration_s=1.2), now=network.now)
        network.run(2.0)
        for datagram in stored[-8:]:
            assert network.send(datagram) == []

        assert len(network.events(CallStarted)) == 1

    def test_a_replayed_call_gives_nothing_within_the_hang_time(self) -> None:
        stored: list[bytes] = []

        def recording(datagrams: list[bytes]) -> list[bytes]:
            stored.extend(d for d in datagrams if d.startswith(b"DMRD"))
            return datagrams

        network = Network(path=recording)
        network.log_in()
        network.repeaters[LIEPAJA].talk(
            PATROL, DISPATCH, Speech(duration_s=3.0, emergency=True), now=network.now
        )
        network.run(4.0)
        before = len(network.heard)
        for datagram in stored * 100:
            network.send(datagram)

        assert len(network.heard) == before

    def test_a_stream_that_comes_back_after_a_gap_is_a_call_again(self) -> None:
        gap = range(20, 40)
        count = 0

        def gapped(datagrams: list[bytes]) -> Iterable[bytes]:
            nonlocal count
            for datagram in datagrams:
                count += datagram.startswith(b"DMRD")
                if not (datagram.startswith(b"DMRD") and count in gap):
                    yield datagram

        network = Network(path=gapped)
        network.log_in()
        network.repeaters[LIEPAJA].talk(PATROL, DISPATCH, Speech(duration_s=6.0), now=network.now)
        network.run(9.0)

        first, second = network.events(CallEnded)
        assert (first.reason, second.reason) == (CallEndReason.LOST, CallEndReason.TERMINATOR)
        assert second.late_entry
        assert second.conversation == first.call

    @pytest.mark.parametrize("seed", range(8))
    def test_every_call_that_starts_ends_once(self, seed: int) -> None:
        """Two repeaters, both slots, 5 % loss, 5 % repetition, 5 % late by up to ten frames."""
        rng = random.Random(seed)
        held: list[tuple[int, bytes]] = []

        def bad(datagrams: list[bytes]) -> Iterable[bytes]:
            for datagram in datagrams:
                if not datagram.startswith(b"DMRD"):
                    yield datagram
                    continue
                chance = rng.random()
                if chance < 0.05:
                    continue
                if chance < 0.10:
                    held.append((rng.randrange(1, 10), datagram))
                    continue
                yield datagram
                if chance > 0.95:
                    yield datagram
                held[:] = [(wait - 1, late) for wait, late in held]
                yield from [late for wait, late in held if wait <= 0]
                held[:] = [(wait, late) for wait, late in held if wait > 0]

        network = Network(seed=seed, path=bad)
        network.log_in()
        emergencies = 0
        for radio in rng.sample(range(1, 1000), 30):
            emergency = rng.random() < 0.2
            emergencies += emergency
            network.repeaters[rng.choice((LIEPAJA, KAROSTA))].talk(
                radio,
                DISPATCH,
                Speech(
                    duration_s=rng.uniform(1.2, 6.0),
                    slot=rng.choice((1, 2)),
                    alias="PATROL 12",
                    emergency=emergency,
                    late_entry=rng.random() < 0.2,
                    lose_terminator=rng.random() < 0.2,
                ),
                now=network.now + rng.random() * 60,
            )
        network.run(300.0)

        started = [event.call for event in network.events(CallStarted)]
        ended = [event.call for event in network.events(CallEnded)]
        assert len(started) >= 30
        assert len(set(started)) == len(started)
        assert sorted(started) == sorted(ended)
        raised = {event.radio for event in network.events(EmergencyRaised)}
        in_emergency = {e.radio for e in network.events(CallEnded) if e.emergency}
        assert raised == in_emergency
        assert len(raised) >= emergencies - 1  # a late entry of 1.2 s may show its bit too late
        for event in network.events(CallEnded):
            assert event.loss_percent is not None
            assert 0.0 <= event.loss_percent < 50.0
            assert 0.0 <= event.duration_s < 6.5


def test_who_asks_to_be_called_back_is_told_once(network: Network) -> None:
    for delay in (0.0, 2.0, 13.0):
        for repeater in network.repeaters.values():
            repeater.call_alert(PATROL, OTHER, now=network.now + delay, repeats=3)
    network.run(16.0)

    asked = network.events(CallAlertReceived)
    assert [round(event.at.mono) for event in asked] == [0, 13]
    assert {(event.radio, event.called) for event in asked} == {(RADIO, RadioId("dmr", OTHER))}
    assert not network.events(RadioHeard)


def test_a_call_alert_that_names_nobody_is_for_the_dispatcher(network: Network) -> None:
    network.repeaters[LIEPAJA].call_alert(PATROL, 0, now=network.now)
    network.repeaters[LIEPAJA].call_alert(0, OTHER, now=network.now)
    network.run(1.0)

    [asked] = network.events(CallAlertReceived)
    assert (asked.radio, asked.called) == (RADIO, None)
