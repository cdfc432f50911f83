"""The seams: what an adapter, a bus and a spool look like from outside."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Protocol

from radio_gateway.domain.commands import Command
from radio_gateway.domain.events import Event
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.quick import quick_init
from radio_gateway.domain.wire import CommandEnvelope, EventEnvelope, Receipt

if TYPE_CHECKING:  # a report names abilities, which are defined here
    from radio_gateway.domain.report import GatewayReport


@quick_init
@dataclass(frozen=True, slots=True)
class Peer:
    """Who sent a frame, or whom one is for."""

    endpoint: str
    "Which of the link's own sockets or ports: `main`, `rrs1`, `lp2`, `serial`."
    host: str = ""
    "IP address; empty on a serial line."
    port: int = 0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One frame to send."""

    data: bytes
    peer: Peer
    acknowledges: bool = False
    "Tells the sender `received`: leaves only after this turn's durable events are committed."


class Ability(StrEnum):
    """What a dispatcher may ask of a radio or a link may report."""

    TEXT_TO_RADIO = "text_to_radio"
    TEXT_TO_TALKGROUP = "text_to_talkgroup"
    TEXT_FROM_RADIO = "text_from_radio"
    DELIVERY_ACKNOWLEDGEMENT = "delivery_acknowledgement"
    POSITION = "position"
    POSITION_REQUEST = "position_request"
    POSITION_INTERVAL = "position_interval"
    REGISTRATION = "registration"
    STATUS = "status"
    CALLS = "calls"
    TALKER_ALIAS = "talker_alias"
    EMERGENCY = "emergency"
    EMERGENCY_ACKNOWLEDGEMENT = "emergency_acknowledgement"
    RADIO_CHECK = "radio_check"
    CALL_ALERT = "call_alert"
    CALL_ALERT_FROM_RADIO = "call_alert_from_radio"
    DISABLE = "disable"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an adapter's radios can and cannot do. README's support table is made from this."""

    title: str
    "As an administrator knows it: `MMDVM repeaters (Homebrew)`."
    transport: str
    "`UDP` or `serial`."
    abilities: frozenset[Ability]
    text_limit: int | None = None
    "Longest text in characters; None where texts cannot be sent."
    notes: str = ""

    def can(self, ability: Ability) -> bool:
        return ability in self.abilities


class Adapter(Protocol):
    """Vendor frames on one side, domain on the other. No I/O: time and bytes are arguments.

    The owner calls `feed`, `command` or `expire`, then takes `events()` and `outgoing()`;
    it commits durable events before it sends frames that acknowledge.
    """

    CAPABILITIES: ClassVar[Capabilities]

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        """Take one datagram, or any piece of a serial stream. Never raises for bad bytes."""
        ...

    def command(self, command: Command, at: Moment) -> None:
        """Start a command; its progress comes as TextProgress or CommandResult events."""
        ...

    def expire(self, at: Moment) -> None:
        """Run what is due: keep-alives, retries, time-outs."""
        ...

    def deadline(self) -> float | None:
        """Next `Moment.mono` at which `expire` wants to be called; None: nothing waits."""
        ...

    def opened(self, at: Moment) -> None:
        """The sockets or the port are open (again)."""
        ...

    def closed(self, reason: str, at: Moment) -> None:
        """The port went away: end what was running; nothing pending counts as delivered."""
        ...

    def events(self) -> list[Event]:
        """Events since the last call, oldest first."""
        ...

    def outgoing(self) -> list[Outgoing]:
        """Frames to send since the last call, oldest first."""
        ...


class GatewayBus(Protocol):
    """The gateway's side of what joins it to dispatch: events up, commands down."""

    async def publish(self, events: Sequence[EventEnvelope]) -> None:
        """Hand events on; returns when the bus has taken them, which is not a receipt.

        Raises:
            BusError: the bus takes none now; some of them may have been taken.
        """
        ...

    def receipts(self, gateway: str) -> AsyncIterator[Receipt]:
        """What dispatch has committed."""
        ...

    def commands(self, gateway: str) -> AsyncIterator[CommandEnvelope]:
        """What dispatch wants."""
        ...

    async def report(self, report: "GatewayReport") -> None:
        """Tell how the gateway is; replaces the report before."""
        ...


class DispatchBus(Protocol):
    """Dispatch's side of what joins it to its gateways."""

    def events(self) -> AsyncIterator[Sequence[EventEnvelope]]:
        """Batches as they come."""
        ...

    async def acknowledge(self, receipt: Receipt) -> None:
        """Tell, after the COMMIT, that these need not be sent again."""
        ...

    async def send(self, command: CommandEnvelope) -> None:
        """Hand a command to a gateway, or to all of them (`*`).

        Raises:
            BusError: the bus takes none now.
        """
        ...

    def reports(self) -> AsyncIterator["GatewayReport"]:
        """The newest report of every gateway, then each new one."""
        ...


class Bus(GatewayBus, DispatchBus, Protocol):
    """Both sides in one process."""
