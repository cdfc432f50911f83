"""What a repeater says about itself: RPTC after the login, DMRC without one.

Unreadable numbers are None, never a reason to refuse a repeater.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.homebrew import text

_FULL: Final = 302
_SHORTEST: Final = 98
"Some senders leave the three long texts out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """RPTC: 302 octets, text fields of fixed width."""

    TAG: ClassVar[bytes] = b"RPTC"
    repeater_id: int
    callsign: str = ""
    rx_frequency_hz: int | None = None
    "What the repeater receives."
    tx_frequency_hz: int | None = None
    power_w: int | None = None
    colour_code: int | None = None
    point: GeoPoint | None = None
    height_m: int | None = None
    location: str = ""
    description: str = ""
    slots: str = "3"
    "`1`, `2`, `3` both, `4` simplex, `0` none."
    url: str = ""
    software: str = ""
    package: str = ""

    @classmethod
    def parse(cls, data: bytes) -> "Configuration":
        """Read a message of 98 to 302 octets.

        Raises:
            MalformedError: another tag or length.
        """
        if not data.startswith(cls.TAG) or not _SHORTEST <= len(data) <= _FULL:
            raise MalformedError("no repeater configuration", data)
        return cls(
            repeater_id=int.from_bytes(data[4:8], "big"),
            callsign=text.read(data[8:16]),
            rx_frequency_hz=text.read_int(data[16:25]),
            tx_frequency_hz=text.read_int(data[25:34]),
            power_w=text.read_int(data[34:36]),
            colour_code=text.read_int(data[36:38]),
            point=text.read_point(data[38:46], data[46:55]),
            height_m=text.read_int(data[55:58]),
            location=text.read(data[58:78]),
            description=text.read(data[78:97]),
            slots=text.read(data[97:98]),
            url=text.read(data[98:222]),
            software=text.read(data[222:262]),
            package=text.read(data[262:302]),
        )

    def build(self) -> bytes:
        """The 302 octets."""
        lat, lon = (self.point.lat, self.point.lon) if self.point else (0.0, 0.0)
        numbers = (
            f"{self.rx_frequency_hz or 0:09d}{self.tx_frequency_hz or 0:09d}"
            f"{min(self.power_w or 0, 99):02d}{self.colour_code or 0:02d}"
            f"{f'{lat:08f}'[:8]}{f'{lon:09f}'[:9]}{min(self.height_m or 0, 999):03d}"
        )
        return (
            self.TAG
            + self.repeater_id.to_bytes(4, "big")
            + text.pad(self.callsign, 8)
            + numbers.encode()
            + text.pad(self.location, 20)
            + text.pad(self.description, 19)
            + text.pad(self.slots, 1)
            + text.pad(self.url, 124)
            + text.pad(self.software, 40)
            + text.pad(self.package, 40)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HostConfiguration:
    """DMRC: 119 octets that MMDVMHost sends every 10 s to a gateway beside it; no login."""

    TAG: ClassVar[bytes] = b"DMRC"
    repeater_id: int
    callsign: str = ""
    rx_frequency_hz: int | None = None
    tx_frequency_hz: int | None = None
    power_w: int | None = None
    colour_code: int | None = None
    slots: str = "3"
    software: str = ""
    hardware: str = ""

    @classmethod
    def parse(cls, data: bytes) -> "HostConfiguration":
        """Read the message.

        Raises:
            MalformedError: another tag, or not 119 octets.
        """
        if not data.startswith(cls.TAG) or len(data) != 119:
            raise MalformedError("no host configuration", data)
        return cls(
            repeater_id=int.from_bytes(data[4:8], "big"),
            callsign=text.read(data[8:16]),
            rx_frequency_hz=text.read_int(data[16:25]),
            tx_frequency_hz=text.read_int(data[25:34]),
            power_w=text.read_int(data[34:36]),
            colour_code=text.read_int(data[36:38]),
            slots=text.read(data[38:39]),
            software=text.read(data[39:79]),
            hardware=text.read(data[79:119]),
        )

    def build(self) -> bytes:
        """The 119 octets."""
        numbers = (
            f"{self.rx_frequency_hz or 0:09d}{self.tx_frequency_hz or 0:09d}"
            f"{min(self.power_w or 0, 99):02d}{self.colour_code or 0:02d}"
        )
        return (
            self.TAG
            + self.repeater_id.to_bytes(4, "big")
            + text.pad(self.callsign, 8)
            + numbers.encode()
            + text.pad(self.slots, 1)
            + text.pad(self.software, 40)
            + text.pad(self.hardware, 40)
        )
