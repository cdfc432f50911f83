"""What radios say as data over the air, in the words of their maker: (UDP port, octets)."""

from typing import Final, Protocol, TypeAlias

from radio_gateway.protocols.hytera import lp, rrs, tmp
from radio_gateway.protocols.hytera.gps import gps_data
from radio_gateway.protocols.hytera.message import RadioAddress
from radio_gateway.protocols.mototrbo import ars, lrrp, tms
from radio_gateway.protocols.mototrbo.lrrp_report import (
    Report,
    Shape,
    scaled_place,
    time_stamp,
)
from radio_gateway.protocols.nmea.fields import KNOT_KMH
from radio_gateway.simulator.stations.base import Fix

Said: TypeAlias = tuple[int, bytes]

_ARS_PORT, _LRRP_PORT, _TMS_PORT = 4005, 4001, 4007
_RRS_PORT, _LP_PORT, _TMP_PORT = 3002, 3003, 3004
_KMH_PER_MPS: Final = 3.6
_PERIODIC: Final = b"\x00\x00\x00\x01"
"Id of the request for reports that a radio was programmed with."
_CAI: Final = 10
"First octet of the addresses of Hytera radios."


class Words(Protocol):
    """One maker's way to say it."""

    def on(self, radio: int, *, again: bool) -> Said:
        """Registration; `again`: the radio was on before."""
        ...

    def off(self, radio: int) -> Said:
        """Goodbye."""
        ...

    def place(self, radio: int, fix: Fix) -> Said:
        """A report of the place, as the radio is programmed to."""
        ...

    def text(self, radio: int, server: int, text: str, number: int) -> Said:
        """A text to the dispatcher; the same number again is the same text."""
        ...


class MotorolaWords:
    """ARS, LRRP and TMS; radios of several makers speak them."""

    def on(self, radio: int, *, again: bool) -> Said:
        event = ars.RegistrationEvent.REFRESH if again else ars.RegistrationEvent.INITIAL
        return _ARS_PORT, ars.Registration(event, str(radio)).build()

    def off(self, radio: int) -> Said:
        del radio  # its address says who it is
        return _ARS_PORT, ars.Deregistration().build()

    def place(self, radio: int, fix: Fix) -> Said:
        del radio  # as above
        latitude, longitude = scaled_place(fix.point.lat, fix.point.lon)
        report = Report(
            lrrp.DocumentKind.TRIGGERED_REPORT,
            _PERIODIC,
            stamp=time_stamp(fix.at),
            shape=Shape.POINT_2D,
            latitude=latitude,
            longitude=longitude,
            speed_mps=fix.speed_kmh / _KMH_PER_MPS,
            heading=int(fix.bearing_deg % 360 / 2),
        )
        return _LRRP_PORT, lrrp.build_document(report)

    def text(self, radio: int, server: int, text: str, number: int) -> Said:
        del radio, server  # the addresses say who they are
        return _TMS_PORT, tms.Text.saying(text, number % 32, wants_answer=False).build()


class HyteraWords:
    """RRS, LP and TMP."""

    def on(self, radio: int, *, again: bool) -> Said:
        del again  # it is the same message
        return _RRS_PORT, rrs.Registration(_address(radio)).build()

    def off(self, radio: int) -> Said:
        return _RRS_PORT, rrs.Deregistration(_address(radio)).build()

    def place(self, radio: int, fix: Fix) -> Said:
        gps = gps_data(
            fix.point,
            fixed_at=fix.at,
            speed_knots=fix.speed_kmh / KNOT_KMH,
            course_deg=fix.bearing_deg,
        )
        report = lp.ConditionReport(int(fix.at.timestamp()) & 0xFFFF, _address(radio), gps)
        return _LP_PORT, report.build()

    def text(self, radio: int, server: int, text: str, number: int) -> Said:
        octets = text.encode("utf-16-le")
        message = tmp.PrivateMessage(number, _address(server), _address(radio), rest=octets)
        return _TMP_PORT, message.build()


def _address(number: int) -> RadioAddress:
    return RadioAddress(_CAI, number)
