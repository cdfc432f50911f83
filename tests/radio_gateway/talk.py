"""A small radio protocol of the tests' own: lines of text over UDP or a serial port.

STATUS 101 5    -> StatusReceived, answered by `OK STATUS 101 5` once it is stored
POS 101 56.5 21.0 | SOS 101 | CALL 101 | HELLO 101
BUG             -> the adapter raises
BAD             -> an event that cannot be written as JSON
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, cast

from pydantic import Field

from radio_gateway.adapters.kinds.base import (
    AdapterKind,
    Endpoint,
    Entropy,
    SerialSettings,
    UdpEndpoint,
    UdpSettings,
    serial_endpoints,
)
from radio_gateway.domain.commands import Command, SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    CommandOutcome,
    CommandResult,
    EmergencyRaised,
    EmergencySource,
    Event,
    PositionReported,
    PositionSource,
    RadioHeard,
    StatusReceived,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer

TICK_S = 0.02


@dataclass
class _Call:
    key: str
    radio: RadioId
    began: Moment


class TalkAdapter:
    """Speaks the protocol above; ends calls as truncated when it is closed."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="Test radios",
        transport="UDP",
        abilities=frozenset(
            {Ability.TEXT_TO_RADIO, Ability.TEXT_TO_TALKGROUP, Ability.RADIO_CHECK}
        ),
        text_limit=100,
    )

    def __init__(self, name: str, network: str) -> None:
        self._name = name
        self._network = network
        self._events: list[Event] = []
        self._outgoing: list[Outgoing] = []
        self._peer: Peer | None = None
        self._calls: list[_Call] = []
        self._tick: float | None = None
        self.ticks = 0

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        self._peer = peer
        for line in frame.decode("latin-1").split("\n"):
            if line:
                self._take(line.split(), peer, at)

    def command(self, command: Command, at: Moment) -> None:
        if self._peer is None:
            self._outcome(command, at, failed=True)
            return
        self._outgoing.append(Outgoing(f"DO {command.command}".encode(), self._peer))
        self._outcome(command, at, failed=False)

    def expire(self, at: Moment) -> None:
        if self._tick is not None and at.mono >= self._tick:
            self.ticks += 1
            self._tick = at.mono + TICK_S

    def deadline(self) -> float | None:
        return self._tick

    def opened(self, at: Moment) -> None:
        self._tick = at.mono + TICK_S

    def closed(self, reason: str, at: Moment) -> None:
        assert reason
        self._tick = None
        for call in self._calls:
            ended = CallEnded(
                link=self._name,
                at=at,
                call=call.key,
                kind=CallKind.GROUP,
                radio=call.radio,
                started_at=call.began.utc,
                duration_s=at.mono - call.began.mono,
                reason=CallEndReason.TRUNCATED,
            )
            self._events.append(ended)
        self._calls.clear()

    def events(self) -> list[Event]:
        taken, self._events = self._events, []
        return taken

    def outgoing(self) -> list[Outgoing]:
        taken, self._outgoing = self._outgoing, []
        return taken

    def _take(self, words: list[str], peer: Peer, at: Moment) -> None:
        radio = RadioId(self._network, int(words[1])) if len(words) > 1 else None
        heard: dict[str, Any] = {"link": self._name, "at": at, "radio": radio}
        match words:
            case ["STATUS", _, number]:
                self._events.append(StatusReceived(**heard, status=int(number)))
                answer = " ".join(["OK", *words]).encode()
                self._outgoing.append(Outgoing(answer, peer, acknowledges=True))
            case ["POS", _, lat, lon]:
                point = GeoPoint(float(lat), float(lon))
                self._events.append(
                    PositionReported(**heard, point=point, source=PositionSource.TRIGGERED)
                )
            case ["SOS", _]:
                self._events.append(EmergencyRaised(**heard, source=EmergencySource.ALARM))
                self._outgoing.append(Outgoing(b"OK SOS", peer, acknowledges=True))
            case ["CALL", _] if radio:
                self._calls.append(_Call(f"{self._name}-{at.mono}", radio, at))
                self._events.append(
                    CallStarted(**heard, call=self._calls[-1].key, kind=CallKind.GROUP)
                )
            case ["HELLO", _]:
                self._events.append(RadioHeard(**heard))
                self._outgoing.append(Outgoing(b"HELLO", peer))
            case ["BAD"]:
                odd = cast("int", object())
                self._events.append(
                    StatusReceived(
                        link=self._name, at=at, radio=RadioId(self._network, 1), status=odd
                    )
                )
            case ["BUG"]:
                raise RuntimeError("a bug of the adapter")

    def _outcome(self, command: Command, at: Moment, *, failed: bool) -> None:
        if isinstance(command, SendText):
            state = TextState.FAILED if failed else TextState.SENT
            self._events.append(
                TextProgress(
                    link=self._name,
                    at=at,
                    command=command.command,
                    state=state,
                    reason=TextFailure.REFUSED if failed else None,
                )
            )
            return
        outcome = CommandOutcome.FAILED if failed else CommandOutcome.DONE
        self._events.append(
            CommandResult(link=self._name, at=at, command=command.command, outcome=outcome)
        )


class TalkSettings(UdpSettings):
    kind: Literal["talk"] = "talk"
    port: int = Field(default=0, ge=0, le=65535, description="UDP port.")


class TalkSerialSettings(SerialSettings):
    kind: Literal["talk-serial"] = "talk-serial"


def _build(settings: TalkSettings | TalkSerialSettings, _: Entropy) -> TalkAdapter:
    return TalkAdapter(settings.name, settings.network)


def _endpoints(settings: TalkSettings) -> tuple[Endpoint, ...]:
    return (UdpEndpoint("main", settings.host, settings.port, settings.source_limit),)


TALK = AdapterKind(TalkAdapter.CAPABILITIES, TalkSettings, _build, _endpoints)
TALK_SERIAL = AdapterKind(TalkAdapter.CAPABILITIES, TalkSerialSettings, _build, serial_endpoints)
