"""A vehicle or receiver that speaks plain NMEA 0183 on a serial port."""

import logging
from dataclasses import dataclass
from typing import ClassVar, Final

from radio_gateway.adapters._serial import SerialState, earliest
from radio_gateway.domain.commands import Command, SendText
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    Event,
    PositionReported,
    PositionSource,
    RadioHeard,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.nmea import sentences
from radio_gateway.protocols.nmea.fix import Fix, Refusal
from radio_gateway.protocols.nmea.line import ChecksumState
from radio_gateway.protocols.nmea.merge import FixMerger
from radio_gateway.protocols.nmea.reader import LineReader

log = logging.getLogger(__name__)

SETTLE_S: Final = 0.3
"A fix is complete when no more of its sentences came for this long."
IDLE_S: Final = 2.0
"A line without its end is closed after this long."
REFRESH_S: Final = 10.0
"A receiver without a fix shows that it lives this often."


@dataclass(frozen=True, slots=True, kw_only=True)
class NmeaConfig:
    """One port and the unit that it stands for: the sentences name nobody."""

    name: str
    "Name of the link."
    network: str
    radio: int
    "Number of the unit that this port is bound to."
    site: str | None = None


class NmeaTalker:
    """RMC, GGA and GLL of one port as positions of one radio."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="GNSS receiver or vehicle (NMEA 0183)",
        transport="serial",
        abilities=frozenset({Ability.POSITION}),
        notes="One port is one unit. Estimated positions are shown as stale.",
    )

    def __init__(self, config: NmeaConfig) -> None:
        self._config = config
        self._radio = RadioId(config.network, config.radio)
        self._port = SerialState(config.name, config.site)
        self._reader = LineReader()
        self._merger = FixMerger()
        self._settled_at: float | None = None
        self._idle_at: float | None = None
        self._refresh_after = float("-inf")
        self._clock_fault = False
        self._events: list[Event] = []

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:  # noqa: ARG002 - one peer per port
        """Take any piece of the stream; bad lines are counted and dropped."""
        for line in self._reader.feed(frame):
            self._take(line, at)
        self._idle_at = at.mono + IDLE_S

    def command(self, command: Command, at: Moment) -> None:
        """Nothing can be asked of a receiver that only talks."""
        reason = "a plain NMEA port only talks"
        link = self._config.name
        if isinstance(command, SendText):
            self._events.append(
                TextProgress(
                    link=link,
                    at=at,
                    command=command.command,
                    state=TextState.FAILED,
                    radio=command.radio,
                    reason=TextFailure.UNSUPPORTED,
                    detail=reason,
                )
            )
            return
        self._events.append(
            CommandResult(
                link=link,
                at=at,
                command=command.command,
                outcome=CommandOutcome.REFUSED,
                radio=command.radio,
                detail=reason,
            )
        )

    def expire(self, at: Moment) -> None:
        if self._idle_at is not None and at.mono >= self._idle_at:
            self._flush(at)
        if self._settled_at is not None and at.mono >= self._settled_at:
            self._settle(at)
        self._port.expire(at)

    def deadline(self) -> float | None:
        return earliest(self._idle_at, self._settled_at, self._port.deadline())

    def opened(self, at: Moment) -> None:
        self._reader = LineReader()
        self._port.opened(at)

    def closed(self, reason: str, at: Moment) -> None:
        self._flush(at)
        self._settle(at)
        self._port.closed(reason, at)

    def events(self) -> list[Event]:
        taken = self._port.events + self._events
        self._port.events, self._events = [], []
        return taken

    def outgoing(self) -> list[Outgoing]:
        return []

    def _flush(self, at: Moment) -> None:
        self._idle_at = None
        for line in self._reader.flush():
            self._take(line, at)

    def _take(self, line: bytes, at: Moment) -> None:
        try:
            sentence = sentences.parse(line)
            if sentence.checksum.state is not ChecksumState.OK:
                raise MalformedError(f"checksum {sentence.checksum.state}", line)
        except MalformedError as error:
            self._port.bad(error, at)
            return
        self._port.heard(at)
        if isinstance(sentence, sentences.OtherSentence):
            return
        for verdict in self._merger.add(sentence, at.utc):
            self._report(verdict, at)
        self._settled_at = at.mono + SETTLE_S

    def _settle(self, at: Moment) -> None:
        self._settled_at = None
        for verdict in self._merger.flush(at.utc):
            self._report(verdict, at)

    def _report(self, verdict: Fix | Refusal, at: Moment) -> None:
        link, site = self._config.name, self._config.site
        if isinstance(verdict, Refusal):
            if at.mono >= self._refresh_after:
                self._refresh_after = at.mono + REFRESH_S
                self._events.append(RadioHeard(link=link, at=at, radio=self._radio, site=site))
            return
        if verdict.clock_fault != self._clock_fault:
            self._clock_fault = verdict.clock_fault
            log.warning("%s: clock of the receiver %s", link, _CLOCK[verdict.clock_fault])
        self._events.append(
            PositionReported(
                link=link,
                at=at,
                radio=self._radio,
                point=verdict.point,
                source=PositionSource.SENTENCE,
                fixed_at=verdict.fixed_at,
                speed_kmh=verdict.speed_kmh,
                bearing_deg=verdict.bearing_deg,
                altitude_m=verdict.altitude_m,
                stale=verdict.estimated,
            )
        )


_CLOCK: Final = {True: "disagrees with ours", False: "agrees with ours again"}
