"""Data blocks as MOTOTRBO repeaters hand them on: not always in the order of the air."""

from typing import Final

from radio_gateway.protocols.dmr.data_header import DataFormat
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.mototrbo.ipsc_user import UserPacket

_RESPONSE_REQUESTED: Final = 0x40


class BlockOrder:
    """In confirmed packets the first two octets of a block come last.

    Known of rate 3/4 only; unconfirmed packets have no such octets to move.
    """

    def __init__(self) -> None:
        self._confirmed: dict[tuple[int, int], bool] = {}
        "Whether the packet on a slot of a repeater wants an answer."

    def turned(self, packet: UserPacket, kind: DataType, block: bytes) -> bool:
        """Whether this block is; to be asked of every block and header of a network in turn."""
        key = packet.peer, packet.slot
        if kind is DataType.DATA_HEADER and block[0] & 0xF != DataFormat.PROPRIETARY:
            self._confirmed[key] = bool(block[0] & _RESPONSE_REQUESTED)
        return kind is DataType.RATE_34_DATA and self._confirmed.get(key, False)


def as_on_air(block: bytes) -> bytes:
    """A turned block in the order of the air."""
    return block[-2:] + block[:-2]
