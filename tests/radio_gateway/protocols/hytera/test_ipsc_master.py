"""The master of Hytera repeaters: registration as documented, pings as captured, nobody else."""

import json
from pathlib import Path

import pytest

from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.hytera.ipsc_master import (
    Address,
    Change,
    IpscMaster,
    Service,
    State,
)
from radio_gateway.protocols.hytera.ipsc_p2p import P2pCommand

FOLDER = Path(__file__).parents[3] / "vectors" / "hytera"
PING = bytes.fromhex("a096d1100a00000014000000ec5a595a00000000")
PONG = bytes.fromhex("a096d1100a00000014000000ff5a015a00000000")
REPEATER = "192.0.2.20"
P2P, DMR, RDAC = (Address(REPEATER, port) for port in (50000, 50001, 50002))


def command(what: int, mark: str = "0a00000014") -> bytes:
    """21 octets: "P2P", one more, four to eight the mark, twenty what it wants."""
    return b"P2P\x10" + bytes.fromhex(mark) + bytes(range(9, 20)) + bytes((what,))


def burst() -> bytes:
    entries = json.loads((FOLDER / "ipsc-dmr.json").read_text())
    return bytes.fromhex(next(e["hex"] for e in entries if e["name"] == "dmrshark-hello-f36"))


@pytest.fixture
def master() -> IpscMaster:
    return IpscMaster(frozenset({REPEATER}), dmr_port=50001, rdac_port=50002)


@pytest.fixture
def registered(master: IpscMaster) -> IpscMaster:
    master.feed(command(0x10), Service.P2P, P2P, 0.0)
    master.outgoing()
    master.changes()
    return master


def test_a_registration_is_answered_by_an_edited_copy(master: IpscMaster) -> None:
    master.feed(command(0x10), Service.P2P, P2P, 0.0)
    # octet 3 = 50, octet 4 one more, octets 13 to 15 = 01 01 5A, one octet 01 behind
    expected = "503250 50 0b00000014 090a0b0c 01015a 10111213 10 01"
    assert master.outgoing() == [(Service.P2P, bytes.fromhex(expected), P2P)]
    assert master.changes() == [Change(REPEATER, State.UP, "the repeater registered")]
    assert master.up(REPEATER)


@pytest.mark.parametrize(("what", "port"), [(0x11, "51c3"), (0x12, "52c3")])
def test_services_are_redirected_to_their_ports(
    registered: IpscMaster, what: int, port: str
) -> None:
    registered.feed(command(what), Service.P2P, P2P, 1.0)
    answer, redirect = [data.hex() for _, data, _ in registered.outgoing()]
    assert answer == f"503250500b00000014090a0b0c01015a10111213{what:02x}01"
    # octet 4 = 0B, octets 12 to 15 = FF FF 01 00, then FF 01 and the port in little-endian
    assert redirect == f"503250100b00000014090a0bffff010010111213{what:02x}ff01{port}"


def test_a_repeated_registration_is_answered_again(registered: IpscMaster) -> None:
    registered.feed(command(0x10), Service.P2P, P2P, 1.0)
    assert len(registered.outgoing()) == 1
    assert registered.changes() == []


def test_pings_are_answered_as_captured(registered: IpscMaster) -> None:
    registered.feed(PING, Service.P2P, P2P, 7.0)
    assert registered.outgoing() == [(Service.P2P, PONG, P2P)]
    registered.feed(PONG, Service.P2P, P2P, 7.1)
    assert registered.outgoing() == []


def test_whoever_is_not_registered_is_told_so(master: IpscMaster) -> None:
    for data in (PING, command(0x11), command(0x12)):
        master.feed(data, Service.P2P, P2P, 0.0)
        assert master.outgoing() == [(Service.P2P, b"\x00", P2P)]
    assert master.changes() == []
    for service, address in ((Service.DMR, DMR), (Service.RDAC, RDAC)):
        with pytest.raises(RefusedError, match="has not registered"):
            master.feed(b"\x00", service, address, 0.0)


def test_acknowledgements_are_not_answered(master: IpscMaster) -> None:
    master.feed(command(0x10, mark="0c00000014"), Service.P2P, P2P, 0.0)
    assert master.outgoing() == []
    assert not master.up(REPEATER)


def test_keep_alive_of_the_other_ports(registered: IpscMaster) -> None:
    assert registered.feed(b"\x00", Service.DMR, DMR, 1.0) is None
    registered.feed(b"\x00", Service.RDAC, RDAC, 1.0)
    assert registered.outgoing() == [(Service.DMR, b"\x41", DMR), (Service.RDAC, b"\x41", RDAC)]


def test_bursts_come_from_one_port_of_a_registered_repeater(registered: IpscMaster) -> None:
    packet = registered.feed(burst(), Service.DMR, DMR, 1.0)
    assert packet is not None
    assert (packet.source, packet.destination, packet.slot) == (2161005, 9, 1)
    for stranger in (Address(REPEATER, 50003), Address("198.51.100.1", 50001)):
        with pytest.raises(RefusedError):
            registered.feed(burst(), Service.DMR, stranger, 2.0)
    registered.feed(command(0x10), Service.P2P, P2P, 3.0)
    assert registered.feed(burst(), Service.DMR, Address(REPEATER, 50003), 3.1) is not None


def test_silence_ends_a_registration(registered: IpscMaster) -> None:
    assert registered.deadline() == 25.0
    registered.feed(PING, Service.P2P, P2P, 7.0)
    assert registered.deadline() == 32.0
    registered.expire(31.9)
    assert registered.changes() == []
    registered.expire(32.0)
    assert registered.changes() == [Change(REPEATER, State.DOWN, "no ping for 25 s")]
    assert registered.deadline() is None
    registered.outgoing()
    registered.feed(PING, Service.P2P, P2P, 40.0)
    assert registered.outgoing() == [(Service.P2P, b"\x00", P2P)]


@pytest.mark.parametrize(
    ("data", "service"),
    [
        (b"", Service.P2P),
        (b"P2P" + bytes(17), Service.P2P),
        (command(0x13), Service.P2P),
        (bytes(600), Service.P2P),
        (b"", Service.DMR),
        (bytes(71), Service.DMR),
        (b"\x01", Service.RDAC),
    ],
)
def test_anything_else_is_malformed(registered: IpscMaster, data: bytes, service: Service) -> None:
    with pytest.raises(MalformedError):
        registered.feed(data, service, Address(REPEATER, 50000), 1.0)
    assert registered.outgoing() == []


def test_every_cut_and_flip_of_a_command_is_a_value_or_malformed() -> None:
    data = command(0x11)
    for end in range(len(data)):
        with pytest.raises(MalformedError):
            P2pCommand.parse(data[:end])
    for bit in range(8 * len(data)):
        octets = bytearray(data)
        octets[bit // 8] ^= 1 << bit % 8
        if bit < 24:
            with pytest.raises(MalformedError):
                P2pCommand.parse(bytes(octets))
            continue
        parsed = P2pCommand.parse(bytes(octets))
        assert parsed.build() == bytes(octets)
        assert len(parsed.answer()) == 22
        assert parsed.redirect(50001)[-2:] == b"\x51\xc3"
