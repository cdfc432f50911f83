"""DMRD: one burst with its envelope; DMRA and DMRG: link control beside the voice."""

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import ClassVar, Final

from radio_gateway.domain.quick import unfrozen
from radio_gateway.protocols.dmr.link_control import Flco, GpsInfo, TalkerAliasPart
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.homebrew.messages import body

BURST_OCTETS: Final = 33
_PLAIN: Final = 53
_WITH_QUALITY: Final = 55
_TRUNKED: Final = 71
"55 octets and the UUID of the call, which we have no use for."
_LENGTHS: Final = (_PLAIN, _WITH_QUALITY, _TRUNKED)
_LAYOUT: Final = Struct(">4xIHBIB4s33s")
"Sequence number and source are read as one number, the target as two."


class FrameType(IntEnum):
    """What the sender took the burst for."""

    VOICE = 0
    VOICE_SYNC = 1
    DATA_SYNC = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DmrFrame:
    """One burst. What the burst itself says wins over this envelope."""

    TAG: ClassVar[bytes] = b"DMRD"
    sequence: int
    "0..255, counts the frames of a slot."
    source: int
    target: int
    repeater_id: int
    slot: int
    "1 or 2"
    group: bool
    frame_type: FrameType
    detail: int
    "Data type with DATA_SYNC; 0 for burst A, 1..5 for B..F otherwise."
    stream: bytes
    "4 opaque octets, the same in all frames of one transmission."
    burst: bytes
    "33 octets"
    bit_errors: int | None = None
    "Wrong bits that the repeater found: of 141 in voice."
    rssi_dbm: int | None = None

    @classmethod
    def parse(cls, data: bytes) -> "DmrFrame":
        """Read 53, 55 or 71 octets.

        Raises:
            MalformedError: another tag or length, or the frame type that is not defined.
        """
        if len(data) not in _LENGTHS or data[:4] != b"DMRD":
            body(data, cls.TAG, *_LENGTHS)
        first, high, low, repeater_id, bits, stream, burst = _LAYOUT.unpack_from(data)
        flags = _FLAGS[bits]
        if flags is None:
            raise MalformedError("DMRD of an undefined frame type", data)
        found = _OpenFrame()
        found.slot, found.group, found.frame_type, found.detail = flags
        found.sequence, found.source = first >> 24, first & 0xFFFFFF
        found.target, found.repeater_id = high << 8 | low, repeater_id
        found.stream, found.burst = stream, burst
        if len(data) == _PLAIN:
            found.bit_errors = found.rssi_dbm = None
        else:
            found.bit_errors, found.rssi_dbm = data[53], -data[54] or None
        found.__class__ = cls
        frame: DmrFrame = found
        return frame

    def build(self) -> bytes:
        """53 octets, or 55 when the quality is known."""
        flags = (
            (0x80 if self.slot == 2 else 0)
            | (0 if self.group else 0x40)
            | self.frame_type << 4
            | self.detail
        )
        data = (
            self.TAG
            + bytes((self.sequence,))
            + self.source.to_bytes(3, "big")
            + self.target.to_bytes(3, "big")
            + self.repeater_id.to_bytes(4, "big")
            + bytes((flags,))
            + self.stream
            + self.burst
        )
        if self.bit_errors is None and self.rssi_dbm is None:
            return data
        return data + bytes((min(self.bit_errors or 0, 255), min(-(self.rssi_dbm or 0), 255)))


_OpenFrame: Final = unfrozen(DmrFrame)

_FLAGS: Final = tuple(
    None
    if bits & 0x30 == 0x30
    else (2 if bits & 0x80 else 1, not bits & 0x40, FrameType(bits >> 4 & 0x3), bits & 0xF)
    for bits in range(256)
)
"What octet 15 says: slot, group, frame type, detail; None: a frame type that is not defined."


