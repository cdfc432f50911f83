"""What the header of a data packet says about the whole: how many blocks, which packet it is."""

from typing import TypeAlias

from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    RawDataHeader,
    ShortDataHeader,
    StatusHeader,
    UdtHeader,
)
from radio_gateway.protocols.dmr.packet_opening import FirstHeader

PacketKey: TypeAlias = tuple[type, int, int, int, int]
"Equal for transmissions that may be of one packet."


def announced_blocks(header: FirstHeader) -> int:
    """Blocks that follow."""
    match header:
        case StatusHeader():
            return 0
        case UdtHeader() | ShortDataHeader() | RawDataHeader():
            return header.appended_blocks
        case _:
            return header.blocks


def key_of(header: FirstHeader) -> PacketKey:
    """By which a header that comes again is known."""
    number = header.send_sequence if isinstance(header, ConfirmedHeader) else 0
    return type(header), header.source, header.target, header.sap, number


def asks_for_answer(header: FirstHeader) -> bool:
    """Whether the sender waits for an answer, and repeats the packet without one."""
    short = isinstance(header, ShortDataHeader | RawDataHeader)
    return isinstance(header, ConfirmedHeader) or (short and header.response_requested)
