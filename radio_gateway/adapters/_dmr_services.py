"""What radios send as data over the air: registrations, places and texts of several vendors.

Nothing is answered: whoever listens here is not whom the radio speaks to.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from radio_gateway.adapters import _dmr_places as places
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.events import (
    EmergencyRaised,
    EmergencySource,
    Event,
    PositionReported,
    RadioDeregistered,
    RadioRegistered,
    StatusReceived,
    TelemetryReceived,
    TextReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr import short_text
from radio_gateway.protocols.dmr.content import (
    Datagram,
    Encrypted,
    Position,
    Response,
    ShortText,
    Status,
    Unread,
    content_of,
)
from radio_gateway.protocols.dmr.data_header import Sap
from radio_gateway.protocols.dmr.ip import CompressedUdp
from radio_gateway.protocols.dmr.location import LipShortReport, UdtPosition, usb_service
from radio_gateway.protocols.dmr.reassembly import DataPacket
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera import lp, rrs, tmp
from radio_gateway.protocols.hytera.frames import read_message
from radio_gateway.protocols.hytera.hdap import Hdap, is_hdap
from radio_gateway.protocols.hytera.message import Message, UnknownMessage
from radio_gateway.protocols.mototrbo import ars, lrrp, tms
from radio_gateway.protocols.mototrbo.lrrp_report import Report

log = logging.getLogger(__name__)

REPEATED_S: Final = 5.0
TEXT_REPEATED_S: Final = 600.0
ARS_PORT: Final = 4005
LRRP_PORT: Final = 4001
TMS_PORT: Final = 4007
HYTERA_PORTS: Final = frozenset((3002, 3003, 3004, 3017, 3018, *range(30001, 30011)))
COMPRESSED_HEADER: Final = 5
"Octets of a compressed datagram in front of its ports."
_SERVER: Final = 1
"Address id of the computer behind a radio."


class _Said(NamedTuple):
    """A datagram of a radio and how it came."""

    datagram: Datagram
    to_server: bool
    "For the computer behind its target: the dispatcher."
    site: str


class Services:
    """Reads the packets of one link."""

    def __init__(
        self,
        link: str,
        network: str,
        emit: Callable[[Event], None],
        dispatcher: int | None = None,
    ) -> None:
        """Start with nothing heard; `dispatcher`: number by which radios call the dispatcher."""
        self._dispatcher = dispatcher
        self._link = link
        self._network = network
        self._emit = emit
        self._repeated = Recent(REPEATED_S)
        self._texts = Recent(TEXT_REPEATED_S)

    def take(self, packet: DataPacket, site: str, at: Moment) -> None:
        """Tell what a packet says; what nobody can read is handed on with its octets."""
        if not packet.header.source:
            return
        match content_of(packet):
            case Datagram() as datagram:
                said = _Said(_as_hytera_packs(datagram, packet), _to_server(datagram, packet), site)
                if not self._read(said, at):
                    port = datagram.target_port
                    kind = "dmr/udp" if port is None else f"dmr/udp_{port}"
                    self._hand_on(datagram.source, kind, said.datagram.payload, at)
            case ShortText() as text:
                if not self._repeated.seen((text.source, text.target, text.text), at.mono):
                    self._text(text, text.text, None, site, at)
            case Status(source=source, status=status):
                self._status(source, status, site, at)
            case Position(source=source, position=position):
                self._udt_place(source, position, at)
            case Encrypted(source=source, algorithm=algorithm):
                log.debug("%s: data of %d is encrypted: %s", self._link, source, algorithm)
                self._hand_on(source, "dmr/encrypted", packet.payload, at)
            case Unread(source=source, sap=sap, payload=payload):
                self._hand_on(source, f"dmr/sap_{sap}", payload, at)
            case Response():
                pass

    def usb(self, source: int, block: bytes, at: Moment) -> None:
        """Take the block of a USB data burst; its envelope alone says which radio sent it.

        Raises:
            MalformedError: wrong length or CRC.
        """
        service = usb_service(block)
        if not source:
            log.debug("%s: USB data of nobody: %s", self._link, block.hex(" "))
        elif service:
            self._hand_on(source, f"dmr/usb_{service}", block, at)
        elif not self._repeated.seen((source, block), at.mono):
            report = LipShortReport.parse(block)
            self._place(places.of_lip(report, self._radio(source), self._link, at))

    def _status(self, source: int, status: int, site: str, at: Moment) -> None:
        if not self._repeated.seen((source, "status", status), at.mono):
            radio = self._radio(source)
            self._emit(
                StatusReceived(link=self._link, at=at, radio=radio, status=status, site=site)
            )

    def _udt_place(self, source: int, position: UdtPosition, at: Moment) -> None:
        if not self._repeated.seen((source, position), at.mono):
            self._place(places.of_udt(position, self._radio(source), self._link, at))

    def _read(self, said: _Said, at: Moment) -> bool:
        """Whether the datagram is of a service that we know, whatever it said."""
        port, payload = said.datagram.target_port, said.datagram.payload
        try:
            if port == ARS_PORT:
                self._ars(said, ars.parse_ars(payload), at)
            elif port in HYTERA_PORTS or is_hdap(payload):
                self._hytera(said, at)
            elif port == LRRP_PORT:
                for document in lrrp.parse_lrrp(payload):
                    if isinstance(document, Report):
                        self._lrrp(said, document, at)
            elif port == TMS_PORT:
                self._tms(said, tms.parse_tms(payload), at)
            else:
                return False
        except MalformedError as error:
            log.info("%s: data of radio %d: %s", self._link, said.datagram.source, error)
            return False
        return True

    # -- Motorola --------------------------------------------------------------------------------

    def _ars(self, said: _Said, message: ars.ArsMessage, at: Moment) -> None:
        if self._repeated.seen((said.datagram.source, said.datagram.payload), at.mono):
            return
        if isinstance(message, ars.Registration):
            renewal = message.event is ars.RegistrationEvent.REFRESH
            self._registered(said, at, renewal=renewal)
        elif isinstance(message, ars.Deregistration):
            self._deregistered(said, at)

    def _lrrp(self, said: _Said, report: Report, at: Moment) -> None:
        source = said.datagram.source
        if not self._repeated.seen((source, report), at.mono):
            self._place(places.of_mototrbo(report, self._radio(source), self._link, at))

    def _tms(self, said: _Said, message: tms.TmsMessage, at: Moment) -> None:
        if isinstance(message, tms.Text) and not self._texts.seen(
            (said.datagram.source, said.datagram.target, message.sequence, message.octets), at.mono
        ):
            reference = None if message.sequence is None else str(message.sequence)
            self._text(
                said.datagram, message.text, reference, said.site, at, to_server=said.to_server
            )

    # -- Hytera ----------------------------------------------------------------------------------

    def _hytera(self, said: _Said, at: Moment) -> None:
        envelope = Hdap.parse(said.datagram.payload)
        message = read_message(envelope)
        text = isinstance(message, tmp.PrivateMessage | tmp.GroupMessage)
        recent = self._texts if text else self._repeated
        if recent.seen((said.datagram.source, said.datagram.payload), at.mono):
            return
        verified = envelope.checksum_ok
        match message:
            case rrs.Registration():
                self._registered(said, at, renewal=False)
            case rrs.Deregistration():
                self._deregistered(said, at)
            case tmp.PrivateMessage() | tmp.GroupMessage():
                self._text(
                    said.datagram,
                    message.text,
                    str(message.request),
                    said.site,
                    at,
                    to_server=said.to_server,
                )
            case lp.VariableEmergencyReport():
                self._emergency(said, None, at)
            case (
                lp.ImmediateReport()
                | lp.EmergencyReport()
                | lp.TriggeredReport()
                | lp.ConditionReport()
                | lp.ConditionReportRssi()
            ):
                if isinstance(message, lp.EmergencyReport):
                    self._emergency(said, message.gps.point, at)
                radio = self._radio(said.datagram.source)
                self._place(places.of_hytera(message, radio, self._link, at, verified=verified))
            case _:
                self._other(message, said)

    def _other(self, message: Message | UnknownMessage, said: _Said) -> None:
        kind = type(message).__name__
        log.debug("%s: nothing to do with %s of radio %d", self._link, kind, said.datagram.source)

    def _emergency(self, said: _Said, point: GeoPoint | None, at: Moment) -> None:
        self._emit(
            EmergencyRaised(
                link=self._link,
                at=at,
                radio=self._radio(said.datagram.source),
                source=EmergencySource.POSITION,
                point=point,
                site=said.site,
                raw=said.datagram.payload,
            )
        )

    # -- all -------------------------------------------------------------------------------------

    def _place(self, position: PositionReported | None) -> None:
        if position is not None:
            self._emit(position)

    def _registered(self, said: _Said, at: Moment, *, renewal: bool) -> None:
        radio = self._radio(said.datagram.source)
        self._emit(
            RadioRegistered(link=self._link, at=at, radio=radio, site=said.site, renewal=renewal)
        )

    def _deregistered(self, said: _Said, at: Moment) -> None:
        radio = self._radio(said.datagram.source)
        self._emit(RadioDeregistered(link=self._link, at=at, radio=radio, site=said.site))

    def _text(
        self,
        who: Datagram | ShortText,
        text: str,
        reference: str | None,
        site: str,
        at: Moment,
        to_server: bool = False,  # last of several
    ) -> None:
        network, target = self._network, who.target
        private = not who.group and not to_server and target != self._dispatcher
        self._emit(
            TextReceived(
                link=self._link,
                at=at,
                radio=self._radio(who.source),
                text=short_text.printable(text),
                talkgroup=TalkgroupId(network, target) if who.group else None,
                called=RadioId(network, target) if private else None,
                reference=reference,
                site=site,
            )
        )

    def _hand_on(self, source: int, kind: str, data: bytes, at: Moment) -> None:
        if self._repeated.seen((source, kind, data), at.mono):
            return
        radio = self._radio(source)
        self._emit(TelemetryReceived(link=self._link, at=at, radio=radio, kind=kind, data=data))

    def _radio(self, number: int) -> RadioId:
        return RadioId(self._network, number)


def _to_server(datagram: Datagram, packet: DataPacket) -> bool:
    """Whether a datagram is for the computer behind its target: the dispatcher."""
    source, target = datagram.source_address, datagram.target_address
    if source is not None and target is not None:
        return target.packed[0] == source.packed[0] + 1
    if packet.header.sap != Sap.UDP_IP_COMPRESSED or packet.vendor is not None:
        return False
    return CompressedUdp.parse(packet.payload).target_address_id == _SERVER


def _as_hytera_packs(datagram: Datagram, packet: DataPacket) -> Datagram:
    """Hytera leaves ports out altogether: what stands in their place begins the message."""
    octets = packet.payload[COMPRESSED_HEADER:]
    if packet.header.sap == Sap.UDP_IP_COMPRESSED and packet.vendor is None and is_hdap(octets):
        return replace(datagram, target_port=None, payload=octets)
    return datagram
