"""What a demo is asked to be, and the two files that make it so."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dispatch.demo.bases import free_udp_ports, parts_of, table
from radio_gateway.simulator.fleet import Fleet as DemoFleet
from radio_gateway.simulator.fleet import build_fleet

PORTS_OF_A_BASE: Final = 10
"At most."
STATUSES: Final[Mapping[int, tuple[str, str]]] = {
    1: ("free", "free"),
    2: ("on the way", "busy"),
    3: ("on scene", "busy"),
    4: ("off duty", "off_duty"),
    11: ("free", "free"),
    12: ("on the way", "busy"),
    13: ("on scene", "busy"),
    14: ("break", "busy"),
}


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """The arguments of `dispatch demo`."""

    units: int
    speed: float
    seed: int
    port: int
    emergencies: bool
    keep: bool
    directory: Path

    @property
    def config(self) -> Path:
        """The configuration that the demo writes for itself."""
        return self.directory / "sardze.toml"

    @property
    def network(self) -> Path:
        """The simulator's configuration."""
        return self.directory / "network.toml"

    @property
    def database(self) -> Path:
        return self.directory / "sardze.db"

    def fleet(self) -> DemoFleet:
        """The simulated fleet."""
        return build_fleet(self.units, self.seed)


def write_files(plan: DemoPlan) -> None:
    """Write both files afresh: free ports, new passphrases, nothing that could be guessed."""
    gateway, network = [_dispatch_part(plan)], [_network_part(plan)]
    bases = plan.fleet().bases
    ports = iter(free_udp_ports(PORTS_OF_A_BASE * len(bases)))
    for base in bases:
        link, simulated = parts_of(base, plan.directory, ports)
        gateway.append(link)
        network.append(simulated)
    for path, parts in ((plan.config, gateway), (plan.network, network)):
        path.touch(mode=0o600)
        path.write_text("\n".join(parts), encoding="utf-8")


def _dispatch_part(plan: DemoPlan) -> str:
    lines = [
        "# Written by `dispatch demo` at every start.",
        table("[dispatch]", port=plan.port, data_dir="."),
        table("[gateway]", id="demo", data_dir="."),
    ]
    lines += [
        table(f"[status_map.{number}]", label=label, unit=unit)
        for number, (label, unit) in STATUSES.items()
    ]
    return "\n".join(lines)


def _network_part(plan: DemoPlan) -> str:
    return (
        f"seed = {plan.seed}\nunits = {plan.units}\nspeed = {float(plan.speed)}\n"
        f"emergencies = {'true' if plan.emergencies else 'false'}\n"
    )
