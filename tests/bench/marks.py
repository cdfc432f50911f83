"""When each datagram was sent, shared between the processes of a measurement.

A file of doubles (CLOCK_MONOTONIC, which all processes of a machine share), written by the sender
at the number of the datagram. The number itself travels as the place that the report names.
"""

import mmap
import struct
from pathlib import Path
from typing import Final

_TIME: Final = struct.Struct("d")
_MINUTES: Final = 600_000
"Places of a degree of latitude, as radios write it: 60 minutes with four decimals."
NORTH, ALARM_NORTH, EAST = 56, 57, 21


class Marks:
    """Times by number; 0.0 where nothing was sent."""

    def __init__(self, path: Path, count: int | None = None) -> None:
        """Open the file; with `count`, make it with so many empty places."""
        if count is not None:
            path.write_bytes(bytes(_TIME.size * count))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)

    def __setitem__(self, number: int, at: float) -> None:
        _TIME.pack_into(self._map, number * _TIME.size, at)

    def __getitem__(self, number: int) -> float:
        at: float = _TIME.unpack_from(self._map, number * _TIME.size)[0]
        return at

    def __len__(self) -> int:
        return len(self._map) // _TIME.size


def place_of(number: int, north: int = NORTH) -> tuple[bytes, bytes]:
    """A place that names this number, as `ddmm.mmmm` and `dddmm.mmmm`."""
    minutes, hundreds = number % _MINUTES, number // _MINUTES
    lat = f"{north:02d}{minutes // 10_000:02d}.{minutes % 10_000:04d}"
    return lat.encode(), f"{EAST:03d}{hundreds:02d}.0000".encode()


def number_of(lat: float, lon: float) -> int:
    """The number that a place names, in decimal degrees."""
    return round(lat % 1 * _MINUTES) % _MINUTES + round((lon - EAST) * 60) * _MINUTES
