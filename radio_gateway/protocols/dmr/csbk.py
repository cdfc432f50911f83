"""Control signalling blocks: 12 octets that stand alone (ETSI TS 102 361-1, 7.2; 361-2, 7.1.2).

An opcode means something only together with FID: 1F and 20 hex are calls for attention under
Motorola's FID and Tier III trunking under ETSI's.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Protocol, TypeAlias

from radio_gateway.protocols.dmr.checks import CrcMask, check_seal, seal
from radio_gateway.protocols.dmr.link_control import FID_ETSI, FID_MOTOROLA, ServiceOption

DATA_OCTETS: Final = 8


@dataclass(frozen=True, slots=True)
class Csbk:
    """One block with a good CRC, not yet interpreted."""

    opcode: int
    "6 bit"
    fid: int
    data: bytes
    "8 octets"
    last_block: bool = True
    protect: bool = False

    @classmethod
    def parse(cls, block: bytes, mask: CrcMask = CrcMask.CSBK) -> "Csbk":
        """Read 12 octets.

        Raises:
            MalformedError: wrong length or CRC.
        """
        check_seal(block, mask, "CSBK")
        return cls(
            opcode=block[0] & 0x3F,
            fid=block[1],
            data=block[2:10],
            last_block=bool(block[0] & 0x80),
            protect=bool(block[0] & 0x40),
        )

    def build(self, mask: CrcMask = CrcMask.CSBK) -> bytes:
        """The 12 octets."""
        head = bytes((self.last_block << 7 | self.protect << 6 | self.opcode, self.fid))
        return seal(head + self.data, mask)

    def message(self) -> "CsbkMessage | None":
        """What the block says; None: an opcode that we do not read."""
        kind = MESSAGES.get((self.fid, self.opcode))
        return None if kind is None else kind.parse(self.data)


class _Kind(Protocol):
    """A class of messages in the registry."""

    OPCODE: ClassVar[int]
    FID: ClassVar[int]

    @classmethod
    def parse(cls, data: bytes) -> "CsbkMessage":
        """Read the 8 data octets; every value of them is allowed."""
        ...


def _addresses(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[2:5], "big"), int.from_bytes(data[5:8], "big")


def _pack(head: bytes, first: int, second: int) -> bytes:
    return head + first.to_bytes(3, "big") + second.to_bytes(3, "big")


@dataclass(frozen=True, slots=True)
class UnitVoiceRequest:
    """A radio asks whether another may be called."""

    OPCODE: ClassVar[int] = 0x04
    FID: ClassVar[int] = FID_ETSI
    target: int
    source: int
    service: int = 0
    "`ServiceOption` bits."

    @property
    def emergency(self) -> bool:
        """The emergency bit of the service options."""
        return bool(self.service & ServiceOption.EMERGENCY)

    @classmethod
    def parse(cls, data: bytes) -> "UnitVoiceRequest":
        return cls(*_addresses(data), service=data[0])

    def build(self) -> Csbk:
        return Csbk(
            self.OPCODE, self.FID, _pack(bytes((self.service, 0)), self.target, self.source)
        )


@dataclass(frozen=True, slots=True)
class UnitVoiceAnswer:
    """The called radio answers."""

    OPCODE: ClassVar[int] = 0x05
    FID: ClassVar[int] = FID_ETSI
    target: int
    source: int
    answer: int
    "20 hex proceed, 21 hex deny."
    service: int = 0

    @classmethod
    def parse(cls, data: bytes) -> "UnitVoiceAnswer":
        return cls(*_addresses(data), answer=data[1], service=data[0])

    def build(self) -> Csbk:
        head = bytes((self.service, self.answer))
        return Csbk(self.OPCODE, self.FID, _pack(head, self.target, self.source))


@dataclass(frozen=True, slots=True)
class NackResponse:
    """A request was refused; here the source comes first, as MMDVMHost reads it."""

    OPCODE: ClassVar[int] = 0x26
    FID: ClassVar[int] = FID_ETSI
    source: int
    target: int
    reason: int
    flags: int = 0

    @classmethod
    def parse(cls, data: bytes) -> "NackResponse":
        return cls(*_addresses(data), reason=data[1], flags=data[0])

    def build(self) -> Csbk:
        head = bytes((self.flags, self.reason))
        return Csbk(self.OPCODE, self.FID, _pack(head, self.source, self.target))


@dataclass(frozen=True, slots=True)
class OutboundActivation:
    """A radio wakes the base station."""

    OPCODE: ClassVar[int] = 0x38
    FID: ClassVar[int] = FID_ETSI
    base: int
    source: int

    @classmethod
    def parse(cls, data: bytes) -> "OutboundActivation":
        return cls(*_addresses(data))

    def build(self) -> Csbk:
        return Csbk(self.OPCODE, self.FID, _pack(bytes(2), self.base, self.source))


@dataclass(frozen=True, slots=True)
class Preamble:
    """Announces what follows, so that scanning radios stay."""

    OPCODE: ClassVar[int] = 0x3D
    FID: ClassVar[int] = FID_ETSI
    target: int
    source: int
    blocks_to_follow: int
    data_follows: bool = True
    group: bool = False

    @classmethod
    def parse(cls, data: bytes) -> "Preamble":
        return cls(
            *_addresses(data),
            blocks_to_follow=data[1],
            data_follows=bool(data[0] & 0x80),
            group=bool(data[0] & 0x40),
        )

    def build(self) -> Csbk:
        head = bytes((self.data_follows << 7 | self.group << 6, self.blocks_to_follow))
        return Csbk(self.OPCODE, self.FID, _pack(head, self.target, self.source))


@dataclass(frozen=True, slots=True)
class CallAlert:
    """`Call me back`, from radio to radio."""

    OPCODE: ClassVar[int] = 0x1F
    FID: ClassVar[int] = FID_MOTOROLA
    target: int
    source: int

    @classmethod
    def parse(cls, data: bytes) -> "CallAlert":
        return cls(*_addresses(data))

    def build(self) -> Csbk:
        return Csbk(self.OPCODE, self.FID, _pack(bytes(2), self.target, self.source))


@dataclass(frozen=True, slots=True)
class ServiceAck:
    """A radio or the dispatcher's side has taken notice of a call alert or of an emergency.

    Octet 2 names the opcode that is answered, as in the P25 trunking messages whose numbers this
    vendor uses; MMDVMHost, which logs these blocks, takes all of them for answers to call alerts,
    and no capture of an answer to an emergency is known.
    """

    OPCODE: ClassVar[int] = 0x20
    FID: ClassVar[int] = FID_MOTOROLA
    target: int
    source: int
    service: int = CallAlert.OPCODE
    "Opcode that is answered; 0: the sender does not say."

    @property
    def of_emergency(self) -> bool:
        """The alarm of `target` was received."""
        return self.service == EmergencyAlarm.OPCODE

    @classmethod
    def parse(cls, data: bytes) -> "ServiceAck":
        return cls(*_addresses(data), service=data[0] & 0x3F)

    def build(self) -> Csbk:
        head = bytes((self.service, 0))
        return Csbk(self.OPCODE, self.FID, _pack(head, self.target, self.source))


@dataclass(frozen=True, slots=True)
class RadioCheck:
    """`Are you there`, and the answer, whose addresses come the other way round."""

    OPCODE: ClassVar[int] = 0x24
    FID: ClassVar[int] = FID_MOTOROLA
    target: int
    source: int
    request: bool

    @classmethod
    def parse(cls, data: bytes) -> "RadioCheck":
        first, second = _addresses(data)
        if data[1] == 0x80:
            return cls(target=first, source=second, request=True)
        return cls(target=second, source=first, request=False)

    def build(self) -> Csbk:
        if self.request:
            data = _pack(b"\x00\x80", self.target, self.source)
        else:
            data = _pack(bytes(2), self.source, self.target)
        return Csbk(self.OPCODE, self.FID, data)


@dataclass(frozen=True, slots=True)
class EmergencyAlarm:
    """An officer pressed the emergency key; repeated many times over a few seconds."""

    OPCODE: ClassVar[int] = 0x27
    FID: ClassVar[int] = FID_MOTOROLA
    talkgroup: int
    source: int
    "The radio in distress."

    @classmethod
    def parse(cls, data: bytes) -> "EmergencyAlarm":
        return cls(*_addresses(data))

    def build(self) -> Csbk:
        return Csbk(self.OPCODE, self.FID, _pack(bytes(2), self.talkgroup, self.source))


CsbkMessage: TypeAlias = (
    UnitVoiceRequest
    | UnitVoiceAnswer
    | NackResponse
    | OutboundActivation
    | Preamble
    | CallAlert
    | ServiceAck
    | RadioCheck
    | EmergencyAlarm
)

_KINDS: Final[tuple[type[_Kind], ...]] = (
    UnitVoiceRequest,
    UnitVoiceAnswer,
    NackResponse,
    OutboundActivation,
    Preamble,
    CallAlert,
    ServiceAck,
    RadioCheck,
    EmergencyAlarm,
)
MESSAGES: Final = {(kind.FID, kind.OPCODE): kind for kind in _KINDS}
"(FID, opcode) -> class; a new message is one class and one line above."
