"""Packets of repeater networks as fields: MOTOTRBO's and Hytera's ways to connect sites."""

from collections.abc import Callable
from typing import Any, Final

from radio_gateway.decoding_fields import Fields, named
from radio_gateway.protocols.errors import MalformedError

_MOTOTRBO_TYPES: Final = frozenset(
    (0x61, 0x62, 0x63, 0x80, 0x81, 0x83, 0x84, 0x85, *range(0x90, 0x9C))
)
_PING_MARK: Final = bytes.fromhex("0a00000014")


def read_mototrbo(data: bytes) -> list[Fields]:
    """One packet of IP Site Connect; a hash at its end shows as `rest`, its key is not known."""
    from radio_gateway.protocols.mototrbo.ipsc import parse_packet
    from radio_gateway.protocols.mototrbo.ipsc_user import BlockContent, UserPacket, VoiceContent

    packet = parse_packet(data)
    found = named(packet)
    if isinstance(packet, UserPacket):
        content = packet.content
        found |= {"slot": packet.slot, "last": packet.last, "encrypted": packet.encrypted}
        found["content"] = named(content)
        if isinstance(content, BlockContent):
            found["content"]["colour_code"] = content.colour_code
            found["content"]["rssi_dbm"] = content.rssi_dbm
            found["content"]["says"] = _says(content)
        elif isinstance(content, VoiceContent) and content.lc is not None:
            found["content"]["says"] = _link_control(content.lc)
    return [found]


def may_be_mototrbo(data: bytes) -> bool:
    """Whether octets begin as a packet of IP Site Connect does."""
    return data[0] in _MOTOTRBO_TYPES and len(data) >= 5


def read_hytera(data: bytes, burst_fields: Callable[[bytes], Fields]) -> list[Fields]:
    """One datagram of IP multi-site connect: a burst, a ping or a P2P command."""
    from radio_gateway.protocols.hytera.ipsc import IpscPacket, IpscPing, SlotType
    from radio_gateway.protocols.hytera.ipsc_p2p import MARK, P2pCommand, P2pRequest

    if data[:3] == MARK:
        command = P2pCommand.parse(data)
        known = command.what in P2pRequest.__members__.values()
        what = P2pRequest(command.what).name.lower() if known else command.what
        acknowledges = command.is_acknowledgement
        return [{**named(command), "what": what, "acknowledgement": acknowledges}]
    if len(data) == 20 and data[4:9] == _PING_MARK:
        ping = IpscPing.parse(data)
        return [{**named(ping), "response": ping.is_response}]
    packet = IpscPacket.parse(data)
    found: Fields = {**named(packet), "slot": packet.slot, "colour_code": packet.colour_code}
    if packet.slot_type in SlotType.__members__.values():
        found["slot_type"] = SlotType(packet.slot_type).name.lower()
    octets = packet.burst
    if octets is not None:
        try:
            found["burst"] = {"octets": octets.hex(), **burst_fields(octets)}
        except MalformedError as error:
            found["burst"] = {"octets": octets.hex(), "unreadable": error.what}
    return [found]


def is_hytera(data: bytes) -> bool:
    """Whether a datagram is of IP multi-site connect: by its length and its fixed octets."""
    from radio_gateway.protocols.hytera.ipsc import DMR_MARK

    burst = len(data) in (72, 103) and data[9:12] == DMR_MARK
    return burst or data[:3] == b"P2P" or (len(data) == 20 and data[4:9] == _PING_MARK)


def hytera_service(data: bytes) -> str:
    """The port of ours that a datagram is for."""
    return "dmr" if len(data) >= 72 and data[:3] != b"P2P" else "p2p"


def _says(content: Any) -> Fields | None:
    """The link control, control block or data header in a block."""
    from radio_gateway.protocols.dmr.csbk import Csbk
    from radio_gateway.protocols.dmr.data_header import parse_data_header
    from radio_gateway.protocols.dmr.link_control import open_full_lc
    from radio_gateway.protocols.dmr.slot_type import DataType
    from radio_gateway.protocols.mototrbo.ipsc_user import BurstType

    try:
        match content.burst_type:
            case BurstType.VOICE_HEADER | BurstType.TERMINATOR as kind:
                return _link_control(open_full_lc(content.block, DataType(kind)))
            case BurstType.CSBK:
                message = Csbk.parse(content.block).message()
                return None if message is None else named(message)
            case BurstType.DATA_HEADER:
                return named(parse_data_header(content.block))
            case _:
                return None
    except MalformedError as error:
        return {"unreadable": error.what}


def _link_control(octets: bytes) -> Fields:
    from radio_gateway.protocols.dmr.link_control import parse_lc

    return named(parse_lc(octets))
