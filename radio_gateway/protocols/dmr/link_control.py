"""Link control: 9 octets that say who talks to whom (ETSI TS 102 361-1, 7.1; 361-2, 7.1.1).

FLCO means something only together with FID: Motorola uses 4 and 7 for trunking, no alias.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import lru_cache
from typing import Final, TypeAlias

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.bits import signed
from radio_gateway.protocols.dmr import bptc
from radio_gateway.protocols.dmr.reed_solomon import RsMask, rs_seal, rs_sealed
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.dmr.sync import BURST_OCTETS
from radio_gateway.protocols.errors import MalformedError

OCTETS: Final = 9
_LC_MASK: Final = (1 << 72) - 1
_read: Final = bptc.read
_INFORMATION_BITS: Final = bptc.INFORMATION_BITS
FID_ETSI: Final = 0x00
FID_MOTOROLA: Final = 0x10
FID_HYTERA: Final = 0x68
_VOICE_FIDS: Final = (FID_ETSI, FID_MOTOROLA, FID_HYTERA)
_FEATURE_FIDS: Final = (FID_ETSI, FID_HYTERA)
_ENCRYPTED_FLCOS: Final = (0x20, 0x21, 0x23)
_LON_STEP: Final = 360 / 2**25
_LAT_STEP: Final = 180 / 2**24
_ERROR_BOUNDS_M: Final = (2.0, 20.0, 200.0, 2e3, 2e4, 2e5)


class Flco(IntEnum):
    """Full link control opcodes that we read."""

    GROUP_VOICE = 0
    UNIT_VOICE = 3
    TALKER_ALIAS_HEADER = 4
    TALKER_ALIAS_1 = 5
    TALKER_ALIAS_2 = 6
    TALKER_ALIAS_3 = 7
    GPS_INFO = 8


class ServiceOption(IntFlag):
    """Octet 2 of a voice link control; the low two bits are the priority."""

    EMERGENCY = 0x80
    PRIVACY = 0x40
    BROADCAST = 0x08
    OPEN_VOICE_CALL_MODE = 0x04


@dataclass(frozen=True, slots=True)
class VoiceLc:
    """Group or unit-to-unit voice channel user (ETSI TS 102 361-2, 7.1.1.1 and 7.1.1.2)."""

    group: bool
    target: int
    "Talkgroup or radio, 24 bit."
    source: int
    "Radio, 24 bit."
    service: int = 0
    "`ServiceOption` bits and priority."
    fid: int = FID_ETSI
    protect: bool = False

    @property
    def emergency(self) -> bool:
        """The emergency bit of the service options."""
        return bool(self.service & ServiceOption.EMERGENCY)

    @property
    def encrypted(self) -> bool:
        """Privacy bit, or one of the two that Motorola uses for it under its own FID."""
        own = self.service & 0x30 if self.fid == FID_MOTOROLA else 0
        return bool(self.service & ServiceOption.PRIVACY or own)

    @classmethod
    def parse(cls, lc: bytes) -> "VoiceLc":
        """Read 9 octets.

        Raises:
            MalformedError: wrong length, or no voice link control that we know.
        """
        flco, fid = _head(lc)
        if flco not in (Flco.GROUP_VOICE, Flco.UNIT_VOICE) or fid not in _VOICE_FIDS:
            raise MalformedError("no voice link control", lc)
        return cls(
            group=flco == Flco.GROUP_VOICE,
            target=int.from_bytes(lc[3:6], "big"),
            source=int.from_bytes(lc[6:9], "big"),
            service=lc[2],
            fid=fid,
            protect=bool(lc[0] & 0x80),
        )

    def build(self) -> bytes:
        """The 9 octets."""
        flco = Flco.GROUP_VOICE if self.group else Flco.UNIT_VOICE
        return (
            bytes((self.protect << 7 | flco, self.fid, self.service))
            + self.target.to_bytes(3, "big")
            + self.source.to_bytes(3, "big")
        )


@dataclass(frozen=True, slots=True)
class GpsInfo:
    """Where the talker is (ETSI TS 102 361-2, 7.1.1.3); no time, speed or course."""

    point: GeoPoint
    error_m: float | None
    "Upper bound in metres: 2, 20, .. 200 000; None: unknown, or over 200 km."

    @classmethod
    def parse(cls, lc: bytes) -> "GpsInfo":
        """Read 9 octets.

        Raises:
            MalformedError: wrong length, or another FLCO.
        """
        flco, fid = _head(lc)
        if flco != Flco.GPS_INFO or fid not in _FEATURE_FIDS:
            raise MalformedError("no GPS Info link control", lc)
        bits = int.from_bytes(lc[2:], "big")  # 4 reserved, 3 error, 25 lon, 24 lat
        code = bits >> 49 & 0x7
        return cls(
            GeoPoint(
                lat=signed(bits, 24) * _LAT_STEP,
                lon=signed(bits >> 24, 25) * _LON_STEP,
            ),
            error_m=_ERROR_BOUNDS_M[code] if code < len(_ERROR_BOUNDS_M) else None,
        )

    def build(self) -> bytes:
        """The 9 octets; the error is rounded up to the next bound."""
        code = next(
            (c for c, bound in enumerate(_ERROR_BOUNDS_M) if (self.error_m or 1e9) <= bound), 7
        )
        lon = round(self.point.lon / _LON_STEP)
        lat = round(self.point.lat / _LAT_STEP)
        lon = min(lon, 2**24 - 1) & 0x1FFFFFF
        lat = min(lat, 2**23 - 1) & 0xFFFFFF
        return bytes((Flco.GPS_INFO, FID_ETSI)) + (code << 49 | lon << 24 | lat).to_bytes(7, "big")


@dataclass(frozen=True, slots=True)
class TalkerAliasPart:
    """One of up to four parts of a talker alias (ETSI TS 102 361-2, 7.1.1.4 and 7.1.1.5)."""

    number: int
    "0: header with format and length, 1 to 3: blocks."
    data: bytes
    "7 octets."

    @classmethod
    def parse(cls, lc: bytes) -> "TalkerAliasPart":
        """Read 9 octets.

        Raises:
            MalformedError: wrong length, or no talker alias.
        """
        flco, fid = _head(lc)
        if not Flco.TALKER_ALIAS_HEADER <= flco <= Flco.TALKER_ALIAS_3 or fid not in _FEATURE_FIDS:
            raise MalformedError("no talker alias link control", lc)
        return cls(flco - Flco.TALKER_ALIAS_HEADER, lc[2:])

    def build(self) -> bytes:
        """The 9 octets."""
        return bytes((Flco.TALKER_ALIAS_HEADER + self.number, FID_ETSI)) + self.data


@dataclass(frozen=True, slots=True)
class OtherLc:
    """A link control of some vendor that we do not read; its octets may be no addresses."""

    octets: bytes

    @property
    def flco(self) -> int:
        """Opcode, 0..63."""
        return self.octets[0] & 0x3F

    @property
    def fid(self) -> int:
        """Feature set: whose opcode it is."""
        return self.octets[1]

    @property
    def encrypted(self) -> bool:
        """One of Motorola's that come with encrypted voice only."""
        return self.fid == FID_MOTOROLA and self.flco in _ENCRYPTED_FLCOS


