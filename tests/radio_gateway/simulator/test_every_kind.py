"""Each kind of simulated base on real sockets and terminals, through the whole gateway."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from radio_gateway.adapters import REGISTRY
from radio_gateway.domain.commands import RequestPosition, SendText
from radio_gateway.domain.events import (
    CallEnded,
    EmergencyRaised,
    LinkChanged,
    LinkState,
    PositionReported,
    PositionSource,
    RadioRegistered,
    StatusReceived,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.wire import CommandEnvelope
from radio_gateway.links.clock import now
from radio_gateway.simulator.behaviour import Patrol
from radio_gateway.simulator.config import parse_config
from radio_gateway.simulator.network import SimulatedNetwork
from radio_gateway.simulator.stations.bad_line import BadLine
from tests.radio_gateway.conftest import RunGateway, Running
from tests.radio_gateway.simulator.bases import KINDS, pair
from tests.radio_gateway.support import eventually

E = TypeVar("E")
PATIENCE_S = 60.0
AGAIN_S = 4.0
REGISTERS = {
    *("hytera", "hytera-ipsc", "hytera-serial", "homebrew-peer", "openbridge"),
    *("mmdvm-modem", "mototrbo", "mototrbo-ipsc"),
}
TALKS = set(KINDS) - {"mototrbo", "nmea"}
WRITES = set(KINDS) - {"homebrew", "kenwood", "nmea"}
READS = {
    *("homebrew", "homebrew-peer", "hytera", "hytera-serial"),
    *("kenwood", "mmdvm-modem", "mototrbo", "tait"),
}
"Radios that show a text of a dispatcher and confirm it."
ANSWERS = {"hytera", "hytera-serial", "kenwood", "mototrbo", "tait"}
"Radios that tell where they are when they are asked."
TELLS_STATUS = {"homebrew-peer", "openbridge", "kenwood", "mmdvm-modem", "tait"}
BAD = {"loss": 0.05, "duplicate": 0.1, "reorder": 0.1}
QUICK = {"hytera-ipsc", "kenwood", "mototrbo-ipsc", "nmea", "tait"}
"Heard in seconds on a bad line too; the others are for the slow tests."
SERIAL = ("hytera-serial", "kenwood", "mmdvm-modem", "nmea", "tait")


class Shift:
    """A gateway, one base, and its first patrol, to which a test says what to do."""

    def __init__(self, running: Running, network: SimulatedNetwork) -> None:
        self._running = running
        self.network = network
        self.patrol: Patrol = network.world.patrols[0]

    def told(self, kind: type[E], **values: Any) -> list[E]:
        """Events of a kind, oldest first, that have these values."""
        events = (envelope.event for envelope in self._running.dispatch.events(kind))
        return [
            event
            for event in events
            if isinstance(event, kind)
            and all(getattr(event, name) == value for name, value in values.items())
        ]

    async def hear(
        self,
        kind: type[E],
        act: Callable[[Moment], object] | None = None,
        *,
        known: int = 0,
        **values: Any,
    ) -> E:
        """Wait for an event; what brings it about is done again, as on a bad line it must be.

        The first so many are `known` already.
        """
        async with asyncio.timeout(PATIENCE_S):
            again_at = 0.0
            while not (found := self.told(kind, **values)[known:]):
                if act is not None and self.patrol.on and now().mono >= again_at:
                    again_at = now().mono + AGAIN_S
                    self.network.world.later(0.0, lambda at: _done(act(at)))
                await asyncio.sleep(0.005)
        return found[0]

    async def send(self, command: SendText | RequestPosition) -> None:
        envelope = CommandEnvelope(f"order {command.command}", "*", command)
        await self._running.dispatch.bus.send(envelope)


@asynccontextmanager
async def shift(
    kind: str, run_gateway: RunGateway, folder: Path, *others: dict[str, Any], **line: Any
) -> AsyncIterator[Shift]:
    """A base of one kind, with a link, and others that nobody listens to."""
    link, base = pair(kind, folder)
    bases = [{**base, **line}, *others]
    table = {"units": 2 * len(bases) + 2, "speed": 1.5, "emergencies": False, "base": bases}
    config = parse_config(table, "network.toml", folder)
    async with run_gateway(link) as running:
        network = SimulatedNetwork(config, now)
        stop = asyncio.Event()
        day = asyncio.create_task(network.run(stop))
        try:
            yield Shift(running, network)
        finally:
            stop.set()
            await day


async def a_day(kind: str, day: Shift) -> None:
    """Let the patrol do everything that its radio can do, and see it arrive."""
    patrol = day.patrol
    me = patrol.radio.id
    station = patrol._station  # the test presses its keys
    if kind in REGISTERS:
        await day.hear(RadioRegistered, lambda at: station.switch_on(patrol.radio, at), radio=me)
    if kind in TALKS:
        call = await day.hear(CallEnded, lambda at: patrol.say(101, 1.0, at), radio=me)
        assert call.talkgroup is None or call.talkgroup.number in (101, 102, 103)
    if kind in ANSWERS:
        await answered(day)
    position = await day.hear(PositionReported, radio=me)
    assert abs(position.point.lat - 56.5) < 0.2
    assert abs(position.point.lon - 21.05) < 0.2
    assert (await day.hear(LinkChanged, state=LinkState.UP)).link == "base"
    if kind in WRITES:
        words = "Esam klāt" if kind != "tait" else "Esam klat"
        await day.hear(
            TextReceived, lambda at: station.write(patrol.radio, words, at), radio=me, text=words
        )
    if kind in TELLS_STATUS:
        fix = patrol._fix(now())  # as above
        await day.hear(
            StatusReceived, lambda at: station.say_status(patrol.radio, 12, fix, at), radio=me
        )
    if kind in READS:
        await delivered(day)
    if kind != "nmea":
        await day.hear(EmergencyRaised, patrol.raise_alarm, radio=me)


async def delivered(day: Shift) -> None:
    """A text is confirmed by the radio, at last."""
    for number in range(6):
        key = f"text {number}"
        await eventually(lambda: day.told(LinkChanged)[-1].state is LinkState.UP, PATIENCE_S)
        await day.send(SendText(command=key, text="Kur esi?", radio=day.patrol.radio.id))
        await eventually(lambda key=key: final(day, key), PATIENCE_S)  # type: ignore[misc]  # now
        if final(day, key)[0].state is TextState.DELIVERED:
            return
    raise AssertionError([event.detail for event in day.told(TextProgress)])


def final(day: Shift, key: str) -> list[TextProgress]:
    ends = (TextState.DELIVERED, TextState.FAILED)
    return [event for event in day.told(TextProgress, command=key) if event.state in ends]


async def answered(day: Shift) -> None:
    """A radio that is asked tells where it is; a lost question is given up after 45 s at most."""
    me = day.patrol.radio.id
    async with asyncio.timeout(2 * PATIENCE_S):
        for number in count():
            await day.send(RequestPosition(command=f"where {number}", radio=me))
            until = now().mono + AGAIN_S
            while now().mono < until:
                if day.told(PositionReported, radio=me, source=PositionSource.REQUESTED):
                    return
                await asyncio.sleep(0.005)


def _done(_: object) -> None:
    """What a deed returns matters to nobody here."""


def test_there_is_a_base_for_every_kind_of_link() -> None:
    assert set(KINDS) == set(REGISTRY)


@pytest.mark.parametrize("kind", KINDS)
async def test_everything_a_patrol_can_do_is_heard(
    kind: str, run_gateway: RunGateway, tmp_path: Path
) -> None:
    async with shift(kind, run_gateway, tmp_path) as day:
        await a_day(kind, day)


@pytest.mark.parametrize(
    "kind",
    [kind if kind in QUICK else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS],
)
async def test_it_is_heard_over_a_bad_line(
    kind: str, run_gateway: RunGateway, tmp_path: Path
) -> None:
    line = {**BAD, "byte_at_a_time": True} if kind in SERIAL else BAD
    async with shift(kind, run_gateway, tmp_path, **line) as day:
        await a_day(kind, day)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
async def test_a_base_that_restarts_is_heard_again(
    kind: str, run_gateway: RunGateway, tmp_path: Path
) -> None:
    restart_s = 40.0 if kind == "hytera-serial" else 15.0  # found out after 20 s of silence
    async with shift(kind, run_gateway, tmp_path, restart_s=restart_s) as day:
        station = day.network.world.stations["base"]
        assert isinstance(station, BadLine)
        await eventually(lambda: station.restarts, PATIENCE_S)
        sign = RadioRegistered if kind in REGISTERS else PositionReported
        known = len(day.told(sign))
        act = (lambda at: day.patrol.say(101, 2.0, at)) if kind == "homebrew" else None
        await day.hear(sign, act, known=known)


async def test_every_repeater_of_a_network_has_patrols(
    run_gateway: RunGateway, tmp_path: Path
) -> None:
    """Also where the network has every other patrol of its agency."""
    other = {**pair("kenwood", tmp_path).base, "name": "other"}
    async with shift("mototrbo-ipsc", run_gateway, tmp_path, other) as day:
        for site in ("Osta", "Karosta"):
            await day.hear(RadioRegistered, site=site)
