"""A Hytera base with its radios, as a gateway meets it.

`HyteraRepeater` speaks HSTRP on all its ports, `HyteraRadio` plain HDAP. Both are sans-I/O: the
owner feeds datagrams and the time, and carries what `outgoing` gives. All chance comes from the
`random.Random` that is passed in, so that a seed tells the whole story.
"""

from collections.abc import Mapping
from random import Random
from typing import Final

from radio_gateway.protocols.hytera.hdap import Service
from radio_gateway.protocols.hytera.hstrp import repeater_options
from radio_gateway.protocols.hytera.session import Delivered, HandedOver, HstrpSession, NotTaken
from radio_gateway.simulator.peers._hytera_air import HyteraAir, TextHeard
from radio_gateway.simulator.peers._hytera_state import HyteraSetup

__all__ = [
    "RADIO_PORTS",
    "REPEATER_PORTS",
    "HyteraRadio",
    "HyteraRepeater",
    "HyteraSetup",
    "TextHeard",
]

REPEATER_PORTS: Final[Mapping[str, tuple[Service, int]]] = {
    f"{service.name.lower()}{slot}": (service, slot)
    for service in (Service.RRS, Service.LP, Service.TMP, Service.RCP)
    for slot in (1, 2)
}
RADIO_PORTS: Final[Mapping[str, tuple[Service, int]]] = {
    service.name.lower(): (service, 1) for service in (Service.RRS, Service.LP, Service.TMP)
}


class HyteraRepeater(HyteraAir):
    """A repeater with two timeslots that forwards its radios' data to the gateway."""

    def __init__(self, setup: HyteraSetup, rng: Random, on_text: TextHeard | None = None) -> None:
        """Make a repeater that connects every port as soon as `expire` is called.

        Args:
            setup: how it and its air behave.
            rng: all chance of this base.
            on_text: told when a radio shows a text.
        """
        super().__init__(setup, rng, REPEATER_PORTS, on_text)
        self._sessions = {
            name: HstrpSession(options=repeater_options(setup.device_id, slot))
            for name, (_, slot) in REPEATER_PORTS.items()
        }
        self._unsent: dict[int, bytes] = {}
        self._keys = 0

    @property
    def connected(self) -> bool:
        """Whether the gateway has answered on every port."""
        return all(session.up for session in self._sessions.values())

    def feed(self, endpoint: str, datagram: bytes, now: float) -> None:
        """Take one datagram of the gateway.

        Raises:
            MalformedError: the gateway sent what no repeater understands.
        """
        session = self._sessions[endpoint]
        session.feed(datagram, now)
        self._follow(endpoint, now)

    def expire(self, now: float) -> None:
        """Let everything happen that is due, connects and heartbeats included."""
        super().expire(now)
        for name, session in self._sessions.items():
            session.expire(now)
            self._follow(name, now)

    def deadline(self) -> float | None:
        """When `expire` wants to be called next."""
        due = [super().deadline(), *(each.deadline() for each in self._sessions.values())]
        return min((each for each in due if each is not None), default=None)

    def outgoing(self) -> list[tuple[str, bytes]]:
        """Datagrams for the gateway since the last call: (endpoint, octets)."""
        return [
            (name, data)
            for name, session in self._sessions.items()
            for data, _ in session.outgoing()
        ]

    def _transmit(self, endpoint: str, octets: bytes, now: float) -> None:
        """A message without a session is lost, as on a real repeater.

        Status broadcasts are sent once; all else is repeated until the gateway acknowledges it.
        """
        session = self._sessions[endpoint]
        if not session.up:
            return
        if octets[0] == Service.RCP:
            session.send(octets, 0, now, tries=0)
            return
        self._keys += 1
        self._unsent[self._keys] = octets
        session.send(octets, self._keys, now)

    def _follow(self, endpoint: str, now: float) -> None:
        """What became of the session on one port, and of what was sent over it."""
        for event in self._sessions[endpoint].events():
            match event:
                case Delivered(payload=payload):
                    self._receive(payload, now)
                case HandedOver(key=key):
                    self._unsent.pop(key, None)
                case NotTaken(key=key):
                    octets = self._unsent.pop(key, None)
                    if octets is not None:
                        self._transmit(endpoint, octets, now)
                case _:
                    pass


class HyteraRadio(HyteraAir):
    """A radio as base: plain HDAP, no sessions, one channel, no control port."""

    def __init__(self, setup: HyteraSetup, rng: Random, on_text: TextHeard | None = None) -> None:
        super().__init__(setup, rng, RADIO_PORTS, on_text)
        self._sent: list[tuple[str, bytes]] = []

    def feed(self, endpoint: str, datagram: bytes, now: float) -> None:  # noqa: ARG002 - one form on all ports
        """Take one datagram of the gateway.

        Raises:
            MalformedError: the gateway sent what no radio understands.
        """
        self._receive(datagram, now)

    def outgoing(self) -> list[tuple[str, bytes]]:
        """Datagrams for the gateway since the last call: (endpoint, octets)."""
        sent, self._sent = self._sent, []
        return sent

    def _transmit(self, endpoint: str, octets: bytes, now: float) -> None:  # noqa: ARG002 - sent at once
        self._sent.append((endpoint, octets))