LinkControl: TypeAlias = VoiceLc | GpsInfo | TalkerAliasPart | OtherLc


@lru_cache(maxsize=4096)
def parse_lc(lc: bytes) -> LinkControl:
    """Read 9 octets of link control, whatever they hold.

    Every burst of a call repeats the same octets, so the last few thousand are remembered.

    Raises:
        MalformedError: not 9 octets.
    """
    flco, fid = _head(lc)
    if flco in (Flco.GROUP_VOICE, Flco.UNIT_VOICE) and fid in _VOICE_FIDS:
        return VoiceLc.parse(lc)
    if fid in _FEATURE_FIDS:
        if flco == Flco.GPS_INFO:
            return GpsInfo.parse(lc)
        if Flco.TALKER_ALIAS_HEADER <= flco <= Flco.TALKER_ALIAS_3:
            return TalkerAliasPart.parse(lc)
    return OtherLc(lc)


_MASKS: Final = {
    DataType.VOICE_LC_HEADER: RsMask.VOICE_LC_HEADER,
    DataType.TERMINATOR_WITH_LC: RsMask.TERMINATOR,
}

_MASK_BY_TYPE: Final = tuple(
    _MASKS[kind].value if kind in _MASKS else None for kind in sorted(DataType)
)


def open_full_lc(block: bytes, data_type: DataType) -> bytes:
    """The 9 octets in a header or terminator block of 12.

    Raises:
        MalformedError: another kind of block, wrong length or wrong parity.
    """
    mask = _MASKS.get(data_type)
    if mask is None or not rs_sealed(block, mask):
        raise MalformedError("full link control with a wrong parity", block)
    return block[:OCTETS]


def lc_of_burst(burst: bytes, data_type: DataType) -> bytes:
    """The 9 octets in a header or terminator burst of 33; the quick way for undamaged ones.

    Raises:
        MalformedError: not 33 octets, beyond repair, or wrong parity.
    """
    if len(burst) == BURST_OCTETS:
        value = _read(burst)
        if value >> _INFORMATION_BITS == _MASK_BY_TYPE[data_type]:
            return (value >> 24 & _LC_MASK).to_bytes(OCTETS, "big")
    return open_full_lc(bptc.decode(burst), data_type)


def seal_full_lc(lc: bytes, data_type: DataType) -> bytes:
    """The 12-octet block of a header or terminator."""
    return rs_seal(lc, _MASKS[data_type])


def _head(lc: bytes) -> tuple[int, int]:
    if len(lc) != OCTETS:
        raise MalformedError("link control is 9 octets", lc)
    return lc[0] & 0x3F, lc[1]
