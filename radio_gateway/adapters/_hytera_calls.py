"""Calls and emergencies, from the status broadcasts of repeaters and radios."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.adapters._hytera_config import Emit, HyteraConfig, Recent
from radio_gateway.adapters._hytera_links import Route
from radio_gateway.domain.events import (
    CallAlertReceived,
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    EmergencyCleared,
    EmergencyRaised,
    EmergencySource,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import MAX_NUMBER, RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.hytera.rcp import (
    CallType,
    Process,
    ReceiveStatus,
    RepeaterStatus,
    SlotService,
    SlotStatus,
)

CALL_LIMIT_S: Final = 300.0
"Repeaters limit transmissions to less; a call that runs longer has lost its end."
LATE_BEGIN_S: Final = 5.0
"A begin that was sent again comes at most so long after the end that overtook it."
CALL_ALERT_REPEATS_S: Final = 10.0
"A radio that asks to be called back repeats it within this time."
MERGE_S: Final = 30.0
"The signs of one press of the emergency key come within this time."

_STARTS: Final = frozenset(
    {
        SlotStatus.LOCAL_REPEATING,
        SlotStatus.IP_REPEATING,
        SlotStatus.REMOTE_PTT_TX,
        SlotStatus.LOCAL_PTT_TX,
    }
)
_HANGS: Final = frozenset(
    {
        SlotStatus.LOCAL_CALL_HANG,
        SlotStatus.IP_CALL_HANG,
        SlotStatus.REMOTE_PTT_HANG,
        SlotStatus.LOCAL_PTT_HANG,
        SlotStatus.REMOTE_PTT_TX_END,
        SlotStatus.LOCAL_PTT_TX_END,
        SlotStatus.REMOTE_PTT_TIME_OUT,
        SlotStatus.LOCAL_PTT_TIME_OUT,
    }
)
_ENDS: Final = frozenset({SlotStatus.CHANNEL_HANG, SlotStatus.SLEEP})
_KINDS: Final[dict[int, CallKind]] = {
    CallType.PRIVATE: CallKind.PRIVATE,
    CallType.GROUP: CallKind.GROUP,
    CallType.ALL: CallKind.ALL,
    CallType.EMERGENCY_GROUP: CallKind.GROUP,
    CallType.REMOTE_MONITOR: CallKind.PRIVATE,
    CallType.PRIORITY_PRIVATE: CallKind.PRIVATE,
    CallType.PRIORITY_GROUP: CallKind.GROUP,
    CallType.PRIORITY_ALL: CallKind.ALL,
    CallType.DISPATCH: CallKind.PRIVATE,
    CallType.PC: CallKind.PRIVATE,
    CallType.EMERGENCY_ALARM_CALL: CallKind.GROUP,
}
"Other types are signalling and no calls."
_EMERGENCIES: Final = frozenset(
    {CallType.EMERGENCY_GROUP, CallType.EMERGENCY_ALARM, CallType.EMERGENCY_ALARM_CALL}
)


class HyteraEmergencies:
    """Raises each emergency once, whichever sign of it comes first."""

    def __init__(self, config: HyteraConfig, emit: Emit) -> None:
        self._config = config
        self._emit = emit
        self._recent = Recent(MERGE_S)

    def raised(
        self,
        radio: RadioId,
        source: EmergencySource,
        raw: bytes,
        at: Moment,
        *,
        point: GeoPoint | None = None,
        talkgroup: TalkgroupId | None = None,
        call: str | None = None,
    ) -> None:
        if self._recent.seen(radio, at.mono):
            return
        self._emit(
            EmergencyRaised(
                link=self._config.name,
                at=at,
                radio=radio,
                source=source,
                talkgroup=talkgroup,
                point=point,
                site=self._config.site,
                call=call,
                raw=raw,
            )
        )

    def cleared(self, radio: RadioId, at: Moment) -> None:
        self._recent.forget(radio)
        site = self._config.site
        self._emit(EmergencyCleared(link=self._config.name, at=at, radio=radio, site=site))


@dataclass(frozen=True, slots=True)
class _Call:
    key: str
    kind: CallKind
    call_type: int
    target: int
    radio: RadioId
    talkgroup: TalkgroupId | None
    called: RadioId | None
    emergency: bool
    conversation: str | None
    began: Moment
    late_entry: bool


@dataclass(slots=True)
class _Channel:
    """One timeslot of a repeater, or the channel of a radio."""

    call: _Call | None = None
    conversation: tuple[str, int, int] | None = None
    "First call's key, type and target while the hang time lasts."
    last: tuple[int, int, int] | None = None
    "Sender, type and target of the newest call, over or not."
    begin_by: float = float("-inf")
    "Until then the begin of that call may come, which its end overtook."


class HyteraCalls:
    """Follows what each timeslot of each host carries."""

    def __init__(self, config: HyteraConfig, emergencies: HyteraEmergencies, emit: Emit) -> None:
        self._config = config
        self._emergencies = emergencies
        self._emit = emit
        self._channels: dict[Route, _Channel] = {}
        self._alerts = Recent(CALL_ALERT_REPEATS_S)

    def repeater_status(
        self, status: RepeaterStatus, route: Route, raw: bytes, at: Moment
    ) -> RadioId | None:
        """Take what a slot does (0xB845); returns the radio that was just heard on it."""
        ends = status.status in _ENDS
        if ends or status.status in _HANGS:
            if status.service == SlotService.VOICE and status.status != SlotStatus.SLEEP:
                self._catch_up(status, route, raw, at)
            self._end(route, CallEndReason.TERMINATOR, at, hang=not ends)
        if status.status not in _STARTS or not status.sender:
            return None
        radio = self._radio(status.sender)
        voice = status.service == SlotService.VOICE
        if radio is not None and voice:
            self._start(radio, status.call_type, status.target, route, at)
        if radio is not None:
            self._check_emergency(radio, status.call_type, status.target, route, raw, at)
            self._check_alert(radio, status, at)
        return radio

    def receive_status(
        self, status: ReceiveStatus, route: Route, raw: bytes, at: Moment
    ) -> RadioId | None:
        """Take what a station hears (0xB844); returns the radio that was just heard."""
        radio = self._radio(status.sender)
        match status.process:
            case Process.VOICE if radio is not None:
                self._start(radio, status.call_type, status.target, route, at)
                self._check_emergency(radio, status.call_type, status.target, route, raw, at)
            case Process.HANG | Process.END | Process.UNAVAILABLE:
                if status.process != Process.UNAVAILABLE:
                    self._catch_up(status, route, raw, at)
                hang = status.process == Process.HANG
                self._end(route, CallEndReason.TERMINATOR, at, hang=hang)
                return None
            case Process.SILENT_EMERGENCY if radio is not None:
                self._emergencies.raised(radio, EmergencySource.ALARM, raw, at)
            case Process.EMERGENCY_LEFT if radio is not None:
                self._emergencies.cleared(radio, at)
            case _:
                if radio is not None and status.call_type == CallType.EMERGENCY_ALARM:
                    self._emergencies.raised(radio, EmergencySource.ALARM, raw, at)
        return radio

    def lost(self, host: str, at: Moment) -> None:
        """The base is gone: end what was running."""
        for route in [each for each in self._channels if each.host == host]:
            self._end(route, CallEndReason.TRUNCATED, at, hang=False)

    def expire(self, at: Moment) -> None:
        for route, channel in self._channels.items():
            if channel.call is not None and at.mono >= channel.call.began.mono + CALL_LIMIT_S:
                self._end(route, CallEndReason.LOST, at, hang=False)

    def deadline(self) -> float | None:
        calls = (channel.call for channel in self._channels.values())
        return min((call.began.mono + CALL_LIMIT_S for call in calls if call), default=None)

    def _radio(self, number: int) -> RadioId | None:
        """A sender; None for none, for the dispatcher itself and for what is no radio number."""
        if not 0 < number <= 0xFF_FFFF or number == self._config.dispatcher_id:
            return None
        return self._config.radio(number)

    def _check_alert(self, radio: RadioId, status: RepeaterStatus, at: Moment) -> None:
        """A radio asks to be called back; documented by the numbers of call types alone."""
        if status.call_type != CallType.ALERT or self._alerts.seen((radio, status.target), at.mono):
            return
        single = 0 < status.target <= MAX_NUMBER and status.target != self._config.dispatcher_id
        called = self._config.radio(status.target) if single else None
        site = self._config.site
        self._emit(
            CallAlertReceived(link=self._config.name, at=at, radio=radio, called=called, site=site)
        )

    def _check_emergency(
        self, radio: RadioId, call_type: int, target: int, route: Route, raw: bytes, at: Moment
    ) -> None:
        if call_type not in _EMERGENCIES:
            return
        running = self._channels[route].call if route in self._channels else None
        group = self._config.talkgroup(target) if 0 < target <= 0xFF_FFFF else None
        if call_type == CallType.EMERGENCY_ALARM or running is None:
            self._emergencies.raised(radio, EmergencySource.ALARM, raw, at, talkgroup=group)
        else:
            self._emergencies.raised(
                radio, EmergencySource.VOICE, raw, at, talkgroup=group, call=running.key
            )

    def _catch_up(
        self, status: RepeaterStatus | ReceiveStatus, route: Route, raw: bytes, at: Moment
    ) -> None:
        """The end of a call that we did not hear begin, unless we know that it is over.

        Broadcasts are sent once, and those of the end name the parties as that of the begin does
        (captured: 2E0RPT HytersTX6-1, frames 242, 243 and 316).
        """
        channel = self._channels.setdefault(route, _Channel())
        radio = self._radio(status.sender)
        parties = (status.sender, status.call_type, status.target)
        if radio is None or channel.call is not None or channel.last == parties:
            return
        channel.begin_by = at.mono + LATE_BEGIN_S
        if self._start(radio, status.call_type, status.target, route, at, late_entry=True):
            self._check_emergency(radio, status.call_type, status.target, route, raw, at)

    def _start(
        self,
        radio: RadioId,
        call_type: int,
        target: int,
        route: Route,
        at: Moment,
        *,
        late_entry: bool = False,
    ) -> bool:
        """Whether the slot carries this call now."""
        kind = _KINDS.get(call_type)
        if kind is None or not 0 <= target <= 0xFF_FFFF:
            return False
        channel = self._channels.setdefault(route, _Channel())
        parties = (radio.number, call_type, target)
        if not late_entry and channel.last == parties and at.mono < channel.begin_by:
            return False  # the begin of a call that is logged by its end already
        channel.last = parties
        running = channel.call
        if running is not None:
            if (running.radio, running.call_type, running.target) == (radio, call_type, target):
                return True
            self._end(route, CallEndReason.PREEMPTED, at, hang=True)
        key = self._key(radio, route, at)
        first = channel.conversation
        goes_on = first is not None and first[1:] == (call_type, target)
        conversation = first[0] if first is not None and goes_on else key
        channel.conversation = (conversation, call_type, target)
        channel.call = _Call(
            key,
            kind,
            call_type,
            target,
            radio,
            self._config.talkgroup(target) if kind is CallKind.GROUP else None,
            self._config.radio(target) if kind is CallKind.PRIVATE else None,
            call_type in _EMERGENCIES,
            conversation,
            at,
            late_entry,
        )
        self._emit(
            CallStarted(
                link=self._config.name,
                at=at,
                call=key,
                kind=kind,
                radio=radio,
                talkgroup=channel.call.talkgroup,
                called=channel.call.called,
                slot=route.slot,
                site=self._config.site,
                late_entry=late_entry,
                emergency=channel.call.emergency,
                conversation=conversation,
            )
        )
        return True

    def _end(self, route: Route, reason: CallEndReason, at: Moment, *, hang: bool) -> None:
        channel = self._channels.get(route)
        if channel is None:
            return
        call, channel.call = channel.call, None
        if not hang:
            channel.conversation = None
        if call is None:
            return
        self._emit(
            CallEnded(
                link=self._config.name,
                at=at,
                call=call.key,
                kind=call.kind,
                radio=call.radio,
                talkgroup=call.talkgroup,
                called=call.called,
                slot=route.slot,
                site=self._config.site,
                late_entry=call.late_entry,
                emergency=call.emergency,
                conversation=call.conversation,
                started_at=call.began.utc,
                duration_s=at.mono - call.began.mono,
                reason=reason,
            )
        )

    def _key(self, radio: RadioId, route: Route, at: Moment) -> str:
        """Unique over links and restarts: a slot begins one call in a millisecond."""
        began_ms = int(at.utc.timestamp() * 1000)
        return f"{self._config.name}-{began_ms}-{route.host}-{route.slot or 0}-{radio.number}"
