"""Repeater networks over real sockets and bad lines, through the whole gateway."""

import asyncio
import contextlib
import json
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.adapters import load_kind
from radio_gateway.config import LinkEntry
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    EmergencyRaised,
    LinkChanged,
    LinkState,
    PositionReported,
    RadioRegistered,
    TextReceived,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_session import Address
from radio_gateway.simulator.peers.hytera_ipsc import HyteraIpscRepeater
from radio_gateway.simulator.peers.mototrbo_ipsc import IpscRepeater
from radio_gateway.simulator.peers.speech import Speech
from tests.fakes import hytera_repeater, ipsc_master
from tests.fakes.impairment import Impairment, udp_proxy
from tests.radio_gateway.conftest import RunGateway, Running
from tests.radio_gateway.support import eventually, meanwhile

MASTER, US = 311293, 16_000_000
KEY = "C0FFEE0123"
SITE = {"id": MASTER, "name": "Osta"}
BAD_LINE = Impairment(loss=0.05, duplicate=0.1, reorder=0.1, window_s=0.005)
HYTERA = {
    entry["name"]: bytes.fromhex(entry["hex"])
    for entry in json.loads(
        (Path(__file__).parents[1] / "vectors" / "hytera" / "ipsc-dmr.json").read_text()
    )
}


def link(kind_name: str, **settings: Any) -> LinkEntry:
    kind = load_kind(kind_name)
    given = {"kind": kind_name, "name": "net", "network": "coast", **settings}
    return LinkEntry(kind, kind.settings.model_validate(given, strict=False))


def ipsc_link(port: int, **settings: Any) -> LinkEntry:
    return link(
        "mototrbo-ipsc", port=0, peer_id=US, master="127.0.0.1", master_port=port,
        keepalive_s=1.0, max_missed=3, **settings,
    )  # fmt: skip


def hytera_link(ports: tuple[int, int, int]) -> LinkEntry:
    p2p, dmr, rdac = ports
    repeater = {"host": "127.0.0.1", "name": "Osta"}
    return link(
        "hytera-ipsc", p2p_port=p2p, dmr_port=dmr, rdac_port=rdac, repeater=[repeater], timeout_s=8
    )


def free_ports() -> tuple[int, int, int]:
    """Three UDP ports of loopback that nobody uses now."""
    with contextlib.ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(3)
        ]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        first, second, third = (each.getsockname()[1] for each in sockets)
    return first, second, third


def states(running: Running, site: str | None) -> list[LinkState]:
    events = [envelope.event for envelope in running.dispatch.events(LinkChanged)]
    return [e.state for e in events if isinstance(e, LinkChanged) and e.site == site]


@asynccontextmanager
async def fake_master(key: str = "") -> AsyncIterator[tuple[ipsc_master.IpscMaster, int]]:
    master = ipsc_master.IpscMaster(MASTER, key)
    try:
        yield master, await master.open()
    finally:
        master.close()


@pytest.mark.parametrize("key", ["", KEY])
async def test_a_foreign_master_lets_us_in_and_is_heard(run_gateway: RunGateway, key: str) -> None:
    secret = {"auth_key": key} if key else {}
    async with (
        fake_master(key) as (master, port),
        run_gateway(
            ipsc_link(port, repeater=[{"id": MASTER, "name": "Osta"}], **secret)
        ) as running,
    ):
        await eventually(lambda: states(running, "Osta")[-1:] == [LinkState.UP])
        assert list(master.peers) == [US]
        master.talk(3)
        master.alarm(2470101, 101)
        await eventually(lambda: running.dispatch.events(CallEnded))
        await eventually(lambda: running.dispatch.events(EmergencyRaised))
        ended = running.dispatch.events(CallEnded)[0].event
        assert isinstance(ended, CallEnded)
        assert ended.radio == RadioId("coast", ipsc_master.RADIO)
        assert ended.talkgroup == TalkgroupId("coast", ipsc_master.TALKGROUP)
        assert (ended.slot, ended.site) == (ipsc_master.SLOT, "Osta")
        assert ended.reason is CallEndReason.TERMINATOR
        raised = running.dispatch.events(EmergencyRaised)[0].event
        assert isinstance(raised, EmergencyRaised)
        assert raised.radio == RadioId("coast", 2470101)
        assert master.refused == 0
    assert master.heard[-1] == 0x9A  # we said goodbye
    assert set(master.heard) <= {0x90, 0x92, 0x96, 0x9A}


