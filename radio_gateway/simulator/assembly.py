"""A configuration made into a world: fleet, streets and the base stations on the air."""

from typing import Final, assert_never

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.moment import Moment
from radio_gateway.simulator.config import (
    BaseConfig,
    HomebrewBaseConfig,
    HyteraBaseConfig,
    KenwoodBaseConfig,
    SimulatorConfig,
)
from radio_gateway.simulator.fleet import build_fleet
from radio_gateway.simulator.peers.hytera import HyteraSetup
from radio_gateway.simulator.stations.base import Station
from radio_gateway.simulator.stations.homebrew import HomebrewStation, repeater_configuration
from radio_gateway.simulator.stations.hytera import HyteraStation
from radio_gateway.simulator.stations.kenwood import KenwoodStation
from radio_gateway.simulator.streets import load_streets
from radio_gateway.simulator.world import World

AIR_LOSS: Final = 0.03
"Share of data transmissions that nobody hears."
FIRST_DEVICE: Final = 9_990_001
"Radio ids of the Hytera repeaters themselves, in the order of the configuration."
_MAST: Final = GeoPoint(56.5475, 21.0140)
"Karosta, Liepāja."


def build_world(config: SimulatorConfig, start: Moment) -> World:
    """Make the world of a configuration; its bases are on the air from `start`."""
    world = World(
        build_fleet(config.units, config.seed),
        load_streets(),
        config.seed,
        start,
        speed=config.speed,
        emergencies=config.emergencies,
    )
    for index, base in enumerate(config.bases):
        world.add(base.name, _station(base, index, config.seed, world))
    return world


def _station(base: BaseConfig, index: int, seed: int, world: World) -> Station:
    match base:
        case HomebrewBaseConfig():
            configuration = repeater_configuration(base.repeater_id, base.name, _MAST)
            return HomebrewStation(configuration, base.passphrase.encode(), seed)
        case HyteraBaseConfig():
            setup = HyteraSetup(base.dispatcher_id, FIRST_DEVICE + index, air_loss=AIR_LOSS)
            return HyteraStation(setup, seed, lambda radio, _: world.text_shown(base.name, radio))
        case KenwoodBaseConfig():
            return KenwoodStation(
                seed,
                reachable=lambda radio: world.is_on(base.name, radio),
                on_text=lambda radio, _: world.text_shown(base.name, radio),
                on_poll=lambda radio: world.asked_for_place(base.name, radio),
            )
        case _:
            assert_never(base)
