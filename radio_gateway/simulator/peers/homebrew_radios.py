"""Radios around a simulated repeater, as far as they listen: texts for them are read and answered.

What a repeater is told to send goes through the same steps as in a radio: FEC, CRC, blocks in
order, one answer to a confirmed packet.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from radio_gateway.protocols.dmr import short_text
from radio_gateway.protocols.dmr.air import AirBurst, Channel
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.data_header import ConfirmedHeader, Sap, ShortDataHeader
from radio_gateway.protocols.dmr.ip import UdpDatagram
from radio_gateway.protocols.dmr.reassembly import DataPacket, Reassembler
from radio_gateway.protocols.dmr.sending import acknowledgement, response_bursts
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
    _slots: dict[int, Reassembler] = field(default_factory=dict)

    def feed(self, frame: DmrFrame, now: float) -> Answer | None:
        """Take one burst from the master.

        Raises:
            MalformedError: FEC or CRC says that it is damaged.
        """
        self.bursts.append((now, frame))
        burst = parse_burst(frame.burst)
        if frame.frame_type is not FrameType.DATA_SYNC or not isinstance(burst, DataBurst):
            return None
        packet = self._slots.setdefault(frame.slot, Reassembler()).feed(burst, now)
        if packet is None:
            return None
        header = packet.header
        if not header.group and header.target not in self.present:
            return None
        text = _text(packet)
        if text is not None:
            heard = HeardText(header.source, header.target, header.group, text, frame.slot)
            self.texts.append(heard)
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
