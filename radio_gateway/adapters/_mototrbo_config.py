"""What an administrator says about one MOTOTRBO system, and what its parts share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from radio_gateway.domain.events import Event
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.protocols.mototrbo.addressing import Networks

Emit: TypeAlias = Callable[[Event], None]


class Service(StrEnum):
    """The services, each with a socket of its own; the values are the endpoints' names."""

    ARS = "ars"
    LRRP = "lrrp"
    TMS = "tms"
    TELEMETRY = "telemetry"
    BATTERY = "battery"


DEFAULT_PORTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        Service.ARS: 4005,
        Service.LRRP: 4001,
        Service.TMS: 4007,
        Service.TELEMETRY: 4008,
        Service.BATTERY: 4012,
    }
)
"UDP ports, the same on radios and here; that of LRRP is fixed in the radios."


@dataclass(frozen=True, slots=True)
class TextRetry:
    """How often a text is sent again while the radio does not acknowledge it."""

    first_s: float = 10.0
    "Wait for the acknowledgement, and least pause; each pause is twice the one before."
    longest_s: float = 1200.0
    lifetime_s: float = 3600.0
    "After that the text has failed."


@dataclass(frozen=True, slots=True)
class MototrboConfig:
    """One system behind a control station or a vendor's IP gateway."""

    name: str
    "Name of the link."
    network: str
    "Numbering network of its radios."
    networks: Networks = field(default_factory=Networks)
    radios: tuple[range, ...] = ()
    "Radio numbers that may speak; none given: all."
    site: str | None = None
    radio_ports: Mapping[str, int] = field(default_factory=lambda: DEFAULT_PORTS)
    "Ports of the radios: they send from these and answer on no others."
    refresh_periods: int = 1
    "Half hours after which a radio registers again; 0: never."
    position_interval_s: int | None = None
    "Asked of every radio that registers; None: positions come as the radio is programmed."
    emergency_trigger: bool = True
    "Whether radios are asked to report when their emergency key is pressed."
    spacing_s: float = 1.0
    "Least time between two datagrams to the radios: each takes 0.5..3 s on the air."
    jitter_s: float = 5.0
    "Most that is added by chance to the time of requests for periodic reports."
    silence_s: float = 3600.0
    "Nothing heard of any radio for so long: the link counts as lost."
    part_limit: int = 140
    "Characters of one message; longer texts go in numbered parts."
    text_retry: TextRetry = field(default_factory=TextRetry)

    def radio(self, number: int) -> RadioId:
        return RadioId(self.network, number)

    def talkgroup(self, number: int) -> TalkgroupId:
        return TalkgroupId(self.network, number)

    def allows(self, number: int) -> bool:
        """Whether a radio may speak to us."""
        return not self.radios or any(number in each for each in self.radios)
