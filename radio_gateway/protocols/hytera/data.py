"""DDS, TP and DTP: delivery states, telemetry and file transfer (services 0x14, 0x12, 0x13)."""

from dataclasses import dataclass
from typing import Final, Self

from radio_gateway.protocols.hytera.hdap import Hdap, Service
from radio_gateway.protocols.hytera.message import ADDRESS, U8, U16, Message, RadioAddress, layout

_DELIVERY_WORDS: Final = {
    0: "put on the air",
    1: "failed on the air",
    4: "not sent in time",
    5: "the radio did not acknowledge",
    6: "the radio answered with an error",
    7: "the repeater did not wake up",
    8: "interrupted",
    9: "denied",
    10: "invalid",
}


@dataclass(frozen=True, slots=True)
class DeliveryState(Message):
    """What became of a message of ours on the air; comes on the port of that message.

    The opcode names the service it is about (0x0008 LP, 0x0011 RRS ..).
    """

    SERVICE = Service.DDS
    OPCODE = 0
    LAYOUT = layout(U16, ADDRESS, U16, U8)

    about: int
    "Service number."
    radio: RadioAddress
    message: int
    "Opcode of the message it is about."
    result: int

    @property
    def opcode(self) -> int:
        return self.about

    @property
    def on_air(self) -> bool:
        return self.result == 0

    @property
    def words(self) -> str:
        return _DELIVERY_WORDS.get(self.result, f"refused with code {self.result}")

    @classmethod
    def parse(cls, envelope: Hdap) -> Self:
        values, rest = cls._take(_IN_PAYLOAD, envelope.payload)
        return cls(envelope.opcode, *values, rest=rest)

    def payload(self) -> bytes:
        return self._put(self.LAYOUT)[2:] + self.rest


_IN_PAYLOAD: Final = layout(*DeliveryState.LAYOUT.parts[1:])
"The first field of a delivery state stands in the opcode."


@dataclass(frozen=True, slots=True)
class _Telemetry(Message):
    SERVICE = Service.TP
    LAYOUT = layout(ADDRESS, ADDRESS, U8, U8, U8)

    source: RadioAddress
    target: RadioAddress
    from_application: int
    "0 from a radio, 1 from an application"
    call_type: int
    inputs: int
    "Bits 0..5: VIO 1 to 6."


@dataclass(frozen=True, slots=True)
class TelemetryStatusRequest(_Telemetry):
    OPCODE = 0xA001


@dataclass(frozen=True, slots=True)
class TelemetryReport(_Telemetry):
    OPCODE = 0xA081
    LAYOUT = layout(*_Telemetry.LAYOUT, U8)

    result: int
    "0 effective, 1 not"


@dataclass(frozen=True, slots=True)
class TelemetryTextReport(TelemetryReport):
    """A status report with words; the UTF-16LE text (`length` octets) opens `rest`."""

    OPCODE = 0xA082
    LAYOUT = layout(*TelemetryReport.LAYOUT, U16)

    length: int

    @property
    def text(self) -> str:
        return self.rest[: self.length].decode("utf-16-le", errors="replace").rstrip("\0")


@dataclass(frozen=True, slots=True)
class TelemetryControl(_Telemetry):
    OPCODE = 0xB001
    LAYOUT = layout(*_Telemetry.LAYOUT, U8)

    operation: int
    "0 clear, 1 set, 2 toggle, 3 pulse"


@dataclass(frozen=True, slots=True)
class TelemetryControlAnswer(TelemetryReport):
    OPCODE = 0xB081


@dataclass(frozen=True, slots=True)
class _Transfer(Message):
    SERVICE = Service.DTP
    LAYOUT = layout(ADDRESS, ADDRESS)

    destination: RadioAddress
    source: RadioAddress


@dataclass(frozen=True, slots=True)
class FileRequest(_Transfer):
    """Offers a file; its UTF-16LE name is `rest`."""

    OPCODE = 0xA001
    LAYOUT = layout(ADDRESS, ADDRESS, U16)

    size: int

    @property
    def name(self) -> str:
        return self.rest.decode("utf-16-le", errors="replace").rstrip("\0")


@dataclass(frozen=True, slots=True)
class FileAnswer(_Transfer):
    OPCODE = 0xA011
    LAYOUT = layout(ADDRESS, ADDRESS, U8)

    result: int
    "0 ok, 1 failed"


@dataclass(frozen=True, slots=True)
class FileSlice(_Transfer):
    """Up to 448 octets of the file in `rest`."""

    OPCODE = 0xA002
    LAYOUT = layout(ADDRESS, ADDRESS, U16)

    block: int
    "From 1."


@dataclass(frozen=True, slots=True)
class FileSliceAnswer(_Transfer):
    OPCODE = 0xA012
    LAYOUT = layout(ADDRESS, ADDRESS, U16, U8)

    block: int
    result: int


@dataclass(frozen=True, slots=True)
class FileEnd(_Transfer):
    OPCODE = 0xA003


@dataclass(frozen=True, slots=True)
class FileEndAnswer(FileAnswer):
    OPCODE = 0xA013


MESSAGES: Final = (
    TelemetryStatusRequest,
    TelemetryReport,
    TelemetryTextReport,
    TelemetryControl,
    TelemetryControlAnswer,
    FileRequest,
    FileAnswer,
    FileSlice,
    FileSliceAnswer,
    FileEnd,
    FileEndAnswer,
)