async def test_a_master_that_falls_silent_is_lost_and_comes_back(run_gateway: RunGateway) -> None:
    async with fake_master() as (master, port), run_gateway(ipsc_link(port)) as running:
        await eventually(lambda: states(running, None)[-1:] == [LinkState.UP])
        master.silent = True
        await eventually(lambda: states(running, None)[-1:] == [LinkState.CONNECTING])
        master.silent = False
        master.peers.clear()
        await eventually(lambda: states(running, None)[-1:] == [LinkState.UP])
        master.talk(1)
        await eventually(lambda: running.dispatch.events(CallEnded))


async def test_a_wrong_key_never_becomes_an_event(run_gateway: RunGateway) -> None:
    async with (
        fake_master(KEY) as (master, port),
        run_gateway(ipsc_link(port, auth_key="BAD0")) as running,
    ):
        await eventually(lambda: master.refused >= 2)
        assert states(running, None) == [LinkState.CONNECTING]
        assert master.peers == {}


async def test_calls_and_data_over_a_bad_line(run_gateway: RunGateway) -> None:
    repeater = IpscRepeater(MASTER, random.Random(5), key=IpscKey(KEY))
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station:
        station.bind(("127.0.0.1", 0))
        station.setblocking(False)
        async with udp_proxy(station.getsockname(), BAD_LINE, seed=11) as line:

            async def send() -> None:
                while True:
                    repeater.expire(loop.time())
                    for data, to in repeater.outgoing():
                        station.sendto(data, to)
                    await asyncio.sleep(0.01)

            async def listen() -> None:
                while True:
                    data, sender = await loop.sock_recvfrom(station, 4096)
                    repeater.feed(data, Address(*sender))

            async with (
                meanwhile(send(), listen()),
                run_gateway(ipsc_link(line.port, auth_key=KEY)) as running,
            ):
                await eventually(lambda: repeater.peers)
                await eventually(lambda: states(running, None)[-1:] == [LinkState.UP])
                end = repeater.talk(
                    2470101,
                    101,
                    Speech(duration_s=1.8, emergency=True, private=False),
                    now=loop.time(),
                )
                repeater.emergency_alarm(2470102, 101, now=end)
                await eventually(lambda: running.dispatch.events(CallEnded))
                await eventually(lambda: len(running.dispatch.events(EmergencyRaised)) == 2)
                ended = running.dispatch.events(CallEnded)[0].event
                assert isinstance(ended, CallEnded)
                assert ended.radio == RadioId("coast", 2470101)
                assert ended.emergency
                assert len(running.dispatch.events(CallEnded)) == 1
            assert line.tally.lost > 0
            assert line.tally.doubled > 0


