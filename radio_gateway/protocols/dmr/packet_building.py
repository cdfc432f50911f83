"""Data packets to send: content cut into blocks that know how to become bursts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Final

from radio_gateway.protocols.dmr.air import AirBurst, Channel, Parties, announced
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    ResponseHeader,
    Sap,
    ShortDataHeader,
    UnconfirmedHeader,
)
from radio_gateway.protocols.dmr.data_packet import ConfirmedBlock, seal_packet
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.ip import CompressedUdp, UdpDatagram, port_id_of
from radio_gateway.protocols.dmr.slot_type import DataType

BLOCK_OCTETS: Final = {
    DataType.RATE_12_DATA: 12,
    DataType.RATE_34_DATA: 18,
    DataType.RATE_1_DATA: 24,
}
"Octets of one block by the data type of its burst; two fewer carry data when confirmed."
MAX_BLOCKS: Final = 127
MAX_SHORT_BLOCKS: Final = 63
_SINGLE_FRAGMENT: Final = 8
"Fragment number of a confirmed packet that is not cut in pieces: `last one, number 0`."


@dataclass(frozen=True, slots=True)
class Packet:
    """A data packet cut into blocks; blocks that did not arrive can be sent again alone."""

    header: ConfirmedHeader | UnconfirmedHeader | ShortDataHeader
    blocks: tuple[bytes, ...]
    "As they go on the air: serial number and CRC-9 in front when confirmed."
    rate: DataType

    @property
    def parties(self) -> Parties:
        """Who sends it to whom."""
        return Parties(self.header.target, self.header.source, self.header.group)

    @property
    def confirmed(self) -> bool:
        """Whether the receiver is asked to answer."""
        return self.header.response_requested

    def bursts(
        self, channel: Channel, *, preambles: int = 0, only: Collection[int] | None = None
    ) -> list[AirBurst]:
        """Preambles, header and blocks in the order of sending.

        Args:
            channel: colour code and synchronisation.
            preambles: how many control blocks announce it, 0..100.
            only: serial numbers of the blocks to send again; None: all of them.

        Raises:
            ValueError: `only` names no block, or blocks of a packet that is not confirmed.
        """
        header, blocks = self.header, self.blocks
        if only is not None:
            if not isinstance(header, ConfirmedHeader):
                raise ValueError("only blocks of confirmed packets are sent again alone")
            blocks = tuple(block for n, block in enumerate(blocks) if n in only)
            if not blocks:
                raise ValueError(f"no block of {len(self.blocks)} among {sorted(only)}")
            header = replace(header, blocks=len(blocks), full_message=False)
        bursts = [channel.burst(DataType.DATA_HEADER, build_data_header(header))]
        bursts += [channel.burst(self.rate, block) for block in blocks]
        return announced(bursts, self.parties, channel, preambles)

    def answered_by(self, response: ResponseHeader) -> bool:
        """Whether a response is about this packet: addresses turned round, same number."""
        header = self.header
        return (
            self.confirmed
            and not response.group
            and (response.target, response.source) == (header.source, header.target)
            and response.status
            == (header.send_sequence if isinstance(header, ConfirmedHeader) else 0)
        )


def packet(
    content: bytes,
    parties: Parties,
    *,
    sap: int,
    rate: DataType = DataType.RATE_12_DATA,
    confirmed: bool = False,
    send_sequence: int = 0,
) -> Packet:
    """Pad `content`, seal it with CRC-32 and cut it into blocks.

    Args:
        content: what the service access point takes, e.g. a whole IPv4 packet.
        parties: who sends to whom; a talkgroup cannot confirm.
        sap: a `Sap`.
        rate: of the blocks; 1/2 is repaired best, 3/4 and 1 are quicker.
        confirmed: ask for an answer, and give every block a number and a CRC-9.
        send_sequence: N(S) 0..7 of a confirmed packet; the next packet takes the next.

    Raises:
        ValueError: too long for one packet, or confirmation asked from a talkgroup.
    """
    if confirmed and parties.group:
        raise ValueError("a talkgroup cannot confirm a packet")
    data, pad = seal_packet(content, _data_octets(rate, confirmed=confirmed))
    if len(data) > MAX_BLOCKS:
        raise ValueError(f"{len(content)} octets need {len(data)} blocks, {MAX_BLOCKS} are allowed")
    header: ConfirmedHeader | UnconfirmedHeader
    if confirmed:
        header = ConfirmedHeader(
            target=parties.target,
            source=parties.source,
            sap=sap,
            response_requested=True,
            blocks=len(data),
            pad_octets=pad,
            full_message=True,
            resynchronise=False,
            send_sequence=send_sequence % 8,
            fragment=_SINGLE_FRAGMENT,
        )
    else:
        header = UnconfirmedHeader(
            target=parties.target,
            source=parties.source,
            group=parties.group,
            sap=sap,
            blocks=len(data),
            pad_octets=pad,
            full_message=True,
            fragment=0,
        )
    return Packet(header, _numbered(data) if confirmed else tuple(data), rate)


def short_data(
    content: bytes,
    parties: Parties,
    *,
    character_format: int,
    rate: DataType = DataType.RATE_12_DATA,
    confirmed: bool = False,
) -> Packet:
    """A packet of defined short data, e.g. `short_text.encode` of a text.

    Raises:
        ValueError: too long for one packet, or confirmation asked from a talkgroup.
    """
    if confirmed and parties.group:
        raise ValueError("a talkgroup cannot confirm a packet")
    data, pad = seal_packet(content, _data_octets(rate, confirmed=confirmed))
    if len(data) > MAX_SHORT_BLOCKS:
        raise ValueError(
            f"{len(content)} octets need {len(data)} blocks, {MAX_SHORT_BLOCKS} are allowed"
        )
    header = ShortDataHeader(
        target=parties.target,
        source=parties.source,
        group=parties.group,
        response_requested=confirmed,
        sap=Sap.SHORT_DATA,
        appended_blocks=len(data),
        character_format=character_format,
        selective_request=False,
        full_message=True,
        pad_bits=8 * pad,
    )
    return Packet(header, _numbered(data) if confirmed else tuple(data), rate)


def datagram(
    payload: bytes,
    parties: Parties,
    *,
    source_port: int,
    target_port: int,
    identification: int,
    networks: tuple[int, int] | None = None,
    rate: DataType = DataType.RATE_12_DATA,
    confirmed: bool = False,
    send_sequence: int = 0,
) -> Packet:
    """A UDP datagram between two radios or a radio and a server.

    Args:
        payload: e.g. a text message of the vendor (port 4007) or a location request (4001).
        parties: who sends to whom.
        source_port: of UDP.
        target_port: of UDP.
        identification: of the IPv4 packet; counts up per sender, receivers drop repetitions.
        networks: first octets of source and target address for a whole IPv4 packet, e.g.
            (13, 12) from the server's to the radios' network; None compresses the header, where
            both are radios of the radio network.
        rate: of the blocks.
        confirmed: ask for an answer.
        send_sequence: N(S) 0..7 when confirmed.

    Raises:
        ValueError: too long, or a field out of range.
    """
    if networks is None:
        header = CompressedUdp(
            identification=identification,
            source_address_id=0,
            target_address_id=0,
            source_port_id=port_id_of(source_port),
            target_port_id=port_id_of(target_port),
            payload=payload,
            source_port=source_port,
            target_port=target_port,
        )
        sap, content = Sap.UDP_IP_COMPRESSED, header.build()
    else:
        source, target = (
            IPv4Address(network << 24 | number)
            for network, number in zip(networks, (parties.source, parties.target), strict=True)
        )
        plain = UdpDatagram(source, target, source_port, target_port, payload, identification)
        sap, content = Sap.IP, plain.build()
    return packet(
        content, parties, sap=sap, rate=rate, confirmed=confirmed, send_sequence=send_sequence
    )


def _data_octets(rate: DataType, *, confirmed: bool) -> int:
    try:
        return BLOCK_OCTETS[rate] - (2 if confirmed else 0)
    except KeyError:
        raise ValueError(f"{rate.name} is no rate of data blocks") from None


def _numbered(data: Sequence[bytes]) -> tuple[bytes, ...]:
    return tuple(ConfirmedBlock(serial, octets).build() for serial, octets in enumerate(data))
