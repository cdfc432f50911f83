"""Recordings of ours, whose links speak to other servers: the events that the links had."""

import hashlib
import hmac
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from radio_gateway import replaying
from radio_gateway.adapters import REGISTRY
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.dmr.air import Channel
from radio_gateway.protocols.dmr.csbk import EmergencyAlarm
from radio_gateway.protocols.dmr.link_control import GpsInfo
from radio_gateway.protocols.dmr.sending import csbk_bursts
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.homebrew.master import Address
from radio_gateway.protocols.homebrew.peer import PeerSession
from radio_gateway.protocols.mototrbo import ars, tms
from radio_gateway.recording.ring import Place, Record
from radio_gateway.simulator.peers.homebrew_servers import BridgedNetwork, HomebrewNetwork
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.recording.recordings import AT, GATEWAY, STATION, write

OURS = 2471090
ID = OURS.to_bytes(4, "big")
SECRET = b"a passphrase of the tests"
ILZE, JANIS, DISPATCHER, PATROL, HARBOUR = 2470101, 2470102, 2471001, 24601, 24602
LIEPAJA = GpsInfo(GeoPoint(56.5, 21.0), 20)
MASTER = Place("upstream", "main", "homebrew-peer", GATEWAY, 62031)
BRIDGE = Place("bridge", "main", "openbridge", GATEWAY, 62031)
"At a port where captures of other programs have repeaters."
ARS, TMS = 4005, 4007
REGISTRATION = ars.Registration(ars.RegistrationEvent.INITIAL, str(ILZE)).build()
TEXT = tms.Text.saying("Sveiki", 1, wants_answer=True).build()

Frames = list[tuple[float, bytes]]


def from_master(
    prepare: Callable[[HomebrewNetwork], object], seconds: float
) -> tuple[Frames, Frames]:
    """What a master with its radios and we send each other: a login, then what was prepared."""
    network = HomebrewNetwork({OURS: SECRET}, random.Random(5))
    session, us = PeerSession(Configuration(repeater_id=OURS), SECRET), Address(GATEWAY, 62031)
    ours: Frames = []
    theirs: Frames = []
    session.open(0.0)
    prepare(network)
    for tick in range(round(seconds / 0.06)):
        now = tick * 0.06
        session.expire(now)
        network.expire(now)
        for data in session.outgoing():
            ours.append((now, data))
            network.feed(data, us, now)
        for data, _ in network.outgoing():
            theirs.append((now, data))
            session.feed(data, now)
    return theirs, ours


def from_bridge(prepare: Callable[[BridgedNetwork], object], seconds: float) -> Frames:
    """What a bridge sends."""
    network = BridgedNetwork(24700, SECRET, random.Random(5))
    prepare(network)
    frames: Frames = []
    for tick in range(round(seconds / 0.06)):
        network.expire(tick * 0.06)
        frames += [(tick * 0.06, data) for data in network.outgoing()]
    return frames


def records(where: Place, frames: Frames, *, outbound: bool = False) -> list[Record]:
    return [Record(AT + at, where, STATION, 62035, data, outbound) for at, data in frames]


def replayed(file: Path, recorded: list[Record]) -> tuple[list[dict[str, Any]], list[str]]:
    """Each event's body with its kind, and what is said beside."""
    said: list[str] = []
    lines = list(replaying.events(write(file, recorded), None, {}, said.append))
    events = [json.loads(line) for line in lines]
    return [{**event["body"], "event": event["kind"]} for event in events], said


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


def second(event: dict[str, Any]) -> float:
    """After the recording began."""
    return round(float(event["at"]["mono"]) - AT, 2)


def talk(network: HomebrewNetwork | BridgedNetwork, at: float, **more: Any) -> None:
    network.talk(ILZE, PATROL, Speech(duration_s=1.8, **more), now=at)


