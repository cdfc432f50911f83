"""What an officer and a dispatcher do in one shift, and what the dispatcher knows at its end.

No vendor is named here: a step that a link cannot have is left out because its capabilities say
so, and for no other reason.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Final, TypeAlias, TypeVar

from radio_gateway.config import LinkEntry
from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import (
    CallAlertReceived,
    CallEnded,
    CallStarted,
    EmergencyRaised,
    PositionReported,
    RadioDeregistered,
    RadioRegistered,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.ports import Ability, Capabilities
from radio_gateway.domain.wire import CommandEnvelope
from tests.radio_gateway.conftest import Running
from tests.radio_gateway.scenario.paced import eventually, paced

NUMBER: Final = 201
TALKGROUP: Final = 101
DISPATCHER: Final = 9001
ON_THE_WAY: Final = (GeoPoint(56.5010, 21.0010), GeoPoint(56.5022, 21.0031))
AT_THE_SCENE: Final = GeoPoint(56.5047, 21.0108)
ORDER: Final = "Brauciet uz Lielo ielu 12"
ANSWER: Final = "Esam klat, viss mierigi"
"Letters that every vendor's radios can send."
PATIENCE_S: Final = 400.0
LIFE_S: Final = 2 * 3600.0
"No registration lasts longer without renewal."
REPORT_EVERY_S: Final = 1.0
REPORTS_THERE: Final = 5
TALK_S: Final = 2.4
TOLERANCE_DEG: Final = 0.0002
"About twenty metres: what the coarsest of the formats can say."

Fact: TypeAlias = tuple[str, ...]
E = TypeVar("E")


class _UnableError(AssertionError):
    """A step was taken that this station's radios cannot do: its capabilities say more than it."""

    def __init__(self, station: "Station", what: str) -> None:
        super().__init__(f"{type(station).__name__} cannot {what}")


class Station(ABC):
    """A base station, its radio and the line between: what an officer can do."""

    kind: ClassVar[str]
    "Of the link that it needs."

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self._shown: list[str] = []

    @property
    def shown(self) -> list[str]:
        """Texts on the radio's display."""
        return self._shown

    @abstractmethod
    async def open(self) -> LinkEntry:
        """Make sockets or the cable; returns the link that a gateway needs for them."""

    @abstractmethod
    def start(self, running: Running) -> None:
        """The gateway is there: begin to reach for it."""

    @abstractmethod
    def close(self) -> None: ...

    def beat(self) -> None:
        """Any sign of life of any radio."""
        self.report(AT_THE_SCENE)

    @property
    def ready(self) -> bool:
        """Whether the base has reached the gateway, as far as its protocol tells."""
        return True

    def radio(self, network: str) -> RadioId:
        """How the gateway names the radio."""
        return RadioId(network, NUMBER)

    def switch_on(self) -> None:
        """Turn the knob."""
        raise _UnableError(self, "be switched on")

    def switch_off(self) -> None:
        """Turn it back."""
        raise _UnableError(self, "be switched off")

    def report(self, point: GeoPoint) -> None:
        """Be there; the radio reports as it is programmed."""
        raise _UnableError(self, f"report {point}")

    def write(self, words: str) -> None:
        """A text to the dispatcher."""
        raise _UnableError(self, f"write {words!r}")

    def talk(self, seconds: float) -> None:
        """Hold the key and talk to the talkgroup."""
        raise _UnableError(self, f"talk for {seconds:g} s")

    def ask_back(self) -> None:
        """Ask the dispatcher to call back."""
        raise _UnableError(self, "ask to be called back")

    def press(self) -> None:
        """The emergency key."""
        raise _UnableError(self, "raise an alarm")


@dataclass(frozen=True, slots=True)
class Shift:
    """Everybody who takes part."""

    station: Station
    running: Running
    can: Capabilities

    @property
    def radio(self) -> RadioId:
        return self.station.radio(self.running.gateway.links[0].entry.settings.network)

    def heard(self, kind: type[E]) -> list[E]:
        """Events of one kind, oldest first."""
        found = (envelope.event for envelope in self.running.dispatch.events(kind))
        return [event for event in found if isinstance(event, kind)]

    async def until(self, condition: Callable[[], object], what: str) -> None:
        await eventually(condition, what, PATIENCE_S)


async def _switch_on(shift: Shift) -> None:
    shift.station.switch_on()
    await shift.until(lambda: shift.heard(RadioRegistered), "the radio is registered")


async def _move(shift: Shift) -> None:
    for point in (*ON_THE_WAY, *(AT_THE_SCENE,) * REPORTS_THERE):
        shift.station.report(point)
        await asyncio.sleep(REPORT_EVERY_S)
    await shift.until(lambda: _newest(shift) == "at the scene", "the newest position")


async def _send(shift: Shift) -> None:
    bus, key = shift.running.dispatch.bus, "order"
    command = SendText(command=key, text=ORDER, radio=shift.radio)
    await bus.send(CommandEnvelope(key, "*", command))
    last = TextState.DELIVERED if _confirms(shift.can) else TextState.SENT

    def settled() -> bool:
        return any(each.state in (last, TextState.FAILED) for each in shift.heard(TextProgress))

    await shift.until(settled, f"the text is {last}")


async def _write(shift: Shift) -> None:
    shift.station.write(ANSWER)
    await shift.until(lambda: shift.heard(TextReceived), "the text of the radio")


async def _talk(shift: Shift) -> None:
    shift.station.talk(TALK_S)
    await shift.until(lambda: shift.heard(CallEnded), "the end of the call")


async def _ask_back(shift: Shift) -> None:
    shift.station.ask_back()
    await shift.until(lambda: shift.heard(CallAlertReceived), "the wish to be called back")


