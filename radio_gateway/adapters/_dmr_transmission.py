"""One press of the PTT key, from whichever repeaters hear it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from radio_gateway.adapters._dmr_reception import Reception, StreamKey
from radio_gateway.domain.events import CallEnded, CallEndReason, CallKind, CallStarted
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.link_control import VoiceLc
from radio_gateway.protocols.dmr.talker_alias import AliasCollector

_PARTLY_HEARD_S = 0.5
"Longer than headers, the terminator and what the network delays."
ALL_CALL = 0xFF_FFFF
"Target of a call to everybody."


class Parties(NamedTuple):
    """Who talks to whom: numbers as on the air."""

    group: bool
    source: int
    target: int

    @classmethod
    def of(cls, lc: VoiceLc) -> "Parties":
        """As a link control names them."""
        return cls(lc.group, lc.source, lc.target)

    @property
    def exchange(self) -> tuple[bool, frozenset[int]]:
        """The same for all transmissions of one conversation: the talkgroup, or the pair."""
        return self.group, frozenset((self.target,) if self.group else (self.source, self.target))


@dataclass(slots=True)
class Transmission:
    """A running call. The first reception opened it; others may join."""

    link: str
    network: str
    key: str
    parties: Parties
    site: str
    slot: int
    conversation: str
    began: Moment
    late_entry: bool
    emergency: bool = False
    encrypted: bool = False
    colour_code: int | None = None
    receptions: dict[StreamKey, Reception] = field(default_factory=dict)
    "By those who hear it now."
    past: list[Reception] = field(default_factory=list)
    "By those who heard it until they lost it."
    alias: AliasCollector = field(default_factory=AliasCollector)
    point: GeoPoint | None = None
    "Last place that was heard in the call."
    emergency_told: bool = False
    confirmed: bool = False
    "A link control has named the parties; until then they are the envelope's."
    doubted: Parties | None = None
    "Whom the last link control named, when it contradicted the one before."

    @property
    def radio(self) -> RadioId:
        """The talker."""
        return RadioId(self.network, self.parties.source)

    @property
    def kind(self) -> CallKind:
        """Group, private or to everybody."""
        if self.parties.target == ALL_CALL:
            return CallKind.ALL
        return CallKind.GROUP if self.parties.group else CallKind.PRIVATE

    @property
    def talkgroup(self) -> TalkgroupId | None:
        """Whom a group call is for."""
        group = self.kind is CallKind.GROUP
        return TalkgroupId(self.network, self.parties.target) if group else None

    @property
    def called(self) -> RadioId | None:
        """Whom a private call is for."""
        private = self.kind is CallKind.PRIVATE
        return RadioId(self.network, self.parties.target) if private else None

    @property
    def heard_at(self) -> float:
        """When any repeater last heard a frame of it, by `Moment.mono`."""
        return max(reception.heard_at for reception in self.receptions.values())

    def started(self) -> CallStarted:
        """The event that opens the call."""
        return CallStarted(
            link=self.link,
            at=self.began,
            call=self.key,
            kind=self.kind,
            radio=self.radio,
            talkgroup=self.talkgroup,
            called=self.called,
            slot=self.slot,
            colour_code=self.colour_code,
            site=self.site,
            late_entry=self.late_entry,
            emergency=self.emergency,
            encrypted=self.encrypted,
            conversation=self.conversation,
        )

    def heard(self) -> list[Reception]:
        """All that ever received it, the best one first."""
        receptions = [*self.receptions.values(), *self.past]
        return sorted(receptions, key=lambda r: r.voice_frames, reverse=True)

    def _duration_s(self, best: Reception) -> float:
        """As the best reception counted its bursts; by the clock where others heard much more."""
        heard = self.heard()
        if len(heard) <= 1:
            return best.duration_s
        last = max(reception.heard_at for reception in heard)
        span = round(last - self.began.mono, 2)
        return span if span > best.duration_s + _PARTLY_HEARD_S else best.duration_s

    def ended(self, reason: CallEndReason, best: Reception, at: Moment) -> CallEnded:
        """The event that closes the call, with the statistics of the best reception."""
        return CallEnded(
            link=self.link,
            at=at,
            call=self.key,
            kind=self.kind,
            radio=self.radio,
            talkgroup=self.talkgroup,
            called=self.called,
            slot=self.slot,
            colour_code=self.colour_code,
            site=self.site,
            late_entry=self.late_entry,
            emergency=self.emergency,
            encrypted=self.encrypted,
            conversation=self.conversation,
            started_at=self.began.utc,
            duration_s=self._duration_s(best),
            reason=reason,
            ber_percent=best.ber_percent,
            rssi_dbm=best.rssi_dbm,
            loss_percent=best.loss_percent,
            talker_alias=self.alias.text,
            receptions=tuple(reception.summary() for reception in self.heard()),
        )
