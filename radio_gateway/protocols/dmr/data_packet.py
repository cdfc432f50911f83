"""Data blocks and the packets that they make up (ETSI TS 102 361-1, 9.2.2 and 9.2.15)."""

from dataclasses import dataclass, field
from typing import Final

from radio_gateway.protocols.dmr.checks import Crc9Mask, crc9, crc32
from radio_gateway.protocols.errors import MalformedError

_CRC_OCTETS: Final = 4
MASK_BY_SIZE: Final = {12: Crc9Mask.RATE_12, 18: Crc9Mask.RATE_34, 24: Crc9Mask.RATE_1}
"Size of a block in octets -> mask of its CRC-9."


@dataclass(frozen=True, slots=True)
class ConfirmedBlock:
    """A block of 12, 18 or 24 octets: serial number and CRC-9 in the first two, then data."""

    serial: int
    "0..127"
    data: bytes
    "10, 16 or 22 octets"

    @classmethod
    def parse(cls, block: bytes) -> "ConfirmedBlock":
        """Read one block.

        Raises:
            MalformedError: wrong length or CRC-9.
        """
        if len(block) not in MASK_BY_SIZE:
            raise MalformedError("a data block is 12, 18 or 24 octets", block)
        if not is_sealed(block):
            raise MalformedError("data block with a wrong CRC-9", block)
        return cls(block[0] >> 1, block[2:])

    def build(self) -> bytes:
        """The whole block."""
        check = crc9(self.data, self.serial, MASK_BY_SIZE[len(self.data) + 2])
        return (self.serial << 9 | check).to_bytes(2, "big") + self.data


def is_sealed(block: bytes) -> bool:
    """Whether 12, 18 or 24 octets are a confirmed block with a good CRC-9."""
    mask = MASK_BY_SIZE.get(len(block))
    if mask is None:
        return False
    return crc9(block[2:], block[0] >> 1, mask) == (block[0] & 1) << 8 | block[1]


@dataclass(slots=True)
class PacketAssembler:
    """Gathers the blocks that a header announced; blocks repeat and come out of step."""

    blocks: int
    pad_octets: int
    _parts: dict[int, bytes] = field(default_factory=dict)

    def add(self, serial: int, data: bytes) -> bytes | None:
        """Take the data of one block; the packet once all are there, without pad and CRC.

        Args:
            serial: from the block, or counted by the caller for unconfirmed ones.
            data: the block without serial number and CRC-9.

        Raises:
            MalformedError: all blocks are there and the CRC-32 is wrong, or the pad is longer
                than the packet. The assembler starts again.
        """
        if serial >= self.blocks:
            raise MalformedError(f"block {serial} of {self.blocks}", data)
        self._parts[serial] = data
        if len(self._parts) < self.blocks:
            return None
        packet = b"".join(self._parts[n] for n in range(self.blocks))
        self._parts.clear()
        return open_packet(packet, self.pad_octets)


def open_packet(packet: bytes, pad_octets: int) -> bytes:
    """Check the CRC-32 at the end of a packet and cut it and the pad off.

    Raises:
        MalformedError: wrong CRC-32, or too short for pad and CRC.
    """
    content, check = packet[:-_CRC_OCTETS], packet[-_CRC_OCTETS:]
    if len(packet) % 2 or len(content) < pad_octets or crc32(content) != check:
        raise MalformedError("data packet with a wrong CRC-32", packet)
    return content[: len(content) - pad_octets]


def seal_packet(content: bytes, block_octets: int) -> tuple[list[bytes], int]:
    """Pad `content`, append the CRC-32 and cut it into the data of blocks.

    Args:
        content: what to send.
        block_octets: data octets of one block: 12, 18, 24, or two fewer when confirmed.

    Returns:
        The data of each block, and the number of pad octets for the header.
    """
    pad = -(len(content) + _CRC_OCTETS) % block_octets
    padded = content + bytes(pad)
    packet = padded + crc32(padded)
    return [packet[at : at + block_octets] for at in range(0, len(packet), block_octets)], pad
