"""What time alone brings about: late ends, silence of gateways, forgetting."""

from datetime import timedelta

from sqlalchemy import text

from dispatch.commands.models import CommandKind
from dispatch.commands.service import Order, issue
from dispatch.ingest.chores import Chores
from dispatch.live.scope import EVERYTHING
from dispatch.messages import service as messages
from dispatch.messages.addressee import choose
from dispatch.messages.schemas import NewMessage
from dispatch.radios.service import radio
from radio_gateway.domain.events import (
    CallKind,
    CallStarted,
    CommandOutcome,
    CommandResult,
    StatusReceived,
)
from tests.dispatch.world import LINK, OURS, World, moment


class Hand:
    """A monotonic clock moved together with the wall clock."""

    def __init__(self, world: World) -> None:
        self.mono = 0.0
        self._world = world

    def __call__(self) -> float:
        return self.mono

    def forward(self, seconds: float) -> None:
        self.mono += seconds
        self._world.clock.forward(seconds)


async def check_radio(world: World) -> str:
    async with world.database.write() as session:
        row = await radio(session, 1)
        await issue(session, world.shared, row, Order(CommandKind.RADIO_CHECK), "anna")
    return world.commands()[-1].command


def states(world: World) -> list[str]:
    return [one["data"]["state"] for one in world.told("command.changed")]


async def test_a_call_whose_end_never_came_is_closed(world: World) -> None:
    hand = Hand(world)
    chores = Chores(world.shared, hand)
    await world.hear(CallStarted(link=LINK, at=moment(), call="c", kind=CallKind.ALL, radio=OURS))
    await chores.tick()
    assert world.types("call.ended") == []
    hand.forward(601)
    await chores.tick()
    assert [one["data"]["end_reason"] for one in world.told("call.ended")] == ["truncated"]


async def test_a_command_of_which_no_gateway_speaks_has_failed(world: World) -> None:
    hand = Hand(world)
    chores = Chores(world.shared, hand)
    await check_radio(world)
    hand.forward(90)
    await chores.tick()
    assert states(world) == ["queued"]
    hand.forward(1)
    await chores.tick()
    await chores.tick()
    assert states(world) == ["queued", "failed"]


async def test_the_first_end_of_a_command_is_its_end(world: World) -> None:
    command = await check_radio(world)

    def result(second: float, outcome: CommandOutcome) -> CommandResult:
        return CommandResult(link=LINK, at=moment(second), command=command, outcome=outcome)

    await world.hear(result(1, CommandOutcome.SENT), result(2, CommandOutcome.DONE))
    await world.hear(result(1, CommandOutcome.SENT), result(3, CommandOutcome.FAILED))
    assert states(world) == ["queued", "sent", "done"]


async def test_a_text_is_handed_over_again_until_a_gateway_speaks_of_it(world: World) -> None:
    hand = Hand(world)
    chores = Chores(world.shared, hand)
    async with world.database.write() as session:
        to = await choose(session, world.shared, NewMessage(radio_id=1, text="x"), EVERYTHING)
        expires_at = world.clock() + timedelta(hours=4)
        await messages.send(session, world.shared, to, "x", expires_at, "anna")
    await chores.tick()
    (before,) = world.shared.outbox.queued()
    hand.forward(31)
    await chores.tick()
    (again,) = world.shared.outbox.queued()
    assert again.command == before.command
    assert again.id != before.id
    await chores.tick()
    assert world.shared.outbox.queued() == [again]


async def test_old_ids_are_forgotten(world: World) -> None:
    hand = Hand(world)
    chores = Chores(world.shared, hand)
    await world.hear(StatusReceived(link=LINK, at=moment(), radio=OURS, status=9))

    for days, kept in ((13.9, True), (0.2, False)):
        hand.forward(days * 86_400)
        await chores.tick()
        async with world.database.read() as session:
            count = (await session.execute(text("SELECT count(*) FROM ingested"))).scalar_one()
        assert (count > 0) == kept
