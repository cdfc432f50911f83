"""Bursts of a modem name nobody: who talks is read from them and kept for those that follow."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.burst import DataBurst, VoiceBurst, parse_burst
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.data_header import (
    DataFormat,
    ProprietaryHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.embedded import Collector
from radio_gateway.protocols.dmr.link_control import VoiceLc, open_full_lc, parse_lc
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mmdvm.messages import DmrData

FREE_AFTER_S: Final = 0.5
"A timeslot without bursts for this long is free."
_SUPERFRAME: Final = 6


@dataclass(frozen=True, slots=True)
class BurstInfo:
    """What we know of a burst besides its octets; an `Envelope`."""

    sequence: int
    repeater_id: int
    slot: int
    stream: bytes
    group: bool
    source: int
    target: int
    rssi_dbm: int | None
    bit_errors: int | None = None


@dataclass(slots=True)
class _Slot:
    """One timeslot."""

    number: int
    transmission: int = 0
    "Counts transmissions; 0: none yet."
    sequence: int = 0
    running: bool = False
    voiced: bool = False
    "Voice was heard in this transmission: a header begins another one."
    position: int | None = None
    "Of the last voice burst within its superframe."
    group: bool = False
    source: int = 0
    target: int = 0
    heard_at: float = float("-inf")
    fragments: Collector = field(default_factory=Collector)

    def begin(self) -> None:
        """Another transmission; nothing of the last one holds."""
        self.transmission += 1
        self.running = True
        self.voiced = False
        self.position = None
        self.group, self.source, self.target = False, 0, 0
        self.fragments.reset()

    def info(self, rssi_dbm: int | None) -> BurstInfo:
        return BurstInfo(
            sequence=self.sequence,
            repeater_id=self.number,
            slot=self.number,
            stream=self.transmission.to_bytes(4, "big"),
            group=self.group,
            source=self.source,
            target=self.target,
            rssi_dbm=rssi_dbm,
        )


class SlotListener:
    """Both timeslots of one modem; the reading of bursts itself is the receiver's."""

    def __init__(
        self, receiver: Receiver, site: str, on_block: Callable[[DataType, bytes], None]
    ) -> None:
        """Listen.

        Args:
            receiver: takes what is heard.
            site: name of the site; empty: none.
            on_block: told each information field of a control block or data header before.
        """
        self._receiver = receiver
        self._site = site
        self._on_block = on_block
        self._slots = {number: _Slot(number) for number in (1, 2)}

    def free_at(self, slot: int) -> float:
        """When a timeslot is free, if nothing more is heard on it."""
        return self._slots[slot].heard_at + FREE_AFTER_S

    def burst(self, data: DmrData, rssi_dbm: int | None, at: Moment) -> None:
        """Take one burst.

        Raises:
            MalformedError: a burst that says nothing.
        """
        slot = self._slots[data.slot]
        slot.heard_at = at.mono
        burst = parse_burst(data.burst)
        if isinstance(burst, VoiceBurst) and data.data_type is None:
            self._voice(slot, data, burst, rssi_dbm, at)
        elif isinstance(burst, DataBurst):
            self._data(slot, data, burst, rssi_dbm, at)
        elif data.data_type == DataType.TERMINATOR_WITH_LC:
            self._terminator(slot, b"", rssi_dbm, at)
        else:
            raise MalformedError("data burst without synchronisation", data.burst)

    def lost(self, number: int) -> None:
        """The modem has lost the signal; the call ends when it stays away."""
        self._slots[number].running = False

    def gone(self, at: Moment) -> None:
        """The modem is gone: what runs is cut off."""
        for slot in self._slots.values():
            slot.running = False
            self._receiver.gone(slot.number, at)

    def _voice(
        self, slot: _Slot, data: DmrData, burst: VoiceBurst, rssi_dbm: int | None, at: Moment
    ) -> None:
        if not slot.running:
            slot.begin()
        steps = 1
        if slot.position is not None and data.position is not None:
            steps = (data.position - slot.position - 1) % _SUPERFRAME + 1
        slot.sequence = (slot.sequence + steps) % 256
        slot.position = data.position
        slot.voiced = True
        if not slot.source:
            self._who_talks(slot, burst)
        self._receiver.calls.voice(slot.info(rssi_dbm), burst, self._site, at)

    def _who_talks(self, slot: _Slot, burst: VoiceBurst) -> None:
        """The header was not heard: the link control within the voice says it as well."""
        if burst.sync is not None:
            slot.fragments.reset()
            return
        try:
            octets = slot.fragments.add(burst.emb, burst.fragment)
            lc = parse_lc(octets) if octets is not None else None
        except MalformedError:
            return
        if isinstance(lc, VoiceLc):
            slot.group, slot.source, slot.target = lc.group, lc.source, lc.target

    def _data(
        self, slot: _Slot, data: DmrData, burst: DataBurst, rssi_dbm: int | None, at: Moment
    ) -> None:
        told = None if data.data_type is None else DataType(data.data_type)
        kind = burst.slot_type.data_type if burst.slot_type else told
        if kind is None:
            raise MalformedError("data burst with an unreadable slot type", data.burst)
        colour_code = burst.slot_type.colour_code if burst.slot_type else None
        try:
            block = burst.payload(kind)
        except MalformedError:
            if kind is not DataType.TERMINATOR_WITH_LC:
                raise
            block = b""
        if kind is DataType.TERMINATOR_WITH_LC:
            self._terminator(slot, block, rssi_dbm, at)
            return
        if kind is DataType.VOICE_LC_HEADER:
            self._header(slot, block)
        elif kind in (DataType.CSBK, DataType.DATA_HEADER):
            self._on_block(kind, block)
            slot.group, slot.source, slot.target = _addresses(kind, block)
        slot.sequence = (slot.sequence + 1) % 256
        info = slot.info(rssi_dbm)
        if kind is DataType.USB_DATA:  # stands alone: no burst before it says who sent it
            info = replace(info, source=0, target=0)
        self._receiver.block(info, kind, block, colour_code, self._site, at)

    def _header(self, slot: _Slot, block: bytes) -> None:
        lc = parse_lc(open_full_lc(block, DataType.VOICE_LC_HEADER))
        if not isinstance(lc, VoiceLc):
            return
        who = (lc.group, lc.source, lc.target)
        if not slot.running or slot.voiced or who != (slot.group, slot.source, slot.target):
            slot.begin()
        slot.group, slot.source, slot.target = who

    def _terminator(self, slot: _Slot, block: bytes, rssi_dbm: int | None, at: Moment) -> None:
        if not slot.transmission:
            slot.begin()
        slot.running = False
        slot.sequence = (slot.sequence + 1) % 256
        kind = DataType.TERMINATOR_WITH_LC
        self._receiver.block(slot.info(rssi_dbm), kind, block, None, self._site, at)


def _addresses(kind: DataType, block: bytes) -> tuple[bool, int, int]:
    """Group, source and target of a control block or data header; 0 where it names none."""
    if kind is DataType.CSBK:
        message = Csbk.parse(block).message()
        return (False, 0, 0) if message is None else (False, message.source, 0)
    if block[0] & 0xF == DataFormat.PROPRIETARY:
        return False, 0, 0
    header = parse_data_header(block)
    if isinstance(header, ProprietaryHeader):
        return False, 0, 0
    return header.group, header.source, header.target
