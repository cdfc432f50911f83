"""What a demo is asked to be, and the two files that make it so."""

import secrets
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dispatch.fleet.export import toml_value
from radio_gateway.adapters.hytera import DEFAULT_PORTS
from radio_gateway.simulator.fleet import DemoBase, build_fleet
from radio_gateway.simulator.fleet import Fleet as DemoFleet

DISPATCHER_ID: Final = 2_400_001
"Radio number that simulated officers write to."
POSITION_EVERY_S: Final = 10
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
    fleet = plan.fleet()
    ports = free_udp_ports(sum(_ports_of(base) for base in fleet.bases))
    gateway, network = [_dispatch_part(plan)], [_network_part(plan)]
    for base in fleet.bases:
        own, ports = ports[: _ports_of(base)], ports[_ports_of(base) :]
        link, simulated = _base_parts(base, own, plan.directory, _talkgroup_of(base, fleet))
        gateway.append(link)
        network.append(simulated)
    for path, parts in ((plan.config, gateway), (plan.network, network)):
        path.touch(mode=0o600)
        path.write_text("\n".join(parts), encoding="utf-8")


def free_udp_ports(count: int) -> list[int]:
    """Ports of this machine that nobody has at the moment."""
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            for _ in range(count)
        ]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _ports_of(base: DemoBase) -> int:
    return {"homebrew": 1, "hytera": len(DEFAULT_PORTS["repeater"]), "kenwood": 0}[base.kind.value]


def _dispatch_part(plan: DemoPlan) -> str:
    lines = [
        "# Written by `dispatch demo` at every start.",
        _table("[dispatch]", port=plan.port, data_dir="."),
        _table("[gateway]", id="demo", data_dir="."),
    ]
    lines += [
        _table(f"[status_map.{number}]", label=label, unit=unit)
        for number, (label, unit) in STATUSES.items()
    ]
    return "\n".join(lines)


def _network_part(plan: DemoPlan) -> str:
    return (
        f"seed = {plan.seed}\nunits = {plan.units}\nspeed = {float(plan.speed)}\n"
        f"emergencies = {'true' if plan.emergencies else 'false'}\n"
    )


def _talkgroup_of(base: DemoBase, fleet: DemoFleet) -> int | None:
    """The talkgroup of the base's agency."""
    return next((one.id.number for one in fleet.talkgroups if one.agency == base.agency), None)


def _base_parts(
    base: DemoBase, ports: list[int], directory: Path, talkgroup: int | None
) -> tuple[str, str]:
    """The `[[link]]` of the gateway and the `[[base]]` of the simulator that meet."""
    common = {"kind": base.kind.value, "name": base.name}
    site = base.site.replace(",", "")
    match base.kind.value:
        case "homebrew":
            passphrase = secrets.token_urlsafe(24)
            link = _table("[[link]]", **common, network=base.network, port=ports[0])
            link += _table(
                "[[link.repeater]]", id=base.repeater_id, name=site, passphrase=passphrase
            )
            simulated = _table(
                "[[base]]",
                **common,
                gateway_host="127.0.0.1",
                gateway_port=ports[0],
                repeater_id=base.repeater_id,
                passphrase=passphrase,
            )
        case "hytera":
            named = dict(zip(DEFAULT_PORTS["repeater"], ports, strict=True))
            link = _table(
                "[[link]]",
                **common,
                network=base.network,
                site=site,
                peers=["127.0.0.1"],
                dispatcher_id=DISPATCHER_ID,
                position_interval_s=POSITION_EVERY_S,
            )
            link += _table("[link.ports]", **named)
            simulated = _table(
                "[[base]]", **common, gateway_host="127.0.0.1", dispatcher_id=DISPATCHER_ID
            )
            simulated += _table("[base.ports]", **named)
        case _:
            device = str(directory / f"{base.name}.tty")
            link = _table(
                "[[link]]", **common, network=base.network, site=site, device=device, stop_bits=2
            )
            if talkgroup is not None:
                link += f"talkgroup = {talkgroup}\n"
            link += f"emergency_statuses = {sorted(base.emergency_statuses)}\n"
            texts = {str(number): text for number, text in base.statuses.items()}
            link += _table("[link.statuses]", **texts)
            simulated = _table("[[base]]", **common, device=device)
    return link, simulated


def _table(head: str, **values: str | int | list[str] | None) -> str:
    lines = [head, *(f"{key} = {toml_value(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"
