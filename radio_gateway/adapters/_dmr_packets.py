"""Data bursts to whole packets: one packet at a time on each slot of each base station."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from radio_gateway.adapters._dmr_envelope import Envelope
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    DataFormat,
    RawDataHeader,
    ShortDataHeader,
    UnconfirmedHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.data_packet import ConfirmedBlock, PacketAssembler, open_packet
from radio_gateway.protocols.errors import MalformedError

PATIENCE_S: Final = 8.0
"A packet whose next block does not come by then is given up; retries of a radio come sooner."

Header: TypeAlias = ConfirmedHeader | UnconfirmedHeader | ShortDataHeader | RawDataHeader


@dataclass(frozen=True, slots=True)
class Packet:
    """A data packet that came whole."""

    header: Header
    content: bytes
    "Without pad and CRC-32. With a second header of a vendor: that block and all others, unread."
    slot: int
    site: str
    proprietary: bool = False
    "There was a second header: encrypted, or compressed in a way that is not public."


@dataclass(slots=True)
class _Open:
    """A packet of which blocks are missing."""

    header: Header
    heard_at: float
    assembler: PacketAssembler
    unconfirmed: list[bytes] = field(default_factory=list)
    vendor: bytes = b""
    sequences: set[int] = field(default_factory=set)

    @property
    def left(self) -> int:
        """Blocks of an unconfirmed packet that are still to come."""
        return _blocks(self.header) - len(self.unconfirmed) - bool(self.vendor)


class Packets:
    """All packets that are on the way."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, int], _Open] = {}

    def header(self, frame: Envelope, block: bytes, at: Moment) -> None:
        """Take a data header: blocks of its packet follow. Other headers end what was open.

        Raises:
            MalformedError: no data header.
        """
        key = frame.repeater_id, frame.slot
        running = self._open.get(key)
        if running is not None and block[:1] and block[0] & 0xF == DataFormat.PROPRIETARY:
            running.vendor, running.heard_at = block, at.mono
            return
        header = parse_data_header(block)
        if not isinstance(header, Header) or not _blocks(header):
            self._open.pop(key, None)
            return
        if running is not None and _continues(running, header):
            running.heard_at = at.mono
            running.sequences.clear()
            return
        pad = _pad_octets(header)
        assembler = PacketAssembler(_blocks(header), pad)
        self._open[key] = _Open(header, at.mono, assembler)

    def block(self, frame: Envelope, block: bytes, site: str, at: Moment) -> Packet | None:
        """Take a data block; the packet once it is whole.

        Raises:
            MalformedError: a damaged block, or a whole packet with a wrong CRC-32.
        """
        key = frame.repeater_id, frame.slot
        running = self._open.get(key)
        if running is None or at.mono - running.heard_at > PATIENCE_S:
            self._open.pop(key, None)
            return None
        if frame.sequence in running.sequences:
            return None
        running.sequences.add(frame.sequence)
        running.heard_at = at.mono
        if isinstance(running.header, ConfirmedHeader) or _is_confirmed(running, block):
            content = _confirmed(running, block)
        else:
            if running.left == 1:
                del self._open[key]
            content = _unconfirmed(running, block)
        if content is None:
            return None
        self._open.pop(key, None)
        return Packet(running.header, content, frame.slot, site, bool(running.vendor))

    def forget(self, repeater_id: int) -> None:
        """The base station left."""
        for key in [key for key in self._open if key[0] == repeater_id]:
            del self._open[key]


def confirmed_block(block: bytes) -> ConfirmedBlock:
    """Read a block whose serial number and CRC-9 stand first, as on the air, or last.

    Motorola's repeaters move them to the end at rate 3/4; the CRC decides.

    Raises:
        MalformedError: wrong size or CRC-9 both ways.
    """
    try:
        return ConfirmedBlock.parse(block)
    except MalformedError as error:
        try:
            return ConfirmedBlock.parse(block[-2:] + block[:-2])
        except MalformedError:
            raise error from None


def _continues(running: _Open, header: Header) -> bool:
    """Whether a header is said twice, or sends again what the receiver missed of its packet."""
    before = running.header
    if before == header:
        return not running.unconfirmed
    return (
        isinstance(before, ConfirmedHeader)
        and isinstance(header, ConfirmedHeader)
        and not header.full_message
        and (before.source, before.target, before.sap) == (header.source, header.target, header.sap)
        and before.send_sequence == header.send_sequence
    )


def _is_confirmed(running: _Open, block: bytes) -> bool:
    """Whether blocks of short data carry serial numbers: those that want an answer may."""
    if not running.header.response_requested or running.unconfirmed:
        return False
    try:
        confirmed_block(block)
    except MalformedError:
        return False
    return True


def _unread(running: _Open) -> bytes | None:
    return None if running.left else running.vendor + b"".join(running.unconfirmed)


def _blocks(header: Header) -> int:
    if isinstance(header, ShortDataHeader | RawDataHeader):
        return header.appended_blocks
    return header.blocks


def _pad_octets(header: Header) -> int:
    if isinstance(header, ShortDataHeader | RawDataHeader):
        return header.pad_bits // 8
    return header.pad_octets


def _confirmed(running: _Open, block: bytes) -> bytes | None:
    part = confirmed_block(block)
    if running.vendor:
        running.unconfirmed.append(part.data)
        return _unread(running)
    return running.assembler.add(part.serial, part.data)


def _unconfirmed(running: _Open, block: bytes) -> bytes | None:
    running.unconfirmed.append(block)
    if running.vendor:
        return _unread(running)
    if running.left:
        return None
    return open_packet(b"".join(running.unconfirmed), _pad_octets(running.header))
