"""The other roles of the Homebrew family over loopback: peer, bridge, host beside us, texts."""

import asyncio
import hashlib
import hmac
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from radio_gateway.adapters import load_kind
from radio_gateway.config import LinkEntry
from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallStarted,
    EmergencyRaised,
    LinkChanged,
    LinkState,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.wire import CommandEnvelope
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.simulator.peers.homebrew import HomebrewRepeater
from tests.fakes.homebrew_master import FakeMaster
from tests.fakes.mmdvm_host import HEADER_BURST, RADIO, TALKGROUP, MmdvmHost
from tests.radio_gateway.conftest import RunGateway, Running
from tests.radio_gateway.support import eventually, meanwhile

OURS, PASSPHRASE, DISPATCHER, PATROL = 2471090, "a passphrase of the tests", 2470001, 2470101
PREAMBLE_AND_HEADER = (0xE3, 0xE6)
"Flags of the first burst and of the data header: slot 2, to one radio, data."


def link(kind: str, **settings: object) -> LinkEntry:
    found = load_kind(kind)
    values = {"kind": kind, "name": "voice", "network": "liepaja", "port": 0, **settings}
    return LinkEntry(found, found.settings.model_validate(values, strict=False))


def peer_link(master: FakeMaster, **settings: object) -> LinkEntry:
    return link(
        "homebrew-peer",
        master="127.0.0.1",
        master_port=master.port,
        id=OURS,
        passphrase=PASSPHRASE,
        options="TS2=9",
        keepalive_s=1.0,
        dispatcher_id=DISPATCHER,
        **settings,
    )


def states(running: Running, site: str | None = None) -> list[LinkState]:
    return [
        envelope.event.state
        for envelope in running.dispatch.events(LinkChanged)
        if isinstance(envelope.event, LinkChanged) and envelope.event.site == site
    ]


def progress(running: Running) -> list[TextState]:
    events = [envelope.event for envelope in running.dispatch.events(TextProgress)]
    return [event.state for event in events if isinstance(event, TextProgress)]


async def say(running: Running, text: str) -> None:
    command = SendText(command="k", text=text, radio=RadioId("liepaja", PATROL))
    await running.dispatch.bus.send(CommandEnvelope("k", "coast", command, None))


async def test_a_peer_logs_in_hears_a_call_and_sends_a_text(run_gateway: RunGateway) -> None:
    with FakeMaster(PASSPHRASE.encode()) as master:
        async with run_gateway(peer_link(master)) as running:
            await eventually(lambda: states(running)[-1:] == [LinkState.UP])
            assert master.peers[OURS].options == b"TS2=9"
            assert master.peers[OURS].configuration.startswith(b"SARDZE  ")
            master.talk(OURS, b"\1\2\3\4", 12)
            await eventually(lambda: running.dispatch.events(CallEnded))
            ended = running.dispatch.events(CallEnded)[0].event
            assert isinstance(ended, CallEnded)
            assert ended.radio == RadioId("liepaja", RADIO)
            assert ended.talkgroup == TalkgroupId("liepaja", TALKGROUP)
            assert (ended.reason, ended.slot) == (CallEndReason.TERMINATOR, 2)
            assert ended.duration_s == pytest.approx(12 * 0.06)

            await say(running, "Sveiki")
            await eventually(lambda: TextState.SENT in progress(running))
            # 6 preambles, 1 header, 2 blocks: 6 characters of 16 bits and a CRC-32
            await eventually(lambda: len(master.datagrams) >= 9)
            sent = master.datagrams[:9]
            assert (sent[0][1][15], sent[6][1][15]) == PREAMBLE_AND_HEADER
            assert {data[5:8] for _, data in sent} == {DISPATCHER.to_bytes(3, "big")}
            assert {data[8:11] for _, data in sent} == {PATROL.to_bytes(3, "big")}
            assert [data[4] for _, data in sent] == list(range(9))
            assert sent[-1][0] - sent[0][0] >= 8 * 0.06 - 0.05
        await eventually(lambda: states(running)[-1] is LinkState.DOWN)


async def test_a_master_that_falls_silent_is_joined_again(run_gateway: RunGateway) -> None:
    with FakeMaster(PASSPHRASE.encode()) as master:
        async with run_gateway(peer_link(master)) as running:
            await eventually(lambda: states(running)[-1:] == [LinkState.UP])
            master.silent = True
            await eventually(lambda: states(running)[-1] is LinkState.CONNECTING)
            master.forget()
            master.silent = False
            await eventually(lambda: master.up(OURS) and states(running)[-1] is LinkState.UP)
            master.forget()  # as after a restart: the next ping is refused
            await eventually(lambda: states(running)[-1] is LinkState.CONNECTING)
            await eventually(lambda: master.up(OURS) and states(running)[-1] is LinkState.UP)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_login_over_a_network_that_loses_every_fourth_datagram(
    run_gateway: RunGateway, seed: int
) -> None:
    with FakeMaster(PASSPHRASE.encode(), seed=seed, loss=0.25) as master:
        async with run_gateway(peer_link(master)) as running:
            await eventually(lambda: states(running)[-1:] == [LinkState.UP], seconds=30)
            master.talk(OURS, b"\1\2\3\4", 50)
            await eventually(lambda: running.dispatch.events(CallEnded))
        assert len(running.dispatch.events(CallStarted)) == 1


