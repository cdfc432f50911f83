"""Another Homebrew server that sends us its calls by OpenBridge: signed bursts, no login.

A bridge carries many calls at once on one slot; each talkgroup of each network behind it counts
as a channel of its own. Nothing is ever sent to the bridge.
"""

import logging
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from radio_gateway.adapters._dmr_faults import FaultLog
from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.adapters._dmr_refusals import refusal
from radio_gateway.adapters._dmr_sites import HEALTH_EVERY_S, Site
from radio_gateway.adapters._homebrew_bursts import receive
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.commands import AcknowledgeEmergency, Command
from radio_gateway.domain.events import Event, LinkState
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.homebrew.master import Address
from radio_gateway.protocols.homebrew.openbridge import SIGNED_OCTETS, parse_bridged

log = logging.getLogger(__name__)

ENDPOINT: Final = "main"

REPLAYED_S: Final = 60.0
"""Within this time a datagram counts once. Not longer: a sender that always uses the same stream
id sends its next alarm in the same octets as the last one."""
REPLAYED_KEPT: Final = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeConfig:
    """One server on the other side."""

    name: str
    "Of the link."
    network: str
    "Numbering network that the radios belong to."
    server: Address
    "The only address that is listened to."
    passphrase: str = field(repr=False)
    networks: frozenset[int] = frozenset()
    "Network ids that the other side may send; empty: any."
    hang_time_s: float = 3.0
    lost_after_s: float = 0.36
    "Silence that ends a call whose end was not heard: six frames."
    silent_after_s: float = 0.0
    "Silence after which the link shows as down; 0: never, for bridges that are often quiet."


class OpenBridge:
    """The receiving side of a bridge, as an `Adapter`."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="OpenBridge (listening)",
        transport="UDP",
        abilities=frozenset(
            (
                Ability.CALLS,
                Ability.TALKER_ALIAS,
                Ability.POSITION,
                Ability.CALL_ALERT_FROM_RADIO,
                Ability.EMERGENCY,
                Ability.REGISTRATION,
                Ability.STATUS,
                Ability.TEXT_FROM_RADIO,
            )
        ),
        notes="Bursts of another server, each one signed. Recorded ones can be played again after "
        "a minute: use a VPN.",
    )

    def __init__(self, config: BridgeConfig) -> None:
        self._config = config
        self._passphrase = config.passphrase.encode()
        self._events: list[Event] = []
        self._receiver = Receiver(
            config.name,
            config.network,
            self._events.append,
            hang_time_s=config.hang_time_s,
            lost_after_s=config.lost_after_s,
        )
        self._taken = Recent(REPLAYED_S, REPLAYED_KEPT)
        self._faults = FaultLog(config.name, log)
        self._site = Site(config.name, None)
        self._health_at: float | None = None
        self._heard_at: float | None = None

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        """Take one datagram; a bad one is counted and dropped, never raised."""
        self._receiver.calls.expire(at)
        try:
            if Address(peer.host, peer.port) != self._config.server:
                raise RefusedError(f"{peer.host} port {peer.port} is not the bridge")
            bridged = parse_bridged(frame, self._passphrase)
            allowed = self._config.networks
            if allowed and bridged.repeater_id not in allowed:
                raise RefusedError(f"network {bridged.repeater_id} is not one of the bridge's")
            if self._taken.seen(frame[SIGNED_OCTETS:], at.mono):
                return
            self._heard_at = at.mono
            self._site.become(LinkState.UP, "bursts arrive", at, self._events.append)
            if self._site.payload(at):
                self._health_at = at.mono
            receive(self._receiver, channel(bridged), self._config.name, at)
        except MalformedError as error:
            self._site.malformed += 1
            self._faults.fault(error.what, frame, peer.host, at.mono)
        except RefusedError as error:
            self._site.refused += 1
            self._faults.fault(str(error), frame, peer.host, at.mono)

    def command(self, command: Command, at: Moment) -> None:
        """Refuse it: nothing is sent to a bridge."""
        if isinstance(command, AcknowledgeEmergency):
            self._receiver.signals.cleared(command.radio)
        detail = "this link only listens to the bridge"
        self._events.append(refusal(command, self._config.name, detail, at))

    def expire(self, at: Moment) -> None:
        """End silent calls; report health every five seconds."""
        self._receiver.calls.expire(at)
        silent = self._silent_at()
        if silent is not None and at.mono >= silent:
            self._heard_at = None
            reason = f"no burst for {self._config.silent_after_s:g} s"
            self._site.become(LinkState.DOWN, reason, at, self._events.append)
        if self._health_at is not None and at.mono >= self._health_at:
            self._health_at = at.mono + HEALTH_EVERY_S
            self._events.append(self._site.health(at))

    def deadline(self) -> float | None:
        """Next `Moment.mono` at which `expire` has something to do."""
        due = (self._receiver.calls.deadline(), self._silent_at(), self._health_at)
        return min((moment for moment in due if moment is not None), default=None)

    def opened(self, at: Moment) -> None:
        """The socket is open; a bridge does not say that it is there until somebody talks."""
        self._health_at = at.mono + HEALTH_EVERY_S
        self._site.become(LinkState.CONNECTING, "waiting for the bridge", at, self._events.append)

    def closed(self, reason: str, at: Moment) -> None:
        """The socket is gone: calls are cut off."""
        self._health_at = self._heard_at = None
        self._receiver.calls.cut_off(at)
        self._site.become(LinkState.DOWN, reason, at, self._events.append)

    def events(self) -> list[Event]:
        """Events since the last call, oldest first."""
        taken = self._events[:]
        self._events.clear()
        return taken

    def outgoing(self) -> list[Outgoing]:
        """Nothing, ever."""
        return []

    def _silent_at(self) -> float | None:
        if self._heard_at is None or not self._config.silent_after_s:
            return None
        return self._heard_at + self._config.silent_after_s


def channel(frame: DmrFrame) -> DmrFrame:
    """The frame as if each talkgroup, and each sender of data, had a repeater of its own."""
    voice = frame.frame_type is not FrameType.DATA_SYNC
    number = frame.repeater_id << 25 | frame.group << 24 | frame.target
    if not voice and frame.detail > DataType.TERMINATOR_WITH_LC:
        number |= frame.source + 1 << 64
    return replace(frame, repeater_id=number)
