"""What bursts to send have in common: channel, parties, and the preambles in front of them.

Preambles are control blocks that wake radios which scan or save power; each one says how many
bursts are still to come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.dmr.burst import build_data
from radio_gateway.protocols.dmr.csbk import Preamble
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import Sync

BURST_S: Final = 0.06
"Air time of one burst and of its slot's share: one burst per slot every 60 ms."
_MAX_PREAMBLES: Final = 100
"Six seconds of air."
_MAX_TO_FOLLOW: Final = 255
_RADIO_IDS: Final = range(1, 1 << 24)


@dataclass(frozen=True, slots=True)
class AirBurst:
    """One burst to send."""

    octets: bytes
    "33 octets, synchronisation and FEC included."
    slot_type: SlotType


@dataclass(frozen=True, slots=True)
class Channel:
    """What all bursts of a transmission share."""

    colour_code: int
    "0..15, the base station's"
    sync: Sync = Sync.BS_DATA
    "Who seems to send: what a server hands to a repeater looks like the repeater's own."

    def __post_init__(self) -> None:
        if self.colour_code not in range(16):
            raise ValueError(f"colour codes are 0 to 15, not {self.colour_code}")
        if not self.sync.is_data:
            raise ValueError(f"{self.sync.name} is no data synchronisation")

    def burst(self, data_type: DataType, payload: bytes) -> AirBurst:
        """One burst with a block of the length that `data_type` has."""
        slot_type = SlotType(self.colour_code, data_type)
        return AirBurst(build_data(self.sync, slot_type, payload), slot_type)


@dataclass(frozen=True, slots=True)
class Parties:
    """Who sends to whom."""

    target: int
    "Radio, or talkgroup when `group`; 24 bit, not 0."
    source: int
    "24 bit, not 0."
    group: bool = False

    def __post_init__(self) -> None:
        for number in (self.target, self.source):
            if number not in _RADIO_IDS:
                raise ValueError(f"DMR numbers are 1 to {_RADIO_IDS[-1]}, not {number}")


def announced(
    bursts: Sequence[AirBurst],
    parties: Parties,
    channel: Channel,
    preambles: int,
    *,
    data: bool = True,
) -> list[AirBurst]:
    """`bursts` after so many preambles, each of which counts all that follow it.

    Raises:
        ValueError: over 100 preambles, or more bursts than one of them can count.
    """
    total = preambles + len(bursts)
    if preambles not in range(_MAX_PREAMBLES + 1) or total > _MAX_TO_FOLLOW:
        raise ValueError(f"{preambles} preambles before {len(bursts)} bursts")
    lead = [
        channel.burst(
            DataType.CSBK,
            Preamble(
                parties.target,
                parties.source,
                total - 1 - n,
                data_follows=data,
                group=parties.group,
            )
            .build()
            .build(),
        )
        for n in range(preambles)
    ]
    return [*lead, *bursts]
