"""One MMDVM modem, as configured."""

from bisect import bisect
from dataclasses import dataclass

from radio_gateway.protocols.mmdvm.configuration import Configuration, Frequencies


@dataclass(frozen=True, slots=True, kw_only=True)
class ModemConfig:
    """A modem, and what the gateway may do with its transmitter."""

    name: str
    "Name of the link."
    network: str
    "Numbering network that the radios belong to."
    modem: Configuration
    frequencies: Frequencies | None = None
    site: str | None = None
    hang_time_s: float = 3.0
    lost_after_s: float = 0.36
    "Silence that ends a call whose end was not heard: six bursts."
    rssi: tuple[tuple[int, int], ...] = ()
    "Raw value and dBm, rising raw values; empty: the board's scale is not known."
    transmit: bool = False
    "Whether the gateway may key the transmitter."
    radio: int = 0
    "Number that texts and control blocks of the gateway come from; needed to transmit."
    slot: int = 1
    "Timeslot that they go out on; 2 in simplex."
    tx_hang_s: float = 4.0


def rssi_dbm(table: tuple[tuple[int, int], ...], raw: int | None) -> int | None:
    """Signal strength by a table of the board, straight lines between its points."""
    if raw is None or not table:
        return None
    place = bisect([point for point, _ in table], raw)
    if place == 0:
        return table[0][1]
    if place == len(table):
        return table[-1][1]
    (raw_low, low), (raw_high, high) = table[place - 1], table[place]
    return round(low + (high - low) * (raw - raw_low) / (raw_high - raw_low))
