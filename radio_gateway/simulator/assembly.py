"""A configuration made into a world: fleet, streets and the base stations on the air."""

from radio_gateway.domain.moment import Moment
from radio_gateway.simulator.config import Base, SimulatorConfig
from radio_gateway.simulator.fleet import DemoRadio, build_fleet
from radio_gateway.simulator.stations.bad_line import GOOD_LINE, BadLine
from radio_gateway.simulator.stations.base import Station
from radio_gateway.simulator.stations.kind import Surroundings
from radio_gateway.simulator.streets import load_streets
from radio_gateway.simulator.world import World


def build_world(config: SimulatorConfig, start: Moment) -> World:
    """Make the world of a configuration; its bases are on the air from `start`."""
    fleet = build_fleet(config.units, config.seed, [base.plan for base in config.bases])
    world = World(
        fleet,
        load_streets(),
        config.seed,
        start,
        speed=config.speed,
        emergencies=config.emergencies,
    )
    for index, base in enumerate(config.bases):
        radios = tuple(radio for radio in fleet.radios if radio.base == base.name)
        world.add(base.name, _station(base, index, config.seed, radios, world))
    return world


def _station(
    base: Base, index: int, seed: int, radios: tuple[DemoRadio, ...], world: World
) -> Station:
    def make(restarts: int) -> Station:
        surroundings = Surroundings(
            name=base.name,
            index=index,
            seed=f"{seed} after {restarts}" if restarts else f"{seed}",
            radios=radios,
            is_on=lambda radio: world.is_on(base.name, radio),
            text_shown=lambda radio, _: world.text_shown(base.name, radio),
            asked_for_place=lambda radio: world.asked_for_place(base.name, radio),
        )
        return base.kind.build(base.settings, surroundings)

    return make(0) if base.line == GOOD_LINE else BadLine(make, base.line, f"{seed} {base.name}")
