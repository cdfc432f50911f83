"""What a host tells a modem before it may work: levels, delays, colour code, frequencies."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mmdvm.version import Modes

V1_OCTETS: Final = 23
V2_OCTETS: Final = 37
MAX_TX_DELAY_MS: Final = 500
_DELAY_STEP_MS: Final = 10
_DC_ZERO: Final = 128
_FULL: Final = 2.55

_RX_INVERT: Final = 0x01
_TX_INVERT: Final = 0x02
_PTT_INVERT: Final = 0x04
_DEBUG: Final = 0x10
_SIMPLEX: Final = 0x80
_TRUNKING: Final = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """SET_CONFIG for a modem that does DMR and nothing else."""

    colour_code: int
    simplex: bool = False
    rx_invert: bool = False
    tx_invert: bool = False
    ptt_invert: bool = False
    debug: bool = False
    tx_delay_ms: int = 100
    "0..500, in steps of 10."
    rx_level: float = 50.0
    "Percent."
    tx_level: float = 50.0
    "Percent."
    rx_dc_offset: int = 0
    "-128..127"
    tx_dc_offset: int = 0
    dmr_delay: int = 0
    "Delay of the receiver, in samples."
    mode: int = 0
    "Initial mode; 0 idle."
    trunking: bool = False
    "Keeps the control channel on the air; version 2 only."

    def __post_init__(self) -> None:
        """Raises ValueError for what a modem would refuse with NAK 4."""
        _within("colour code", self.colour_code, 0, 15)
        _within("transmit delay in ms", self.tx_delay_ms, 0, MAX_TX_DELAY_MS)
        _within("receive level", self.rx_level, 0, 100)
        _within("transmit level", self.tx_level, 0, 100)
        _within("receive offset", self.rx_dc_offset, -128, 127)
        _within("transmit offset", self.tx_dc_offset, -128, 127)
        _within("receive delay", self.dmr_delay, 0, 255)

    def build(self, protocol: int) -> bytes:
        """Write the payload for a modem of that protocol version; unlisted octets are 0."""
        octets = bytearray(V1_OCTETS if protocol == 1 else V2_OCTETS)
        places = _V1 if protocol == 1 else _V2
        octets[0] = (
            _RX_INVERT * self.rx_invert
            | _TX_INVERT * self.tx_invert
            | _PTT_INVERT * self.ptt_invert
            | _DEBUG * self.debug
            | _SIMPLEX * self.simplex
        )
        octets[1] = Modes.DMR
        values = {
            "tx_delay": self.tx_delay_ms // _DELAY_STEP_MS,
            "mode": self.mode,
            "tx_offset": self.tx_dc_offset + _DC_ZERO,
            "rx_offset": self.rx_dc_offset + _DC_ZERO,
            "rx_level": round(self.rx_level * _FULL),
            "tx_level": round(self.tx_level * _FULL),
            "colour_code": self.colour_code,
            "dmr_delay": self.dmr_delay,
        }
        for name, value in values.items():
            octets[places[name]] = value
        if protocol == 1:
            octets[_V1_OSCILLATOR] = _DC_ZERO
        else:
            octets[_V2_DMR_FLAGS] = _TRUNKING * self.trunking
        return bytes(octets)

    @classmethod
    def parse(cls, payload: bytes, protocol: int) -> "Configuration":
        """Read what a host sends.

        Raises:
            MalformedError: too short, or values that a modem refuses.
        """
        places = _V1 if protocol == 1 else _V2
        if len(payload) < (V1_OCTETS if protocol == 1 else V2_OCTETS):
            raise MalformedError("configuration of a modem too short", payload)
        found = {name: payload[place] for name, place in places.items()}
        try:
            return cls(
                colour_code=found["colour_code"],
                simplex=bool(payload[0] & _SIMPLEX),
                rx_invert=bool(payload[0] & _RX_INVERT),
                tx_invert=bool(payload[0] & _TX_INVERT),
                ptt_invert=bool(payload[0] & _PTT_INVERT),
                debug=bool(payload[0] & _DEBUG),
                tx_delay_ms=found["tx_delay"] * _DELAY_STEP_MS,
                rx_level=found["rx_level"] / _FULL,
                tx_level=found["tx_level"] / _FULL,
                rx_dc_offset=found["rx_offset"] - _DC_ZERO,
                tx_dc_offset=found["tx_offset"] - _DC_ZERO,
                dmr_delay=found["dmr_delay"],
                mode=found["mode"],
                trunking=protocol != 1 and bool(payload[_V2_DMR_FLAGS] & _TRUNKING),
            )
        except ValueError as error:
            raise MalformedError(str(error), payload) from error


_V1: Final = {
    "tx_delay": 2,
    "mode": 3,
    "rx_level": 4,
    "colour_code": 6,
    "dmr_delay": 7,
    "tx_level": 10,
    "tx_offset": 13,
    "rx_offset": 14,
}
"Places within the payload: three less than within the frame."
_V1_OSCILLATOR: Final = 8
_V2: Final = {
    "tx_delay": 3,
    "mode": 4,
    "tx_offset": 5,
    "rx_offset": 6,
    "rx_level": 7,
    "tx_level": 10,
    "colour_code": 26,
    "dmr_delay": 27,
}
_V2_DMR_FLAGS: Final = 25


@dataclass(frozen=True, slots=True)
class Frequencies:
    """SET_FREQ; a plain MMDVM only acknowledges it, hot spots tune their transceiver."""

    rx_hz: int
    tx_hz: int
    level: int = 255
    "0..255"
    pocsag_hz: int | None = None
    "None: as received."

    def build(self) -> bytes:
        """Write the payload; numbers are little-endian."""
        pocsag = self.rx_hz if self.pocsag_hz is None else self.pocsag_hz
        numbers = (self.rx_hz.to_bytes(4, "little"), self.tx_hz.to_bytes(4, "little"))
        return b"\0" + b"".join(numbers) + bytes((self.level,)) + pocsag.to_bytes(4, "little")

    @classmethod
    def parse(cls, payload: bytes) -> "Frequencies":
        """Read the payload.

        Raises:
            MalformedError: neither the short form (9 octets) nor the long one (14).
        """
        if len(payload) not in (9, 14):
            raise MalformedError("frequencies of an unknown form", payload)
        rx_hz, tx_hz = (int.from_bytes(payload[n : n + 4], "little") for n in (1, 5))
        if len(payload) == 9:
            return cls(rx_hz, tx_hz)
        return cls(rx_hz, tx_hz, payload[9], int.from_bytes(payload[10:14], "little"))


def _within(what: str, value: float, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{what} {value} is not {low}..{high}")
