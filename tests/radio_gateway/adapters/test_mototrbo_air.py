"""Air time under chance: every command ends once, and no rule of the channel is broken."""

from collections import Counter
from functools import cache
from itertools import pairwise
from random import Random

import pytest

from radio_gateway.domain.commands import (
    Command,
    RadioCheck,
    RequestPosition,
    SendText,
    SetPositionInterval,
)
from radio_gateway.domain.events import (
    CommandResult,
    EmergencyRaised,
    TextProgress,
    TextReceived,
    TextState,
)
from tests.radio_gateway.adapters.mototrbo_world import KAROSTA, START, World, radio

NUMBERS = range(101, 107)


def some_command(rng: Random, key: str) -> Command:
    who = radio(rng.choice(NUMBERS))
    match rng.randrange(5):
        case 0:
            return RequestPosition(command=key, radio=who)
        case 1:
            interval = rng.choice((0, 30, 60))
            return SetPositionInterval(command=key, radio=who, interval_s=interval)
        case 2:
            return RadioCheck(command=key, radio=who)
        case 3:
            return SendText(command=key, radio=who, text=f"{key} " + "vārds " * rng.randrange(60))
        case _:
            return SendText(command=key, radio=who, text=f"{key} ziņa")


@cache
def a_bad_day(seed: int) -> tuple[World, list[Command]]:
    """Radios come, go and vanish; dispatchers ask for whatever; the network loses a tenth."""
    rng = Random(seed)
    world = World(seed=seed, loss=0.1, doubling=0.1, air_loss=0.1, position_interval_s=60)
    given: list[Command] = []
    on: set[int] = set()
    for n in range(120):
        number = rng.choice(NUMBERS)
        match rng.randrange(6):
            case 0 | 1:
                world.fleet.register(number, world.now)
                world.fleet.place(number, KAROSTA, START, world.now)
                on.add(number)
            case 2 if number in on:
                world.fleet.deregister(number, world.now)
                on.discard(number)
            case 3 if number in on and rng.random() < 0.3:
                world.fleet.vanish(number)
                on.discard(number)
            case 4 if number in on:
                world.fleet.text(number, f"no {number}: {n}", world.now)
            case _:
                command = some_command(rng, f"k{n}")
                given.append(command)
                world.base.command(command, world.at)
        world.run(rng.uniform(0.0, 40.0))
    world.run(9000.0)
    return world, given


@pytest.mark.parametrize("seed", range(6))
def test_every_command_ends_exactly_once(seed: int) -> None:
    world, given = a_bad_day(seed)
    ends = Counter(event.command for event in world.all_of(CommandResult))
    ends.update(e.command for e in world.all_of(TextProgress) if e.state is not TextState.SENT)
    assert ends == Counter(command.command for command in given)
    assert world.all_of(EmergencyRaised) == []
    texts = [event.text for event in world.all_of(TextReceived)]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("seed", range(6))
def test_delivered_texts_were_shown_in_full_and_once(seed: int) -> None:
    world, given = a_bad_day(seed)
    shown = Counter(text for _, text in world.shown)
    for command in given:
        if not isinstance(command, SendText):
            continue
        parts = [text for text in shown if f"{command.command} " in text.removeprefix("(1/")]
        assert all(shown[part] == 1 for part in parts)
        if TextState.DELIVERED in world.states(command.command):
            assert parts, "claimed and not shown"


@pytest.mark.parametrize("seed", range(6))
def test_requests_leave_a_second_apart(seed: int) -> None:
    world, _ = a_bad_day(seed)
    requests = [at for at, peer, data in world.sent if is_request(peer.endpoint, data)]
    assert len(requests) > 100
    gaps = [later - earlier for earlier, later in pairwise(requests)]
    assert min(gaps) >= 1.0 - 1e-6


def is_request(endpoint: str, data: bytes) -> bool:
    """Whether the gateway sent this of its own; answers to radios leave at once."""
    match endpoint:
        case "lrrp":
            return True
        case "ars":
            return data[2] == 0x74
        case _:
            return not data[2] & 0x10