def day(network: HomebrewNetwork | BridgedNetwork) -> None:
    """A radio comes on, talks, writes and calls for help."""
    network.data(ILZE, DISPATCHER, ARS, REGISTRATION, now=1.0)
    talk(network, 5.0, slot=2, alias="Ilze", position=LIEPAJA)
    network.data(ILZE, DISPATCHER, TMS, TEXT, now=10.0)
    network.emergency_alarm(ILZE, PATROL, now=15.0)


def check_day(events: list[dict[str, Any]]) -> None:
    found = [kind for kind in kinds(events) if kind != "radio_heard"]
    assert found == [
        "radio_registered",
        "call_started",
        "talker_alias_heard",
        "position_reported",
        "call_ended",
        "text_received",
        "emergency_raised",
    ]
    by_kind = {event["event"]: event for event in events}
    assert {event["radio"]["number"] for event in events} == {ILZE}
    assert by_kind["talker_alias_heard"]["alias"] == "Ilze"
    point = by_kind["position_reported"]["point"]
    assert (point["lat"], point["lon"]) == (pytest.approx(56.5), pytest.approx(21.0))
    ended = by_kind["call_ended"]
    assert (ended["talkgroup"]["number"], ended["reason"]) == (PATROL, "terminator")
    assert (ended["duration_s"], ended["talker_alias"]) == (1.8, "Ilze")
    assert by_kind["text_received"]["text"] == "Sveiki"
    assert by_kind["emergency_raised"]["source"] == "alarm"
    assert by_kind["emergency_raised"]["talkgroup"]["number"] == PATROL


def test_a_recording_of_a_master_gives_what_its_radios_did(tmp_path: Path) -> None:
    theirs, ours = from_master(day, 30.0)
    tags = Counter(data[:6] for _, data in theirs if not data.startswith(b"DMRD"))
    assert tags == {b"RPTACK": 3, b"MSTPON": 2}, "a login and keep-alives are in it"
    recorded = records(MASTER, theirs) + records(MASTER, ours, outbound=True)
    events, said = replayed(tmp_path / "day.pcapng", recorded)
    check_day(events)
    assert next(event["slot"] for event in events if event["event"] == "call_started") == 2
    assert said == [
        f"{len(recorded)} packets, {len(theirs)} datagrams fed to adapters",
        f"{len(ours)} were sent by the gateway itself",
    ]


def test_a_recording_of_a_bridge_gives_what_its_radios_did(tmp_path: Path) -> None:
    frames = from_bridge(day, 30.0)
    events, said = replayed(tmp_path / "day.pcapng", records(BRIDGE, frames))
    check_day(events)
    assert said == [f"{len(frames)} packets, {len(frames)} datagrams fed to adapters"]


def test_the_id_that_a_master_puts_in_does_not_matter(tmp_path: Path) -> None:
    theirs, _ = from_master(lambda network: talk(network, 1.0), 6.0)
    mixed = [
        (at, data[:11] + bytes((0, 0, 0, n % 3)) + data[15:] if data[:4] == b"DMRD" else data)
        for n, (at, data) in enumerate(theirs)
    ]
    events, _ = replayed(tmp_path / "mixed.pcapng", records(MASTER, mixed))
    assert kinds(events) == ["call_started", "call_ended"]
    assert (events[1]["duration_s"], events[1]["loss_percent"]) == (1.8, 0.0)


def test_alias_and_position_beside_the_voice(tmp_path: Path) -> None:
    """An alias of four letters in ISO 8859-1; 20 m around 22.5 E (2^21 of 2^25) 56.25 N."""
    theirs, _ = from_master(lambda network: talk(network, 1.0), 6.0)
    head = ID + ILZE.to_bytes(3, "big")
    theirs.append((2.01, b"DMRA" + head + bytes.fromhex("00 48 496c7a65 0000")))
    theirs.append((2.02, b"DMRG" + head + bytes.fromhex("02 200000 500000")))
    events, _ = replayed(tmp_path / "beside.pcapng", records(MASTER, theirs))
    assert kinds(events) == [
        "call_started",
        "talker_alias_heard",
        "position_reported",
        "call_ended",
    ]
    assert events[1]["alias"] == "Ilze"
    assert events[2]["point"] == {"lat": 56.25, "lon": 22.5}
    assert events[2]["error_m"] == 20
    assert [second(event) for event in events[1:3]] == [2.01, 2.02]


