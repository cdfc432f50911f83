"""Other content in the blocks of a packet: what was received comes out again, bit by bit."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.dmr.air import Channel, Parties
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.checks import crc_ccitt
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    Sap,
    UdtHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.data_packet import ConfirmedBlock
from radio_gateway.protocols.dmr.packet_building import Packet, packet, short_data
from radio_gateway.protocols.dmr.packet_opening import open_blocks
from radio_gateway.protocols.dmr.packet_sealing import seal_again
from radio_gateway.protocols.dmr.reassembly import DataPacket, Reassembler
from radio_gateway.protocols.dmr.slot_type import DataType

_ROOT = Path(__file__).parents[3] / "vectors/dmr"
PUBLISHED: dict[str, dict[str, Any]] = {
    v["name"]: v for v in json.loads((_ROOT / "published.json").read_text())
}
SEQUENCES: dict[str, dict[str, Any]] = {
    v["name"]: v
    for v in json.loads((_ROOT / "data.json").read_text())
    if v["protocol"] == "dmr-burst-sequence"
}
PARTIES = Parties(101, 202)
RATES = (DataType.RATE_12_DATA, DataType.RATE_34_DATA, DataType.RATE_1_DATA)


def arrived(sent: Packet) -> DataPacket:
    reassembler = Reassembler()
    for burst in sent.bursts(Channel(1)):
        data = parse_burst(burst.octets)
        assert isinstance(data, DataBurst)
        whole = reassembler.feed(data, 0.0)
    assert whole is not None
    return whole


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_captured_packet_keeps_its_blocks(name: str) -> None:
    octets, reassembler = bytes.fromhex(SEQUENCES[name]["hex"]), Reassembler()
    bursts = [parse_burst(octets[at : at + 33]) for at in range(0, len(octets), 33)]
    data = [burst for burst in bursts if isinstance(burst, DataBurst)]
    [whole] = [done for burst in data if (done := reassembler.feed(burst, 0.0))]
    assert seal_again(whole, whole.payload).blocks == whole.blocks


def test_a_captured_datagram_behind_a_second_header_keeps_its_blocks() -> None:
    octets = bytes.fromhex(PUBLISHED["compressed-lrrp-report"]["hex"])
    reassembler = Reassembler()
    for at in (0, 12):
        reassembler.header(parse_data_header(octets[at : at + 12]), 0.0)
    for at in (24, 36, 48):
        whole = reassembler.block(DataType.RATE_12_DATA, octets[at : at + 12], 0.0)
    assert whole is not None
    told = seal_again(whole, whole.payload)
    assert b"".join(told.blocks) == octets[24:]
    assert told.vendor == whole.vendor

    other = seal_again(whole, whole.payload[::-1])
    opened = open_blocks(whole.header, other.vendor, list(other.blocks))
    assert opened == whole.payload[::-1]


@given(st.binary(max_size=300), st.sampled_from(RATES), st.booleans(), st.booleans())
def test_other_content_opens_to_itself(
    content: bytes, rate: DataType, ask: bool, short: bool
) -> None:
    if short:
        sent = short_data(content, PARTIES, character_format=0, rate=rate, confirmed=ask)
    else:
        sent = packet(content, PARTIES, sap=Sap.IP, rate=rate, confirmed=ask)
    whole = arrived(sent)
    other = bytes(octet ^ 0x5A for octet in content)
    told = seal_again(whole, other)
    assert list(map(len, told.blocks)) == list(map(len, whole.blocks))
    blocks = list(told.blocks)
    if isinstance(whole.header, ConfirmedHeader):
        assert seal_again(whole, content).blocks == tuple(
            ConfirmedBlock.parse(block).data for block in sent.blocks
        )
    else:
        assert seal_again(whole, content).blocks == sent.blocks
    assert open_blocks(whole.header, None, blocks) == other


def test_unified_data_transport_gets_its_own_crc() -> None:
    header = UdtHeader(
        target=1, source=2, sap=0, udt_format=4, pad_nibbles=0, appended_blocks=1, opcode=0x1A
    )
    text = b"Unit 12 at"
    block = text + crc_ccitt(text).to_bytes(2, "big")
    whole = Reassembler()
    whole.header(header, 0.0)
    came = whole.block(DataType.RATE_12_DATA, block, 0.0)
    assert came is not None
    assert seal_again(came, text).blocks == (block,)
    told = seal_again(came, b"text 1 xxx").blocks
    assert open_blocks(header, None, list(told)) == b"text 1 xxx"


def test_content_of_another_length_is_refused() -> None:
    whole = arrived(packet(b"twelve letters", PARTIES, sap=Sap.IP))
    with pytest.raises(ValueError, match="13 octets for a packet of 14"):
        seal_again(whole, b"too few lette")
