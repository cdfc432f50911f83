"""Radios on serial cables, through the real gateway: pseudo terminals, its spool, its bus."""

import asyncio
from pathlib import Path
from typing import TypeVar

import pytest

from radio_gateway.adapters.kinds import mmdvm_modem, tait
from radio_gateway.config import LinkEntry
from radio_gateway.domain.commands import Command, RequestPosition, SendText
from radio_gateway.domain.events import (
    CallEnded,
    EmergencyRaised,
    LinkChanged,
    LinkState,
    PositionReported,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.wire import CommandEnvelope
from tests.fakes import mmdvm_modem as modem_side
from tests.fakes.mmdvm_modem import MmdvmModem
from tests.fakes.pty_cable import Cable
from tests.fakes.tait_radio import TaitRadio, sentence
from tests.radio_gateway.conftest import RunGateway, Running
from tests.radio_gateway.support import eventually

Event = TypeVar("Event")

PATROL = RadioId("silute", 12)
RMC = sentence("GPRMC,120001,A,5521.0000,N,02129.4000,E,010.0,090.0,010326,,,A")


def told(running: Running, kind: type[Event]) -> list[Event]:
    found = (envelope.event for envelope in running.dispatch.events(kind))
    return [event for event in found if isinstance(event, kind)]


def state(running: Running) -> LinkState | None:
    changes = told(running, LinkChanged)
    return changes[-1].state if changes else None


async def up(running: Running) -> None:
    await eventually(lambda: state(running) is LinkState.UP)


async def send(running: Running, command: Command) -> None:
    await running.dispatch.bus.send(CommandEnvelope(f"order {command.command}", "*", command))


@pytest.fixture
def radio() -> TaitRadio:
    return TaitRadio()


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "tty"


def tait_link(port: Path) -> LinkEntry:
    settings = tait.TaitSettings(
        kind="tait",
        name="silute",
        network="silute",
        device=str(port),
        radio=9000,
        fleet="1234",
        check_every_s=1,
    )
    return LinkEntry(tait.KIND, settings)


def modem_link(port: Path, *, transmit: bool = False) -> LinkEntry:
    settings = mmdvm_modem.ModemSettings(
        kind="mmdvm-modem",
        name="nida",
        network="nida",
        device=str(port),
        colour_code=1,
        transmit=transmit,
        radio=99,
    )
    return LinkEntry(mmdvm_modem.KIND, settings)


async def test_a_tait_base_from_power_on_to_power_off(
    run_gateway: RunGateway, radio: TaitRadio, port: Path
) -> None:
    cable = Cable(port, radio.answer)
    radio.places = {"12340012": RMC}
    async with run_gateway(tait_link(port)) as running:
        await up(running)
        cable.write(radio.message("Esu vietoje", "12340012"))
        await eventually(lambda: told(running, TextReceived))
        await send(running, SendText(command="t", text="Gerai", radio=PATROL))
        await eventually(lambda: len(told(running, TextProgress)) == 2)
        await send(running, RequestPosition(command="p", radio=PATROL))
        await eventually(lambda: told(running, PositionReported))
        cable.write(radio.progress("05") + radio.ring("00010FF", "500-12340012"))
        cable.write(radio.progress("06"))
        await eventually(lambda: told(running, CallEnded))
        cable.write(radio.ring("00100FF", "12340012"))
        await eventually(lambda: told(running, EmergencyRaised))
        radio.silent = True
        await eventually(lambda: state(running) is LinkState.DOWN, 15)
        radio.silent = False
        await up(running)
    (text,) = told(running, TextReceived)
    assert (text.radio, text.text) == (PATROL, "Esu vietoje")
    progress = [event.state for event in told(running, TextProgress)]
    assert progress == [TextState.SENT, TextState.DELIVERED]
    assert told(running, PositionReported)[0].radio == PATROL
    assert told(running, EmergencyRaised)[0].radio == PATROL
    assert state(running) is LinkState.DOWN
    cable.unplug()


@pytest.mark.parametrize("kind", ["tait", pytest.param("modem", marks=pytest.mark.slow)])
async def test_a_cable_that_is_pulled_and_plugged_again(
    kind: str, run_gateway: RunGateway, radio: TaitRadio, port: Path
) -> None:
    modem = MmdvmModem()
    cable = Cable(port, radio.answer if kind == "tait" else modem.answer)
    link = tait_link(port) if kind == "tait" else modem_link(port)
    async with run_gateway(link) as running:
        await up(running)
        cable.unplug()
        await eventually(lambda: state(running) is LinkState.DOWN)
        modem.restart()
        cable.plug()
        await up(running)
    cable.unplug()


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_alarm_is_lost_on_a_noisy_cable(
    seed: int, run_gateway: RunGateway, radio: TaitRadio, port: Path
) -> None:
    """Noise stands before most packets, whatever it looks like."""
    cable = Cable(port, radio.answer, seed)
    async with run_gateway(tait_link(port)) as running:
        await up(running)
        cable.noise = 0.7
        for number in range(1, 31):
            cable.write(radio.ring("00100FF", f"1234{number:04d}"))
            cable.write(radio.progress("06"))
        await eventually(lambda: len(told(running, EmergencyRaised)) >= 30)
    numbers = {event.radio.number for event in told(running, EmergencyRaised)}
    assert numbers == set(range(1, 31))
    cable.unplug()


async def test_a_modem_from_power_on_to_power_off(run_gateway: RunGateway, port: Path) -> None:
    modem = MmdvmModem()
    cable = Cable(port, modem.answer)
    async with run_gateway(modem_link(port, transmit=True)) as running:
        await up(running)
        cable.write(modem_side.header() * 3)
        for _ in range(2):
            cable.write(modem_side.voice())
        cable.write(modem_side.framed(modem_side.LOST[1]))
        await eventually(lambda: told(running, CallEnded))
        group = TalkgroupId("nida", 7)
        async with asyncio.TaskGroup() as tasks:
            airing = tasks.create_task(_air(modem))
            await send(running, SendText(command="t", text="Visi į bazę", talkgroup=group))
            await eventually(lambda: told(running, TextProgress))
            airing.cancel()
        modem.silent = True
        await eventually(lambda: state(running) is LinkState.DOWN)
        modem.silent = False
        modem.restart()
        await up(running)
    (call,) = told(running, CallEnded)
    assert call.radio.number == modem_side.RADIO
    assert call.duration_s == pytest.approx(0.72)
    assert told(running, TextProgress)[0].state is TextState.SENT
    assert modem.overruns == 0
    assert len(modem.aired[1]) > 7
    cable.unplug()


async def _air(modem: MmdvmModem) -> None:
    """The modem transmits what it was given, faster than the air would."""
    while True:
        modem.play()
        await asyncio.sleep(0.01)
