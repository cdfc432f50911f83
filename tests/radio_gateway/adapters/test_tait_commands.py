"""A Tait base in memory: commands become messages, one at a time, and its answers progress."""

from dataclasses import replace
from datetime import timedelta

import pytest

from radio_gateway.domain.commands import (
    CallAlert,
    RequestPosition,
    SendText,
)
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    PositionReported,
    PositionSource,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from tests.radio_gateway.adapters.tait_desk import CONFIG, RADIO, RMC, START, Desk, states, text
from tests.radio_gateway.support import moment


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_command_that_came_too_early_is_sent_once_more(desk: Desk) -> None:
    desk.radio.refuses = {"a": "05"}
    assert desk.command(text()) == []
    desk.radio.refuses = {}
    assert states(desk.wait(0.3)) == [TextState.SENT, TextState.DELIVERED]


@pytest.mark.parametrize(
    ("number", "reason"),
    [("01", TextFailure.REFUSED), ("06", TextFailure.REFUSED), ("05", TextFailure.BUSY)],
)
def test_a_refused_text_fails_and_the_next_goes_out(
    number: str, reason: TextFailure, desk: Desk
) -> None:
    desk.radio.refuses = {"a": number}
    events = desk.command(text()) + desk.wait(1)
    (failed,) = events
    assert isinstance(failed, TextProgress)
    assert (failed.state, failed.reason) == (TextState.FAILED, reason)
    desk.radio.refuses = {}
    assert TextState.DELIVERED in states(desk.command(text(key="t2")))


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("Unit 12 call base", ["a0520012340012Unit 12 call base"]),
        ("Ātri! " + "x" * 40, ["a0520412340012Atri! " + "x" * 40]),
        ("y" * 130, ["a05204123400121/2 " + "y" * 124, "a05200123400122/2 " + "y" * 6]),
    ],
)
def test_a_text_is_a_message_in_the_form_that_holds_it(
    words: str, sent: list[str], desk: Desk
) -> None:
    assert states(desk.command(text(words))) == [TextState.SENT, TextState.DELIVERED]
    assert desk.radio.commands[len(START) :] == sent


def test_a_text_to_the_fleet_goes_to_all_its_identities(desk: Desk) -> None:
    group = TalkgroupId("silute", 0)
    assert states(desk.command(SendText(command="g", text="All", talkgroup=group))) == [
        TextState.SENT
    ]
    assert desk.radio.commands[-1] == "a052001234****All"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (text("x" * 497), TextFailure.TOO_LONG),
        (text(radio=RadioId("liepaja", 1)), TextFailure.UNSUPPORTED),
        (text(radio=RadioId("silute", 10_000)), TextFailure.UNSUPPORTED),
        (
            SendText(command="g", text="x", talkgroup=TalkgroupId("silute", 301)),
            TextFailure.UNSUPPORTED,
        ),
    ],
)
def test_what_cannot_be_sent_fails_at_once(
    command: SendText, reason: TextFailure, desk: Desk
) -> None:
    (failed,) = desk.command(command)
    assert isinstance(failed, TextProgress)
    assert (failed.state, failed.reason) == (TextState.FAILED, reason)
    assert desk.radio.commands == START


def test_other_commands_are_refused(desk: Desk) -> None:
    (result,) = desk.command(CallAlert(command="c", radio=RADIO))
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.REFUSED


def test_a_text_that_was_not_confirmed_has_failed(desk: Desk) -> None:
    desk.radio.confirms = False
    events = desk.command(text())
    assert states(events) == [TextState.SENT, TextState.FAILED]
    assert isinstance(events[-1], TextProgress)
    assert events[-1].reason is TextFailure.NO_ANSWER


def test_a_text_without_any_confirmation_stays_sent_and_the_next_waits_for_it(desk: Desk) -> None:
    desk.radio.confirms = None
    desk.command(text())
    assert desk.command(text("second", "t2")) == []
    assert states(desk.wait(9.5)) == []
    assert states(desk.wait(1)) == [TextState.SENT]
    assert desk.radio.commands[-1].endswith("second")


def test_a_repeated_command_has_no_second_effect(desk: Desk) -> None:
    desk.command(text())
    assert desk.command(text()) == []


def test_nothing_is_sent_while_somebody_talks(desk: Desk) -> None:
    desk.hear(desk.radio.progress("05"))
    assert desk.command(text()) == []
    assert TextState.DELIVERED in states(desk.hear(desk.radio.progress("06")))


def test_a_position_is_asked_for_and_is_the_asked_radios(desk: Desk) -> None:
    desk.radio.places = {"12340012": RMC}
    position, result = desk.command(RequestPosition(command="p", radio=RADIO))[::-1]
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.SENT
    assert isinstance(position, PositionReported)
    assert position.radio == RADIO
    assert position.source is PositionSource.REQUESTED
    assert position.point.lat == pytest.approx(55.35)
    assert position.point.lon == pytest.approx(21.49)
    assert position.speed_kmh == pytest.approx(18.52)
    assert position.fixed_at == moment(0).utc + timedelta(seconds=1)
    assert desk.radio.commands[-1] == "a0520612340012GPRMC"


def test_pulling_the_cable_fails_what_waits(desk: Desk) -> None:
    desk.hear(desk.radio.progress("05"))
    desk.command(text())
    desk.base.closed("unplugged", desk.now)
    failed = [e for e in desk.base.events() if isinstance(e, TextProgress)]
    assert [(e.state, e.reason) for e in failed] == [(TextState.FAILED, TextFailure.LINK_DOWN)]
    assert desk.base.outgoing() == []
    assert desk.base.deadline() is None


def test_without_a_fleet_the_identity_is_the_number() -> None:
    desk = Desk(replace(CONFIG, fleet="", identities={}))
    desk.command(text())
    assert desk.radio.commands[-1].startswith("a0520000000012")