@pytest.mark.parametrize("farewell", [b"MSTCL" + ID, b"MSTNAK" + ID], ids=["left", "refused"])
def test_a_master_that_sends_us_away_cuts_calls_off(tmp_path: Path, farewell: bytes) -> None:
    theirs, _ = from_master(lambda network: talk(network, 1.0), 2.0)
    theirs.append((2.1, farewell))
    events, _ = replayed(tmp_path / "cut.pcapng", records(MASTER, theirs))
    assert kinds(events) == ["call_started", "call_ended"]
    assert (events[1]["reason"], second(events[1])) == ("truncated", 2.1)


@pytest.mark.parametrize("where", [MASTER, BRIDGE], ids=lambda where: where.kind)
def test_what_cannot_be_read_is_passed_over(tmp_path: Path, where: Place) -> None:
    if where is MASTER:
        frames, _ = from_master(lambda network: talk(network, 1.0), 6.0)
    else:
        frames = from_bridge(lambda network: talk(network, 1.0), 6.0)
    voice = next(data for at, data in frames if at > 1.5)
    rubbish = [
        voice[:40],
        voice[:15] + b"\x30" + voice[16:],  # a frame type that is not defined
        voice[:15] + b"\x23" + bytes(len(voice) - 16),  # a control block of zeros
        b"DMRA" + bytes(3),
        b"MSTPONG",
        b"RPTACK",
        b"no message",
        b"",
    ]
    damaged = [(1.5 + n / 100, data) for n, data in enumerate(rubbish)]
    events, said = replayed(tmp_path / "damaged.pcapng", records(where, frames + damaged))
    assert kinds(events) == ["call_started", "call_ended"]
    assert (events[1]["duration_s"], events[1]["reason"]) == (1.8, "terminator")
    assert said[0].endswith(f"{len(frames) + 8} datagrams fed to adapters")


def test_two_calls_of_a_bridge_run_at_once_on_its_one_slot(tmp_path: Path) -> None:
    frames = from_bridge(lambda network: talk(network, 1.0), 6.0)
    other = BridgedNetwork(24700, SECRET, random.Random(6))
    other.talk(JANIS, HARBOUR, Speech(duration_s=0.9), now=1.5)
    other.expire(6.0)
    frames += [(1.51 + n * 0.06, data) for n, data in enumerate(other.outgoing())]
    events, _ = replayed(tmp_path / "two.pcapng", records(BRIDGE, frames))
    told = [(event["event"], event["radio"]["number"], event["slot"]) for event in events]
    assert told == [
        ("call_started", ILZE, 1),
        ("call_started", JANIS, 1),
        ("call_ended", JANIS, 1),
        ("call_ended", ILZE, 1),
    ]
    ended = [(event["talkgroup"]["number"], event["duration_s"]) for event in events[2:]]
    assert ended == [(HARBOUR, 0.9), (PATROL, 1.8)]


def test_the_same_datagram_of_a_bridge_counts_once_in_a_minute(tmp_path: Path) -> None:
    """Alarms of a radio that are 30 s apart are two, unless they are the same datagram."""
    alarm = DmrFrame(
        sequence=0, source=ILZE, target=PATROL, repeater_id=24700, slot=1, group=True,
        frame_type=FrameType.DATA_SYNC, detail=3, stream=b"\1\2\3\4",
        burst=csbk_bursts(EmergencyAlarm(PATROL, ILZE), Channel(1))[0].octets,
    )  # fmt: skip
    same = signed(alarm)
    another = signed(replace(alarm, stream=b"\5\6\7\x08"))
    frames = [(0.0, same), (0.5, same), (40.0, same), (61.0, same), (95.0, another)]
    events, _ = replayed(tmp_path / "alarms.pcapng", records(BRIDGE, frames))
    assert [(event["event"], second(event)) for event in events] == [
        ("emergency_raised", 0.0),
        ("emergency_raised", 61.0),
        ("emergency_raised", 95.0),
    ]


