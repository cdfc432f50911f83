"""A Hytera radio on a serial line, through the real gateway over a pseudo terminal."""

import asyncio
from pathlib import Path

from radio_gateway.adapters import load_kind
from radio_gateway.config import LinkEntry
from radio_gateway.domain.events import (
    CallEnded,
    CallStarted,
    EmergencyRaised,
    LinkChanged,
    LinkState,
    PositionReported,
    RadioRegistered,
)
from tests.fakes.hytera_control_radio import HyteraRadio
from tests.fakes.pty_cable import Cable
from tests.radio_gateway.adapters.hytera_rig import GPS, REGISTRATION, hdap
from tests.radio_gateway.conftest import RunGateway, Running
from tests.radio_gateway.support import eventually

NUMBER = 2_308_090


class Station:
    """The radio at the far end: cuts the gateway's octets into packets by their length."""

    def __init__(self) -> None:
        self.radio = HyteraRadio()
        self._octets = b""

    def answer(self, octets: bytes) -> bytes:
        self._octets += octets
        said = b""
        while len(self._octets) >= 12:
            length = int.from_bytes(self._octets[8:10], "big")
            if len(self._octets) < length:
                break
            said += b"".join(self.radio.take(self._octets[:length]))
            self._octets = self._octets[length:]
        return said


def link(device: Path) -> LinkEntry:
    kind = load_kind("hytera-serial")
    settings = kind.settings.model_validate(
        {
            "kind": "hytera-serial",
            "name": "wire",
            "network": "palanga",
            "device": str(device),
            "dispatcher_id": 9999,
        }
    )
    return LinkEntry(kind, settings)


def up(running: Running) -> int:
    """How often the link came up."""
    changes = (each.event for each in running.dispatch.events(LinkChanged))
    return sum(isinstance(e, LinkChanged) and e.state is LinkState.UP for e in changes)


async def test_a_radio_on_a_noisy_wire_registers_talks_and_calls_for_help(
    run_gateway: RunGateway, tmp_path: Path
) -> None:
    station = Station()
    cable = Cable(tmp_path / "tty", station.answer, seed=3)
    async with run_gateway(link(cable.path)) as running:
        events = running.dispatch.events
        await eventually(lambda: station.radio.asked == [0x10C9, 0x10C7, 0x1847])
        await eventually(lambda: up(running) == 1)
        cable.noise = 0.5
        cable.write(station.radio.say(REGISTRATION))
        await eventually(lambda: events(RadioRegistered))
        address = bytes.fromhex("0a2337fa")
        report = hdap("08c003", bytes.fromhex("00000001") + address + b"00000000" + GPS)
        cable.write(station.radio.say(report))
        await eventually(lambda: events(PositionReported))
        cable.write(station.radio.hears(1, 201, NUMBER))
        await eventually(lambda: events(CallStarted))
        cable.write(station.radio.hears(3, 201, NUMBER))
        await eventually(lambda: events(CallEnded))
        cable.write(station.radio.say(hdap("08b003", address + b"\x01" + GPS)))
        await eventually(lambda: events(EmergencyRaised))
        (position, *_) = events(PositionReported)
        assert isinstance(position.event, PositionReported)
        assert (round(position.event.point.lat, 4), round(position.event.point.lon, 4)) == (
            56.5110,
            21.0140,
        )
        assert position.event.radio.number == NUMBER
    cable.unplug()


async def test_a_wire_that_was_pulled_out_comes_back(
    run_gateway: RunGateway, tmp_path: Path
) -> None:
    station = Station()
    cable = Cable(tmp_path / "tty", station.answer)
    async with run_gateway(link(cable.path)) as running:
        await eventually(lambda: up(running) == 1)
        cable.unplug()
        await eventually(lambda: not running.gateway.links[0].open)
        cable.plug()
        async with asyncio.timeout(10):
            await eventually(lambda: up(running) == 2)
    cable.unplug()
