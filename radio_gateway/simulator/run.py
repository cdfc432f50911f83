"""Run the simulated network until a signal ends it."""

import asyncio
import logging
import signal

from radio_gateway.links import clock
from radio_gateway.simulator.config import SimulatorConfig, SimulatorConfigError, load_config
from radio_gateway.simulator.network import SimulatedNetwork

__all__ = ["SimulatorConfig", "SimulatorConfigError", "load_config", "run"]

log = logging.getLogger(__name__)


async def run(config: SimulatorConfig, stop: asyncio.Event | None = None) -> None:
    """Play the network until SIGTERM, SIGINT or `stop`.

    Args:
        config: who plays, and where the gateway is.
        stop: set it to end the day; without it signals are taken, which only the main thread can.

    Raises:
        LinkError: a socket cannot be had.
        OSError: a pseudo terminal cannot be had.
    """
    signals = () if stop else (signal.SIGTERM, signal.SIGINT)
    ended = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in signals:
        loop.add_signal_handler(number, ended.set)
    try:
        network = SimulatedNetwork(config, clock.now)
        log.info(
            "simulating %d patrols on %d bases, seed %d",
            config.units,
            len(config.bases),
            config.seed,
        )
        await network.run(ended)
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
