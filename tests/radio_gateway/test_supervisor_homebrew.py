"""A simulated repeater logs in over UDP and talks; dispatch hears the call."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from radio_gateway.adapters import load_kind
from radio_gateway.config import LinkEntry
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallStarted,
    EmergencyRaised,
    EmergencySource,
    LinkChanged,
    LinkState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.simulator.peers.homebrew import HomebrewRepeater
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.conftest import RunGateway, Running
from tests.radio_gateway.support import eventually, meanwhile

REPEATER = 247001
PASSPHRASE = "a passphrase of the tests"


def homebrew_link() -> LinkEntry:
    kind = load_kind("homebrew")
    repeater = {"id": REPEATER, "name": "Karosta", "passphrase": PASSPHRASE}
    settings = kind.settings.model_validate(
        {
            "kind": "homebrew",
            "name": "voice",
            "network": "liepaja",
            "port": 0,
            "repeater": [repeater],
        },
        strict=False,
    )
    return LinkEntry(kind, settings)


@asynccontextmanager
async def on_the_air(running: Running, passphrase: str) -> AsyncIterator[HomebrewRepeater]:
    """Drives a repeater over its own socket, by its own timers."""
    configuration = Configuration(repeater_id=REPEATER, callsign="YL1TEST", colour_code=3)
    repeater = HomebrewRepeater(configuration, passphrase.encode(), random.Random(5))
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station:
        station.bind(("127.0.0.1", 0))
        station.setblocking(False)
        await eventually(lambda: running.gateway.links[0].open)
        address = running.address()
        repeater.open(loop.time())

        async def send() -> None:
            while True:
                repeater.expire(loop.time())
                for frame in repeater.outgoing():
                    station.sendto(frame, address)
                await asyncio.sleep(0.01)

        async def listen() -> None:
            while True:
                repeater.feed(await loop.sock_recv(station, 4096), loop.time())

        async with meanwhile(send(), listen()):
            yield repeater


async def test_a_call_of_a_real_login_reaches_dispatch(run_gateway: RunGateway) -> None:
    async with run_gateway(homebrew_link()) as running, on_the_air(running, PASSPHRASE) as repeater:
        await eventually(lambda: _site_states(running)[-1:] == [LinkState.UP])
        loop = asyncio.get_running_loop()
        repeater.talk(2470101, 101, Speech(duration_s=0.6, slot=2, alias="LP-101"), now=loop.time())
        await eventually(lambda: running.dispatch.events(CallEnded))
        started = running.dispatch.events(CallStarted)[0].event
        ended = running.dispatch.events(CallEnded)[0].event
        assert isinstance(started, CallStarted)
        assert isinstance(ended, CallEnded)
        assert started.radio == RadioId("liepaja", 2470101)
        assert started.talkgroup == TalkgroupId("liepaja", 101)
        assert (started.slot, started.colour_code, started.site) == (2, 3, "Karosta")
        assert ended.call == started.call
        assert ended.reason is CallEndReason.TERMINATOR
        assert 0.5 <= ended.duration_s <= 1.0
        seqs = [item.seq for item in running.dispatch.got if item.seq is not None]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_an_emergency_reaches_dispatch_once(run_gateway: RunGateway) -> None:
    async with run_gateway(homebrew_link()) as running, on_the_air(running, PASSPHRASE) as repeater:
        await eventually(lambda: repeater.up)
        end = repeater.emergency_alarm(
            2470101, 101, now=asyncio.get_running_loop().time(), repeats=3
        )
        repeater.talk(2470101, 101, Speech(duration_s=0.3), now=end)
        await eventually(lambda: running.dispatch.events(CallEnded))  # behind all three of them
        (raised,) = running.dispatch.events(EmergencyRaised)
        assert isinstance(raised.event, EmergencyRaised)
        assert raised.event.source is EmergencySource.ALARM
        assert raised.event.talkgroup == TalkgroupId("liepaja", 101)


async def test_a_wrong_passphrase_never_becomes_an_event(run_gateway: RunGateway) -> None:
    async with run_gateway(homebrew_link()) as running, on_the_air(running, "wrong") as repeater:
        await eventually(lambda: running.gateway.links[0].status().ports[0].received >= 2)
        repeater.talk(2470101, 101, Speech(duration_s=0.3), now=asyncio.get_running_loop().time())
        assert not repeater.up
        assert LinkState.UP not in _site_states(running)
        assert running.dispatch.events(CallStarted) == []


def _site_states(running: Running) -> list[LinkState]:
    return [
        envelope.event.state
        for envelope in running.dispatch.events(LinkChanged)
        if isinstance(envelope.event, LinkChanged) and envelope.event.site == "Karosta"
    ]
