"""Trunked systems (Tier III): who is given which channel (ETSI TS 102 361-4)."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.link_control import FID_ETSI

GRANT_OPCODES: Final = range(0x30, 0x38)
_GROUP_GRANTS: Final = frozenset({0x31, 0x32, 0x34})
_DATA_GRANTS: Final = frozenset({0x33, 0x34, 0x36, 0x37})


@dataclass(frozen=True, slots=True)
class ChannelGrant:
    """A base station sends two parties to a traffic channel.

    The flags are read as one decoder reads them; no capture of an emergency grant is known.
    """

    opcode: int
    channel: int
    "Logical physical channel, 12 bit."
    slot: int
    "1 or 2"
    target: int
    source: int
    emergency: bool
    late_entry: bool
    "The call is on already. In data grants the bit means something else and is not read."

    @property
    def group(self) -> bool:
        """`target` is a talkgroup."""
        return self.opcode in _GROUP_GRANTS

    @property
    def data(self) -> bool:
        """For data, not for voice."""
        return self.opcode in _DATA_GRANTS

    @classmethod
    def of(cls, block: Csbk) -> "ChannelGrant | None":
        """Read a control block; None: it grants nothing."""
        if block.fid != FID_ETSI or block.opcode not in GRANT_OPCODES:
            return None
        head = int.from_bytes(block.data[:2], "big")  # 12 channel, slot, late, emergency, offset
        return cls(
            opcode=block.opcode,
            channel=head >> 4,
            slot=2 if head & 0x8 else 1,
            target=int.from_bytes(block.data[2:5], "big"),
            source=int.from_bytes(block.data[5:8], "big"),
            emergency=bool(head & 0x2),
            late_entry=bool(head & 0x4) and block.opcode not in _DATA_GRANTS,
        )