def signed(frame: DmrFrame) -> bytes:
    octets = frame.build()
    return octets + hmac.new(SECRET, octets, hashlib.sha1).digest()


def test_an_unsigned_burst_does_not_come_from_a_bridge(tmp_path: Path) -> None:
    frames = from_bridge(lambda network: talk(network, 1.0), 6.0)
    bare = [(at, data[:53]) for at, data in frames]
    assert replayed(tmp_path / "bare.pcapng", records(BRIDGE, bare))[0] == []


@pytest.mark.parametrize("where", [MASTER, BRIDGE], ids=lambda where: where.kind)
def test_a_call_that_fell_silent_ends_then_and_not_with_the_next_frame(
    tmp_path: Path, where: Place
) -> None:
    """The first call is last heard 2.04 s after the begin; a call is lost after 0.36 s."""

    def two(network: HomebrewNetwork | BridgedNetwork) -> None:
        talk(network, 0.96, lose_terminator=True)
        talk(network, 60.0)

    frames = from_bridge(two, 66.0) if where is BRIDGE else from_master(two, 66.0)[0]
    frames = [(at, data) for at, data in frames if data[:4] == b"DMRD"]
    cut = [(at, data) for at, data in frames if at < 2.07 or at > 59.0]
    events, _ = replayed(tmp_path / "silent.pcapng", records(where, cut))
    assert kinds(events) == ["call_started", "call_ended", "call_started", "call_ended"]
    assert (events[1]["reason"], second(events[1])) == ("lost", 2.40)
    assert events[3]["reason"] == "terminator"


def test_links_of_one_recording_are_told_apart(tmp_path: Path) -> None:
    """The same call by a master and by a bridge: of two links it is two."""
    theirs, _ = from_master(lambda network: talk(network, 1.0), 6.0)
    bridged = from_bridge(lambda network: talk(network, 1.0), 6.0)
    recorded = records(MASTER, theirs) + records(BRIDGE, bridged)
    events, _ = replayed(tmp_path / "both.pcapng", recorded)
    assert Counter(kinds(events)) == {"call_started": 2, "call_ended": 2}


@pytest.mark.parametrize("kind", REGISTRY)
def test_recordings_of_every_kind_of_link_are_replayed(tmp_path: Path, kind: str) -> None:
    """Whatever the port: the recording says whose frames they are."""
    where = Place("some link", "main", kind, GATEWAY, 9)
    events, said = replayed(tmp_path / "kind.pcapng", records(where, [(0.0, b"?"), (1.0, b"")]))
    assert events == []
    assert said[0] == "2 packets, 2 datagrams fed to adapters"


@pytest.mark.parametrize("first", [12, 10, 223])
def test_radios_of_a_recording_may_have_any_network(tmp_path: Path, first: int) -> None:
    where = Place("station", "ars", "mototrbo", "198.51.100.1", 4005)
    on = ars.Registration(ars.RegistrationEvent.INITIAL, "201").build()
    radio = Record(AT, where, f"{first}.0.0.201", 4005, on, outbound=False)
    found, _ = replayed(tmp_path / "raw.pcapng", [radio] * 3)
    assert {event["radio"]["number"] for event in found} == {201}


def test_a_stranger_beside_radios_as_they_come_set_stays_one(tmp_path: Path) -> None:
    where = Place("station", "ars", "mototrbo", "198.51.100.1", 4005)
    on = ars.Registration(ars.RegistrationEvent.INITIAL, "201").build()
    hosts = ["12.0.0.201", *["192.168.0.7"] * 5]
    sent = [Record(AT + n, where, host, 4005, on, outbound=False) for n, host in enumerate(hosts)]
    found, _ = replayed(tmp_path / "raw.pcapng", sent)
    assert {event["radio"]["number"] for event in found} == {201}
