"""What a modem says about itself, and how much room its buffers have."""

from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from radio_gateway.protocols.errors import MalformedError

VERSIONS: Final = (1, 2)
_UNIQUE_ID: Final = 16
_ST_UNIQUE_ID: Final = 12
_CPUS: Final = ("Atmel", "NXP", "ST")
_ST: Final = 2


class Modes(IntFlag):
    """Capabilities of a version 2 modem; the low bits switch modes on in a configuration."""

    DSTAR = 0x01
    DMR = 0x02
    YSF = 0x04
    P25 = 0x08
    NXDN = 0x10
    FM = 0x40


ALL_BUT_FM: Final = Modes.DSTAR | Modes.DMR | Modes.YSF | Modes.P25 | Modes.NXDN


class StatusFlags(IntFlag):
    TRANSMITTING = 0x01
    ADC_OVERFLOW = 0x02
    RX_OVERFLOW = 0x04
    TX_OVERFLOW = 0x08
    LOCKOUT = 0x10
    DAC_OVERFLOW = 0x20
    CARRIER = 0x40


@dataclass(frozen=True, slots=True)
class Version:
    """Answer to GET_VERSION."""

    protocol: int
    "1 or 2."
    description: str
    "Hardware family first: `MMDVM 20240113 ...`."
    modes: Modes = ALL_BUT_FM
    "Version 1 implies all but FM."
    pocsag: bool = True
    cpu: str | None = None
    unique_id: bytes = b""

    @classmethod
    def parse(cls, payload: bytes) -> "Version":
        """Read the payload.

        Raises:
            MalformedError: too short, or of a protocol version that is neither 1 nor 2.
        """
        if not payload or payload[0] not in VERSIONS:
            raise MalformedError("modem of an unknown protocol version", payload)
        if payload[0] == 1:
            return cls(1, _text(payload[1:]))
        if len(payload) < 4 + _UNIQUE_ID:
            raise MalformedError("version of a modem too short", payload)
        cpu = _CPUS[payload[3]] if payload[3] < len(_CPUS) else None
        used = _ST_UNIQUE_ID if payload[3] == _ST else _UNIQUE_ID
        return cls(
            protocol=2,
            description=_text(payload[4 + _UNIQUE_ID :]),
            modes=Modes(payload[1] & _ALL_MODES),
            pocsag=bool(payload[2] & 0x01),
            cpu=cpu,
            unique_id=payload[4 : 4 + used],
        )

    def build(self) -> bytes:
        """Write the payload."""
        text = self.description.encode("ascii", "replace")
        if self.protocol == 1:
            return b"\x01" + text
        cpu = _CPUS.index(self.cpu) if self.cpu in _CPUS else 0xFF
        head = bytes((2, self.modes, self.pocsag, cpu))
        return head + self.unique_id.ljust(_UNIQUE_ID, b"\0") + text


_ALL_MODES: Final = int(ALL_BUT_FM | Modes.FM)


@dataclass(frozen=True, slots=True)
class Status:
    """Answer to GET_STATUS."""

    mode: int
    "0 idle, 2 DMR."
    flags: StatusFlags
    space1: int
    "Free frames of timeslot 1."
    space2: int
    enabled: int | None = None
    "Version 1 only: modes that are switched on."

    @classmethod
    def parse(cls, payload: bytes, protocol: int) -> "Status":
        """Read the payload; version 1 differs in length from firmware to firmware.

        Args:
            payload: what follows the type.
            protocol: of the modem, from its version.

        Raises:
            MalformedError: too short for the DMR counters.
        """
        shortest = 6 if protocol == 1 else 17
        if len(payload) < shortest:
            raise MalformedError(f"status of a version {protocol} modem too short", payload)
        first = 1 if protocol == 1 else 0
        return cls(
            mode=payload[first],
            flags=StatusFlags(payload[first + 1] & _ALL_FLAGS),
            space1=payload[4],
            space2=payload[5],
            enabled=payload[0] if protocol == 1 else None,
        )

    def build(self, protocol: int) -> bytes:
        """Write the payload; counters of other modes are 0."""
        spaces = bytes((0, self.space1, self.space2))
        if protocol == 1:
            return bytes((self.enabled or 0, self.mode, self.flags)) + spaces + bytes(3)
        return bytes((self.mode, self.flags, 0)) + spaces + bytes(11)

    def space(self, slot: int) -> int:
        """Free frames of a timeslot."""
        return self.space1 if slot == 1 else self.space2


_ALL_FLAGS: Final = 0x7F


def _text(octets: bytes) -> str:
    text = octets.decode("latin-1").rstrip("\0")
    return "".join(character if character.isprintable() else "?" for character in text)
