"""The gateway with a MOTOTRBO link over real sockets: an outside radio, and simulated ones."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from radio_gateway.adapters import load_kind
from radio_gateway.config import LinkEntry
from radio_gateway.domain.commands import Command, RadioCheck, RequestPosition, SendText
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    EmergencyRaised,
    LinkChanged,
    LinkState,
    PositionReported,
    PositionSource,
    RadioDeregistered,
    RadioRegistered,
    TelemetryReceived,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.wire import CommandEnvelope
from radio_gateway.simulator.peers.mototrbo import MototrboFleet, MototrboSetup
from tests.fakes.mototrbo_radio import SERVICES, MototrboRadio
from tests.radio_gateway.conftest import RunGateway, Running
from tests.radio_gateway.support import eventually

NUMBER = 10058
RADIO = RadioId("liepaja", NUMBER)
LAT, LON = 56.5047, 21.0108


def mototrbo_link(radio_ports: dict[str, int], **settings: Any) -> LinkEntry:
    kind = load_kind("mototrbo")
    values = {
        "kind": "mototrbo",
        "name": "karosta",
        "network": "liepaja",
        "cai_network": 127,
        "ports": dict.fromkeys(SERVICES, 0),
        "radio_ports": radio_ports,
        "spacing_s": 0.01,
        **settings,
    }
    return LinkEntry(kind, kind.settings.model_validate(values, strict=False))


@pytest.fixture
def outside() -> Iterator[MototrboRadio]:
    radio = MototrboRadio(NUMBER)
    yield radio
    radio.close()


async def up(running: Running, radio: MototrboRadio) -> None:
    await eventually(lambda: running.gateway.links[0].open)
    radio.gateway = ports_of(running)


def ports_of(running: Running) -> dict[str, int]:
    return {name: running.gateway.links[0].bound_port(name) for name in SERVICES}


async def send(running: Running, command: Command) -> None:
    await running.dispatch.bus.send(CommandEnvelope(command.command, "coast", command))


def heard(running: Running, kind: type) -> list[Any]:
    return [envelope.event for envelope in running.dispatch.events(kind)]


async def test_a_radio_from_switching_on_to_switching_off(
    run_gateway: RunGateway, outside: MototrboRadio
) -> None:
    async with run_gateway(mototrbo_link(outside.ports, position_interval_s=30)) as running:
        await up(running, outside)
        assert await asyncio.to_thread(outside.register) == 1
        await eventually(lambda: heard(running, RadioRegistered))
        assert heard(running, RadioRegistered)[0].radio == RADIO

        emergency = await asyncio.to_thread(outside.take_trigger)
        periodic = await asyncio.to_thread(outside.take_trigger)
        assert emergency != periodic
        outside.report(periodic, LAT, LON)
        await eventually(lambda: heard(running, PositionReported))
        position = heard(running, PositionReported)[0]
        assert position.source is PositionSource.TRIGGERED
        assert position.point.lat == pytest.approx(LAT, abs=1e-6)
        assert position.point.lon == pytest.approx(LON, abs=1e-6)
        assert position.speed_kmh == 9.0

        await asyncio.to_thread(outside.text, "Esmu ceļā")
        assert [event.text for event in heard(running, TextReceived)] == ["Esmu ceļā"]

        await send(running, SendText(command="t1", radio=RADIO, text="Jūrmalas parks"))
        assert await asyncio.to_thread(outside.accept_text) == "Jūrmalas parks"
        await eventually(lambda: len(heard(running, TextProgress)) == 2)
        states = [event.state for event in heard(running, TextProgress)]
        assert states == [TextState.SENT, TextState.DELIVERED]

        await send(running, RequestPosition(command="c1", radio=RADIO))
        await asyncio.to_thread(outside.answer_place, LAT, LON)
        await send(running, RadioCheck(command="c2", radio=RADIO))
        await asyncio.to_thread(outside.answer_check)
        await eventually(lambda: len(heard(running, CommandResult)) == 2)
        assert {e.outcome for e in heard(running, CommandResult)} == {CommandOutcome.DONE}

        outside.emergency(LAT, LON)
        await eventually(lambda: heard(running, EmergencyRaised))
        raised = heard(running, EmergencyRaised)[0]
        assert raised.radio == RADIO
        assert raised.point.lat == pytest.approx(LAT, abs=1e-6)

        outside.telemetry(b"\x01\x02")
        await eventually(lambda: heard(running, TelemetryReceived))
        outside.switch_off()
        await eventually(lambda: heard(running, RadioDeregistered))


async def test_a_silent_system_is_down_and_comes_back_with_its_first_radio(
    run_gateway: RunGateway, outside: MototrboRadio
) -> None:
    async with run_gateway(mototrbo_link(outside.ports, silence_s=1.0)) as running:
        await up(running, outside)
        await asyncio.to_thread(outside.register)
        await eventually(lambda: states(running)[-1:] == [LinkState.DOWN])
        assert states(running) == [LinkState.CONNECTING, LinkState.UP, LinkState.DOWN]
        outside.telemetry(b"\x01")
        await eventually(lambda: states(running)[-1:] == [LinkState.UP])


async def test_a_stranger_on_the_line_stores_nothing(
    run_gateway: RunGateway, outside: MototrboRadio
) -> None:
    stranger = MototrboRadio(4711, patience_s=0.2)
    stranger.gateway = outside.gateway
    try:
        link = mototrbo_link(outside.ports, radios=(str(NUMBER),))
        async with run_gateway(link) as running:
            await up(running, outside)
            stranger.gateway = outside.gateway
            stranger.switch_off()
            stranger.telemetry(b"\x01")
            with pytest.raises(TimeoutError):
                await asyncio.to_thread(stranger.text, "es esmu dispečers")
            await asyncio.to_thread(outside.register)
            await eventually(lambda: heard(running, RadioRegistered))
            kinds = {type(e.event) for e in running.dispatch.got if e.seq is not None}
            assert kinds == {LinkChanged, RadioRegistered}
    finally:
        stranger.close()


async def test_a_text_to_a_talkgroup_is_a_multicast_of_its_number(
    run_gateway: RunGateway, outside: MototrboRadio
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as member:
        member.bind(("225.0.0.201", outside.ports["tms"]))
        membership = socket.inet_aton("225.0.0.201") + socket.inet_aton("127.0.0.1")
        member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        member.settimeout(8.0)
        async with run_gateway(mototrbo_link(outside.ports)) as running:
            await up(running, outside)
            group = TalkgroupId("liepaja", 201)
            await send(running, SendText(command="t1", talkgroup=group, text="Visiem"))
            datagram = await asyncio.to_thread(member.recv, 2048)
            assert datagram[:4] == struct.pack(">H", len(datagram) - 2) + b"\xa0\x00"
            assert datagram[6:].decode("utf-16-le") == "\r\nVisiem"
            await eventually(lambda: heard(running, TextProgress))
            assert heard(running, TextProgress)[0].state is TextState.SENT


@asynccontextmanager
async def on_the_air(
    running: Running, fleet: MototrboFleet, lines: dict[tuple[str, int], socket.socket], seed: int
) -> AsyncIterator[None]:
    """Carries the datagrams of simulated radios; some twice, some late."""
    loop = asyncio.get_running_loop()
    chance = Random(seed)
    ports = ports_of(running)

    def deliver(line: socket.socket, octets: bytes, port: int) -> None:
        with contextlib.suppress(OSError):  # the test has ended
            line.sendto(octets, ("127.0.0.1", port))

    def read(endpoint: str, number: int) -> None:
        with contextlib.suppress(BlockingIOError):
            datagram = lines[endpoint, number].recv(2048)
            fleet.feed(endpoint, number, datagram, loop.time())

    async def drive() -> None:
        while True:
            fleet.expire(loop.time())
            for endpoint, number, octets in fleet.outgoing():
                for _ in range(1 + (chance.random() < 0.3)):
                    pause = chance.uniform(0.0, 0.05)
                    loop.call_later(
                        pause, deliver, lines[endpoint, number], octets, ports[endpoint]
                    )
            await asyncio.sleep(0.01)

    for (endpoint, number), line in lines.items():
        loop.add_reader(line, read, endpoint, number)
    driving = asyncio.create_task(drive())
    try:
        yield
    finally:
        driving.cancel()
        for line in lines.values():
            loop.remove_reader(line)


def open_lines(numbers: list[int]) -> dict[tuple[str, int], socket.socket]:
    """A socket per radio and service; all radios use the same ports, as real ones do."""
    lines: dict[tuple[str, int], socket.socket] = {}
    for endpoint in ("ars", "lrrp", "tms"):
        port = 0
        for number in numbers:
            line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            line.bind((f"127.0.0.{number}", port))
            line.setblocking(False)
            port = line.getsockname()[1]
            lines[endpoint, number] = line
    return lines


@pytest.mark.parametrize("seed", [1, 2])
async def test_simulated_radios_over_sockets_that_double_and_reorder(
    run_gateway: RunGateway, seed: int
) -> None:
    numbers = [101, 102, 103]
    shown: list[tuple[int, str]] = []
    setup = MototrboSetup(air_loss=0.0, delay_s=(0.01, 0.05), retry_s=1.0)
    fleet = MototrboFleet(setup, Random(seed), lambda r, text, _: shown.append((r, text)))
    lines = open_lines(numbers)
    ports = {name: lines[name, 101].getsockname()[1] for name in ("ars", "lrrp", "tms")}
    try:
        async with run_gateway(mototrbo_link(ports, position_interval_s=30)) as running:
            await eventually(lambda: running.gateway.links[0].open)
            async with on_the_air(running, fleet, lines, seed):
                now = asyncio.get_running_loop().time()
                for number in numbers:
                    fleet.register(number, now)
                    fixed_at = datetime.now(UTC)
                    fleet.place(number, GeoPoint(LAT, LON), fixed_at, now, speed_mps=5.0)
                    fleet.text(number, f"labrīt {number}", now)
                await eventually(lambda: len(heard(running, TextReceived)) == 3)
                for number in numbers:
                    radio = RadioId("liepaja", number)
                    text = SendText(command=f"t{number}", radio=radio, text=f"uz {number}")
                    await send(running, text)
                    await send(running, RequestPosition(command=f"c{number}", radio=radio))
                await eventually(lambda: len(heard(running, CommandResult)) == 3)
                await eventually(lambda: len(heard(running, TextProgress)) == 6)
                armed = fleet.armed
                await eventually(lambda: all(armed(number) == 2 for number in numbers))
                for number in numbers:
                    fleet.emergency(number, asyncio.get_running_loop().time())
                await eventually(lambda: len(heard(running, EmergencyRaised)) == 3)
                assert {e.radio.number for e in heard(running, EmergencyRaised)} == set(numbers)
                assert len(heard(running, TextReceived)) == 3
                assert sorted(shown) == [(number, f"uz {number}") for number in numbers]
                for number in numbers:
                    fleet.deregister(number, asyncio.get_running_loop().time())
                await eventually(lambda: len(heard(running, RadioDeregistered)) == 3)
    finally:
        for line in lines.values():
            line.close()


def states(running: Running) -> list[LinkState]:
    return [event.state for event in heard(running, LinkChanged)]
