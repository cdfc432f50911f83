"""Captures to events, and to a running gateway."""

import asyncio
import json
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from radio_gateway import replaying
from radio_gateway.domain.events import StatusReceived
from radio_gateway.links.capture import CaptureError
from radio_gateway.marks import protocol_of
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.messages import Acknowledge
from radio_gateway.replaying import ReplayError
from radio_gateway.simulator.peers.homebrew import HomebrewRepeater
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.captures import ETHERNET, RAW, framed, pcap, pcapng, udp
from tests.radio_gateway.conftest import RunGateway
from tests.radio_gateway.support import eventually

AT = 1_772_366_400.0
MASTER = ("198.51.100.1", 62031)
REPEATER = ("192.0.2.7", 54321)
HYTERA_CSBK = bytes.fromhex(
    "5a5a5a5ae50000004100050102000000222244441111000040d5f249be11af2b627350b2086d8d0557ff5dd7d3f5"
    "5d38323991b90121c1033e0a00bfbe110000fd0800003b382300"
)
"A captured packet of IP multi-site connect: a data header of radio 2 308 155."


def ignore(_: str) -> None:
    """For what is said besides the events."""


def repeater_day(number: int, with_login: bool) -> Iterator[tuple[float, bytes]]:
    """What one repeater sends: a login, a call of a second, a ping; the answers are left out."""
    peer = HomebrewRepeater(
        Configuration(repeater_id=number, colour_code=1), b"a secret", random.Random(number)
    )
    peer.open(0.0)
    frames = [(0.0, frame) for frame in peer.outgoing()]
    for salt in (b"abcd", number.to_bytes(4, "big"), number.to_bytes(4, "big")):
        peer.feed(Acknowledge(salt).build(), 0.1)
        frames += [(0.1, frame) for frame in peer.outgoing()]
    if not with_login:
        frames.clear()
    peer.talk(2470101, 101, Speech(duration_s=0.9), now=1.0)
    for tick in range(200):
        peer.expire(tick * 0.06)
        frames += [(tick * 0.06, frame) for frame in peer.outgoing()]
    yield from frames


def capture_of(file: Path, datagrams: list[tuple[float, tuple[str, int], bytes]]) -> Path:
    packets = [
        (AT + at, framed(ETHERNET, udp(source, MASTER, data)))
        for at, source, data in sorted(datagrams, key=lambda d: d[0])
    ]
    file.write_bytes(pcap(packets))
    return file


@pytest.mark.parametrize("with_login", [True, False], ids=["login", "no login"])
def test_a_homebrew_capture_gives_calls_with_or_without_its_login(
    tmp_path: Path, with_login: bool
) -> None:
    frames = [(at, REPEATER, data) for at, data in repeater_day(247001, with_login)]
    said: list[str] = []
    file = capture_of(tmp_path / "day.pcap", frames)
    events = [json.loads(line) for line in replaying.events(file, None, {}, said.append)]
    assert [event["kind"] for event in events] == ["call_started", "call_ended"]
    ended = events[1]["body"]
    assert (ended["radio"]["number"], ended["talkgroup"]["number"]) == (2470101, 101)
    assert ended["reason"] == "terminator"
    assert ended["started_at"].startswith("2026-03-01T12:00:01")
    assert said == [
        f"{len(frames)} packets, {len(frames)} datagrams fed to adapters",
        "taken for logged in: repeater 247001 from 192.0.2.7",
    ]


def test_ports_that_are_no_gateways_are_told(tmp_path: Path) -> None:
    file = tmp_path / "capture.pcap"
    file.write_bytes(pcap([(AT, udp(REPEATER, ("192.0.2.9", 53), b"x"))] * 3, RAW))
    said: list[str] = []
    assert list(replaying.events(file, None, {}, said.append)) == []
    assert said[1] == ("not to the gateway, by port: 53 (3); name those that are with --port")


def test_another_port_can_be_named(tmp_path: Path) -> None:
    frames = [
        (AT + at, udp(REPEATER, ("192.0.2.9", 55555), data)) for at, data in repeater_day(5, False)
    ]
    file = tmp_path / "capture.pcap"
    file.write_bytes(pcap(frames, RAW))
    lines = list(replaying.events(file, "homebrew", replaying.parse_ports(["55555"]), ignore))
    assert len(lines) == 2


def test_a_port_that_is_named_alone_is_read_by_what_comes_to_it(tmp_path: Path) -> None:
    frames = [
        (AT + at, udp(REPEATER, ("192.0.2.9", 55555), data)) for at, data in repeater_day(5, False)
    ]
    frames.append((AT + 60, udp(("192.0.2.8", 40000), ("192.0.2.9", 55555), HYTERA_CSBK)))
    file = tmp_path / "capture.pcap"
    file.write_bytes(pcap(frames, RAW))
    said: list[str] = []
    lines = list(replaying.events(file, None, replaying.parse_ports(["55555"]), said.append))
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds == ["call_started", "call_ended", "radio_heard"]
    assert "taken for logged in: repeater 192.0.2.8" in said

    said.clear()
    named = replaying.events(file, None, replaying.parse_ports(["4999"]), said.append)
    assert list(named) == []
    assert said[1].startswith("not to the gateway")

    said.clear()
    assert list(replaying.events(file, None, {}, said.append)) == []
    ports = f"55555 ({len(frames)}, homebrew)"
    assert said[1] == f"not to the gateway, by port: {ports}; name those that are with --port"


