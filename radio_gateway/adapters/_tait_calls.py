"""Transmissions: a ring says who, the receiver's busy and idle say how long."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    Event,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment

CLEAR_S: Final = 60.0
"A transmission whose end was not heard is over after this long."
HANG_S: Final = 3.0
"A transmission that begins within this time after the last belongs to its conversation."


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a ring is for."""

    kind: CallKind
    talkgroup: TalkgroupId | None = None
    called: RadioId | None = None


@dataclass(slots=True)
class _Call:
    key: str
    conversation: str
    radio: RadioId
    party: Party
    started: Moment
    emergency: bool


class CallTracker:
    """One base hears one channel: at most one transmission at a time."""

    def __init__(self, link: str, site: str | None) -> None:
        self._link = link
        self._site = site
        self._busy: Moment | None = None
        "Since when the receiver hears a carrier; None: it hears none, or was never told."
        self._call: _Call | None = None
        self._conversation = ""
        self._conversation_until = float("-inf")

    @property
    def busy(self) -> bool:
        """Whether somebody talks on the channel, as far as the radio tells."""
        return self._busy is not None

    def deadline(self) -> float | None:
        since = self._call.started if self._call else self._busy
        return since.mono + CLEAR_S if since else None

    def carrier(self, at: Moment) -> None:
        """The receiver hears somebody; who it is comes by a ring."""
        self._busy = self._busy or at

    def ring(
        self, radio: RadioId, party: Party, at: Moment, *, emergency: bool = False
    ) -> list[Event]:
        """A radio calls; its transmission began with the carrier that carries the ring.

        Another ring of the same radio on the same carrier is the same transmission.
        """
        call = self._call
        if call is not None and call.radio == radio and self._busy is not None:
            call.emergency |= emergency
            return []
        events = self.end_any(CallEndReason.PREEMPTED, at)
        started = self._busy or at
        key = f"{self._link}/{round(started.utc.timestamp() * 1000)}/{radio.number}"
        joins = at.mono <= self._conversation_until
        self._conversation = self._conversation if joins else key
        self._call = _Call(key, self._conversation, radio, party, started, emergency)
        events.append(
            CallStarted(
                link=self._link,
                at=at,
                call=key,
                kind=party.kind,
                radio=radio,
                talkgroup=party.talkgroup,
                called=party.called,
                site=self._site,
                emergency=emergency,
                conversation=self._conversation,
            )
        )
        return events

    def silence(self, at: Moment) -> list[Event]:
        """The receiver hears nobody any more."""
        self._busy = None
        return self.end_any(CallEndReason.TERMINATOR, at)

    def expire(self, at: Moment) -> list[Event]:
        deadline = self.deadline()
        if deadline is None or at.mono < deadline:
            return []
        self._busy = None
        return self.end_any(CallEndReason.LOST, at)

    def forget(self, reason: CallEndReason, at: Moment) -> list[Event]:
        """The cable is cut, or its radio is gone."""
        self._busy = None
        return self.end_any(reason, at)

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
                kind=call.party.kind,
                radio=call.radio,
                talkgroup=call.party.talkgroup,
                called=call.party.called,
                site=self._site,
                emergency=call.emergency,
                conversation=call.conversation,
                started_at=call.started.utc,
                duration_s=max(0.0, at.mono - call.started.mono),
                reason=reason,
            )
        ]
