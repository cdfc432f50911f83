"""Data packets of one slot, made anonymous block by block."""

from collections import defaultdict
from dataclasses import dataclass, replace

from radio_gateway.adapters._dmr_reception import Positions
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    ProprietaryHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.data_packet import ConfirmedBlock
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.packet_headers import PacketKey, key_of
from radio_gateway.protocols.dmr.packet_opening import FirstHeader
from radio_gateway.protocols.dmr.packet_sealing import Sealed, seal_again
from radio_gateway.protocols.dmr.reassembly import DataPacket, Reassembler
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.scrubs import blocks
from radio_gateway.recording.scrubs.contents import anonymous
from radio_gateway.recording.scrubs.scrubbing import UNREADABLE, LeftOut


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A block, or a second header, whose packet is not known yet."""

    n: int
    octets: bytes
    position: int
    vendor: ProprietaryHeader | None = None
    "A second header."


@dataclass(frozen=True, slots=True)
class _Whole:
    """A packet and what stands for it."""

    packet: DataPacket
    told: Sealed | LeftOut

    def second_header(self) -> bytes | LeftOut | None:
        """None: it has none."""
        if isinstance(self.told, LeftOut):
            return self.told
        return None if self.told.vendor is None else build_data_header(self.told.vendor)

    def parts(self) -> set[object]:
        """Its second header, and its blocks as they came."""
        blocks = self.packet.blocks
        found: set[object] = {self.packet.vendor} if self.packet.vendor is not None else set()
        if isinstance(self.packet.header, ConfirmedHeader):
            return found | {ConfirmedBlock(n, data).build() for n, data in enumerate(blocks)}
        return found | set(blocks)

    def block(self, number: int) -> bytes | LeftOut:
        """One block, with a serial number where it had one."""
        if isinstance(self.told, LeftOut):
            return self.told
        data = self.told.blocks[number]
        numbered = isinstance(self.packet.header, ConfirmedHeader)
        return ConfirmedBlock(number, data).build() if numbered else data


class _Numbers:
    """Which of a packet's blocks is which; to be asked in the order of the air."""

    def __init__(self, packet: DataPacket) -> None:
        self._blocks = packet.blocks
        self._numbered = isinstance(packet.header, ConfirmedHeader)
        self._at: dict[int, int] = {}
        self._last = -1

    def of(self, waiting: _Waiting) -> int | None:
        """None: it is of another packet."""
        if not self._numbered:
            return self._counted(waiting)
        try:
            block = ConfirmedBlock.parse(waiting.octets)
        except MalformedError:
            return None
        mine = self._blocks[block.serial : block.serial + 1] == (block.data,)
        return block.serial if mine else None

    def _counted(self, waiting: _Waiting) -> int | None:
        """Of blocks that are equal the next one; one that comes twice stands where it stood."""
        equal = [n for n, octets in enumerate(self._blocks) if octets == waiting.octets]
        if not equal:
            return None
        if waiting.position not in self._at:
            self._last = next((n for n in equal if n > self._last), equal[0])
            self._at[waiting.position] = self._last
        return self._at[waiting.position]


class PacketSlot:
    """Takes headers and blocks as they come; `finish` tells what stands for each."""

    def __init__(self, names: Pseudonyms) -> None:
        self._names = names
        self._positions = Positions()
        self._reassembler = Reassembler(self._came_again)
        self._waiting: dict[object, list[_Waiting]] = defaultdict(list)
        "By octets; second headers by what they say."
        self._whole: dict[PacketKey, _Whole] = {}
        self._told: dict[int, bytes | LeftOut] = {}

    def take(self, n: int, kind: DataType, octets: bytes, at: float, sequence: int) -> None:
        """Take one header or block; `n` names it in the answer."""
        position = self._positions.place(sequence)
        self._reassembler.expire(at)
        try:
            if kind is DataType.DATA_HEADER:
                self._header(n, octets, at, position)
            else:
                self._waiting[octets].append(_Waiting(n, octets, position))
                self._came(self._reassembler.block(kind, octets, at, position))
        except MalformedError:
            if kind is DataType.DATA_HEADER:
                self._told.setdefault(n, LeftOut(UNREADABLE))

    def finish(self) -> dict[int, bytes | LeftOut]:
        """By number: another header or block, or why it is left out."""
        left = (waiting for equal in self._waiting.values() for waiting in equal)
        for waiting in sorted(left, key=lambda each: each.n):
            self._told[waiting.n] = _of_nothing(waiting, self._names)
        return self._told

    def _header(self, n: int, octets: bytes, at: float, position: int) -> None:
        header = parse_data_header(octets)
        if isinstance(header, ProprietaryHeader):
            self._waiting[header].append(_Waiting(n, octets, position, header))
        else:
            self._told[n] = blocks.standing_alone(DataType.DATA_HEADER, octets, self._names)
        self._came(self._reassembler.header(header, at, position))

    def _came(self, packet: DataPacket | None) -> None:
        if packet is None or not packet.blocks:
            return
        told: Sealed | LeftOut
        try:
            told = seal_again(packet, anonymous(packet, self._names))
        except LeftOut as reason:
            told = reason
        except (MalformedError, ValueError):
            told = LeftOut(UNREADABLE)
        whole = self._whole[key_of(packet.header)] = _Whole(packet, told)
        self._settle(whole)

    def _came_again(self, header: FirstHeader) -> None:
        whole = self._whole.get(key_of(header))
        if whole is not None:
            self._settle(whole)

    def _settle(self, whole: _Whole) -> None:
        """Give what waits and is of this packet what stands for it."""
        numbers = _Numbers(whole.packet)
        mine = [each for key in whole.parts() for each in self._waiting.pop(key, ())]
        for waiting in sorted(mine, key=lambda each: each.position):
            if waiting.vendor is not None:
                told = whole.second_header()
            else:
                number = numbers.of(waiting)
                told = None if number is None else whole.block(number)
            if told is not None:
                self._told[waiting.n] = told


def _of_nothing(waiting: _Waiting, names: Pseudonyms) -> bytes:
    """What stands for a part of a packet that never became whole: it may not become so now.

    Nor may it be left out: a receiver takes it for a part of the packet that comes next.
    """
    if waiting.vendor is not None:
        return build_data_header(replace(waiting.vendor, data=names.octets(waiting.vendor.data)))
    try:
        block = ConfirmedBlock.parse(waiting.octets)
    except MalformedError:
        return names.octets(waiting.octets)
    return ConfirmedBlock(block.serial, names.octets(block.data)).build()
