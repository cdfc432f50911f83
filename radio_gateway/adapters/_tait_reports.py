"""Rings and messages as events: calls, statuses, alarms, texts, positions."""

import logging
from typing import Final

from radio_gateway.adapters._recent import Recent
from radio_gateway.adapters._tait_calls import CallTracker, Party
from radio_gateway.adapters._tait_config import Identities, TaitConfig
from radio_gateway.domain.events import (
    CallAlertReceived,
    CallKind,
    EmergencyCleared,
    EmergencyRaised,
    EmergencySource,
    Event,
    PositionReported,
    PositionSource,
    RadioHeard,
    StatusReceived,
    TextReceived,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.nmea import sentences
from radio_gateway.protocols.nmea.fix import Fix, Refusal, accept
from radio_gateway.protocols.nmea.line import ChecksumState
from radio_gateway.protocols.tait.reports import CallType, Ring, Sdm, Target

log = logging.getLogger(__name__)

ALARM_HOLD_S: Final = 30.0
"A radio repeats its alarm; the same one within this time is told once."
CALL_ALERT_REPEATS_S: Final = 10.0
"The same for one who asks to be called back."
SENDER_S: Final = 10.0
"A message this long after a ring, or after we asked a radio, is that radio's."
_UNSHOWN: Final = "\N{REPLACEMENT CHARACTER}"


class Reports:
    """What the base radio hears, in our terms. The base names the sender by the ring alone."""

    def __init__(self, config: TaitConfig, identities: Identities, calls: CallTracker) -> None:
        self._config = config
        self._identities = identities
        self._own = RadioId(config.network, config.radio)
        self._calls = calls
        self._alarms = Recent(ALARM_HOLD_S)
        self._alerts = Recent(CALL_ALERT_REPEATS_S)
        self._sender: tuple[RadioId, float] | None = None

    def ring(self, ring: Ring, raw: bytes, at: Moment) -> list[Event]:
        """Somebody calls: by voice, with a status, or with a message that comes by itself."""
        name, site = self._config.name, self._config.site
        caller = self._identities.radio(ring.caller)
        if ring.caller and caller is None:
            log.warning("%s: no radio of ours: %s", name, ascii(ring.caller))
        radio = caller or self._identities.unknown
        by_status = ring.status is not None and ring.status in self._config.emergency_statuses
        events: list[Event] = []
        if ring.emergency or by_status:
            source = EmergencySource.ALARM if ring.emergency else EmergencySource.STATUS
            events += self._alarm(radio, ring, source, raw, at)
        if caller is None:
            return events
        if ring.status is not None:
            status = ring.status
            events.append(StatusReceived(link=name, at=at, radio=caller, status=status, site=site))
        called = self._party(ring).called
        if ring.call_alert and not self._alerts.seen((caller, called), at.mono):
            events.append(
                CallAlertReceived(
                    link=name,
                    at=at,
                    radio=caller,
                    called=None if called == self._own else called,
                    site=site,
                )
            )
        if ring.call in (CallType.SDM, CallType.DATA):
            self._sender = caller, at.mono + SENDER_S
        if ring.call is CallType.VOICE:
            events += self._calls.ring(caller, self._party(ring), at, emergency=ring.emergency)
        elif not events:
            events.append(RadioHeard(link=name, at=at, radio=caller, site=site))
        return events

    def own_emergency(self, raw: bytes, at: Moment) -> list[Event]:
        """The emergency key of the base radio itself."""
        self._alarms.forget(self._own)
        return self._raise(self._own, None, EmergencySource.ALARM, raw, at)

    def own_emergency_over(self, at: Moment) -> list[Event]:
        config = self._config
        return [EmergencyCleared(link=config.name, at=at, radio=self._own, site=config.site)]

    def cleared(self, radio: RadioId) -> None:
        """A dispatcher has dealt with it: the next alarm is a new one."""
        self._alarms.forget(radio)

    def message(self, sdm: Sdm, asked: RadioId | None, at: Moment) -> list[Event]:
        """A received message: a text, or an NMEA sentence with a good checksum.

        Args:
            sdm: the message; an empty one says that nothing was stored.
            asked: radio whose position was requested and has not come yet.
            at: when.
        """
        if not sdm.data:
            return []
        sender = self._take_sender(at)
        if sdm.data.startswith(b"$"):
            position = self._position(sdm.data, sender, asked, at)
            if position is not None:
                return position
        text = "".join(c if c.isprintable() or c == "\n" else _UNSHOWN for c in sdm.text)
        radio = sender or self._identities.unknown
        name, site = self._config.name, self._config.site
        return [TextReceived(link=name, at=at, radio=radio, text=text, site=site)]

    def _take_sender(self, at: Moment) -> RadioId | None:
        sender, self._sender = self._sender, None
        return sender[0] if sender is not None and at.mono <= sender[1] else None

    def _position(
        self, line: bytes, sender: RadioId | None, asked: RadioId | None, at: Moment
    ) -> list[Event] | None:
        """What a sentence says; None: it is no sentence with a good checksum."""
        try:
            sentence = sentences.parse(line.strip(b"\r\n"))
        except MalformedError:
            return None
        if sentence.checksum.state is not ChecksumState.OK:
            return None
        radio = sender or asked
        if radio is None:
            log.warning("%s: position of an unknown sender dropped", self._config.name)
            return []
        fix: Fix | Refusal = Refusal.NO_PLACE
        if not isinstance(sentence, sentences.OtherSentence):
            fix = accept(sentence, at.utc)
        if isinstance(fix, Refusal):
            name, site = self._config.name, self._config.site
            return [RadioHeard(link=name, at=at, radio=radio, site=site)]
        source = PositionSource.REQUESTED if radio == asked else PositionSource.SENTENCE
        return [
            PositionReported(
                link=self._config.name,
                at=at,
                radio=radio,
                point=fix.point,
                source=source,
                fixed_at=fix.fixed_at,
                speed_kmh=fix.speed_kmh,
                bearing_deg=fix.bearing_deg,
                altitude_m=fix.altitude_m,
                stale=fix.estimated,
            )
        ]

    def _party(self, ring: Ring) -> Party:
        if ring.target in (Target.GROUP, Target.SUPERGROUP):
            number = self._config.talkgroup
            group = None if number is None else TalkgroupId(self._config.network, number)
            return Party(CallKind.GROUP, talkgroup=group)
        if ring.destination is None:
            return Party(CallKind.PRIVATE, called=self._own)
        return Party(CallKind.PRIVATE, called=self._identities.radio(ring.destination))

    def _alarm(
        self, radio: RadioId, ring: Ring, source: EmergencySource, raw: bytes, at: Moment
    ) -> list[Event]:
        return self._raise(radio, self._party(ring).talkgroup, source, raw, at)

    def _raise(
        self,
        radio: RadioId,
        talkgroup: TalkgroupId | None,
        source: EmergencySource,
        raw: bytes,
        at: Moment,
    ) -> list[Event]:
        if self._alarms.seen(radio, at.mono):
            return []
        return [
            EmergencyRaised(
                link=self._config.name,
                at=at,
                radio=radio,
                source=source,
                talkgroup=talkgroup,
                site=self._config.site,
                raw=raw,
            )
        ]
