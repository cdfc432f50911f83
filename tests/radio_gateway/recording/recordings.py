"""Recordings made of the vectors: one link of every kind that can be made anonymous."""

import json
import random
from collections.abc import Iterator
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Any

from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.messages import Acknowledge
from radio_gateway.protocols.mototrbo.ipsc_peering import Mode, PeerEntry, PeerList
from radio_gateway.protocols.tait.reports import Progress, Ring, Sdm, SerialNumber
from radio_gateway.recording import pcapng
from radio_gateway.recording.ring import Place, Record
from radio_gateway.simulator.peers.homebrew import HomebrewRepeater
from radio_gateway.simulator.peers.speech import Speech
from tests.fakes.hytera_control_radio import HyteraRadio
from tests.radio_gateway.recording import carriers
from tests.radio_gateway.recording.airtime import channel_day

VECTORS = Path(__file__).parents[2] / "vectors"
AT = 1_772_366_400.0
"Noon of 1 March 2026, UTC."
GATEWAY, STATION = "198.51.100.1", "192.0.2.7"
HYTERA_PORTS = {"11": 30001, "08": 30003, "12": 30005, "09": 30007, "02": 30009}
"Port of a repeater's first slot, by the service octet without its top bit."

MOTOTRBO_PORTS = {"ars": 4005, "lrrp": 4001, "tms": 4007, "telemetry": 4008, "battery": 4012}


def vectors(*files: str) -> list[dict[str, Any]]:
    """The entries of files below `tests/vectors`."""
    return [entry for name in files for entry in json.loads((VECTORS / name).read_text())]


def hytera() -> list[Record]:
    """Every HDAP vector on the port of its service, a second apart."""
    names = {30001: "rrs1", 30003: "lp1", 30005: "tp1", 30007: "tmp1", 30009: "rcp1"}
    records = []
    for n, entry in enumerate(vectors("hytera/hdap.json")):
        data = bytes.fromhex(entry["hex"])
        port = HYTERA_PORTS.get(f"{data[0] & 0x7F:02x}", 30007)
        where = Place("karosta secret", names[port], "hytera", GATEWAY, port)
        records.append(Record(AT + n, where, STATION, port, data, outbound=False))
    return records


def mototrbo() -> list[Record]:
    """Every datagram that a radio may send, a minute apart, from two radios in turn."""
    records: list[Record] = []
    said = {
        endpoint: [bytes.fromhex(entry["hex"]) for entry in vectors(f"mototrbo/{endpoint}.json")]
        for endpoint in ("ars", "lrrp", "tms", "battery")
    }
    said["telemetry"] = [b"fence open", b"fence shut"]
    for endpoint, frames in said.items():
        for data in frames:
            n = len(records)
            where = Place("karosta secret", endpoint, "mototrbo", GATEWAY, MOTOTRBO_PORTS[endpoint])
            host = f"12.35.56.{11 + n % 2}"
            port = MOTOTRBO_PORTS[endpoint]
            records.append(Record(AT + 60 * n, where, host, port, data, outbound=False))
    return records


def serial(kind: str) -> list[Record]:
    """Every vector of a serial protocol that is one line or frame, three seconds apart."""
    where = Place(f"{kind} secret", "serial", kind)
    return [
        Record(AT + 3 * n, where, "", 0, octets, outbound=False)
        for n, octets in enumerate(_octets(kind))
    ]


def hytera_serial() -> list[Record]:
    """A radio on a wire is connected to, registers, talks and reports where it is."""
    radio = HyteraRadio()
    where = Place("wire secret", "serial", "hytera-serial")
    (accept,) = radio.take(bytes.fromhex("7e0400fe20100000000c60e1"))
    inner = [entry["hex"] for entry in vectors("hytera/hdap.json") if entry["hex"][0] != "8"]
    packets = [accept, *(radio.say(bytes.fromhex(octets)) for octets in inner)]
    packets += [radio.hears(1, 70_201, 2_308_090), radio.hears(3, 70_201, 2_308_090)]
    octets = b"\x00".join(packets)
    pieces = [octets[at : at + 50] for at in range(0, len(octets), 50)]
    return [
        Record(AT + n / 4, where, "", 0, piece, outbound=False) for n, piece in enumerate(pieces)
    ]


def homebrew() -> list[Record]:
    """A repeater's login, two calls and its pings; what goes to the repeater is left out."""
    where = Place("voice secret", "main", "homebrew", GATEWAY, 55_555)
    return [
        Record(AT + at, where, STATION, 54_321, data, outbound=False)
        for at, data in _repeater_day()
    ]


