"""Who is on the air: radios and talkgroups, and where on the carrier."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from radio_gateway.domain.quick import quick_init

MAX_NUMBER: Final = 0xFF_FFFF
"Largest 24-bit DMR address; FleetSync 100-1000 .. 349-4999 written as seven digits fits as well."


@quick_init
@dataclass(frozen=True, slots=True, order=True)
class RadioId:
    """A subscriber unit. The number means something only within its numbering network.

    FleetSync and NXDN numbers are other radios than DMR numbers: adapters that carry
    several systems put them into networks of their own (`palanga/fleetsync`).
    """

    network: str
    "Numbering network as named in the configuration, 1..64 characters."
    number: int
    "0..0xFFFFFF (24 bit)."

    def __post_init__(self) -> None:
        _check(self.network, self.number, "radio id")

    def __hash__(self) -> int:
        # looked up for every frame; equal numbers of two networks are rare
        return self.number

    def __str__(self) -> str:
        return f"{self.network}:{self.number}"


@quick_init
@dataclass(frozen=True, slots=True, order=True)
class TalkgroupId:
    """A talkgroup within its numbering network."""

    network: str
    number: int
    "0..0xFFFFFF (24 bit)."

    def __post_init__(self) -> None:
        _check(self.network, self.number, "talkgroup")

    def __hash__(self) -> int:
        return self.number

    def __str__(self) -> str:
        return f"{self.network}:TG {self.number}"


class Timeslot(IntEnum):
    """Half of a DMR carrier."""

    ONE = 1
    TWO = 2


@dataclass(frozen=True, slots=True)
class ColourCode:
    """DMR colour code, 0..15."""

    value: int

    def __post_init__(self) -> None:
        if not 0 <= self.value <= 15:
            raise ValueError(f"colour code {self.value} is not 0..15")


def _check(network: str, number: int, what: str) -> None:
    if not 0 <= number <= MAX_NUMBER:
        raise ValueError(f"{what} {number} does not fit 24 bits")
    if not 0 < len(network) <= 64:
        raise ValueError(f"{what} {number} has no usable network name: {network!r}")
