"""Data blocks, packets and what is in them."""

import json
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.dmr import trellis
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.checks import Crc9Mask, crc9, crc32
from radio_gateway.protocols.dmr.csbk import Csbk, Preamble
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    UnconfirmedHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.data_packet import (
    ConfirmedBlock,
    PacketAssembler,
    open_packet,
    seal_packet,
)
from radio_gateway.protocols.dmr.ip import CompressedUdp, UdpDatagram
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors/dmr/data.json").read_text()
)


HEADER_NAMES = {
    "source": "src",
    "target": "dst",
    "fragment": "fsn",
    "resynchronise": "resync",
    "send_sequence": "ns",
}
"Where the vectors call a field differently."


def of(protocol: str, *, having: str = "") -> list[Any]:
    return [
        pytest.param(bytes.fromhex(v["hex"]), v["expect"], id=v["name"])
        for v in VECTORS
        if v["protocol"] == protocol and (not having or having in v["expect"])
    ]


def bursts(octets: bytes) -> list[DataBurst]:
    read = [parse_burst(octets[at : at + 33]) for at in range(0, len(octets), 33)]
    return [burst for burst in read if isinstance(burst, DataBurst)]


@pytest.mark.parametrize(("octets", "expect"), of("dmr-crc9-rate34"))
def test_crc9(octets: bytes, expect: dict[str, Any]) -> None:
    assert crc9(octets, expect["dbsn"], Crc9Mask.RATE_34) == expect["crc9"]
    block = ConfirmedBlock(expect["dbsn"], octets)
    assert ConfirmedBlock.parse(block.build()) == block


@pytest.mark.parametrize(("octets", "expect"), of("dmr-crc32"))
def test_crc32(octets: bytes, expect: dict[str, Any]) -> None:
    assert crc32(octets).hex() == expect["crc32_octets_on_air"]


@pytest.mark.parametrize(("octets", "expect"), of("dmr-trellis-34"))
def test_trellis(octets: bytes, expect: dict[str, Any]) -> None:
    bits = int.from_bytes(octets, "big") >> 4  # 196 bits in 25 octets
    burst = (bits >> 98 << 166 | bits & ((1 << 98) - 1)).to_bytes(33, "big")

    assert trellis.decode(burst).hex() == expect["payload"]
    assert trellis.encode(bytes.fromhex(expect["payload"])).to_bytes(33, "big") == burst


@pytest.mark.parametrize(("octets", "expect"), of("dmr-udp-ipv4-compressed"))
def test_compressed_udp(octets: bytes, expect: dict[str, Any]) -> None:
    packet = CompressedUdp.parse(octets)

    assert packet.identification == expect["ipv4_id"]
    assert (packet.source_address_id, packet.target_address_id) == (expect["said"], expect["daid"])
    assert (packet.source_port_id, packet.target_port_id) == (expect["spid"], expect["dpid"])
    assert packet.payload.hex() == expect["user_data"]


def test_compressed_udp_with_ports_in_full() -> None:
    packet = CompressedUdp.parse(bytes.fromhex("0001 00 00 00 0fa7 0fa5 4142"))

    assert (packet.source_port, packet.target_port, packet.payload) == (4007, 4005, b"AB")


