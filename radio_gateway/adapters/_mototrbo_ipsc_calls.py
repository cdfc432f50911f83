"""Calls that repeaters report to a call monitor: who, to whom, when; no bursts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from radio_gateway.adapters._dmr_reception import Reception, StreamKey
from radio_gateway.adapters._dmr_transmission import Parties, Transmission
from radio_gateway.domain.events import CallEndReason, Event
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.mototrbo.ipsc_monitor import CallState, CallStatus, CallType

LONGEST_S: Final = 300.0
"A call whose end was not reported ends by itself; radios stop transmitting before."
MOST: Final = 256
"Calls at one time; a network of 15 repeaters has 30 slots."
_GROUP: Final = frozenset((CallType.GROUP_VOICE, CallType.EMERGENCY_VOICE, CallType.ALL_CALL))
VOICE: Final = _GROUP | {CallType.PRIVATE_VOICE}
"Calls with telephones (5A to 5C) are not logged: which of their numbers is a radio is not public."
_ALL: Final = 0xFF_FFFF
_REASONS: Final[dict[int, CallEndReason]] = {
    CallState.ENDED: CallEndReason.TERMINATOR,
    CallState.PREEMPTED: CallEndReason.PREEMPTED,
    CallState.INTERRUPTED: CallEndReason.PREEMPTED,
}


@dataclass(slots=True)
class _Running:
    transmission: Transmission
    ends_at: float


class MonitoredCalls:
    """Running calls by origin and call number; several repeaters may report the same one."""

    def __init__(
        self, link: str, network: str, emit: Callable[[Event], None], hang_time_s: float
    ) -> None:
        self._link = link
        self._network = network
        self._emit = emit
        self._hang_time_s = hang_time_s
        self._running: dict[tuple[int, int, int], _Running] = {}
        self._last: dict[tuple[bool, frozenset[int]], tuple[float, str]] = {}

    def take(self, status: CallStatus, site: str, at: Moment) -> None:
        """Begin or end what a status of a voice call tells."""
        if status.call_type not in VOICE or not status.source:
            return
        key = status.origin, status.slot, status.call
        running = self._running.get(key)
        if status.state == CallState.STARTED:
            if running is None and len(self._running) < MOST:
                self._begin(key, status, site, at)
        elif running is not None:
            self._end(key, _REASONS.get(status.state, CallEndReason.LOST), at)

    def gone(self, origin: int, at: Moment) -> None:
        """A repeater left: its calls are cut off."""
        for key in [key for key in self._running if key[0] == origin]:
            self._end(key, CallEndReason.TRUNCATED, at)

    def expire(self, at: Moment) -> None:
        """End what ran for longer than any call does."""
        for key in [key for key, each in self._running.items() if at.mono >= each.ends_at]:
            self._end(key, CallEndReason.LOST, at)
        if len(self._last) > 1:
            keep = self._hang_time_s
            self._last = {k: v for k, v in self._last.items() if at.mono - v[0] <= keep}

    def deadline(self) -> float | None:
        return min((each.ends_at for each in self._running.values()), default=None)

    def _begin(self, key: tuple[int, int, int], status: CallStatus, site: str, at: Moment) -> None:
        for other in [k for k in self._running if k[:2] == key[:2]]:
            self._end(other, CallEndReason.PREEMPTED, at)
        everybody = status.call_type == CallType.ALL_CALL
        target = _ALL if everybody else status.target
        parties = Parties(status.call_type in _GROUP, status.source, target)
        started_ms = int(at.utc.timestamp() * 1000)
        call = f"{self._link}-{started_ms}-{status.origin}-{status.slot}-{status.call:08x}"
        ended_at, conversation = self._last.get(parties.exchange, (float("-inf"), call))
        if at.mono - ended_at > self._hang_time_s:
            conversation = call
        transmission = Transmission(
            link=self._link,
            network=self._network,
            key=call,
            parties=parties,
            site=site,
            slot=status.slot,
            conversation=conversation,
            began=at,
            late_entry=False,
            emergency=status.call_type == CallType.EMERGENCY_VOICE,
            encrypted=status.encrypted,
        )
        self._running[key] = _Running(transmission, at.mono + LONGEST_S)
        self._emit(transmission.started())

    def _end(self, key: tuple[int, int, int], reason: CallEndReason, at: Moment) -> None:
        transmission = self._running.pop(key).transmission
        heard = _Reported(StreamKey(key[0], key[1], b""), at.mono)
        transmission.receptions[heard.key] = heard
        heard.seconds = round(at.mono - transmission.began.mono, 2)
        self._last[transmission.parties.exchange] = at.mono, transmission.conversation
        self._emit(transmission.ended(reason, heard, at))


@dataclass(slots=True)
class _Reported(Reception):
    """A reception of which only the length is known."""

    seconds: float = 0.0

    @property
    def duration_s(self) -> float:
        return self.seconds
