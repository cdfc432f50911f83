"""Data bursts to whole packets, on each slot of each base station."""

from collections.abc import Callable
from dataclasses import dataclass, field

from radio_gateway.adapters._dmr_envelope import Envelope
from radio_gateway.adapters._dmr_reception import Positions
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.data_header import DataHeader
from radio_gateway.protocols.dmr.packet_opening import FirstHeader
from radio_gateway.protocols.dmr.reassembly import DataPacket, Reassembler
from radio_gateway.protocols.dmr.slot_type import DataType


@dataclass(slots=True)
class _Slot:
    """One slot: its unfinished packets, and where its bursts stand."""

    packets: Reassembler
    positions: Positions = field(default_factory=Positions)


class Packets:
    """All packets that are on the way to one link."""

    def __init__(self, on_again: Callable[[FirstHeader], None]) -> None:
        """Start with nothing heard; `on_again` as in `Reassembler`."""
        self._on_again = on_again
        self._slots: dict[tuple[int, int], _Slot] = {}

    def header(self, frame: Envelope, header: DataHeader, at: Moment) -> DataPacket | None:
        """Take a data header; the packet when it says all."""
        slot, position = self._slot(frame)
        slot.packets.expire(at.mono)
        return slot.packets.header(header, at.mono, position)

    def block(self, frame: Envelope, kind: DataType, block: bytes, at: Moment) -> DataPacket | None:
        """Take a data block; the packet once it is whole.

        Raises:
            MalformedError: a damaged block, or a whole packet with a wrong CRC-32.
        """
        slot, position = self._slot(frame)
        slot.packets.expire(at.mono)
        return slot.packets.block(kind, block, at.mono, position)

    def forget(self, repeater_id: int) -> None:
        """The base station left."""
        for key in [key for key in self._slots if key[0] == repeater_id]:
            del self._slots[key]

    def _slot(self, frame: Envelope) -> tuple[_Slot, int]:
        key = frame.repeater_id, frame.slot
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = _Slot(Reassembler(self._on_again))
        return slot, slot.positions.place(frame.sequence)