def test_what_shows_no_protocol_at_a_named_port_is_told(tmp_path: Path) -> None:
    file = tmp_path / "capture.pcap"
    file.write_bytes(pcap([(AT, udp(REPEATER, ("192.0.2.9", 4999), b"hello"))] * 2, RAW))
    said: list[str] = []
    named = replaying.events(file, None, replaying.parse_ports(["4999"]), said.append)
    assert list(named) == []
    assert said == [
        "2 packets, 0 datagrams fed to adapters",
        "of no protocol that we could find out, by port: 4999 (2); try --protocol",
    ]


@pytest.mark.parametrize(
    ("octets", "name"),
    [
        (b"RPTPING" + bytes(4), "homebrew"),
        (HYTERA_CSBK, "hytera-ipsc"),
        (bytes.fromhex("a096d1100a00000014000000ec5a595a00000000"), "hytera-ipsc"),
        (bytes.fromhex("324200020000"), "hytera"),
        (bytes.fromhex("7e0400fe20100000000c60e1"), "hytera"),
        (bytes.fromhex("e0047003"), "mmdvm"),
        (bytes.fromhex("8500000002000000010001"), "mototrbo-ipsc"),
        (b"", None),
        (b"GET / HTTP/1.1", None),
        (bytes(64), None),
        (bytes.fromhex("123401000001000000000000076578616d706c6503636f6d0000010001"), None),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_marks_tell_protocols_apart(octets: bytes, name: str | None) -> None:
    assert protocol_of(octets) == name


def test_what_stands_before_the_damage_is_replayed(tmp_path: Path) -> None:
    file = capture_of(
        tmp_path / "day.pcap", [(at, REPEATER, data) for at, data in repeater_day(5, False)]
    )
    file.write_bytes(file.read_bytes()[:-10])
    events = replaying.events(file, None, {}, ignore)
    assert json.loads(next(events))["kind"] == "call_started"
    with pytest.raises(CaptureError, match="ends within packet"):
        list(events)


def test_a_damaged_time_in_the_middle_of_a_call_ends_it(tmp_path: Path) -> None:
    packets = [
        (AT + at, framed(ETHERNET, udp(REPEATER, MASTER, data)))
        for at, data in repeater_day(5, with_login=False)
    ][:3]
    file = tmp_path / "day.pcapng"
    file.write_bytes(pcapng([*packets, (1.8e13, packets[-1][1])]))
    started, ended, *_ = (json.loads(line) for line in replaying.events(file, None, {}, ignore))
    assert (started["kind"], ended["kind"]) == ("call_started", "call_ended")
    assert ended["body"]["reason"] == "lost"
    assert ended["body"]["at"]["utc"].startswith("2026-03-01T12:00:01.5"), "1.14 and 0.36 s"


@pytest.mark.parametrize("text", ["x", "0", "70000", "1=", "=1", "1=x", "1=2=3", ""])
def test_a_wrong_port_is_one_clear_error(text: str) -> None:
    if text == "1=":
        assert replaying.parse_ports([text]) == {1: 1}
        return
    with pytest.raises(ReplayError, match="--port: found"):
        replaying.parse_ports([text])


async def test_a_capture_is_sent_to_a_running_gateway(
    run_gateway: RunGateway, tmp_path: Path
) -> None:
    file = tmp_path / "capture.pcap"
    packets = [
        (AT + n / 10, udp(("192.0.2.7", 1000 + n % 2), MASTER, f"STATUS 101 {n}".encode()))
        for n in range(6)
    ]
    file.write_bytes(pcap(packets, RAW))
    async with run_gateway() as running:
        ports = {MASTER[1]: running.address()[1]}
        said: list[str] = []
        began = asyncio.get_running_loop().time()
        await replaying.send(file, ports, "127.0.0.1", 5.0, said.append)
        took = asyncio.get_running_loop().time() - began
        await eventually(lambda: len(running.dispatch.events(StatusReceived)) == 6)
        statuses = [item.event for item in running.dispatch.events(StatusReceived)]
        assert [s.status for s in statuses if isinstance(s, StatusReceived)] == list(range(6))
        assert took >= 0.1, "half a second at five times the speed"
        assert said == ["6 packets, 6 datagrams sent to 127.0.0.1"]


async def test_every_captured_sender_gets_a_socket_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "capture.pcap"
    packets = [(AT, udp(("192.0.2.7", 1000 + n % 3), MASTER, bytes([n]))) for n in range(6)]
    file.write_bytes(pcap(packets, RAW))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gateway:
        gateway.bind(("127.0.0.1", 0))
        port = gateway.getsockname()[1]
        await replaying.send(file, {MASTER[1]: port}, "127.0.0.1", 0, ignore)
        heard = [gateway.recvfrom(100) for _ in range(6)]
    senders = {data[0] % 3: address for data, address in heard}
    assert len(set(senders.values())) == 3
    assert all(senders[data[0] % 3] == address for data, address in heard)


async def test_a_host_that_is_no_address_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"--to: found gateway\.example, expected an IP"):
        await replaying.send(tmp_path / "x", {}, "gateway.example", 1, ignore)
