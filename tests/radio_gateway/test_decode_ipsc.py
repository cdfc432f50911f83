"""Packets of repeater networks, decoded by hand and played from captures."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from radio_gateway import replaying
from radio_gateway.decoding import Decoded, Decoder
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.mototrbo.ipsc_peering import MasterRegistration, Mode, Version
from radio_gateway.protocols.mototrbo.ipsc_session import Address
from radio_gateway.simulator.peers.hytera_ipsc import HyteraIpscRepeater
from radio_gateway.simulator.peers.mototrbo_ipsc import IpscRepeater
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.captures import ETHERNET, framed, pcap, udp

NOW = Moment(1000.0, datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
AT = NOW.utc.timestamp()
US = "192.0.2.10"
VOICE_HEADER = (
    "800004bffd082f7cca00000202000030ac2080dd3b013beb3ce0000000000180000a800a0060"
    "0000000000022f7cca92af7000113532"
)
HYTERA_HEADER = (  # dmrshark hello.pcap, frame 17, by its own fields in tests/vectors/hytera
    next(
        entry["hex"]
        for entry in json.loads(
            (Path(__file__).parents[1] / "vectors/hytera/ipsc-dmr.json").read_text()
        )
        if entry["name"] == "dmrshark-hello-f17"
    )
)


def one(octets: str, protocol: str | None = None) -> Decoded:
    (found,) = Decoder().decode(bytes.fromhex(octets), NOW, protocol)
    return found


@pytest.mark.parametrize("protocol", [None, "mototrbo-ipsc"])
def test_a_mototrbo_burst_shows_its_link_control_and_begins_a_call(protocol: str | None) -> None:
    found = one(VOICE_HEADER, protocol)
    assert found.protocol == "mototrbo-ipsc"
    says = found.frame["content"]["says"]
    assert (says["type"], says["source"], says["target"]) == ("voice_lc", 3112138, 2)
    assert (found.frame["slot"], found.frame["last"]) == (2, False)
    (started,) = found.events
    assert started["kind"] == "call_started"
    assert started["body"]["radio"]["number"] == 3112138


def test_a_mototrbo_registration_is_fields_and_no_event() -> None:
    found = one("90000030396a0000601c04020401")
    assert found.frame["type"] == "master_registration"
    assert found.frame["version"] == {
        "system": 1,
        "number": 2,
        "oldest_system": 1,
        "oldest_number": 1,
    }
    assert found.events == []


@pytest.mark.parametrize(("protocol", "name"), [(None, "hytera"), ("hytera-ipsc", "hytera-ipsc")])
def test_a_hytera_burst_shows_its_content_and_begins_a_call(
    protocol: str | None, name: str
) -> None:
    found = one(HYTERA_HEADER, protocol)
    assert found.protocol == name
    assert found.frame["slot_type"] == "voice_lc_header"
    assert found.frame["burst"]["content"]["source"] == 2161005
    (started,) = found.events
    assert started["kind"] == "call_started"
    assert started["body"]["talkgroup"]["number"] == 9


def test_hytera_pings_and_commands_are_told_apart() -> None:
    assert one("a096d1100a00000014000000ec5a595a00000000").frame["response"] is False
    assert one("a096d1100a00000014000000ff5a015a00000000").frame["response"] is True
    command = one("503250100a00000014" + "00" * 11 + "11")
    assert (command.frame["type"], command.frame["what"]) == ("p2p_command", "start_dmr")
    assert one("503250100a00000014" + "00" * 11 + "33").frame["what"] == 0x33


def test_a_mototrbo_capture_gives_its_calls(tmp_path: Path) -> None:
    addresses = (("192.0.2.1", 50000), ("192.0.2.2", 50000))
    datagrams: list[tuple[float, tuple[str, int], bytes]] = []
    for number, address in zip((311293, 311294), addresses, strict=True):
        repeater = IpscRepeater(number, random.Random(number))
        hello = MasterRegistration(9, Mode(), 0xE00C, Version())
        repeater.feed(hello.build(), Address(US, 50000))
        repeater.talk(number, 101, Speech(duration_s=0.9), now=1.0)
        for tick in range(60):
            repeater.expire(tick * 0.06)
            datagrams += [(tick * 0.06, address, data) for data, _ in repeater.outgoing()]
    said: list[str] = []
    events = play(tmp_path, datagrams, 50000, said)
    assert sorted(event["kind"] for event in events) == ["call_ended"] * 2 + ["call_started"] * 2
    assert {event["body"]["radio"]["number"] for event in events} == {311293, 311294}
    assert said[1:] == [
        "taken for logged in: repeater 311293 from 192.0.2.1",
        "taken for logged in: repeater 311294 from 192.0.2.2",
    ]


def test_a_hytera_capture_gives_its_calls(tmp_path: Path) -> None:
    repeater = HyteraIpscRepeater(random.Random(4))
    repeater.open(0.0)
    repeater.feed("p2p", b"P2P" + bytes(17) + b"\x10\x01")
    repeater.feed("p2p", b"P2P" + bytes(17) + b"\x11\xff\x01\x51\xc3")
    repeater.talk(2308195, 101, Speech(duration_s=0.9), now=1.0)
    datagrams: list[tuple[float, tuple[str, int], bytes]] = []
    for tick in range(60):
        repeater.expire(tick * 0.06)
        datagrams += [
            (tick * 0.06, ("192.0.2.20", 50001), data)
            for service, data in repeater.outgoing()
            if service == "dmr"
        ]
    events = play(tmp_path, datagrams, 50001, [])
    assert [event["kind"] for event in events] == ["call_started", "call_ended"]
    assert events[1]["body"]["reason"] == "terminator"


def play(
    folder: Path,
    datagrams: list[tuple[float, tuple[str, int], bytes]],
    port: int,
    said: list[str],
) -> list[dict[str, Any]]:
    file = folder / "capture.pcap"
    packets = [
        (AT + at, framed(ETHERNET, udp(source, (US, port), data)))
        for at, source, data in sorted(datagrams, key=lambda d: d[0])
    ]
    file.write_bytes(pcap(packets))
    return [json.loads(line) for line in replaying.events(file, None, {}, said.append)]