async def _press(shift: Shift) -> None:
    shift.station.press()
    await shift.until(lambda: shift.heard(EmergencyRaised), "the emergency")


async def _switch_off(shift: Shift) -> None:
    shift.station.switch_off()
    try:
        await eventually(lambda: shift.heard(RadioDeregistered), "the radio's goodbye", 30.0)
    except TimeoutError:  # nobody repeats it: the registration runs out
        with paced().idling():
            gone = partial(shift.heard, RadioDeregistered)
            await eventually(gone, "the registration has run out", LIFE_S)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens."""

    name: str
    needs: Ability
    act: Callable[[Shift], Awaitable[None]]
    leaves: Callable[[Capabilities], Fact]
    "What the dispatcher knows after it."


STEPS: Final[Sequence[Step]] = (
    Step("switch on", Ability.REGISTRATION, _switch_on, lambda _: ("presence", "on")),
    Step("position", Ability.POSITION, _move, lambda _: ("position", "at the scene")),
    Step(
        "text to the radio",
        Ability.TEXT_TO_RADIO,
        _send,
        lambda can: ("text to the radio", ORDER, "delivered" if _confirms(can) else "sent"),
    ),
    Step(
        "text from the radio",
        Ability.TEXT_FROM_RADIO,
        _write,
        lambda _: ("text from the radio", ANSWER),
    ),
    Step("call", Ability.CALLS, _talk, lambda _: ("call", str(NUMBER), str(TALKGROUP))),
    Step(
        "call alert",
        Ability.CALL_ALERT_FROM_RADIO,
        _ask_back,
        lambda _: ("asks to be called back", str(NUMBER)),
    ),
    Step("emergency", Ability.EMERGENCY, _press, lambda _: ("emergency", "open", str(NUMBER))),
    Step("switch off", Ability.REGISTRATION, _switch_off, lambda _: ("presence", "off")),
)


def skipped(can: Capabilities) -> list[str]:
    """Names of the steps that a link with these capabilities cannot have."""
    return [step.name for step in STEPS if not can.can(step.needs)]


def expected(can: Capabilities) -> list[Fact]:
    """What the dispatcher knows after the shift, each fact as often as it is told."""
    return sorted(step.leaves(can) for step in STEPS if can.can(step.needs))


async def play(shift: Shift) -> None:
    """The whole shift.

    Raises:
        TimeoutError: a step had no effect.
    """
    await shift.until(lambda: shift.station.ready, "the base has reached the gateway")
    for step in STEPS:
        if shift.can.can(step.needs):
            await step.act(shift)
    await asyncio.sleep(SETTLE_S)


SETTLE_S: Final = 15.0
"After the last step: what comes late or twice has come by then."


def facts(shift: Shift) -> list[Fact]:
    """What the dispatcher knows, each fact as often as it was told."""
    found: list[Fact] = [("presence", state) for state in _presence(shift)]
    found += [("position", _newest(shift))] if shift.heard(PositionReported) else []
    for text in shift.heard(TextReceived):
        found.append(("text from the radio", text.text, *_unless(text.radio, shift)))
    progress = shift.heard(TextProgress)
    for words in shift.station.shown:
        found.append(("text to the radio", words, progress[-1].state.value if progress else ""))
    if progress and not shift.station.shown:
        found.append(("text to the radio", "not shown", progress[-1].state.value))
    found += _calls(shift)
    for asked in shift.heard(CallAlertReceived):
        found.append(("asks to be called back", str(asked.radio.number)))
    for raised in shift.heard(EmergencyRaised):
        found.append(("emergency", "open", str(raised.radio.number)))
    return sorted(found)


def _presence(shift: Shift) -> list[str]:
    """Changes only: a registration that is renewed says nothing new."""
    states: list[str] = []
    for envelope in shift.running.dispatch.got:
        event = envelope.event
        if isinstance(event, RadioRegistered | RadioDeregistered) and event.radio == shift.radio:
            state = "on" if isinstance(event, RadioRegistered) else "off"
            if states[-1:] != [state]:
                states.append(state)
    return states


def _newest(shift: Shift) -> str:
    """Where the unit is on the map: the newest fix wins, as in dispatch."""
    reports = [event for event in shift.heard(PositionReported) if event.radio == shift.radio]
    if not reports:
        return "nowhere"
    newest = max(reports, key=lambda event: event.fixed_at or event.at.utc).point
    there = (
        abs(newest.lat - AT_THE_SCENE.lat) <= TOLERANCE_DEG
        and abs(newest.lon - AT_THE_SCENE.lon) <= TOLERANCE_DEG
    )
    return "at the scene" if there else f"{newest.lat:.5f} {newest.lon:.5f}"


def _calls(shift: Shift) -> list[Fact]:
    """Ended calls; one that only began is a fact that nobody expects.

    What some radios transmit when their emergency key is pressed belongs to the emergency.
    """
    ended = [call for call in shift.heard(CallEnded) if not call.emergency]
    begun = [call for call in shift.heard(CallStarted) if not call.emergency]
    open_ = {call.call for call in begun} ^ {call.call for call in ended}
    told: list[Fact] = [("call without begin or end", key) for key in sorted(open_)]
    for call in ended:
        group = call.talkgroup.number if call.talkgroup else None
        told.append(("call", str(call.radio.number), str(group)))
    return told


def _unless(radio: RadioId, shift: Shift) -> Fact:
    """Nothing when it is the right radio."""
    return () if radio == shift.radio else (f"from {radio}",)


def _confirms(can: Capabilities) -> bool:
    return can.can(Ability.DELIVERY_ACKNOWLEDGEMENT)
