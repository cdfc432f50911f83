"""Base stations, one module for each kind. A new kind is a module here and a line in `STATIONS`."""

from collections.abc import Mapping
from typing import Any, Final

from radio_gateway.simulator.fleet import BaseKind
from radio_gateway.simulator.stations import (
    homebrew,
    homebrew_peer,
    hytera,
    hytera_ipsc,
    hytera_serial,
    kenwood,
    mmdvm_modem,
    mototrbo,
    mototrbo_ipsc,
    nmea,
    openbridge,
    tait,
)
from radio_gateway.simulator.stations.kind import StationKind

STATIONS: Final[Mapping[BaseKind, StationKind[Any]]] = {
    BaseKind.HOMEBREW: homebrew.KIND,
    BaseKind.HOMEBREW_PEER: homebrew_peer.KIND,
    BaseKind.HYTERA: hytera.KIND,
    BaseKind.HYTERA_IPSC: hytera_ipsc.KIND,
    BaseKind.HYTERA_SERIAL: hytera_serial.KIND,
    BaseKind.KENWOOD: kenwood.KIND,
    BaseKind.MMDVM_MODEM: mmdvm_modem.KIND,
    BaseKind.MOTOTRBO: mototrbo.KIND,
    BaseKind.MOTOTRBO_IPSC: mototrbo_ipsc.KIND,
    BaseKind.NMEA: nmea.KIND,
    BaseKind.OPENBRIDGE: openbridge.KIND,
    BaseKind.TAIT: tait.KIND,
}