async def test_a_wrong_passphrase_is_not_tried_all_the_time(run_gateway: RunGateway) -> None:
    with FakeMaster(b"another one") as master:
        async with run_gateway(peer_link(master)) as running:
            await eventually(lambda: running.gateway.links[0].status().ports[0].received >= 4)
            assert not master.up(OURS)
            assert LinkState.UP not in states(running)


async def test_a_bridge_is_heard_with_its_signature_only(run_gateway: RunGateway) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        entry = link("openbridge", server="127.0.0.1", server_port=port, passphrase=PASSPHRASE)
        async with run_gateway(entry) as running:
            await eventually(lambda: running.gateway.links[0].open)
            for sequence, key in enumerate([b"wrong", PASSPHRASE.encode()]):
                parties = RADIO.to_bytes(3, "big") + TALKGROUP.to_bytes(3, "big")
                head = b"DMRD" + bytes([sequence]) + parties + (24700).to_bytes(4, "big")
                octets = head + b"\x21" + key[:4] + HEADER_BURST
                server.sendto(
                    octets + hmac.new(key, octets, hashlib.sha1).digest(), running.address()
                )
            await eventually(lambda: running.dispatch.events(CallEnded))
            [started] = running.dispatch.events(CallStarted)
            assert isinstance(started.event, CallStarted)
            assert started.event.call.endswith(PASSPHRASE.encode()[:4].hex())
            assert running.gateway.links[0].status().ports[0].received == 2


async def test_a_host_without_login_from_its_allowed_address(run_gateway: RunGateway) -> None:
    repeater = {"id": 246001, "name": "Karosta", "passphrase": PASSPHRASE}
    entry = link("homebrew", repeater=[repeater], allow_gateway_dialect_from=["127.0.0.1"])
    async with run_gateway(entry) as running:
        await eventually(lambda: running.gateway.links[0].open)
        allowed = MmdvmHost(running.address(), 246001, b"")
        other = MmdvmHost(running.address(), 246001, b"", source="127.0.0.2")
        try:
            other.announce()
            other.talk(b"evil", 6)
            allowed.announce()
            await eventually(lambda: states(running, "Karosta")[-1:] == [LinkState.UP])
            assert allowed.receive() == b"DMRP"
            allowed.talk(b"good", 6)
            await eventually(lambda: running.dispatch.events(CallEnded))
            [ended] = running.dispatch.events(CallEnded)
            assert isinstance(ended.event, CallEnded)
            assert ended.event.call.endswith(b"good".hex())
        finally:
            allowed.close()
            other.close()


@asynccontextmanager
async def repeater_on_the_air(running: Running, seed: int) -> AsyncIterator[HomebrewRepeater]:
    """Drives a repeater over its own socket; every twentieth burst is lost on its way to us."""
    chance, loop = random.Random(seed), asyncio.get_running_loop()
    configuration = Configuration(repeater_id=246001, callsign="YL1TEST", colour_code=3)
    repeater = HomebrewRepeater(configuration, PASSPHRASE.encode(), random.Random(seed))
    await eventually(lambda: running.gateway.links[0].open)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station:
        station.bind(("127.0.0.1", 0))
        station.setblocking(False)
        repeater.open(loop.time())

        async def send() -> None:
            while True:
                repeater.expire(loop.time())
                for frame in repeater.outgoing():
                    if not frame.startswith(b"DMRD") or chance.random() > 0.05:
                        station.sendto(frame, running.address())
                await asyncio.sleep(0.01)

        async def listen() -> None:
            while True:
                repeater.feed(await loop.sock_recv(station, 4096), loop.time())

        async with meanwhile(send(), listen()):
            yield repeater


@pytest.mark.parametrize("text_format", ["standard", "motorola"])
async def test_a_text_reaches_a_radio_and_its_answer_comes_back(
    run_gateway: RunGateway, text_format: str
) -> None:
    site = {"id": 246001, "name": "Karosta", "passphrase": PASSPHRASE}
    entry = link(
        "homebrew",
        repeater=[site],
        dispatcher_id=DISPATCHER,
        text_format=text_format,
        hang_time_s=0.2,
    )
    async with run_gateway(entry) as running, repeater_on_the_air(running, 5) as repeater:
        await eventually(lambda: states(running, "Karosta")[-1:] == [LinkState.UP])
        repeater.radios.present.add(PATROL)
        now = asyncio.get_running_loop().time()
        repeater.emergency_alarm(PATROL, 101, now=now, slot=1, repeats=3)
        await eventually(lambda: running.dispatch.events(EmergencyRaised))
        await say(running, "Brauciet uz Lielo ielu 12")
        await eventually(lambda: TextState.DELIVERED in progress(running), seconds=20)
        assert progress(running) == [TextState.SENT, TextState.DELIVERED]
        heard = {(text.text, text.slot, text.source) for text in repeater.radios.texts}
        assert heard == {("Brauciet uz Lielo ielu 12", 1, DISPATCHER)}
