"""What an administrator says about one Hytera base, and what its parts share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from radio_gateway.adapters._recent import Recent as Recent  # the parts take it from here
from radio_gateway.domain.events import Event
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.protocols.hytera.hdap import Service
from radio_gateway.protocols.hytera.message import RadioAddress

Emit: TypeAlias = Callable[[Event], None]

REPEATED_S: Final = 60.0
"A repeater sends an unanswered message again within this time."


class Endpoint(NamedTuple):
    """What one of the link's ports carries."""

    service: Service
    slot: int | None
    "Timeslot; None on a radio, whose ports serve its one channel."


DEFAULT_PORTS: Final[Mapping[str, Mapping[str, int]]] = MappingProxyType(
    {
        "repeater": MappingProxyType(
            {
                "rrs1": 30001,
                "rrs2": 30002,
                "lp1": 30003,
                "lp2": 30004,
                "tmp1": 30007,
                "tmp2": 30008,
                "rcp1": 30009,
                "rcp2": 30010,
            }
        ),
        "radio": MappingProxyType({"rrs": 3002, "lp": 3003, "tmp": 3004, "rcp": 3005}),
    }
)
"UDP ports as the vendor's programming software proposes them, by style of link."

ENDPOINTS: Final[Mapping[str, Endpoint]] = MappingProxyType(
    {
        name: Endpoint(Service[name.rstrip("12").upper()], int(name[-1]) if slots else None)
        for style, slots in (("repeater", True), ("radio", False))
        for name in DEFAULT_PORTS[style]
    }
)


@dataclass(frozen=True, slots=True)
class TextRetry:
    """How long a text waits for the radio, and how often it is tried again."""

    answer_s: float = 8.0
    "The answer comes after the transmission, about 4 s on an idle channel."
    spacing_s: tuple[float, ...] = (5.0, 2.0, 10.0)
    "Pauses between the attempts."


@dataclass(frozen=True, slots=True)
class HyteraConfig:
    """One base: usually one repeater, or one radio that serves as base."""

    name: str
    "Name of the link."
    network: str
    "Numbering network of its radios."
    peers: frozenset[str]
    "IP addresses of the base; datagrams of others are counted and dropped."
    dispatcher_id: int
    "Radio number that the dispatcher answers to."
    site: str | None = None
    endpoints: Mapping[str, Endpoint] = field(default_factory=lambda: ENDPOINTS)
    registration_period_s: int = 1800
    "Radios are told to register again within it; two periods of silence end a registration."
    position_interval_s: int | None = None
    "Asked of every radio that registers; None: positions come as the radio is programmed."
    subnet: int = 10
    "First octet of the addresses of the radios."
    default_slot: int = 1
    "Timeslot for a radio or talkgroup that was not heard yet."
    control_port: int | None = None
    "Port at which the peers are radios that take control (HRNP); None: they are not connected to."
    serial: bool = False
    "All services go through the control session: the peer is at the end of a serial line."
    text_retry: TextRetry = field(default_factory=TextRetry)

    def radio(self, number: int) -> RadioId:
        return RadioId(self.network, number)

    def talkgroup(self, number: int) -> TalkgroupId:
        return TalkgroupId(self.network, number)

    def address(self, number: int) -> RadioAddress:
        """How a radio or talkgroup is written in messages."""
        return RadioAddress(self.subnet, number)