@dataclass(frozen=True, slots=True)
class AliasFrame:
    """DMRA: one part of the talker's alias, 19 octets.

    DMRGateway sends 15 of them, with four of the seven data octets missing; those are malformed.
    """

    TAG: ClassVar[bytes] = b"DMRA"
    repeater_id: int
    source: int
    part: TalkerAliasPart

    @classmethod
    def parse(cls, data: bytes) -> "AliasFrame":
        rest = body(data, cls.TAG, 19)
        return cls(
            int.from_bytes(rest[:4], "big"), int.from_bytes(rest[4:7], "big"), _alias(rest[7:])
        )

    def build(self) -> bytes:
        return (
            self.TAG
            + self.repeater_id.to_bytes(4, "big")
            + self.source.to_bytes(3, "big")
            + bytes((self.part.number,))
            + self.part.data
        )


@dataclass(frozen=True, slots=True)
class GpsFrame:
    """DMRG: where the talker is, 18 octets; DMRGateway sends 14, which are malformed."""

    TAG: ClassVar[bytes] = b"DMRG"
    repeater_id: int
    source: int
    info: GpsInfo

    @classmethod
    def parse(cls, data: bytes) -> "GpsFrame":
        rest = body(data, cls.TAG, 18)
        return cls(
            int.from_bytes(rest[:4], "big"), int.from_bytes(rest[4:7], "big"), _gps(rest[7:])
        )

    def build(self) -> bytes:
        return (
            self.TAG
            + self.repeater_id.to_bytes(4, "big")
            + self.source.to_bytes(3, "big")
            + self.info.build()[2:]
        )


@dataclass(frozen=True, slots=True)
class HostAliasFrame:
    """DMRA of the gateway dialect, 15 octets: no repeater id."""

    TAG: ClassVar[bytes] = b"DMRA"
    source: int
    part: TalkerAliasPart

    @classmethod
    def parse(cls, data: bytes) -> "HostAliasFrame":
        rest = body(data, cls.TAG, 15)
        return cls(int.from_bytes(rest[:3], "big"), _alias(rest[3:]))

    def build(self) -> bytes:
        head = self.source.to_bytes(3, "big") + bytes((self.part.number,))
        return self.TAG + head + self.part.data


@dataclass(frozen=True, slots=True)
class HostGpsFrame:
    """DMRG of the gateway dialect, 14 octets: no repeater id."""

    TAG: ClassVar[bytes] = b"DMRG"
    source: int
    info: GpsInfo

    @classmethod
    def parse(cls, data: bytes) -> "HostGpsFrame":
        rest = body(data, cls.TAG, 14)
        return cls(int.from_bytes(rest[:3], "big"), _gps(rest[3:]))

    def build(self) -> bytes:
        return self.TAG + self.source.to_bytes(3, "big") + self.info.build()[2:]


@dataclass(frozen=True, slots=True)
class HostPing:
    """DMRP of the gateway dialect: gateway to host, ignored there."""

    TAG: ClassVar[bytes] = b"DMRP"

    @classmethod
    def parse(cls, data: bytes) -> "HostPing":
        body(data, cls.TAG, 4)
        return cls()

    def build(self) -> bytes:
        return self.TAG


@dataclass(frozen=True, slots=True)
class HostBeaconRequest:
    """DMRB of the gateway dialect: send a beacon now."""

    TAG: ClassVar[bytes] = b"DMRB"

    @classmethod
    def parse(cls, data: bytes) -> "HostBeaconRequest":
        body(data, cls.TAG, 4)
        return cls()

    def build(self) -> bytes:
        return self.TAG


def _alias(octets: bytes) -> TalkerAliasPart:
    if octets[0] > 3:
        raise MalformedError("talker alias block beyond 3", octets)
    return TalkerAliasPart(octets[0], octets[1:])


def _gps(octets: bytes) -> GpsInfo:
    return GpsInfo.parse(bytes((Flco.GPS_INFO, 0)) + octets)
