"""Texts wait for their radio, go out once, and never go backwards."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.commands.service import RadioCannotError
from dispatch.errors import DispatchError
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.messages import service
from dispatch.messages.addressee import choose
from dispatch.messages.models import FailureReason, MessageState
from dispatch.messages.schemas import MessageView, NewMessage
from dispatch.messages.states import ENDS, may_follow
from dispatch.messages.timer import ExpiryTimer
from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import (
    LinkChanged,
    LinkState,
    RadioDeregistered,
    RadioHeard,
    RadioRegistered,
    TextFailure,
    TextProgress,
    TextReceived,
    TextState,
)
from tests.dispatch.world import GROUP, LINK, OURS, START, World, envelope, moment


async def send(world: World, life_s: int = 14_400, **to: int) -> MessageView:
    body = NewMessage(text="Atgriezieties bāzē", **(to or {"radio_id": 1}))
    async with world.database.write() as session:
        addressee = await choose(session, world.shared, body, EVERYTHING)
        expires_at = world.clock() + timedelta(seconds=life_s)
        view, _ = await service.send(
            session, world.shared, addressee, body.text, expires_at, "anna"
        )
    return view


async def look(world: World, message_id: int) -> MessageView:
    async with world.database.read() as session:
        return await service.message(session, message_id, EVERYTHING)


def texts(world: World) -> list[SendText]:
    return [one for one in world.commands() if isinstance(one, SendText)]


def progress(
    command: str,
    state: TextState,
    second: float = 1.0,
    reason: TextFailure | None = None,
    detail: str | None = None,
) -> TextProgress:
    return TextProgress(
        link=LINK,
        at=moment(second),
        command=command,
        state=state,
        radio=OURS,
        reason=reason,
        detail=detail,
    )


def test_dispatch_knows_every_reason_of_the_gateways() -> None:
    assert {*FailureReason} == {*TextFailure} | {"cancelled"}


@pytest.mark.parametrize("reason", TextFailure)
async def test_the_reason_of_a_failure_is_kept_and_told(world: World, reason: TextFailure) -> None:
    view = await send(world)
    (command,) = texts(world)
    await world.hear(
        progress(command.command, TextState.SENT),
        progress(command.command, TextState.FAILED, 2, reason, "in English"),
    )
    now = await look(world, view.id)
    assert (now.state, now.reason, now.detail) == ("failed", reason.value, "in English")
    assert [step.reason for step in now.history] == [None, None, reason.value]
    told = world.told("message.changed")[-1]["data"]
    assert (told["reason"], told["history"][-1]["reason"]) == (reason.value, reason.value)


async def test_an_older_gateway_gives_no_reason(world: World) -> None:
    view = await send(world)
    (command,) = texts(world)
    await world.hear(progress(command.command, TextState.FAILED))
    now = await look(world, view.id)
    assert (now.state, now.reason) == ("failed", None)


async def test_a_text_goes_out_after_the_commit(world: World) -> None:
    view = await send(world)
    (command,) = texts(world)
    assert (command.radio, command.text) == (OURS, "Atgriezieties bāzē")
    assert (view.state, view.waiting_for, view.unit_id) == ("queued", None, 1)
    await world.hear(progress(command.command, TextState.SENT))
    await world.hear(progress(command.command, TextState.DELIVERED, 2))
    now = await look(world, view.id)
    assert [step.state for step in now.history] == ["queued", "sent", "delivered"]
    assert now.state_at == START + timedelta(seconds=2)


async def test_a_refused_transaction_sends_nothing(world: World) -> None:
    async def send_and_fail() -> None:
        body = NewMessage(text="x", radio_id=1)
        async with world.database.write() as session:
            to = await choose(session, world.shared, body, EVERYTHING)
            await service.send(session, world.shared, to, "x", world.clock(), "anna")
            raise LookupError

    with pytest.raises(LookupError):
        await send_and_fail()
    assert texts(world) == []
    assert world.types("message") == []


async def test_a_text_waits_for_a_radio_that_is_off(world: World) -> None:
    await world.hear(RadioRegistered(link=LINK, at=moment(0), radio=OURS))
    await world.hear(RadioDeregistered(link=LINK, at=moment(1), radio=OURS))
    view = await send(world)
    assert view.waiting_for == "registration"
    assert texts(world) == []
    await world.hear(RadioHeard(link=LINK, at=moment(60), radio=OURS))
    assert len(texts(world)) == 1
    assert (await look(world, view.id)).waiting_for is None
    await world.hear(RadioHeard(link=LINK, at=moment(61), radio=OURS))
    assert len(texts(world)) == 1, "one sign of life is enough"


async def test_a_text_waits_for_the_link(world: World) -> None:
    await world.hear(LinkChanged(link=LINK, at=moment(0), state=LinkState.DOWN, reason="silent"))
    view = await send(world)
    assert view.waiting_for == "link"
    group = await send(world, talkgroup_id=1)
    assert group.waiting_for == "link"
    await world.hear(LinkChanged(link=LINK, at=moment(9), state=LinkState.UP, reason="back"))
    assert [one.talkgroup for one in texts(world)] == [None, GROUP]


async def test_an_unknown_time_is_over_after_its_life_however_the_clock_jumps(
    world: World,
) -> None:
    view = await send(world, life_s=100)
    mono = 1000.0
    timer = ExpiryTimer(world.shared, lambda: mono)
    assert await timer.tick() == 0
    world.clock.forward(86_400)  # somebody set the wall clock
    assert await timer.tick() == 0
    mono += 99
    assert await timer.tick() == 0
    mono += 1
    assert await timer.tick() == 1
    now = await look(world, view.id)
    assert (now.state, now.reason, now.history[-1].reason) == ("expired",) * 3
    assert await timer.tick() == 0


async def test_a_message_called_back_says_so(world: World) -> None:
    view = await send(world)
    async with world.database.write() as session:
        now, _ = await service.cancel(session, world.shared, view.id, EVERYTHING)
    assert (now.state, now.reason, now.detail) == ("failed", "cancelled", "cancelled")
    assert now.history[-1].reason == "cancelled"


async def test_late_words_change_nothing(world: World) -> None:
    view = await send(world)
    (command,) = texts(world)
    await world.hear(progress(command.command, TextState.FAILED))
    told = len(world.told("message"))
    await world.hear(progress(command.command, TextState.SENT, 2))
    await world.hear(progress(command.command, TextState.DELIVERED, 3))
    await world.hear(progress("nobody knows this", TextState.DELIVERED, 3))
    assert (await look(world, view.id)).state == "failed"
    assert len(world.told("message")) == told


async def test_words_about_sending_that_come_late_complete_the_history(world: World) -> None:
    view = await send(world)
    (command,) = texts(world)
    await world.hear(progress(command.command, TextState.DELIVERED, 2))
    await world.hear(progress(command.command, TextState.SENT, 1))
    await world.hear(progress(command.command, TextState.SENT, 1))
    now = await look(world, view.id)
    assert now.state == "delivered"
    assert [step.state for step in now.history] == ["queued", "sent", "delivered"]


async def test_any_words_in_any_order_lead_to_the_first_end(world: World) -> None:
    dice = random.Random(7)
    for _ in range(15):
        view = await send(world)
        command = texts(world)[-1].command
        words = [dice.choice(list(TextState)) for _ in range(dice.randrange(6))]
        for second, word in enumerate(words):
            await world.hear(progress(command, word, second))
        ends = [word for word in words if word is not TextState.SENT]
        expected = (ends or words[:1] or ["queued"])[0]
        now = await look(world, view.id)
        assert now.state == expected, words
        assert sum(step.state in ENDS for step in now.history) <= 1


@given(st.lists(st.sampled_from(MessageState)))
def test_no_state_comes_twice_and_nothing_follows_an_end(words: list[MessageState]) -> None:
    state, path = MessageState.QUEUED, [MessageState.QUEUED]
    for word in words:
        if may_follow(state, word):
            state = word
            path.append(word)
    assert len(set(path)) == len(path)
    assert all(one not in ENDS for one in path[:-1])


async def test_the_same_key_is_handed_over_again_after_a_restart(world: World) -> None:
    await send(world)
    (before,) = world.shared.outbox.queued()
    async with world.database.write() as session:
        assert await service.send_again(session, world.shared, world.clock()) == 1
    (again,) = world.shared.outbox.queued()
    assert again.command == before.command
    assert again.id != before.id


async def test_a_repetition_of_a_received_text_is_one_message(world: World) -> None:
    def text(second: float, reference: str | None = "17") -> TextReceived:
        return TextReceived(
            link=LINK, at=moment(second), radio=OURS, text="Saprasts", reference=reference
        )

    await world.hear(text(0))
    await world.hear(text(30))
    assert len(world.told("message.created")) == 1
    await world.hear(text(30 + 601))
    assert len(world.told("message.created")) == 2, "the number is used again after ten minutes"
    await world.hear(text(0, None), text(1, None))
    assert len(world.told("message.created")) == 4
    data = world.told("message.created")[0]["data"]
    assert (data["state"], data["direction"], data["radio_id"]) == ("received", "in", 1)


async def test_the_same_event_twice_is_one_message(world: World) -> None:
    one = envelope(TextReceived(link=LINK, at=moment(), radio=OURS, text="Klausos"))
    await world.store([one, one])
    await world.store([one])
    assert len(world.told("message.created")) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"radio_id": 1, "text": " \n"}, "text_empty"),
        ({"radio_id": 1, "text": "ā" * 141}, "text_too_long"),
        ({"radio_id": 3, "text": "x"}, "radio_cannot"),
        ({"radio_id": 99, "text": "x"}, "not_found"),
        ({"radio_id": 2, "text": "x"}, "not_found"),
        ({"unit_id": 2, "text": "x"}, "not_found"),
        ({"talkgroup_id": 2, "text": "x"}, "not_found"),
        ({"text": "x"}, "invalid_request"),
        ({"radio_id": 1, "unit_id": 1, "text": "x"}, "invalid_request"),
    ],
)
async def test_what_is_not_taken(world: World, body: dict[str, object], code: str) -> None:
    message, own = NewMessage.model_validate(body), Scope(frozenset({1}))
    async with world.database.read() as session:
        with pytest.raises(DispatchError) as refusal:
            await choose(session, world.shared, message, own)
    assert refusal.value.code == code


async def test_who_lacks_an_ability_is_told_which(world: World) -> None:
    async with world.database.read() as session:
        with pytest.raises(RadioCannotError) as refusal:
            await choose(session, world.shared, NewMessage(radio_id=3, text="x"), EVERYTHING)
    assert refusal.value.extra == {"ability": "text_to_radio"}
