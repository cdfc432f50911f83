"""Base stations as patrols use them: press a key here, octets for the gateway come out there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeAlias

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.simulator.fleet import DemoRadio

Heard: TypeAlias = Callable[[int, str], None]
"Told that a text from dispatch is on a radio's display: (radio number, text)."
Datagram: TypeAlias = tuple[Peer, bytes]
"""Where to and the octets. The peer names the base's own endpoint (`serial` for a serial port); its
host is empty where the gateway is, as always, where the configuration says."""


@dataclass(frozen=True, slots=True)
class Fix:
    """What a radio's GNSS receiver knows at the moment."""

    point: GeoPoint
    at: datetime
    "Aware UTC."
    speed_kmh: float
    bearing_deg: float


class Station(Protocol):
    """What a patrol can do through its base, and what the wire sees of it."""

    reports_positions: bool
    "False: places are heard only while the radio talks."
    writes_texts: bool
    "Whether radios can write to the dispatcher."
    sends_statuses: bool

    def open(self, at: Moment) -> None:
        """Begin to reach for the gateway."""
        ...

    def switch_on(self, radio: DemoRadio, at: Moment) -> None: ...

    def switch_off(self, radio: DemoRadio, at: Moment) -> None: ...

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        """Send a place as the radio is programmed to."""
        ...

    def talk(self, radio: DemoRadio, talkgroup: int, seconds: float, fix: Fix, at: Moment) -> bool:
        """Press the PTT key; False: the channel is busy, nothing was said."""
        ...

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        """Send a text to the dispatcher."""
        ...

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        """Send a status number."""
        ...

    def alarm(self, radio: DemoRadio, talkgroup: int, fix: Fix, at: Moment) -> None:
        """Press the emergency key."""
        ...

    def calm(self, radio: DemoRadio, at: Moment) -> None:
        """The officer is safe: the radio stops calling for help, if nobody stopped it."""
        ...

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        """Take what came to an endpoint; octets that make no sense are ignored."""
        ...

    def expire(self, at: Moment) -> None: ...

    def deadline(self) -> float | None:
        """Next `Moment.mono` at which `expire` wants to be called."""
        ...

    def outgoing(self) -> list[Datagram]:
        """What to bring to the gateway since the last call."""
        ...

    def close(self, at: Moment) -> None:
        """The simulation ends: say goodbye, if the protocol has a word for it."""
        ...


MAIN: Final = "main"
"The one endpoint of a base that has one socket."
SERIAL: Final = "serial"
GATEWAY: Final = Peer(MAIN)
"The gateway, for a base that has one socket."
CABLE: Final = Peer(SERIAL)
"The gateway, for a base that has a serial port."
AIR_LOSS: Final = 0.03
"Share of data transmissions that nobody hears."
