"""Control messages of several blocks: a header and one to three continuations."""

from dataclasses import dataclass, field
from typing import Final

from radio_gateway.protocols.dmr.checks import CrcMask, crc_ccitt
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.errors import MalformedError

BLOCK_OCTETS: Final = 12
MAX_CONTINUATIONS: Final = 3


@dataclass(frozen=True, slots=True)
class MultiBlock:
    """A whole message with good checksums, not interpreted."""

    header: Csbk
    continuations: bytes
    "12 octets per block, the first octet of each with its flags, without the CRC at the end."


def build(header: Csbk, content: bytes) -> list[bytes]:
    """The blocks of a message: header, then continuations with 11 octets each.

    Args:
        header: its last-block flag is taken off.
        content: as many octets as fill one to three continuations: 9, 20 or 31.

    Raises:
        ValueError: another length.
    """
    count = (len(content) + 2) // (BLOCK_OCTETS - 1)
    if len(content) + 2 != count * (BLOCK_OCTETS - 1) or not 1 <= count <= MAX_CONTINUATIONS:
        raise ValueError(f"{len(content)} octets fill no continuation blocks: 9, 20 or 31 do")
    first = Csbk(header.opcode, header.fid, header.data, last_block=False, protect=header.protect)
    octets = b"".join(
        bytes(((n == count - 1) << 7 | header.protect << 6 | header.opcode,))
        + content[11 * n : 11 * n + 11]
        for n in range(count)
    )
    octets += crc_ccitt(octets).to_bytes(2, "big")
    return [first.build(CrcMask.MBC_HEADER)] + [
        octets[at : at + BLOCK_OCTETS] for at in range(0, len(octets), BLOCK_OCTETS)
    ]


@dataclass(slots=True)
class MultiBlockCollector:
    """Gathers the blocks of one slot; they follow each other without a gap."""

    _header: Csbk | None = None
    _blocks: list[bytes] = field(default_factory=list)

    def header(self, block: bytes) -> None:
        """Begin with a header of 12 octets.

        Raises:
            MalformedError: wrong length or CRC.
        """
        self._header = None
        self._blocks.clear()
        self._header = Csbk.parse(block, CrcMask.MBC_HEADER)

    def add(self, block: bytes) -> MultiBlock | None:
        """Take a continuation of 12 octets; the message once the last one is there.

        Raises:
            MalformedError: wrong length, a fourth continuation, or a wrong CRC over them all.
        """
        if len(block) != BLOCK_OCTETS:
            raise MalformedError("a control block is 12 octets", block)
        header = self._header
        if header is None:
            return None
        self._blocks.append(block)
        if not block[0] & 0x80:
            if len(self._blocks) == MAX_CONTINUATIONS:
                self._header = None
                raise MalformedError("control message without a last block", block)
            return None
        self._header = None
        octets = b"".join(self._blocks)
        if crc_ccitt(octets[:-2]) != int.from_bytes(octets[-2:], "big"):
            raise MalformedError("control message with a wrong CRC", octets)
        return MultiBlock(header, octets[:-2])
