"""Commands from dispatch through routing to the radio, and the answers to dispatch."""

import socket
from datetime import UTC, datetime, timedelta

from radio_gateway.domain.commands import CallAlert, Command, RadioCheck, SendText
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.wire import CommandEnvelope
from tests.radio_gateway.conftest import RunGateway, Running, answer_to, talk_link
from tests.radio_gateway.support import eventually

RADIO = RadioId("liepaja", 101)


async def test_a_command_goes_where_the_radio_was_heard_last(run_gateway: RunGateway) -> None:
    with _base() as west, _base() as east:
        async with run_gateway(talk_link("west"), talk_link("east")) as running:
            for base, link in ((west, 0), (east, 1), (west, 0)):
                base.sendto(b"HELLO 101", running.address(link))
                await answer_to(base)
                base.sendto(b"HELLO 999", running.address(link))
                await answer_to(base)
            await _send(running, _text("t1", radio=RADIO))
            assert await answer_to(west) == b"DO t1"
            await eventually(lambda: running.dispatch.events(TextProgress))
            east.sendto(b"HELLO 101", running.address(1))
            assert await answer_to(east) == b"HELLO", "no command before it"
            await _send(running, _text("t2", radio=RADIO))
            assert await answer_to(east) == b"DO t2"


async def test_a_text_to_a_talkgroup_goes_out_on_every_link_of_the_network(
    run_gateway: RunGateway,
) -> None:
    with _base() as west, _base() as east, _base() as other:
        links = (talk_link("west"), talk_link("east"), talk_link("far", "palanga"))
        async with run_gateway(*links) as running:
            for base, link in ((west, 0), (east, 1), (other, 2)):
                base.sendto(b"HELLO 5", running.address(link))
                await answer_to(base)
            await _send(running, _text("t1", talkgroup=TalkgroupId("liepaja", 1)))
            assert await answer_to(west) == b"DO t1"
            assert await answer_to(east) == b"DO t1"
            other.sendto(b"HELLO 5", running.address(2))
            assert await answer_to(other) == b"HELLO"


async def test_one_deaf_link_of_two_is_no_failure(run_gateway: RunGateway) -> None:
    with _base() as west:
        async with run_gateway(talk_link("west"), talk_link("east")) as running:
            west.sendto(b"HELLO 5", running.address(0))
            await answer_to(west)
            await _send(running, _text("t1", radio=RadioId("liepaja", 777)))
            assert await answer_to(west) == b"DO t1"
            await _send(running, _text("t2", radio=RADIO))
            await eventually(lambda: len(running.dispatch.events(TextProgress)) == 2)
            assert {state for _, state in _texts(running)} == {TextState.SENT}


async def test_a_repeated_command_has_one_effect_even_after_a_restart(
    run_gateway: RunGateway, radio: socket.socket
) -> None:
    for expected in (b"DO c1", b"HELLO"):
        async with run_gateway() as running:
            radio.sendto(b"HELLO 101", running.address())
            await answer_to(radio)
            for _ in range(3):
                await _send(running, RadioCheck(command="c1", radio=RADIO))
            await _send(running, RadioCheck(command=f"end {expected!r}", radio=RADIO))
            answers: list[bytes] = []
            while not answers or not answers[-1].startswith(b"DO end"):
                answers.append(await answer_to(radio))
            assert answers.count(b"DO c1") == (expected == b"DO c1")


async def test_an_expired_command_is_not_sent(
    run_gateway: RunGateway, radio: socket.socket
) -> None:
    async with run_gateway() as running:
        radio.sendto(b"HELLO 101", running.address())
        await answer_to(radio)
        late = datetime.now(UTC) - timedelta(seconds=1)
        await _send(running, _text("t1", radio=RADIO), expires_at=late)
        await eventually(lambda: _failures(running) == [("t1", TextFailure.EXPIRED)])
        radio.sendto(b"HELLO 101", running.address())
        assert await answer_to(radio) == b"HELLO"


async def test_what_no_link_can_do_is_refused(run_gateway: RunGateway) -> None:
    async with run_gateway() as running:
        await _send(running, CallAlert(command="c1", radio=RADIO))
        await _send(running, RadioCheck(command="c2", radio=RadioId("nowhere", 1)))
        await _send(running, _text("t1", radio=RadioId("nowhere", 1)))
        await eventually(lambda: _failures(running) == [("t1", TextFailure.NO_LINK)])
        results = [envelope.event for envelope in running.dispatch.events(CommandResult)]
        assert [(r.command, r.outcome) for r in results if isinstance(r, CommandResult)] == [
            ("c1", CommandOutcome.REFUSED),
            ("c2", CommandOutcome.REFUSED),
        ]
        details = [r.detail for r in results if isinstance(r, CommandResult)]
        assert details == [
            "Test radios: cannot do call_alert",
            "no link of this gateway carries the network nowhere",
        ]


async def test_one_of_many_gateways_is_silent_about_networks_of_others(
    run_gateway: RunGateway,
) -> None:
    async with run_gateway(sole=False) as running:
        await _send(running, RadioCheck(command="c1", radio=RadioId("nowhere", 1)))
        await _send(running, CallAlert(command="c2", radio=RADIO))
        await eventually(lambda: running.dispatch.events(CommandResult))
        (result,) = running.dispatch.events(CommandResult)
        assert isinstance(result.event, CommandResult)
        assert result.event.command == "c2"


async def test_a_link_that_is_down_fails_at_once(run_gateway: RunGateway) -> None:
    with _base() as blocker:
        port = blocker.getsockname()[1]
        async with run_gateway(talk_link(port=port)) as running:
            await _send(running, _text("t1", radio=RADIO))
            await eventually(lambda: _failures(running) == [("t1", TextFailure.LINK_DOWN)])


def _base() -> socket.socket:
    base = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    base.bind(("127.0.0.1", 0))
    base.setblocking(False)
    return base


def _text(key: str, radio: RadioId | None = None, talkgroup: TalkgroupId | None = None) -> SendText:
    return SendText(command=key, text="Labrīt", radio=radio, talkgroup=talkgroup)


async def _send(running: Running, command: Command, expires_at: datetime | None = None) -> None:
    envelope = CommandEnvelope("id", "*", command, expires_at)
    await running.dispatch.bus.send(envelope)


def _texts(running: Running) -> list[tuple[str, TextState]]:
    return [
        (envelope.event.command, envelope.event.state)
        for envelope in running.dispatch.events(TextProgress)
        if isinstance(envelope.event, TextProgress)
    ]


def _failures(running: Running) -> list[tuple[str, TextFailure | None]]:
    return [
        (envelope.event.command, envelope.event.reason)
        for envelope in running.dispatch.events(TextProgress)
        if isinstance(envelope.event, TextProgress) and envelope.event.state is TextState.FAILED
    ]
