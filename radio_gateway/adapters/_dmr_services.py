"""What radios send as data over the air: registrations, places and texts of several vendors.

Nothing is answered: whoever listens here is not whom the radio speaks to.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple

from radio_gateway.adapters._dmr_packets import Header, Packet
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.events import (
    EmergencyRaised,
    EmergencySource,
    Event,
    PositionReported,
    PositionSource,
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
from radio_gateway.protocols.dmr.data_header import Sap, ShortDataHeader
from radio_gateway.protocols.dmr.ip import CompressedUdp, UdpDatagram
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera import lp, rrs, tmp
from radio_gateway.protocols.hytera.frames import read_message
from radio_gateway.protocols.hytera.hdap import Hdap
from radio_gateway.protocols.hytera.message import Message, UnknownMessage
from radio_gateway.protocols.mototrbo import ars, lrrp, tms
from radio_gateway.protocols.mototrbo.lrrp_report import Report, without_rollover

log = logging.getLogger(__name__)

REPEATED_S: Final = 5.0
TEXT_REPEATED_S: Final = 600.0
ARS_PORT: Final = 4005
LRRP_PORT: Final = 4001
TMS_PORT: Final = 4007
HYTERA_PORTS: Final = frozenset((3002, 3003, 3004, 3017, 3018, *range(30001, 30011)))
_HDAP_SERVICES: Final = frozenset((0x08, 0x09, 0x11))
_KMH: Final = 3.6
_KMH_PER_KNOT: Final = 1.852
_MAX_SPEED_MPS: Final = 100.0
_CLOCK_SKEW: Final = timedelta(minutes=10)
_OLD: Final = timedelta(minutes=10)
_COMPRESSED_HEADER: Final = 5
_SERVER: Final = 1
"Address id of the computer behind a radio."


class Datagram(NamedTuple):
    """A UDP datagram of a radio, however it was packed."""

    source: int
    target: int
    group: bool
    to_server: bool
    "For the computer behind `target`: the dispatcher."
    port: int | None
    payload: bytes
    site: str


class Services:
    """Reads the packets of one link."""

    def __init__(self, link: str, network: str, emit: Callable[[Event], None]) -> None:
        self._link = link
        self._network = network
        self._emit = emit
        self._repeated = Recent(REPEATED_S)
        self._texts = Recent(TEXT_REPEATED_S)

    def take(self, packet: Packet, at: Moment) -> None:
        """Tell what a packet says; what nobody can read is handed on with its octets."""
        header = packet.header
        if not header.source:
            return
        if packet.proprietary:
            self._hand_on(header, "dmr/proprietary", packet.content, at)
        elif isinstance(header, ShortDataHeader):
            self._short(header, packet, at)
        else:
            try:
                datagram = _datagram(packet)
            except MalformedError as error:
                log.debug("%s: packet of %d: %s", self._link, header.source, error)
                datagram = None
            if datagram is None:
                self._hand_on(header, f"dmr/sap_{header.sap}", packet.content, at)
            elif not self._read(datagram, at):
                kind = "dmr/udp" if datagram.port is None else f"dmr/udp_{datagram.port}"
                self._hand_on(header, kind, datagram.payload, at)

    def status(self, number: int, status: int, site: str, at: Moment) -> None:
        """Tell a status that a data header holds; its repetitions are silent."""
        if not self._repeated.seen((number, "status", status), at.mono):
            radio = self._radio(number)
            self._emit(
                StatusReceived(link=self._link, at=at, radio=radio, status=status, site=site)
            )

    def _short(self, header: ShortDataHeader, packet: Packet, at: Moment) -> None:
        text = short_text.decode(packet.content, header.character_format)
        if text is None:
            self._hand_on(header, "dmr/short_data", packet.content, at)
            return
        key = (header.source, header.target, packet.content)
        if not self._repeated.seen(key, at.mono):
            self._text(
                Datagram(header.source, header.target, header.group, False, None, b"", packet.site),
                text,
                None,
                at,
            )

    def _read(self, datagram: Datagram, at: Moment) -> bool:
        """Whether the datagram is of a service that we know, whatever it said."""
        try:
            if datagram.port == ARS_PORT:
                self._ars(datagram, ars.parse_ars(datagram.payload), at)
            elif datagram.port == LRRP_PORT:
                for document in lrrp.parse_lrrp(datagram.payload):
                    if isinstance(document, Report):
                        self._lrrp(datagram, document, at)
            elif datagram.port == TMS_PORT and datagram.payload[:1] != b"\x09":
                self._tms(datagram, tms.parse_tms(datagram.payload), at)
            elif datagram.port in HYTERA_PORTS or _is_hdap(datagram.payload):
                self._hytera(datagram, at)
            else:
                return False
        except MalformedError as error:
            log.info("%s: data of radio %d: %s", self._link, datagram.source, error)
            return False
        return True

    # -- Motorola --------------------------------------------------------------------------------

    def _ars(self, datagram: Datagram, message: ars.ArsMessage, at: Moment) -> None:
        if self._repeated.seen((datagram.source, datagram.payload), at.mono):
            return
        if isinstance(message, ars.Registration):
            renewal = message.event is ars.RegistrationEvent.REFRESH
            self._registered(datagram, at, renewal=renewal)
        elif isinstance(message, ars.Deregistration):
            self._deregistered(datagram, at)

    def _lrrp(self, datagram: Datagram, report: Report, at: Moment) -> None:
        if report.shape is None or not (report.latitude or report.longitude):
            return
        speed, heading, fixed_at = report.speed_mps, report.heading_deg, report.time
        if speed is not None and speed > _MAX_SPEED_MPS:
            return
        if self._repeated.seen((datagram.source, report), at.mono):
            return
        if fixed_at is not None:
            fixed_at = without_rollover(fixed_at, at.utc)
            if fixed_at - at.utc > _CLOCK_SKEW:
                fixed_at = None
        answer = report.kind == lrrp.DocumentKind.IMMEDIATE_REPORT
        self._emit(
            PositionReported(
                link=self._link,
                at=at,
                radio=self._radio(datagram.source),
                point=GeoPoint(report.latitude_deg, report.longitude_deg),
                source=PositionSource.REQUESTED if answer else PositionSource.TRIGGERED,
                fixed_at=fixed_at,
                error_m=report.radius_m,
                speed_kmh=None if speed is None else speed * _KMH,
                bearing_deg=None if heading is None else float(heading),
                altitude_m=report.altitude_m,
                stale=fixed_at is not None and at.utc - fixed_at > _OLD,
            )
        )

    def _tms(self, datagram: Datagram, message: tms.TmsMessage, at: Moment) -> None:
        if isinstance(message, tms.Text) and not self._texts.seen(
            (datagram.source, datagram.target, message.sequence, message.octets), at.mono
        ):
            reference = None if message.sequence is None else str(message.sequence)
            self._text(datagram, message.text, reference, at)

    # -- Hytera ----------------------------------------------------------------------------------

    def _hytera(self, datagram: Datagram, at: Moment) -> None:
        envelope = Hdap.parse(datagram.payload)
        message = read_message(envelope)
        if self._repeated.seen((datagram.source, datagram.payload), at.mono):
            return
        verified = envelope.checksum_ok
        match message:
            case rrs.Registration():
                self._registered(datagram, at, renewal=False)
            case rrs.Deregistration():
                self._deregistered(datagram, at)
            case tmp.PrivateMessage() | tmp.GroupMessage():
                self._text(datagram, message.text, str(message.request), at)
            case lp.EmergencyReport():
                self._emergency(datagram, message.gps.point, at)
                self._place(datagram, message, PositionSource.EMERGENCY, at, verified=verified)
            case lp.VariableEmergencyReport():
                self._emergency(datagram, None, at)
            case lp.ImmediateReport():
                self._place(datagram, message, PositionSource.REQUESTED, at, verified=verified)
            case lp.TriggeredReport() | lp.ConditionReport() | lp.ConditionReportRssi():
                self._place(datagram, message, PositionSource.TRIGGERED, at, verified=verified)
            case _:
                self._other(message, datagram)

    def _other(self, message: Message | UnknownMessage, datagram: Datagram) -> None:
        kind = type(message).__name__
        log.debug("%s: nothing to do with %s of radio %d", self._link, kind, datagram.source)

    def _emergency(self, datagram: Datagram, point: GeoPoint | None, at: Moment) -> None:
        self._emit(
            EmergencyRaised(
                link=self._link,
                at=at,
                radio=self._radio(datagram.source),
                source=EmergencySource.POSITION,
                point=point,
                site=datagram.site,
                raw=datagram.payload,
            )
        )

    def _place(
        self,
        datagram: Datagram,
        report: lp.ImmediateReport
        | lp.EmergencyReport
        | lp.TriggeredReport
        | lp.ConditionReport
        | lp.ConditionReportRssi,
        source: PositionSource,
        at: Moment,
        *,
        verified: bool,
    ) -> None:
        gps = report.gps
        if gps.point is None:
            return
        knots, course = gps.speed_knots, gps.course_deg
        self._emit(
            PositionReported(
                link=self._link,
                at=at,
                radio=self._radio(datagram.source),
                point=gps.point,
                source=source,
                fixed_at=gps.fixed_at,
                speed_kmh=None if knots is None else knots * _KMH_PER_KNOT,
                bearing_deg=None if course is None else float(course),
                stale=not gps.valid,
                verified=verified,
            )
        )

    # -- all -------------------------------------------------------------------------------------

    def _registered(self, datagram: Datagram, at: Moment, *, renewal: bool) -> None:
        radio = self._radio(datagram.source)
        self._emit(
            RadioRegistered(
                link=self._link, at=at, radio=radio, site=datagram.site, renewal=renewal
            )
        )

    def _deregistered(self, datagram: Datagram, at: Moment) -> None:
        radio = self._radio(datagram.source)
        self._emit(RadioDeregistered(link=self._link, at=at, radio=radio, site=datagram.site))

    def _text(self, datagram: Datagram, text: str, reference: str | None, at: Moment) -> None:
        network, target = self._network, datagram.target
        private = not datagram.group and not datagram.to_server
        self._emit(
            TextReceived(
                link=self._link,
                at=at,
                radio=self._radio(datagram.source),
                text=short_text.printable(text),
                talkgroup=TalkgroupId(network, target) if datagram.group else None,
                called=RadioId(network, target) if private else None,
                reference=reference,
                site=datagram.site,
            )
        )

    def _hand_on(self, header: Header, kind: str, data: bytes, at: Moment) -> None:
        if self._repeated.seen((header.source, kind, data), at.mono):
            return
        radio = self._radio(header.source)
        self._emit(TelemetryReceived(link=self._link, at=at, radio=radio, kind=kind, data=data))

    def _radio(self, number: int) -> RadioId:
        return RadioId(self._network, number)


def _datagram(packet: Packet) -> Datagram | None:
    """The UDP datagram in a packet; None: it holds something else.

    Raises:
        MalformedError: no IP packet where the header announces one.
    """
    header = packet.header
    port: int | None
    if header.sap == Sap.IP:
        ip = UdpDatagram.parse(packet.content)
        networks = ip.source.packed[0], ip.target.packed[0]
        to_server = networks[1] == networks[0] + 1
        port, payload = ip.target_port, ip.payload
    elif header.sap == Sap.UDP_IP_COMPRESSED:
        compressed = CompressedUdp.parse(packet.content)
        to_server = compressed.target_address_id == _SERVER
        port, payload = compressed.ports()[1], compressed.payload
        if _is_hdap(packet.content[_COMPRESSED_HEADER:]):  # Hytera leaves ports out altogether
            port, payload = None, packet.content[_COMPRESSED_HEADER:]
    else:
        return None
    return Datagram(
        header.source, header.target, header.group, to_server, port, payload, packet.site
    )


def _is_hdap(payload: bytes) -> bool:
    """Whether octets are a Hytera message, whatever the port: by its service and its end."""
    if len(payload) < 7 or payload[0] & 0x7F not in _HDAP_SERVICES:
        return False
    end = 5 + int.from_bytes(payload[3:5], "big") + 1
    return end < len(payload) and payload[end] == 0x03
