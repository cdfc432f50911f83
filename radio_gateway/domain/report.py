"""How a gateway is: its links and what they can do, its spool, what was lost or shed.

Told to dispatch when something changes and every few seconds; the newest report replaces all
before. It is how a dispatch on another machine learns which links there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from radio_gateway.domain.ports import Ability


@dataclass(frozen=True, slots=True)
class PortReport:
    """One socket or serial port, counted since it was opened."""

    endpoint: str
    address: str
    received: int
    "Datagrams, or reads of a serial port."
    sent: int
    oversized: int
    throttled: int
    unsent: int
    kernel_drops: int
    "Datagrams that the kernel dropped because its queue was full."
    buffer: int | None = None
    "Octets of the kernel's receive queue as it was given; None: not a socket."
    buffer_wanted: int | None = None


@dataclass(frozen=True, slots=True)
class LinkReport:
    """One link as configured, and whether its ports are open."""

    name: str
    kind: str
    title: str
    network: str
    site: str | None
    abilities: tuple[Ability, ...]
    text_limit: int | None
    open: bool
    reason: str
    frames: int = 0
    malformed: int = 0
    faults: int = 0
    "How often its adapter failed and was started again."
    ports: tuple[PortReport, ...] = ()


@dataclass(frozen=True, slots=True)
class SpoolReport:
    """The events that wait for dispatch, and those that could not wait."""

    depth: int
    oldest_heard_at: datetime | None
    size: int
    "Octets in use."
    limit: int
    unstored: int = 0
    "Durable events that the spool has not taken yet."
    lost: int = 0
    resent: int = 0
    shed: Mapping[str, int] = field(default_factory=dict)
    "Given up under overload since the start, by kind of event."
    fault: str | None = None
    "Why the spool takes nothing at the moment."
    shedding_since: datetime | None = None
    "Overload: something is given up since then; None: nothing is."
    epoch: str = ""
    "Names the spool, as in the events that it numbers."
    gone: tuple[tuple[int, int], ...] = ()
    "Numbers, first and last, that dispatch asked for lately and that the spool does not hold."


@dataclass(frozen=True, slots=True)
class GatewayReport:
    """The whole gateway at one moment."""

    gateway: str
    at: datetime
    started_at: datetime
    version: str
    online: bool
    "False: this is its last will, or its good-bye."
    links: tuple[LinkReport, ...] = ()
    spool: SpoolReport | None = None
    "None: not running yet, or gone."
    loop_lag_s: float = 0.0
    "Longest time that the event loop was blocked since the report before."
    clock_jump_s: float = 0.0
    "Size of the newest jump of the wall clock since the start; 0: none."
    clock_jump_at: datetime | None = None
