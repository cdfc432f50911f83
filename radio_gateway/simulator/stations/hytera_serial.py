"""A Hytera radio wired to a serial port as base: the same services as a repeater, one channel."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.errors import ProtocolError
from radio_gateway.simulator.peers.hytera_control import HyteraSerialRadio
from radio_gateway.simulator.stations.base import CABLE, Datagram
from radio_gateway.simulator.stations.hytera import HyteraStation, random_of, setup_of
from radio_gateway.simulator.stations.kind import StationKind, Surroundings, serial_wires
from radio_gateway.simulator.tables import Table


@dataclass(frozen=True, slots=True)
class HyteraSerialSettings:
    """A radio on a pseudo terminal."""

    device: Path
    dispatcher_id: int
    "Radio number that texts to the dispatcher are addressed to."


class HyteraSerialStation(HyteraStation):
    """Patrols around such a radio."""

    def __init__(self, settings: HyteraSerialSettings, around: Surroundings) -> None:
        setup = setup_of(settings.dispatcher_id, around)
        self._radio = HyteraSerialRadio(
            setup, random_of(setup, around), lambda radio, text, _: around.text_shown(radio, text)
        )
        super().__init__(self._radio)

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        del peer  # there is one
        try:
            self._radio.feed(data, at.mono)
        except ProtocolError:
            return  # a radio that gets nonsense goes on

    def outgoing(self) -> list[Datagram]:
        return [(CABLE, data) for data in self._radio.outgoing()]


def _read(table: Table) -> HyteraSerialSettings:
    return HyteraSerialSettings(table.path("device"), table.radio("dispatcher_id"))


KIND: Final = StationKind(_read, HyteraSerialStation, serial_wires)
