"""Radios around a simulated repeater, as far as they listen: what is for them is answered.

What a repeater is told to send goes through the same steps as in a radio: FEC, CRC, blocks in
order, one answer to a confirmed packet.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from radio_gateway.protocols.dmr import short_text
from radio_gateway.protocols.dmr.air import AirBurst, Channel
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.csbk import CallAlert, Csbk, CsbkMessage, RadioCheck, ServiceAck
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    ResponseHeader,
    Sap,
    ShortDataHeader,
)
from radio_gateway.protocols.dmr.ip import UdpDatagram
from radio_gateway.protocols.dmr.packet_opening import FirstHeader
from radio_gateway.protocols.dmr.reassembly import DataPacket, Reassembler
from radio_gateway.protocols.dmr.sending import acknowledgement, csbk_bursts, response_bursts
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.mototrbo import tms

_TMS_PORT: Final = 4007
_KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class HeardText:
    """A text that a radio would show."""

    source: int
    target: int
    group: bool
    text: str
    slot: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a radio sends back."""

    radio: int
    target: int
    bursts: list[AirBurst]


@dataclass(slots=True)
class ListeningRadios:
    """All radios in reach; only those in `present` answer."""

    colour_code: int
    present: set[int] = field(default_factory=set)
    texts: deque[HeardText] = field(default_factory=lambda: deque(maxlen=_KEPT))
    bursts: deque[tuple[float, DmrFrame]] = field(default_factory=lambda: deque(maxlen=_KEPT))
    "What went out on the air of late, with its time."
    confirmed: set[tuple[int, int]] = field(default_factory=set)
    "Radio and number N(S) of each packet that was confirmed; its sender takes it out."
    _slots: dict[int, Reassembler] = field(default_factory=dict)
    _again: list[FirstHeader] = field(default_factory=list)
    "Packets that came again: the text is shown already, the answer was lost."

    def feed(self, frame: DmrFrame, now: float, position: int | None = None) -> Answer | None:
        """Take one burst from the master; `position` counts those of its slot.

        Raises:
            MalformedError: FEC or CRC says that it is damaged.
        """
        self.bursts.append((now, frame))
        if frame.frame_type is not FrameType.DATA_SYNC:
            return None
        return self.hear(frame.burst, frame.slot, now, position)

    def hear(
        self, octets: bytes, slot: int, now: float, position: int | None = None
    ) -> Answer | None:
        """Take one burst from the air; arguments and faults as with `feed`."""
        burst = parse_burst(octets)
        if not isinstance(burst, DataBurst):
            return None
        if burst.slot_type is not None and burst.slot_type.data_type is DataType.CSBK:
            return self._answer_block(Csbk.parse(burst.payload()).message())
        reassembler = self._slots.setdefault(slot, Reassembler(self._again.append))
        packet = reassembler.feed(burst, now, position)
        again, self._again[:] = list(self._again), []
        if packet is None:
            return self._answer(again[-1]) if again else None
        header = packet.header
        if not header.group and header.target not in self.present:
            return None
        if isinstance(header, ResponseHeader):
            if header.acknowledged:
                self.confirmed.add((header.target, header.status))
            return None
        text = _text(packet)
        if text is not None:
            self.texts.append(HeardText(header.source, header.target, header.group, text, slot))
        return self._answer(header)

    def _answer_block(self, asked: CsbkMessage | None) -> Answer | None:
        """A call alert or radio check is answered by a block of the radio's own."""
        said: CsbkMessage
        match asked:
            case CallAlert(target=radio, source=caller) if radio in self.present:
                said = ServiceAck(caller, radio)
            case RadioCheck(target=radio, source=caller, request=True) if radio in self.present:
                said = RadioCheck(caller, radio, request=False)
            case _:
                return None
        return Answer(radio, caller, csbk_bursts(said, Channel(self.colour_code)))

    def _answer(self, header: FirstHeader) -> Answer | None:
        """What the radio says when a packet for it has arrived."""
        if header.target not in self.present:
            return None
        if not header.response_requested or not isinstance(
            header, ConfirmedHeader | ShortDataHeader
        ):
            return None
        response = acknowledgement(header)
        channel = Channel(self.colour_code)
        return Answer(header.target, header.source, response_bursts(response, channel))


def _text(packet: DataPacket) -> str | None:
    header = packet.header
    if isinstance(header, ShortDataHeader):
        return short_text.decode(packet.payload, header.character_format)
    if header.sap != Sap.IP:
        return None
    datagram = UdpDatagram.parse(packet.payload)
    if datagram.target_port != _TMS_PORT:
        return None
    message = tms.parse_tms(datagram.payload)
    return message.text if isinstance(message, tms.Text) else None
