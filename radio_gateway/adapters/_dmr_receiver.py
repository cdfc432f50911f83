"""Bursts of the air interface to events, for every vendor whose base stations hand them on."""

import logging
from collections.abc import Callable

from radio_gateway.adapters._dmr_calls import Calls
from radio_gateway.adapters._dmr_envelope import Envelope
from radio_gateway.adapters._dmr_packets import Packets
from radio_gateway.adapters._dmr_services import Services
from radio_gateway.adapters._dmr_signals import Signals
from radio_gateway.domain.events import Event
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.csbk import CallAlert, Csbk, EmergencyAlarm
from radio_gateway.protocols.dmr.data_header import ProprietaryHeader, parse_data_header
from radio_gateway.protocols.dmr.link_control import VoiceLc, open_full_lc, parse_lc
from radio_gateway.protocols.dmr.pi_header import PiHeader
from radio_gateway.protocols.dmr.reassembly import BLOCK_TYPES, DataPacket
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError

log = logging.getLogger(__name__)


class Receiver:
    """All that one link hears; `calls` and `signals` take what comes beside the bursts."""

    def __init__(
        self,
        link: str,
        network: str,
        emit: Callable[[Event], None],
        *,
        hang_time_s: float,
        lost_after_s: float,
        dispatcher: int | None = None,
    ) -> None:
        """Start with nothing heard.

        Args:
            link: name of the link.
            network: numbering network that the radios belong to.
            emit: takes each event.
            hang_time_s: pause after which a transmission no longer continues an exchange.
            lost_after_s: silence that ends a call whose end was not heard.
            dispatcher: number by which radios call the dispatcher; None: not known here.
        """
        self._link = link
        self._network = network
        self._nobody_else = (0, dispatcher)
        self.calls = Calls(link, network, emit, hang_time_s=hang_time_s, lost_after_s=lost_after_s)
        self.signals = Signals(link, emit)
        self._packets = Packets(lambda header: self.on_packet(DataPacket(header, b"")))
        self._services = Services(link, network, emit, dispatcher)
        self.on_packet: Callable[[DataPacket], None] = lambda _: None
        """Told each data packet that came whole, after its events; without payload when it comes
        again, for its sender has not heard the answer."""

    def gone(self, repeater_id: int, at: Moment) -> None:
        """A base station left: what only it was hearing is cut off."""
        self.calls.gone(repeater_id, at)
        self._packets.forget(repeater_id)

    def burst(
        self,
        frame: Envelope,
        octets: bytes,
        expected: DataType | None,
        site: str,
        at: Moment,
    ) -> None:
        """Take one burst.

        Args:
            frame: its envelope.
            octets: 33 octets as on the air.
            expected: what the base station took it for, used when the burst cannot tell; None:
                voice.
            site: who heard it.
            at: when.

        Raises:
            MalformedError: a burst that says nothing.
        """
        burst = parse_burst(octets)
        if isinstance(burst, DataBurst):
            self._data(frame, burst, expected, site, at)
        elif burst.sync is not None or expected is None:
            self.calls.voice(frame, burst, site, at)
        elif expected is DataType.TERMINATOR_WITH_LC:
            self.calls.terminator(frame, None, site, at)
        else:
            raise MalformedError("data burst without synchronisation", octets)

    def block(
        self,
        frame: Envelope,
        kind: DataType,
        block: bytes,
        colour_code: int | None,
        site: str,
        at: Moment,
    ) -> None:
        """Take the information field of a data burst, its FEC removed.

        Args:
            frame: its envelope.
            kind: what it holds.
            block: 12 octets, 18 at rate 3/4, 24 at rate 1.
            colour_code: of the channel, if known.
            site: who heard it.
            at: when.

        Raises:
            MalformedError: a block that says nothing.
        """
        match kind:
            case DataType.TERMINATOR_WITH_LC:
                self.calls.terminator(frame, _terminator_lc(block), site, at)
            case DataType.VOICE_LC_HEADER:
                lc = parse_lc(open_full_lc(block, kind))
                if isinstance(lc, VoiceLc):
                    self.calls.header(frame, lc, colour_code, site, at)
            case DataType.PI_HEADER:
                PiHeader.parse(block)
                self.calls.encrypted(frame, at)
            case DataType.CSBK:
                self._control(frame, block, site, at)
            case DataType.DATA_HEADER:
                self._announced(frame, block, site, at)
            case DataType.USB_DATA:
                self._services.usb(frame.source, block, at)
                self._heard(frame.source, frame, site, at)
            case _ if kind in BLOCK_TYPES:
                packet = self._packets.block(frame, kind, block, at)
                if packet is not None:
                    self._whole(packet, site, at)

    def _data(
        self,
        frame: Envelope,
        burst: DataBurst,
        expected: DataType | None,
        site: str,
        at: Moment,
    ) -> None:
        kind = burst.slot_type.data_type if burst.slot_type else expected
        colour_code = burst.slot_type.colour_code if burst.slot_type else None
        try:
            block = burst.payload(kind)
        except MalformedError:
            if kind is not DataType.TERMINATOR_WITH_LC:
                raise
            block = b""
        if kind is not None:
            self.block(frame, kind, block, colour_code, site, at)

    def _announced(self, frame: Envelope, block: bytes, site: str, at: Moment) -> None:
        """What a data header says by itself, and the packet that it begins."""
        header = parse_data_header(block)
        if not isinstance(header, ProprietaryHeader):
            self._heard(header.source, frame, site, at)
        packet = self._packets.header(frame, header, at)
        if packet is not None:
            self._whole(packet, site, at)

    def _whole(self, packet: DataPacket, site: str, at: Moment) -> None:
        self._services.take(packet, site, at)
        self.on_packet(packet)

    def _control(self, frame: Envelope, block: bytes, site: str, at: Moment) -> None:
        message = Csbk.parse(block).message()
        if message is None:
            return
        if message.source != frame.source:
            log.info("%s: envelope and CSBK of %s differ", self._link, frame.stream.hex())
        radio = RadioId(self._network, message.source)
        if isinstance(message, EmergencyAlarm):
            talkgroup = TalkgroupId(self._network, message.talkgroup)
            self.signals.alarm(radio, talkgroup, site, block, at)
        elif isinstance(message, CallAlert) and message.source:
            other = message.target not in self._nobody_else
            called = RadioId(self._network, message.target) if other else None
            self.signals.call_alert(radio, called, site, at)
        else:
            self._heard(message.source, frame, site, at)

    def _heard(self, number: int, frame: Envelope, site: str, at: Moment) -> None:
        if number:
            radio = RadioId(self._network, number)
            self.signals.heard(radio, site, frame.rssi_dbm, at)


def _terminator_lc(block: bytes) -> VoiceLc | None:
    """What a terminator says about its call; it ends the call whether it can be read or not."""
    try:
        lc = parse_lc(open_full_lc(block, DataType.TERMINATOR_WITH_LC))
    except MalformedError:
        return None
    return lc if isinstance(lc, VoiceLc) else None