@pytest.mark.parametrize(("octets", "expect"), of("dmr-burst-sequence", having="header"))
@pytest.mark.parametrize("backwards", [False, True])
def test_confirmed_packet(octets: bytes, expect: dict[str, Any], backwards: bool) -> None:
    head, *rest = bursts(octets)
    header = parse_data_header(head.payload())
    assert isinstance(header, ConfirmedHeader)
    wanted = dict(expect["header"])
    assert (wanted.pop("dpf"), wanted.pop("crc_ok")) == (3, True)
    renamed = {name: wanted.pop(old) for name, old in HEADER_NAMES.items()}
    assert {name: getattr(header, name) for name in renamed | wanted} == renamed | wanted
    assert expect["crc9_all_ok"]
    assert expect["crc32_ok"]
    assembler = PacketAssembler(header.blocks, header.pad_octets)
    packets = []
    for burst in reversed(rest) if backwards else rest:
        block = ConfirmedBlock.parse(burst.payload())
        packets.append(assembler.add(block.serial, block.data))

    assert packets[:-1] == [None] * (len(rest) - 1)
    assert packets[-1] is not None
    assert packets[-1].hex() == expect["data"]
    datagram = UdpDatagram.parse(packets[-1])
    ip = expect["ip"]
    assert datagram == UdpDatagram(
        IPv4Address(ip["src"]),
        IPv4Address(ip["dst"]),
        ip["sport"],
        ip["dport"],
        bytes.fromhex(ip["udp_payload"]),
        int.from_bytes(packets[-1][4:6], "big"),
    )
    assert datagram.payload.decode("utf-16-le", "ignore").endswith(expect["tms_text"])


@pytest.mark.parametrize(("octets", "expect"), of("dmr-burst-sequence", having="preambles"))
def test_unconfirmed_packet(octets: bytes, expect: dict[str, Any]) -> None:
    preambles = 0
    assembler: PacketAssembler | None = None
    serial = 0
    packet = None
    for burst in bursts(octets):
        assert burst.slot_type is not None
        match burst.slot_type.data_type:
            case DataType.CSBK:
                message = Csbk.parse(burst.payload()).message()
                assert isinstance(message, Preamble)
                preambles += 1
            case DataType.DATA_HEADER:
                header = parse_data_header(burst.payload())
                assert isinstance(header, UnconfirmedHeader)
                assert (header.source, header.target) == (expect["src"], expect["dst"])
                assert header.blocks == expect["blocks"]
                assembler = PacketAssembler(header.blocks, header.pad_octets)
            case _:
                assert assembler is not None
                packet = assembler.add(serial, burst.payload())
                serial += 1

    assert preambles == expect["preambles"]
    assert packet is not None
    assert packet.hex() == expect["payload_no_pad_no_crc"]
    compressed, wanted = CompressedUdp.parse(packet), expect["udp_compressed"]
    assert compressed.identification == wanted["ipv4_id"]
    assert compressed.source_address_id == wanted["src_addr_id"]
    assert compressed.target_address_id == wanted["dst_addr_id"]
    assert compressed.source_port_id == wanted["src_port_id"]
    assert compressed.target_port_id == wanted["dst_port_id"]
    # a text acknowledgement: u16 length, type BF, address size, number
    assert compressed.payload[2] == 0xBF
    assert expect["tms"]["type"] == "ack"
    assert compressed.payload[-1] == expect["tms"]["sequence"]


@given(st.binary(max_size=200), st.sampled_from([10, 12, 16, 18, 22, 24]))
def test_packet_round_trip(content: bytes, block_octets: int) -> None:
    parts, pad = seal_packet(content, block_octets)
    assembler = PacketAssembler(len(parts), pad)
    packets = [assembler.add(serial, data) for serial, data in enumerate(parts)]

    assert packets[-1] == content


def test_a_damaged_packet_is_refused() -> None:
    parts, pad = seal_packet(b"BEER", 12)
    with pytest.raises(MalformedError, match="CRC-32"):
        open_packet(b"".join(parts).replace(b"BEER", b"BEEF"), pad)


def test_a_damaged_block_is_refused() -> None:
    block = bytearray(ConfirmedBlock(3, bytes(16)).build())
    block[7] ^= 0x10
    with pytest.raises(MalformedError, match="CRC-9"):
        ConfirmedBlock.parse(bytes(block))


def test_a_block_beyond_the_announced_number_is_refused() -> None:
    with pytest.raises(MalformedError, match="block 2 of 2"):
        PacketAssembler(2, 0).add(2, bytes(12))
