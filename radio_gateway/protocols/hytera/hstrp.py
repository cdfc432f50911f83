"""HSTRP: the small transport header that repeaters put before HDAP on their UDP ports."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from radio_gateway.domain.quick import quick_init
from radio_gateway.protocols.errors import MalformedError

MAGIC: Final = b"2B"
HEADER_SIZE: Final = 6
_MORE: Final = 0x80


class Kind(IntFlag):
    """Type bits; 0 alone is data without options."""

    OPTION = 0x20
    REJECT = 0x10
    CLOSE = 0x08
    CONNECT = 0x04
    HEARTBEAT = 0x02
    ACK = 0x01


CONTROL: Final = int(Kind.REJECT | Kind.CLOSE | Kind.CONNECT | Kind.HEARTBEAT | Kind.ACK)
"Without any of them a packet is data. Plain numbers: a flag's operators cost ten times as much."
_ACK: Final = int(Kind.ACK)
_OPTION: Final = int(Kind.OPTION)
_OPTION_OR_HEARTBEAT: Final = int(Kind.OPTION | Kind.HEARTBEAT)


class OptionCommand(IntEnum):
    REALTIME = 1
    "This port carries RTP."
    DEVICE_ID = 3
    "The repeater's radio id."
    CHANNEL_ID = 4
    "1 or 2: the timeslot; 0 on analog ports."
    XPT_SITE = 5
    XPT_REPEATER = 6
    XPT_CHANNEL = 7


@quick_init
@dataclass(frozen=True, slots=True)
class Option:
    command: int
    "An `OptionCommand`, or another number below 128."
    value: bytes

    @property
    def number(self) -> int:
        return int.from_bytes(self.value, "big")


@quick_init
@dataclass(frozen=True, slots=True)
class Hstrp:
    """One packet; `build` gives the octets back that `parse` read."""

    kind: int
    "`Kind` bits, and the two reserved ones."
    number: int
    "SN, 16 bits: the sender's counter, or that of the packet acknowledged."
    options: tuple[Option, ...] = ()
    payload: bytes = b""
    "An HDAP message; on other packets than data only padding is seen."
    version: int = 0

    @property
    def is_data(self) -> bool:
        return not self.kind & CONTROL

    @property
    def slot(self) -> int | None:
        """Timeslot by the channel option; None: no such option, or an analog port."""
        return self._option(OptionCommand.CHANNEL_ID) or None

    @property
    def device(self) -> int | None:
        """The repeater's own radio id."""
        return self._option(OptionCommand.DEVICE_ID)

    def acknowledgement(self) -> "Hstrp":
        """The packet that acknowledges this one: same number and options, nothing inside."""
        return Hstrp(self.kind | _ACK, self.number, self.options, version=self.version)

    @classmethod
    def parse(cls, data: bytes) -> "Hstrp":
        """Read one datagram.

        Raises:
            MalformedError: no HSTRP packet, or its options run past the end.
        """
        if len(data) < HEADER_SIZE or data[:2] != MAGIC:
            raise MalformedError("no HSTRP packet", data)
        kind = data[3]
        at = HEADER_SIZE
        options = []
        more = _has_options(kind)
        while more:
            head = data[at : at + 2]
            if len(head) < 2 or at + 2 + head[1] > len(data):
                raise MalformedError("HSTRP options are cut short", data)
            options.append(Option(head[0] & ~_MORE, data[at + 2 : at + 2 + head[1]]))
            more = bool(head[0] & _MORE)
            at += 2 + head[1]
        number = int.from_bytes(data[4:6], "big")
        return cls(kind, number, tuple(options), data[at:], version=data[2])

    def build(self) -> bytes:
        """Write the packet.

        Raises:
            ValueError: options and the option bit contradict each other.
        """
        if _has_options(self.kind) != bool(self.options):
            raise ValueError("options are there exactly when the option bit says so")
        last = len(self.options) - 1
        options = b"".join(
            bytes((option.command | (_MORE if at < last else 0), len(option.value))) + option.value
            for at, option in enumerate(self.options)
        )
        head = MAGIC + bytes((self.version, self.kind)) + self.number.to_bytes(2, "big")
        return head + options + self.payload

    def _option(self, command: OptionCommand) -> int | None:
        for option in self.options:
            if option.command == command and option.value:
                return option.number
        return None


def repeater_options(device: int, slot: int) -> tuple[Option, ...]:
    """What a repeater says of itself in every packet."""
    return (
        Option(OptionCommand.DEVICE_ID, device.to_bytes(4, "big")),
        Option(OptionCommand.CHANNEL_ID, bytes((slot,))),
    )


def _has_options(kind: int) -> bool:
    return kind & _OPTION_OR_HEARTBEAT == _OPTION
