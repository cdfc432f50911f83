"""Which link a command goes to, and which answers dispatch sees."""

from dataclasses import dataclass, field
from typing import get_args

import pytest

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
    RadioHeard,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.ports import Ability, Capabilities
from radio_gateway.routing import Refusal, Router, answer, needed_ability, network_of
from tests.radio_gateway.support import moment

RADIO = RadioId("liepaja", 101)


@dataclass
class Link:
    name: str
    network: str = "liepaja"
    abilities: frozenset[Ability] = field(
        default=frozenset({Ability.TEXT_TO_RADIO, Ability.TEXT_TO_TALKGROUP, Ability.RADIO_CHECK})
    )
    open: bool = True

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(f"radios of {self.name}", "UDP", self.abilities)

    def serves(self, network: str) -> bool:
        return network == self.network or network.startswith(f"{self.network}/")


def heard(link: str, mono: float, radio: RadioId = RADIO) -> RadioHeard:
    return RadioHeard(link=link, at=moment(mono), radio=radio)


def routed(router: Router, command: Command) -> list[str]:
    chosen = router.route(command)
    assert not isinstance(chosen, Refusal), chosen.reason
    return [link.name for link in chosen]


def refused(router: Router, command: Command) -> Refusal:
    chosen = router.route(command)
    assert isinstance(chosen, Refusal)
    return chosen


CHECK = RadioCheck(command="c", radio=RADIO)


def test_the_link_that_heard_the_radio_last_gets_it() -> None:
    router = Router([Link("west"), Link("east")])
    router.heard(heard("west", 1))
    router.heard(heard("east", 2))
    assert routed(router, CHECK) == ["east"]
    router.heard(heard("west", 3))
    assert routed(router, CHECK) == ["west"]


def test_voice_and_data_links_of_one_network_share_the_work() -> None:
    voice = Link("voice", abilities=frozenset({Ability.CALLS}))
    router = Router([voice, Link("data")])
    router.heard(heard("data", 1))
    router.heard(heard("voice", 2))
    assert routed(router, CHECK) == ["data"], "voice heard it later but cannot do it"


def test_a_closed_link_is_passed_over() -> None:
    west, east = Link("west"), Link("east")
    router = Router([west, east])
    router.heard(heard("west", 1))
    router.heard(heard("east", 2))
    east.open = False
    assert routed(router, CHECK) == ["west"]
    west.open = False
    assert refused(router, CHECK) == Refusal(
        "link east is down; nothing was sent", TextFailure.LINK_DOWN, served=True, link="east"
    )


def test_a_radio_that_was_never_heard_is_sought_on_every_link() -> None:
    router = Router([Link("west"), Link("east"), Link("far", "palanga")])
    assert routed(router, CHECK) == ["west", "east"]


def test_numbers_mean_something_within_their_network_only() -> None:
    router = Router([Link("west"), Link("far", "palanga")])
    router.heard(heard("far", 1, RadioId("palanga", 101)))
    assert routed(router, CHECK) == ["west"]


def test_a_network_within_a_network_belongs_to_its_link() -> None:
    router = Router([Link("kenwood", "klaipeda"), Link("other", "klaipeda2")])
    radio = RadioId("klaipeda/fleetsync", 1002000)
    assert routed(router, RadioCheck(command="c", radio=radio)) == ["kenwood"]


def test_a_talkgroup_text_goes_to_every_able_link_even_where_somebody_was_heard() -> None:
    router = Router([Link("west"), Link("east")])
    router.heard(heard("west", 1))
    text = SendText(command="t", text="x", talkgroup=TalkgroupId("liepaja", 1))
    assert routed(router, text) == ["west", "east"]


def test_answers_about_commands_are_no_sign_of_the_radio() -> None:
    router = Router([Link("west"), Link("east")])
    router.heard(heard("east", 1))
    router.heard(result("west", CommandOutcome.FAILED, at=2))
    assert routed(router, CHECK) == ["east"]


def test_refusals_name_what_is_missing() -> None:
    router = Router([Link("west", abilities=frozenset())])
    incapable = refused(router, CHECK)
    assert incapable.reason == "radios of west: cannot do radio_check"
    assert incapable.failure is TextFailure.UNSUPPORTED
    nowhere = RadioCheck(command="c", radio=RadioId("nowhere", 1))
    assert refused(router, nowhere) == Refusal(
        "no link of this gateway carries the network nowhere", TextFailure.NO_LINK, served=False
    )


def result(link: str, outcome: CommandOutcome, at: float = 0.0) -> CommandResult:
    return CommandResult(link=link, at=moment(at), command="c", outcome=outcome, radio=RADIO)


def text(link: str, state: TextState) -> TextProgress:
    return TextProgress(link=link, at=moment(), command="c", state=state)


W, E = "west", "east"
F, D = TextState.FAILED, TextState.DELIVERED
SPREADS: list[tuple[str, list[Event], list[bool]]] = [
    ("both fail", [text(W, F), text(E, F)], [False, True]),
    ("the same fails twice", [text(W, F), text(W, F), text(E, F)], [False, False, True]),
    ("one delivers", [text(W, D), text(E, F)], [True, False]),
    ("the other delivers", [text(W, F), text(E, D)], [False, True]),
    ("sent is no success", [text(W, TextState.SENT), text(W, F), text(E, F)], [True, False, True]),
    (
        "a check",
        [result(W, CommandOutcome.DONE), result(E, CommandOutcome.FAILED)],
        [True, False],
    ),
    (
        "refused and failed",
        [result(W, CommandOutcome.REFUSED), result(E, CommandOutcome.FAILED)],
        [False, True],
    ),
]


@pytest.mark.parametrize(
    ("answers", "shown"), [case[1:] for case in SPREADS], ids=[case[0] for case in SPREADS]
)
def test_of_several_links_only_the_last_failure_counts(
    answers: list[Event], shown: list[bool]
) -> None:
    router = Router([Link(W), Link(E)])
    assert len(routed(router, CHECK)) == 2
    assert [router.is_final(event) for event in answers] == shown


def test_answers_of_a_single_link_are_always_shown() -> None:
    router = Router([Link(W)])
    router.route(CHECK)
    assert router.is_final(text(W, F))
    assert router.is_final(heard(W, 1))


COMMANDS: dict[type[Command], Command] = {
    SendText: SendText(command="c", text="x", radio=RADIO),
    RequestPosition: RequestPosition(command="c", radio=RADIO),
    SetPositionInterval: SetPositionInterval(command="c", radio=RADIO, interval_s=60),
    RadioCheck: CHECK,
    CallAlert: CallAlert(command="c", radio=RADIO),
    AcknowledgeEmergency: AcknowledgeEmergency(command="c", radio=RADIO),
    DisableRadio: DisableRadio(command="c", radio=RADIO),
    EnableRadio: EnableRadio(command="c", radio=RADIO),
}


@pytest.mark.parametrize("kind", get_args(Command))
def test_every_command_has_an_ability_a_network_and_an_answer(kind: type[Command]) -> None:
    command = COMMANDS[kind]
    assert needed_ability(command) in Ability
    assert network_of(command) == "liepaja"
    event = answer(command, "west", moment(), "why", TextFailure.BUSY, refused=True)
    assert (event.command, event.radio, event.detail) == ("c", RADIO, "why")
    if isinstance(event, CommandResult):
        assert event.outcome is CommandOutcome.REFUSED
    else:
        assert (event.state, event.reason) == (TextState.FAILED, TextFailure.BUSY)
