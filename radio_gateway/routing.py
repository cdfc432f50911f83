"""Which link a command goes to, by where the radio was heard; no I/O, no clock."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from radio_gateway.domain.commands import (
    AcknowledgeEmergency,
    CallAlert,
    Command,
    DisableRadio,
    EnableRadio,
    RadioCheck,
    RequestPosition,
    SendText,
    SetPositionInterval,
)
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    Event,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities

MAX_RADIOS: Final = 200_000
"Radios whose links are remembered; the one not heard for longest is forgotten."
MAX_SPREAD: Final = 1000
"Commands on several links whose end is still awaited."

_ABILITIES: Final[dict[type[Command], Ability]] = {
    RequestPosition: Ability.POSITION_REQUEST,
    SetPositionInterval: Ability.POSITION_INTERVAL,
    RadioCheck: Ability.RADIO_CHECK,
    CallAlert: Ability.CALL_ALERT,
    AcknowledgeEmergency: Ability.EMERGENCY_ACKNOWLEDGEMENT,
    DisableRadio: Ability.DISABLE,
    EnableRadio: Ability.DISABLE,
}
_Answer: TypeAlias = TextProgress | CommandResult
_ANSWERS: Final = (TextProgress, CommandResult)


class Destination(Protocol):
    """What routing wants to know of a link."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def open(self) -> bool:
        """Whether its sockets or port are open."""
        ...

    def serves(self, network: str) -> bool: ...


@dataclass(slots=True)
class _Spread:
    """A command that went out on several links."""

    awaited: set[str]
    "Links that have not failed yet."
    succeeded: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no link takes a command."""

    reason: str
    failure: TextFailure
    served: bool
    "Whether any link of this gateway carries the radio's network."
    link: str | None = None
    "The link that the radio was last heard on, or the first of its network."


def needed_ability(command: Command) -> Ability:
    """What a link must be able to do to carry the command out."""
    if isinstance(command, SendText):
        return Ability.TEXT_TO_RADIO if command.radio else Ability.TEXT_TO_TALKGROUP
    return _ABILITIES[type(command)]


def network_of(command: Command) -> str:
    """Numbering network of the addressee."""
    if isinstance(command, SendText) and command.talkgroup is not None:
        return command.talkgroup.network
    return command.radio.network if command.radio else ""


def answer(
    command: Command,
    link: str,
    at: Moment,
    detail: str,
    failure: TextFailure,
    *,
    refused: bool = False,
) -> _Answer:
    """Tell dispatch that nothing came of a command; `refused`: nobody here can do such a thing."""
    if isinstance(command, SendText):
        return TextProgress(
            link=link,
            at=at,
            command=command.command,
            state=TextState.FAILED,
            radio=command.radio,
            reason=failure,
            detail=detail,
        )
    outcome = CommandOutcome.REFUSED if refused else CommandOutcome.FAILED
    return CommandResult(
        link=link,
        at=at,
        command=command.command,
        outcome=outcome,
        radio=command.radio,
        detail=detail,
    )


class Router:
    """Remembers which links heard which radio and picks those that can carry a command."""

    def __init__(self, links: Sequence[Destination]) -> None:
        self._links = links
        self._heard: OrderedDict[RadioId, dict[str, float]] = OrderedDict()
        self._spread: OrderedDict[str, _Spread] = OrderedDict()

    def heard(self, event: Event) -> None:
        """Note where a radio is; answers about commands are no sign of the radio itself."""
        radio = getattr(event, "radio", None)
        if radio is None or isinstance(event, _ANSWERS):
            return
        links = self._heard.get(radio)
        if links is not None:
            links[event.link] = event.at.mono
            self._heard.move_to_end(radio)
            return
        self._heard[radio] = {event.link: event.at.mono}
        if len(self._heard) > MAX_RADIOS:
            self._heard.popitem(last=False)

    def route(self, command: Command) -> list[Destination] | Refusal:
        """The links to hand a command to.

        One: where the radio was heard last among the links that can do it. A radio that was not
        heard yet, and a talkgroup: every open link of the network that can.
        """
        network, ability = network_of(command), needed_ability(command)
        serving = [link for link in self._links if link.serves(network)]
        if not serving:
            reason = f"no link of this gateway carries the network {network}"
            return Refusal(reason, TextFailure.NO_LINK, served=False)
        heard = self._heard.get(command.radio, {}) if command.radio else {}
        serving.sort(key=lambda link: heard.get(link.name, float("-inf")), reverse=True)
        able = [link for link in serving if link.capabilities.can(ability)]
        if not able:
            titles = ", ".join(dict.fromkeys(link.capabilities.title for link in serving))
            reason, first = f"{titles}: cannot do {ability}", serving[0].name
            return Refusal(reason, TextFailure.UNSUPPORTED, served=True, link=first)
        usable = [link for link in able if link.open]
        if not usable:
            reason, first = f"link {able[0].name} is down; nothing was sent", able[0].name
            return Refusal(reason, TextFailure.LINK_DOWN, served=True, link=first)
        chosen = usable[:1] if usable[0].name in heard else usable
        if len(chosen) > 1:
            self._spread[command.command] = _Spread({link.name for link in chosen})
            if len(self._spread) > MAX_SPREAD:
                self._spread.popitem(last=False)
        return chosen

    def is_final(self, event: Event) -> bool:
        """Whether dispatch shall see this event.

        Of a command that went out on several links a failure counts only when it is the last
        answer and no other link succeeded.
        """
        if not isinstance(event, _ANSWERS):
            return True
        spread = self._spread.get(event.command)
        if spread is None:
            return True
        if not _failed(event):
            spread.succeeded |= not isinstance(event, TextProgress) or (
                event.state is TextState.DELIVERED
            )
            return True
        spread.awaited.discard(event.link)
        return not spread.awaited and not spread.succeeded


def _failed(event: _Answer) -> bool:
    if isinstance(event, TextProgress):
        return event.state is TextState.FAILED
    return event.outcome in (CommandOutcome.FAILED, CommandOutcome.REFUSED)
