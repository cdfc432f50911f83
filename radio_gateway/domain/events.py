"""What radio networks tell us. Frozen values; every event names its link and when it was heard.

`DURABLE` events are never lost: they are spooled before the radio gets its acknowledgement.
The others (positions, presence refreshes, link health) may be shed under overload.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.quick import quick_init


class CallKind(StrEnum):
    GROUP = "group"
    PRIVATE = "private"
    ALL = "all"


class CallEndReason(StrEnum):
    TERMINATOR = "terminator"
    "The radio said so."
    LOST = "lost"
    "Silence: the end was not heard."
    PREEMPTED = "preempted"
    "Another transmission took the slot."
    TRUNCATED = "truncated"
    "We stopped, or the link went down, while it was running."


class PositionSource(StrEnum):
    EMBEDDED = "embedded"
    "GPS Info link control within a voice call."
    REQUESTED = "requested"
    "Answer to a request of ours."
    TRIGGERED = "triggered"
    "Sent by the radio on its own: interval, distance, button."
    EMERGENCY = "emergency"
    SENTENCE = "sentence"
    "NMEA 0183 or vendor sentence on a serial port."


class LinkState(StrEnum):
    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"


class EmergencySource(StrEnum):
    ALARM = "alarm"
    "A signalling message of its own (CSBK, vendor data, serial sentence)."
    VOICE = "voice"
    "Emergency bit in the service options of a call."
    POSITION = "position"
    "An emergency location report."
    STATUS = "status"
    "A status number that the configuration names as emergency."


class TextState(StrEnum):
    SENT = "sent"
    "Handed to the base station or put on the air."
    DELIVERED = "delivered"
    "The radio itself acknowledged. Nothing else may claim this."
    FAILED = "failed"


class TextFailure(StrEnum):
    """Why a text failed, in terms that a console can translate."""

    NOT_REGISTERED = "not_registered"
    "No answer, and the radio is neither registered nor was it heard lately."
    NO_ANSWER = "no_answer"
    "The radio, or the base for it, did not acknowledge in time."
    REFUSED = "refused"
    "The radio or base got it and said no."
    LINK_DOWN = "link_down"
    "The way to the base is closed, or broke before the text was delivered."
    UNSUPPORTED = "unsupported"
    "This kind of radio or base cannot take such a text."
    BUSY = "busy"
    "The channel was busy, or too many texts wait already."
    TOO_LONG = "too_long"
    NO_LINK = "no_link"
    "No base that serves the radio's network is there or connected."
    EXPIRED = "expired"
    "Its time was over before the gateway could send it."


class CommandOutcome(StrEnum):
    DONE = "done"
    "The radio or base confirmed it."
    SENT = "sent"
    "On its way; this kind of command has no confirmation."
    FAILED = "failed"
    REFUSED = "refused"
    "This radio or link cannot do it; nothing was sent."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    link: str
    "Name of the link, as configured."
    at: Moment
    "When the gateway heard it."


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioRegistered(_Heard):
    """A radio switched on, or renewed its registration (`renewal`)."""

    radio: RadioId
    site: str | None = None
    renewal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioDeregistered(_Heard):
    """A radio said goodbye, or its registration ran out (`expired`)."""

    radio: RadioId
    site: str | None = None
    expired: bool = False


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class RadioHeard(_Heard):
    """A sign of life that is nothing else; a presence refresh."""

    radio: RadioId
    site: str | None = None
    rssi_dbm: float | None = None


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class PositionReported(_Heard):
    """AVL position. `stale`: the radio repeats an old fix, never draw it as live."""

    radio: RadioId
    point: GeoPoint
    source: PositionSource
    fixed_at: datetime | None = None
    "Fix time by the radio's GNSS clock, aware UTC; None: not given or not believable."
    error_m: float | None = None
    speed_kmh: float | None = None
    bearing_deg: float | None = None
    altitude_m: float | None = None
    rssi_dbm: float | None = None
    stale: bool = False
    verified: bool = True
    "False: the checksum was wrong or missing and the port is configured to accept that."


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted(_Heard):
    """A transmission began. One press of the PTT key is one call."""

    call: str
    "Key of the transmission, unique over all links and restarts."
    kind: CallKind
    radio: RadioId
    talkgroup: TalkgroupId | None = None
    "For group calls."
    called: RadioId | None = None
    "For private calls."
    slot: int | None = None
    colour_code: int | None = None
    site: str | None = None
    late_entry: bool = False
    "The beginning was not heard."
    emergency: bool = False
    encrypted: bool = False
    conversation: str | None = None
    "Key of the first transmission of the exchange: each began within the hang time of the last."


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkerAliasHeard(_Heard):
    """A complete talker alias. Unauthenticated text: show it, never identify by it."""

    call: str
    radio: RadioId
    alias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReception:
    """How one base station heard a call that several may have heard."""

    site: str | None = None
    duration_s: float = 0.0
    "From the first to the last burst of voice that it heard."
    ber_percent: float | None = None
    rssi_dbm: float | None = None
    loss_percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(_Heard):
    """A transmission ended; carries all of it, so that a record stands without its start."""

    call: str
    kind: CallKind
    radio: RadioId
    talkgroup: TalkgroupId | None = None
    called: RadioId | None = None
    slot: int | None = None
    colour_code: int | None = None
    site: str | None = None
    late_entry: bool = False
    emergency: bool = False
    encrypted: bool = False
    conversation: str | None = None
    started_at: datetime
    duration_s: float
    reason: CallEndReason
    ber_percent: float | None = None
    rssi_dbm: float | None = None
    "Mean over the transmission."
    loss_percent: float | None = None
    "Frames that the network lost, by sequence numbers."
    talker_alias: str | None = None
    receptions: tuple[CallReception, ...] = ()
    "Every base station that heard it, the best one first; empty where that is not told."


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReceived(_Heard):
    """A text message from a radio."""

    radio: RadioId
    text: str
    talkgroup: TalkgroupId | None = None
    called: RadioId | None = None
    "None with no talkgroup either: meant for the dispatcher."
    reference: str | None = None
    "Vendor's message number; the same sender and reference within minutes is a repetition."
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextProgress(_Heard):
    """How far a SendText command has come."""

    command: str
    state: TextState
    radio: RadioId | None = None
    reason: TextFailure | None = None
    "Set exactly when `state` is FAILED; gateways of before it existed leave it out."
    detail: str | None = None
    "English, for the log and the message's history."

    def __post_init__(self) -> None:
        if self.reason is not None and self.state is not TextState.FAILED:
            raise ValueError(f"a text that is {self.state} has no reason to fail")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReceived(_Heard):
    """A numbered status from a radio; what the number means is the fleet's own matter."""

    radio: RadioId
    status: int
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAlertReceived(_Heard):
    """A radio asks to be called back, without a word. Told once though the air repeats it."""

    radio: RadioId
    called: RadioId | None = None
    "Whom it asks; None: the dispatcher, or the base does not say."
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRaised(_Heard):
    """An officer pressed the emergency key. Never lost, never merged away silently."""

    radio: RadioId
    source: EmergencySource
    talkgroup: TalkgroupId | None = None
    point: GeoPoint | None = None
    site: str | None = None
    call: str | None = None
    raw: bytes = b""
    "The octets that said so, for the record."


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyCleared(_Heard):
    """The radio ended its emergency. Informs the dispatcher; only people close an emergency."""

    radio: RadioId
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryReceived(_Heard):
    """Vendor telemetry or other data that we can hand on but not read."""

    radio: RadioId
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult(_Heard):
    """The end of any command but SendText."""

    command: str
    outcome: CommandOutcome
    radio: RadioId | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChanged(_Heard):
    """A link, or one site behind it (`site`), came up, went down or tries again."""

    state: LinkState
    reason: str
    "English, short, says what happened: `login accepted`, `no keep-alive for 45 s`."
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHealth(_Heard):
    """Counters of a link or site since the gateway started; sent about every 5 s."""

    state: LinkState
    site: str | None = None
    since: datetime
    "In this state since."
    last_payload_at: datetime | None = None
    "Last real payload: a frame about a radio, not a keep-alive."
    frames: int = 0
    malformed: int = 0
    refused: int = 0
    "Datagrams from senders that are not allowed."
    latency_ms: float | None = None
    options: str | None = None
    "What the site asked for at its login, in its own grammar: `TS1=1,2;TS2=9`."


Event: TypeAlias = (
    RadioRegistered
    | RadioDeregistered
    | RadioHeard
    | PositionReported
    | CallStarted
    | TalkerAliasHeard
    | CallEnded
    | TextReceived
    | TextProgress
    | StatusReceived
    | CallAlertReceived
    | EmergencyRaised
    | EmergencyCleared
    | TelemetryReceived
    | CommandResult
    | LinkChanged
    | LinkHealth
)

SHEDDABLE: Final = (RadioHeard, PositionReported, LinkHealth)
"May be dropped under overload, newest per radio kept; everything else is durable."


def is_durable(event: Event) -> bool:
    """Whether the event must survive crashes and outages (spooled, in sequence, with receipt)."""
    return not isinstance(event, SHEDDABLE)


def is_urgent(event: Event) -> bool:
    """Whether the event commits alone and at once, before anything else that waits."""
    return isinstance(event, EmergencyRaised)
