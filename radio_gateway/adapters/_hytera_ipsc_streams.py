"""Which bursts belong to one transmission, and their order: Hytera's packets do not quite say."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from radio_gateway.protocols.hytera.ipsc import IpscPacket, SlotType

SILENCE_S: Final = 1.0
"A pause that ends a transmission."
_RECENT: Final = 256
"So many packets back count as late ones of what has ended."
_HALF: Final = 1 << 31
_VOICE: Final = frozenset(range(SlotType.VOICE_A, SlotType.VOICE_F + 1, 0x1111))
_OPENING: Final = _VOICE | {SlotType.VOICE_LC_HEADER}


@dataclass(slots=True)
class _Slot:
    number: int = 0
    heard_at: float = float("-inf")
    parties: tuple[int, int, int] | None = None
    ended_by: int | None = None
    "Sequence number of the terminator, once it has come."


class Streams:
    """Numbers the transmissions of each slot of each repeater."""

    def __init__(self) -> None:
        self._slots: dict[tuple[int, int], _Slot] = {}

    def stream(self, repeater: int, packet: IpscPacket, now: float) -> bytes:
        """4 octets, the same for all packets of a transmission.

        A new one begins with voice or its header after a terminator or a pause, or with a header
        that names others. Repeated terminators and late packets belong to what has ended.
        """
        slot = self._slots.setdefault((repeater, packet.slot), _Slot())
        parties = (packet.call_type, packet.source, packet.destination)
        if packet.slot_type in _OPENING:
            if self._begins(slot, packet, parties, now):
                slot.number += 1
                slot.ended_by = None
                slot.parties = parties
            slot.heard_at = now
        elif packet.slot_type == SlotType.TERMINATOR and slot.ended_by is None:
            slot.ended_by = packet.sequence
        return (slot.number & 0xFFFF_FFFF).to_bytes(4, "big")

    @staticmethod
    def _begins(slot: _Slot, packet: IpscPacket, parties: tuple[int, int, int], now: float) -> bool:
        if slot.ended_by is not None:
            behind = (slot.ended_by - packet.sequence) & 0xFFFF_FFFF
            late = behind < _RECENT and now - slot.heard_at < SILENCE_S
            return not late
        if now - slot.heard_at >= SILENCE_S:
            return True
        return packet.slot_type == SlotType.VOICE_LC_HEADER and parties != slot.parties


@dataclass(slots=True)
class _Counter:
    """Numbers of one slot: as they came, and without those of the other slot."""

    newest: int
    position: int = 0
    recent: deque[int] = field(default_factory=lambda: deque(maxlen=_RECENT))


class Numbers:
    """Sequence numbers per slot.

    No capture shows both slots busy, so it is uncertain whether they count together. Numbers that
    were seen on the other slot are therefore no gap in this one.
    """

    def __init__(self) -> None:
        self._counters: dict[tuple[int, int], _Counter] = {}

    def number(self, repeater: int, packet: IpscPacket) -> int:
        """0..255 as `Envelope.sequence` wants it; sync packets (0) keep their number."""
        if not packet.sequence:
            return 0
        key = repeater, packet.slot
        counter = self._counters.get(key)
        if counter is None:
            counter = self._counters[key] = _Counter(packet.sequence)
        other = self._counters.get((repeater, 3 - packet.slot))
        ahead = (packet.sequence - counter.newest + _HALF) % (2 * _HALF) - _HALF
        step = ahead
        if other is not None and 1 < abs(ahead) < _RECENT:
            low, high = sorted((packet.sequence, counter.newest))
            between = sum(low < number < high for number in set(other.recent))
            step = ahead - between if ahead > 0 else ahead + between
        position = counter.position + step
        if ahead > 0:
            counter.newest, counter.position = packet.sequence, position
        counter.recent.append(packet.sequence)
        return position % 256