def hytera_ipsc() -> list[Record]:
    """Every captured packet and ping, a tenth of a second apart, from two repeaters in turn."""
    found = [
        *((entry, "dmr", 50_001) for entry in vectors("hytera/ipsc-dmr.json")),
        *((entry, "p2p", 50_000) for entry in vectors("hytera/ipsc-ping.json")),
    ]
    return [
        Record(
            AT + n / 10,
            Place("sites secret", endpoint, "hytera-ipsc", GATEWAY, port),
            f"192.0.2.{7 + n % 2}",
            port,
            bytes.fromhex(entry["hex"]),
            outbound=False,
        )
        for n, (entry, endpoint, port) in enumerate(found)
    ] + carriers.hytera_ipsc(channel_day())


def mototrbo_ipsc() -> list[Record]:
    """Every captured packet, and a peer list that names where others are."""
    where = Place("system secret", "main", "mototrbo-ipsc", GATEWAY, 50_000)
    peers = PeerList(247_001, (PeerEntry(247_009, "203.0.113.77", 50_000, Mode()),)).build()
    frames = [peers, *(bytes.fromhex(entry["hex"]) for entry in vectors("mototrbo/ipsc.json"))]
    return [
        Record(AT + n, where, STATION, 50_000, data, outbound=False)
        for n, data in enumerate(frames)
    ] + carriers.mototrbo_ipsc(channel_day())


def modem() -> list[Record]:
    """Every frame that a modem or its host may send, then a channel on which things happen."""
    where = Place("modem secret", "serial", "mmdvm-modem")
    frames = [bytes.fromhex(entry["hex"]) for entry in vectors("mmdvm/frames.json")]
    return [
        Record(AT - 60 + n, where, "", 0, data, outbound=False) for n, data in enumerate(frames)
    ] + carriers.modem(channel_day())


def tait() -> list[Record]:
    """Every packet of the manual in the direction that it goes, and a patrol's minutes."""
    where = Place("tait secret", "serial", "tait")
    packets = [
        (entry["hex"], entry["expect"]["messages"][0]) for entry in vectors("tait/ccdi.json")
    ]
    records = [
        Record(AT + 20 * n, where, "", 0, bytes.fromhex(octets), message["direction"] == "to-radio")
        for n, (octets, message) in enumerate(packets)
    ]
    said = [report.build().build() for report in _tait_minutes()]
    records += [
        Record(AT + 1000 + 2 * n, where, "", 0, octets + b".", outbound=False)
        for n, octets in enumerate(said)
    ]
    return records


def _tait_minutes() -> list[Any]:
    sentence = b"$GPRMC,120000.00,A,5630.28,N,02100.65,E,0.0,0.0,010326,,*"
    checksum = reduce(xor, sentence[1:-1])
    caller, other = "12340201", "12340202"
    return [
        Progress("05"),
        Ring("00000", None, None, caller),
        Progress("06"),
        Ring("06000", None, None, caller),
        Sdm(b"Anna to base"),
        Ring("06000", 42, "12340001", other),
        Sdm(sentence + f"{checksum:02X}".encode()),
        Ring("00100", None, None, other),
        Progress("06"),
        Ring("06000", None, None, "selcal-9"),
        Sdm(b"Anna to base"),
        SerialNumber("19012345"),
    ]


def write(file: Path, records: list[Record]) -> Path:
    file.write_bytes(b"".join(pcapng.write(sorted(records, key=lambda record: record.at))))
    return file


def _octets(kind: str) -> Iterator[bytes]:
    for entry in vectors(f"serial/{kind}.json"):
        octets = bytes.fromhex(entry["hex"])
        yield octets if octets[:1] == b"\x02" else octets.rstrip(b"\r\n") + b"\r\n"


def _repeater_day() -> Iterator[tuple[float, bytes]]:
    peer = HomebrewRepeater(
        Configuration(repeater_id=247_001, colour_code=1), b"a secret", random.Random(5)
    )
    peer.open(0.0)
    yield from ((0.0, frame) for frame in peer.outgoing())
    for salt in (b"abcd", (247_001).to_bytes(4, "big"), (247_001).to_bytes(4, "big")):
        peer.feed(Acknowledge(salt).build(), 0.1)
        yield from ((0.1, frame) for frame in peer.outgoing())
    peer.talk(2_470_101, 91_101, Speech(duration_s=1.9), now=1.0)
    for tick in range(400):
        if tick == 100:
            peer.talk(2_470_102, 91_101, Speech(duration_s=0.9), now=6.0)
        peer.expire(tick * 0.06)
        yield from ((tick * 0.06, frame) for frame in peer.outgoing())
