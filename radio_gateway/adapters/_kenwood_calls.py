"""Transmissions by the caller-id frames at their begin and end."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    Event,
    RadioHeard,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment

CLEAR_S: Final = 60.0
"A transmission whose end was not heard is over after this long."
REPEAT_S: Final = 1.0
"The same begin again within this time is the same begin."
HANG_S: Final = 3.0
"A transmission that begins within this time after the last belongs to its conversation."


@dataclass(frozen=True, slots=True)
class _Call:
    key: str
    conversation: str
    radio: RadioId
    started: Moment


class CallTracker:
    """One base hears one channel: at most one transmission at a time.

    The frames tell neither talkgroup nor kind: calls are group calls, of the talkgroup that is
    configured (its number in the network of the radio that speaks), or of none.
    """

    def __init__(self, link: str, site: str | None, talkgroup: int | None = None) -> None:
        self._link = link
        self._site = site
        self._talkgroup = talkgroup
        self._call: _Call | None = None
        self._conversation = ""
        self._conversation_until = float("-inf")

    def deadline(self) -> float | None:
        return self._call.started.mono + CLEAR_S if self._call else None

    def begin(self, radio: RadioId, at: Moment) -> list[Event]:
        events: list[Event] = []
        if self._call is not None:
            same = self._call.radio == radio
            if same and at.mono - self._call.started.mono < REPEAT_S:
                return []
            events += self.end_any(CallEndReason.LOST if same else CallEndReason.PREEMPTED, at)
        key = f"{self._link}/{round(at.utc.timestamp() * 1000)}/{radio.number}"
        joins = at.mono <= self._conversation_until
        self._conversation = self._conversation if joins else key
        self._call = _Call(key, self._conversation, radio, at)
        events.append(
            CallStarted(
                link=self._link,
                at=at,
                call=key,
                kind=CallKind.GROUP,
                radio=radio,
                talkgroup=self._talkgroup_of(radio),
                site=self._site,
                conversation=self._conversation,
            )
        )
        return events

    def end(self, radio: RadioId, at: Moment) -> list[Event]:
        """An end without its begin is normal on a busy channel; it shows that the radio lives."""
        if self._call is None or self._call.radio != radio:
            return [RadioHeard(link=self._link, at=at, radio=radio, site=self._site)]
        return self.end_any(CallEndReason.TERMINATOR, at)

    def expire(self, at: Moment) -> list[Event]:
        deadline = self.deadline()
        if deadline is None or at.mono < deadline:
            return []
        return self.end_any(CallEndReason.LOST, at)

    def end_any(self, reason: CallEndReason, at: Moment) -> list[Event]:
        """End what runs, if anything."""
        call, self._call = self._call, None
        if call is None:
            return []
        self._conversation_until = at.mono + HANG_S
        return [
            CallEnded(
                link=self._link,
                at=at,
                call=call.key,
                kind=CallKind.GROUP,
                radio=call.radio,
                talkgroup=self._talkgroup_of(call.radio),
                site=self._site,
                conversation=call.conversation,
                started_at=call.started.utc,
                duration_s=max(0.0, at.mono - call.started.mono),
                reason=reason,
            )
        ]

    def _talkgroup_of(self, radio: RadioId) -> TalkgroupId | None:
        return None if self._talkgroup is None else TalkgroupId(radio.network, self._talkgroup)
