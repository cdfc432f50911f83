"""Radio ids as IP addresses: the id in the three low octets, the network in the first."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

MAX_ID: Final = 0xFF_FFFF
_REMEMBERED: Final = 16_384


class Side(Enum):
    """Who speaks from an address."""

    RADIO = "radio"
    "The radio itself (CAI network)."
    COMPUTER = "computer"
    "What is wired to the radio: CAI network + 1."
    GROUP = "group"
    "A talkgroup, as a multicast address."


@dataclass(frozen=True, slots=True)
class Networks:
    """First octets, as programmed into the radios of one system."""

    cai: int = 12
    "Radios, 1..223."
    server: int = 13
    "Computers behind radios and control stations, 1..223."
    group: int = 225
    "Talkgroups, 224..239."

    def __post_init__(self) -> None:
        if not (1 <= self.cai <= 223 and 1 <= self.server <= 223 and self.cai != self.server):
            raise ValueError("the networks of radios and computers are two numbers of 1..223")
        if not 224 <= self.group <= 239:
            raise ValueError("the network of talkgroups is 224..239")

    def radio_address(self, number: int) -> str:
        """Where a radio is reached, `12.0.39.74`."""
        return _address(self.cai, number)

    def group_address(self, number: int) -> str:
        """Where all members of a talkgroup are reached, `225.0.0.201`."""
        return _address(self.group, number)

    def owner(self, host: str) -> tuple[Side, int] | None:
        """Whose address this is; None: of no network of this system, or of id 0."""
        found = _octets(host)
        if found is None or not found[1]:
            return None
        network, number = found
        if network == self.cai:
            return Side.RADIO, number
        if network == self.server:
            return Side.COMPUTER, number
        return (Side.GROUP, number) if network == self.group else None


def _address(network: int, number: int) -> str:
    if not 0 < number <= MAX_ID:
        raise ValueError(f"no radio or talkgroup number: {number}")
    return f"{network}.{number >> 16}.{number >> 8 & 255}.{number & 255}"


@lru_cache(maxsize=_REMEMBERED)
def _octets(host: str) -> tuple[int, int] | None:
    """First octet, and the rest as a number; None for what is no IPv4 address."""
    parts = host.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdecimal() for part in parts):
        return None
    octets = [int(part) for part in parts]
    if max(octets) > 255:
        return None
    return octets[0], octets[1] << 16 | octets[2] << 8 | octets[3]
