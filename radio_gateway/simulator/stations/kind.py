"""What every kind of simulated base has: keys in network.toml, sockets or ports, a station."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.stations.base import MAIN, SERIAL, Heard, Station
from radio_gateway.simulator.tables import Table

LOOPBACK: Final = "127.0.0.1"
SettingsT = TypeVar("SettingsT")


@dataclass(frozen=True, slots=True)
class UdpWire:
    """One socket of a base."""

    host: str
    "Address here."
    gateway_host: str
    "The only address that is heard."
    gateway_port: int | None
    "Where what is for the gateway goes; None: the station says where, for the gateway told it."
    endpoint: str = MAIN
    port: int = 0
    "Port here; 0: any free one."


@dataclass(frozen=True, slots=True)
class SerialWire:
    """One pseudo terminal of a base."""

    device: Path
    "Link to the terminal; made at the start, removed at the end."
    endpoint: str = SERIAL


Wire: TypeAlias = UdpWire | SerialWire


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a base stands in: its name, its chance, and the patrols around it."""

    name: str
    index: int
    "Place among the bases of the network, from 0."
    seed: str
    radios: tuple[DemoRadio, ...]
    "Those that work through this base."
    is_on: Callable[[int], bool]
    "Whether the radio with this number is switched on."
    text_shown: Heard
    asked_for_place: Callable[[int], None]
    "Told the number of a radio whose patrol shall report its place now."


@dataclass(frozen=True, slots=True)
class StationKind(Generic[SettingsT]):
    """One kind of base: what a line of `STATIONS` stands for."""

    read: Callable[[Table], SettingsT]
    "Takes the keys of this kind out of a [[base]]; raises SimulatorConfigError."
    build: Callable[[SettingsT, Surroundings], Station]
    "Makes a new station; called again when the base restarts."
    wires: Callable[[SettingsT, Sequence[DemoRadio]], tuple[Wire, ...]]
    "Sockets and terminals; some radios need their own."


class OnDevice(Protocol):
    """Settings of a base on a serial line."""

    @property
    def device(self) -> Path: ...


def serial_wires(settings: OnDevice, _: Sequence[DemoRadio]) -> tuple[Wire, ...]:
    """The one terminal of a base on a serial line."""
    return (SerialWire(settings.device),)
