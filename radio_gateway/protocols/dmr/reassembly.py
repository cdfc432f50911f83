"""From the bursts of one slot to whole data packets; blocks repeat, get lost and come late.

Time and position are arguments. A packet is handed out once its CRC is good and never otherwise;
what is missing is told when its time is over, so that somebody can count it.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from radio_gateway.protocols.dmr.burst import DataBurst
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    DataHeader,
    ProprietaryHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.data_packet import ConfirmedBlock
from radio_gateway.protocols.dmr.packet_headers import (
    PacketKey,
    announced_blocks,
    asks_for_answer,
    key_of,
)
from radio_gateway.protocols.dmr.packet_opening import FirstHeader, open_blocks
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError

BLOCK_TYPES: Final = frozenset(
    {
        DataType.RATE_12_DATA,
        DataType.RATE_34_DATA,
        DataType.RATE_1_DATA,
        DataType.MBC_CONTINUATION,
    }
)
"What blocks behind a data header look like; the last one in unified data transport only."
PATIENCE_S: Final = 2.0
"How long after its last burst an unfinished packet may go on."
RETRY_PATIENCE_S: Final = 30.0
"The same for confirmed ones, whose lost blocks are sent again after an answer."
SHORT_MEMORY_S: Final = 10.0
"""How long the same short data count as a repetition: they have no number, and what a person writes
twice comes later than what a radio repeats."""
EARLY_S: Final = 0.5
"A network that delays bursts brings a header at most so long after the blocks behind it."
_EARLY_BLOCKS: Final = 8
MAX_UNFINISHED: Final = 16
"Senders with an unfinished packet at one time; the oldest makes room."


@dataclass(frozen=True, slots=True)
class DataPacket:
    """What one sender had to say, whole and checked."""

    header: FirstHeader
    payload: bytes
    "Without numbers, padding and CRC; empty when the header says all."
    vendor: ProprietaryHeader | None = None
    "Second header; with it the payload may be encrypted."
    blocks: tuple[bytes, ...] = field(default=(), compare=False, repr=False)
    "What it was made of, in order; of a confirmed packet without serial numbers and CRC-9."


@dataclass(frozen=True, slots=True)
class LostPacket:
    """A packet that did not become whole in time."""

    header: FirstHeader
    missing: tuple[int, ...]
    "Numbers of the blocks that never came."


@dataclass(slots=True)
class Counters:
    """What happened so far; every packet ends in one of the first three."""

    whole: int = 0
    incomplete: int = 0
    damaged: int = 0
    "All blocks came and the CRC over them is wrong."
    repeated: int = 0
    "Confirmed packets that were sent again although they had arrived."
    stray_blocks: int = 0
    "Blocks without a header, or behind the last announced one."


@dataclass(slots=True)
class _Unfinished:
    header: FirstHeader
    blocks: int
    expires: float
    first_position: int | None
    "Position of block 0, where the caller counts bursts."
    arrived_before: bool = False
    "The sender repeats what has been delivered: nothing is lost with it."
    block_type: DataType | None = None
    vendor: ProprietaryHeader | None = None
    parts: dict[int, bytes] = field(default_factory=dict)
    before: dict[int, bytes] = field(default_factory=dict)
    "Unnumbered blocks of the transmission that this one repeats; the CRC decides over them."

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(number for number in range(self.blocks) if number not in self.parts)


@dataclass(frozen=True, slots=True)
class _Early:
    """A block that came before its header, where the caller counts bursts."""

    kind: DataType
    octets: bytes
    at: float
    position: int


class Reassembler:
    """One slot of one repeater; a second slot needs a second one."""

    def __init__(self, on_again: Callable[[FirstHeader], None] = lambda _: None) -> None:
        """Start with nothing heard.

        `on_again` is told the header of a packet that comes again although it has arrived: its
        sender has not heard the answer.
        """
        self._on_again = on_again
        self._early: deque[_Early] = deque(maxlen=_EARLY_BLOCKS)
        self.counters = Counters()
        self._unfinished: OrderedDict[PacketKey, _Unfinished] = OrderedDict()
        self._lost: list[LostPacket] = []
        self._current: PacketKey | None = None
        "Whose blocks come now."
        self._delivered: OrderedDict[PacketKey, tuple[bytes, float]] = OrderedDict()
        "Confirmed payloads of late, and until when they are remembered."

    def feed(self, burst: DataBurst, now: float, position: int | None = None) -> DataPacket | None:
        """Take a burst; the packet that it completes.

        Args:
            burst: any data burst; those that belong to no packet are passed over.
            now: seconds of a monotonic clock.
            position: number of the burst on the air, counted without wrap (a DMRD sequence
                number unwrapped, say). With it, lost and repeated bursts leave unconfirmed
                packets in order; without it each block follows the one before.

        Raises:
            MalformedError: FEC or CRC of this burst, or of the packet that it completes.
        """
        kind = burst.slot_type.data_type if burst.slot_type else self._expected_type()
        if kind is DataType.DATA_HEADER:
            return self.header(parse_data_header(burst.payload(kind)), now, position)
        if kind in BLOCK_TYPES:
            return self.block(kind, burst.payload(kind), now, position)
        return None

    def header(
        self, header: DataHeader, now: float, position: int | None = None
    ) -> DataPacket | None:
        """Take a header whose CRC is good; the packet when nothing follows it."""
        if isinstance(header, ProprietaryHeader):
            self._second_header(header, position)
            return None
        blocks = announced_blocks(header)
        key = key_of(header)
        if not blocks:
            self._current = None
            self.counters.whole += 1
            return DataPacket(header, b"")
        self._current = key
        patience = _patience(header)
        first = None if position is None else position + 1
        known = self._unfinished.get(key)
        if known is not None and _continues(header, known, first):
            known.expires, known.first_position = now + patience, first
        else:
            begun = _Unfinished(header, blocks, now + patience, first, key in self._delivered)
            counted = first is not None and known is not None and known.first_position is not None
            if known is not None and known.header == header and counted:
                begun.before = known.before | known.parts
                begun.arrived_before |= known.arrived_before
                del self._unfinished[key]
            self._begin(key, begun)
        return self._catch_up(now, position)

    def block(
        self, kind: DataType, octets: bytes, now: float, position: int | None = None
    ) -> DataPacket | None:
        """Take one block without FEC, of the length of its rate; the packet if complete.

        Raises:
            MalformedError: a wrong CRC-9, a rate that changes within a packet, or a packet that
                is complete and whose CRC is wrong.
        """
        packet = self._unfinished.get(self._current) if self._current else None
        if packet is None or _beyond(packet, position):
            if position is not None:
                self._early.append(_Early(kind, octets, now, position))
            self.counters.stray_blocks += 1
            return None
        if kind is not (packet.block_type or kind):
            raise MalformedError(f"{kind.name} within a packet of other blocks", octets)
        number, data = _numbered(packet, octets, position)
        if not 0 <= number < packet.blocks:
            self.counters.stray_blocks += 1
            return None
        packet.block_type = kind
        packet.parts[number] = data
        packet.expires = now + _patience(packet.header)
        if len(packet.parts) == packet.blocks:
            return self._finish(packet, packet.parts, now)
        together = packet.before | packet.parts
        if packet.before and len(together) == packet.blocks and _opens(packet, together):
            return self._finish(packet, together, now)
        return None

    def missing(self, header: ConfirmedHeader) -> tuple[int, ...]:
        """Blocks to ask for again, of the packet that `header` began; empty when it is whole."""
        packet = self._unfinished.get(key_of(header))
        return packet.missing if packet else ()

    def expire(self, now: float) -> list[LostPacket]:
        """Give up packets whose time is over; what was lost since the last call.

        All losses are counted; at most the newest `MAX_UNFINISHED` are told one by one.
        """
        for told in [key for key, (_, until) in self._delivered.items() if until <= now]:
            del self._delivered[told]
        for late in [key for key, packet in self._unfinished.items() if packet.expires <= now]:
            self._give_up(late)
        lost, self._lost = self._lost, []
        return lost

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        return min((packet.expires for packet in self._unfinished.values()), default=None)

    def _expected_type(self) -> DataType | None:
        """What a burst with an unreadable slot type is taken for: another block."""
        packet = self._unfinished.get(self._current) if self._current else None
        return packet.block_type if packet else None

    def _begin(self, key: PacketKey, packet: _Unfinished) -> None:
        if key in self._unfinished:
            self._give_up(key)
            self._current = key
        while len(self._unfinished) >= MAX_UNFINISHED:
            self._give_up(next(iter(self._unfinished)))
        self._unfinished[key] = packet

    def _give_up(self, key: PacketKey) -> None:
        packet = self._unfinished.pop(key)
        if self._current == key:
            self._current = None
        if not packet.arrived_before:
            self.counters.incomplete += 1
            self._lost.append(LostPacket(packet.header, packet.missing))
            del self._lost[:-MAX_UNFINISHED]

    def _second_header(self, header: ProprietaryHeader, position: int | None) -> None:
        """It counts as one of the blocks."""
        packet = self._unfinished.get(self._current) if self._current else None
        if packet is None or packet.parts or packet.blocks < 2:
            self.counters.stray_blocks += 1
            return
        if packet.vendor is None:
            packet.blocks -= 1
        packet.vendor = header
        packet.first_position = None if position is None else position + 1

    def _catch_up(self, now: float, position: int | None) -> DataPacket | None:
        """Take the blocks of a late header that came before it."""
        early, self._early = self._early, deque(maxlen=_EARLY_BLOCKS)
        whole = None
        if position is not None:
            for block in early:
                if block.position > position and now - block.at <= EARLY_S:
                    self.counters.stray_blocks -= 1
                    whole = self.block(block.kind, block.octets, now, block.position) or whole
        return whole

    def _finish(
        self, packet: _Unfinished, parts: dict[int, bytes], now: float
    ) -> DataPacket | None:
        key = key_of(packet.header)
        del self._unfinished[key]
        self._current = None
        try:
            payload = _opened(packet, parts)
        except MalformedError:
            self.counters.damaged += 1
            raise
        if asks_for_answer(packet.header):
            if self._delivered.get(key, (None, 0.0))[0] == payload:
                self.counters.repeated += 1
                self._on_again(packet.header)
                return None
            numbered = isinstance(packet.header, ConfirmedHeader)
            memory_s = RETRY_PATIENCE_S if numbered else SHORT_MEMORY_S
            self._delivered[key] = payload, now + memory_s
            if len(self._delivered) > MAX_UNFINISHED:
                self._delivered.popitem(last=False)
        self.counters.whole += 1
        blocks = tuple(_in_order(packet, parts))
        return DataPacket(packet.header, payload, packet.vendor, blocks)


def _patience(header: FirstHeader) -> float:
    return RETRY_PATIENCE_S if asks_for_answer(header) else PATIENCE_S


def _continues(header: FirstHeader, packet: _Unfinished, first: int | None) -> bool:
    """A header that comes again: as it was, or with only the lost blocks of the same packet."""
    if not isinstance(header, ConfirmedHeader):
        doubled = first is not None and first == packet.first_position
        return header == packet.header and (doubled or not packet.parts)
    return header == packet.header or not header.full_message


def _beyond(packet: _Unfinished, position: int | None) -> bool:
    """Whether a burst comes behind all that the header of this packet announced."""
    if position is None or packet.first_position is None:
        return False
    return position >= packet.first_position + packet.blocks


def _opened(packet: _Unfinished, parts: dict[int, bytes]) -> bytes:
    return open_blocks(packet.header, packet.vendor, _in_order(packet, parts))


def _in_order(packet: _Unfinished, parts: dict[int, bytes]) -> list[bytes]:
    return [parts[number] for number in range(packet.blocks)]


def _opens(packet: _Unfinished, parts: dict[int, bytes]) -> bool:
    try:
        _opened(packet, parts)
    except MalformedError:
        return False
    return True


def _numbered(packet: _Unfinished, octets: bytes, position: int | None) -> tuple[int, bytes]:
    """Which block of its packet it is, and what it carries.

    Raises:
        MalformedError: a wrong CRC-9.
    """
    if isinstance(packet.header, ConfirmedHeader):
        block = ConfirmedBlock.parse(octets)
        return block.serial, block.data
    if position is not None and packet.first_position is not None:
        return position - packet.first_position, octets
    return len(packet.parts), octets