async def test_a_foreign_hytera_repeater_is_let_in_and_heard(run_gateway: RunGateway) -> None:
    ports = free_ports()
    async with run_gateway(hytera_link(ports)) as running:
        await eventually(lambda: running.gateway.links[0].open)
        repeater = hytera_repeater.HyteraRepeater(("127.0.0.1", ports[0]), ("127.0.0.1", ports[1]))
        await repeater.open()
        try:
            repeater.ping()
            await eventually(lambda: repeater.p2p.heard == [b"\0"])  # register first
            repeater.register()
            await eventually(repeater.registered)
            repeater.start_dmr()
            await eventually(lambda: repeater.redirected_to() == ports[1])
            repeater.ping()
            await eventually(lambda: b"\x41" in repeater.dmr.heard)
            call = [HYTERA[f"dmrshark-hello-f{n}"] for n in (14, 17, 36, 40, 78, 133)]
            repeater.play(call)
            await eventually(lambda: running.dispatch.events(CallEnded))
            ended = running.dispatch.events(CallEnded)[0].event
            assert isinstance(ended, CallEnded)
            assert ended.radio == RadioId("coast", hytera_repeater.RADIO)
            assert ended.talkgroup == TalkgroupId("coast", hytera_repeater.TALKGROUP)
            assert (ended.slot, ended.site) == (hytera_repeater.SLOT, "Osta")
            assert ended.reason is CallEndReason.TERMINATOR
            assert states(running, "Osta")[-1:] == [LinkState.UP]
        finally:
            repeater.close()


@pytest.mark.slow
async def test_a_hytera_repeater_that_falls_silent_is_lost_and_comes_back(
    run_gateway: RunGateway,
) -> None:
    ports = free_ports()
    async with run_gateway(hytera_link(ports)) as running:
        await eventually(lambda: running.gateway.links[0].open)
        repeater = hytera_repeater.HyteraRepeater(("127.0.0.1", ports[0]), ("127.0.0.1", ports[1]))
        await repeater.open()
        try:
            repeater.register()
            await eventually(lambda: states(running, "Osta")[-1:] == [LinkState.UP])
            await eventually(lambda: states(running, "Osta")[-1:] == [LinkState.DOWN], 15.0)
            repeater.register()
            await eventually(lambda: states(running, "Osta")[-1:] == [LinkState.UP])
        finally:
            repeater.close()


async def test_a_simulated_hytera_repeater_brings_everything(run_gateway: RunGateway) -> None:
    ports = free_ports()
    repeater = HyteraIpscRepeater(random.Random(3))
    loop = asyncio.get_running_loop()
    addresses = dict(zip(("p2p", "dmr"), ports, strict=False))
    async with run_gateway(hytera_link(ports)) as running:
        await eventually(lambda: running.gateway.links[0].open)
        with contextlib.ExitStack() as stack:
            sockets = {
                name: stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                for name in addresses
            }
            for each in sockets.values():
                each.bind(("127.0.0.1", 0))
                each.setblocking(False)
            repeater.open(loop.time())

            async def listen(name: str) -> None:
                while True:
                    repeater.feed(name, await loop.sock_recv(sockets[name], 4096))

            async def drive() -> None:
                while True:
                    repeater.expire(loop.time())
                    for name, data in repeater.outgoing():
                        sockets[name].sendto(data, ("127.0.0.1", addresses[name]))
                    await asyncio.sleep(0.01)

            tasks = [asyncio.create_task(listen(name)) for name in sockets]
            tasks.append(asyncio.create_task(drive()))
            await eventually(lambda: repeater.up)
            end = repeater.talk(2308195, 101, Speech(duration_s=0.6, slot=1), now=loop.time())
            repeater.emergency_alarm(2308195, 101, now=loop.time(), slot=2)
            registration = bytes.fromhex("11000300040a2338636303")
            words = "Sveiki".encode("utf-16-le")
            text = bytes.fromhex("0900a10018000000010a0008fd0a233863") + words + b"\0\x03"
            report = (
                bytes.fromhex("08a0020032000000010a2338630000")
                + b"A183648261015N4718.8051E01854.43870.1121\0\x03"
            )
            for port, payload in ((3002, registration), (3004, text), (3003, report)):
                end = repeater.data(2308195, 2301, port, payload, now=end)
            wanted = (CallEnded, EmergencyRaised, RadioRegistered, TextReceived, PositionReported)
            for kind in wanted:
                await eventually(lambda kind=kind: running.dispatch.events(kind))  # type: ignore[misc]  # bound at once
            for task in tasks:
                task.cancel()
