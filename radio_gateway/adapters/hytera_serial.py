"""A Hytera radio as base on a serial line: HRNP packets in a stream of octets.

The line is one more way to the same services: packets are cut out of the stream and given to a
`HyteraBase` whose only peer is the other end of the line. Over HRNP goes what the radio was told
to forward; which services beyond radio control a model forwards is for its programming to say.
"""

from dataclasses import replace
from typing import ClassVar, Final

from radio_gateway.adapters._hytera_config import HyteraConfig
from radio_gateway.adapters._hytera_control import ENDPOINT
from radio_gateway.adapters._serial import earliest
from radio_gateway.adapters.hytera import HyteraBase
from radio_gateway.domain.commands import Command
from radio_gateway.domain.events import Event
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.hytera.hrnp_reader import IDLE_S, HrnpReader
from radio_gateway.protocols.hytera.tmp import TEXT_LIMIT

LINE: Final = "serial line"
"What stands for the address of the other end."
_PEER: Final = Peer(ENDPOINT, LINE, 1)
_SERIAL: Final = Peer("serial")


class HyteraSerial:
    """Implements `radio_gateway.domain.ports.Adapter` for one radio on a serial port."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="Hytera radio on a serial port (HRNP)",
        transport="serial",
        abilities=frozenset(Ability)
        - {Ability.TALKER_ALIAS, Ability.STATUS, Ability.CALL_ALERT_FROM_RADIO},
        text_limit=TEXT_LIMIT,
        notes="What the radio forwards besides calls and alarms is set in its programming.",
    )

    def __init__(self, config: HyteraConfig) -> None:
        """Make an adapter; peers and control port of the configuration are set here."""
        own = replace(config, peers=frozenset({LINE}), control_port=_PEER.port, serial=True)
        self._base = HyteraBase(own)
        self._reader = HrnpReader()
        self._idle_at: float | None = None

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:  # noqa: ARG002 - one peer per port
        """Take any piece of the stream; noise between packets is skipped."""
        self._take(self._reader.feed(frame), at)
        self._idle_at = at.mono + IDLE_S if self._reader.waiting else None

    def command(self, command: Command, at: Moment) -> None:
        self._base.command(command, at)

    def expire(self, at: Moment) -> None:
        if self._idle_at is not None and at.mono >= self._idle_at:
            self._idle_at = None
            self._take(self._reader.flush(), at)
        self._base.expire(at)

    def deadline(self) -> float | None:
        return earliest(self._idle_at, self._base.deadline())

    def opened(self, at: Moment) -> None:
        self._reader = HrnpReader()
        self._idle_at = None
        self._base.opened(at)

    def closed(self, reason: str, at: Moment) -> None:
        self._base.closed(reason, at)

    def events(self) -> list[Event]:
        return self._base.events()

    def outgoing(self) -> list[Outgoing]:
        return [replace(each, peer=_SERIAL) for each in self._base.outgoing()]

    def _take(self, packets: list[bytes], at: Moment) -> None:
        for packet in packets:
            self._base.feed(packet, _PEER, at)
