"""Both sides of every base of the demo: the gateway's `[[link]]`, the simulator's `[[base]]`."""

import secrets
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from dispatch.fleet.export import toml_value
from radio_gateway.adapters.hytera import DEFAULT_PORTS as HYTERA_PORTS
from radio_gateway.adapters.mototrbo import DEFAULT_PORTS as MOTOTRBO_PORTS
from radio_gateway.simulator.fleet import (
    EMERGENCY_STATUS,
    STATUSES,
    BaseKind,
    DemoBase,
    agency_of,
)

DISPATCHER_ID: Final = 2_400_001
"Radio number that simulated officers write to."
POSITION_EVERY_S: Final = 10
MOTOTRBO_EVERY_S: Final = 30
"The least that these radios can be asked for."
REPEATER_ID: Final = 247_101
HOMEBREW_NEIGHBOURS: Final[Mapping[int, str]] = {247_102: "Liepāja Ezerkrasts"}
"Id and name of repeaters that hear the same radios, less well."
IPSC_PEER_ID: Final = 16_000_000
IPSC_REPEATERS: Final[Mapping[int, str]] = {247_110: "Grobiņa ūdenstornis", 247_111: "Kapsēde"}
"Id and name, the master first."
TAIT_BASE: Final = 9000
"Number of the base radio itself."
_HOST: Final = "127.0.0.1"
_SIMULATED_SERVICES: Final = ("ars", "lrrp", "tms")

Value: TypeAlias = str | int | list[str] | None
Both: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Making:
    """A base that is being written down."""

    base: DemoBase
    directory: Path
    ports: Iterator[int]

    @property
    def site(self) -> str:
        """Commas are not for names."""
        return self.base.site.replace(",", "")

    @property
    def device(self) -> str:
        return str(self.directory / f"{self.base.name}.tty")

    @property
    def talkgroup(self) -> int:
        """The agency's usual one, for bases that name none."""
        return agency_of(self.base).talkgroups[0][0]

    def link(self, **values: Value) -> str:
        """The head of the gateway's part."""
        network = agency_of(self.base).network
        return table("[[link]]", **self._common(), network=network, **values)

    def simulated(self, **values: Value) -> str:
        """The head of the simulator's part."""
        return table("[[base]]", **self._common(), **values)

    def named_ports(self, names: Iterable[str]) -> dict[str, int]:
        """A free UDP port for each name."""
        return {name: next(self.ports) for name in names}

    def _common(self) -> dict[str, Value]:
        return {"kind": self.base.kind.value, "name": self.base.name}


def parts_of(base: DemoBase, directory: Path, ports: Iterator[int]) -> Both:
    """What the two files say about a base, with ports and passphrases of its own.

    Args:
        base: one of a kind that the demo knows.
        directory: where terminals are linked.
        ports: free UDP ports; no base takes more than ten.
    """
    return _MAKERS[base.kind](_Making(base, directory, ports))


def table(head: str, **values: Value) -> str:
    """One table of a TOML file."""
    lines = [head, *(f"{key} = {toml_value(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"


def free_udp_ports(count: int) -> list[int]:
    """Different ports of this machine that nobody has at the moment."""
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            for _ in range(count)
        ]
        for one in sockets:
            one.bind((_HOST, 0))
        return [one.getsockname()[1] for one in sockets]


def _homebrew(making: _Making) -> Both:
    port, secret = next(making.ports), secrets.token_urlsafe(24)
    link = making.link(port=port, dispatcher_id=DISPATCHER_ID)
    link += table("[[link.repeater]]", id=REPEATER_ID, name=making.site, passphrase=secret)
    simulated = making.simulated(
        gateway_host=_HOST, gateway_port=port, repeater_id=REPEATER_ID, passphrase=secret
    )
    for number, name in HOMEBREW_NEIGHBOURS.items():
        secret = secrets.token_urlsafe(24)
        link += table("[[link.repeater]]", id=number, name=name, passphrase=secret)
        simulated += table("[[base.neighbours]]", id=number, passphrase=secret)
    return link, simulated


def _hytera(making: _Making) -> Both:
    ports = making.named_ports(HYTERA_PORTS["repeater"])
    link = making.link(
        site=making.site,
        peers=[_HOST],
        dispatcher_id=DISPATCHER_ID,
        position_interval_s=POSITION_EVERY_S,
    )
    simulated = making.simulated(gateway_host=_HOST, dispatcher_id=DISPATCHER_ID)
    return link + table("[link.ports]", **ports), simulated + table("[base.ports]", **ports)


def _mototrbo(making: _Making) -> Both:
    ports = making.named_ports(str(name) for name in MOTOTRBO_PORTS)
    radios = making.named_ports(_SIMULATED_SERVICES)
    link = making.link(site=making.site, cai_network=127, position_interval_s=MOTOTRBO_EVERY_S)
    link += table("[link.ports]", **ports) + table("[link.radio_ports]", **radios)
    simulated = making.simulated(gateway_host=_HOST, cai_network=127)
    simulated += table("[base.ports]", **{name: ports[name] for name in _SIMULATED_SERVICES})
    return link, simulated + table("[base.radio_ports]", **radios)


def _mototrbo_ipsc(making: _Making) -> Both:
    ports = {number: next(making.ports) for number in IPSC_REPEATERS}
    key = secrets.token_hex(20)
    master = next(iter(ports.values()))
    link = making.link(port=0, peer_id=IPSC_PEER_ID, master=_HOST, master_port=master, auth_key=key)
    simulated = making.simulated(dispatcher_id=DISPATCHER_ID, auth_key=key)
    for number, name in IPSC_REPEATERS.items():
        link += table("[[link.repeater]]", id=number, name=name)
        simulated += table("[[base.repeaters]]", id=number, port=ports[number])
    return link, simulated


def _modem(making: _Making) -> Both:
    link = making.link(
        site=making.site, device=making.device, colour_code=1, radio=DISPATCHER_ID, slot=2
    )
    link += "transmit = true\n"
    return link, making.simulated(device=making.device, dispatcher_id=DISPATCHER_ID)


def _kenwood(making: _Making) -> Both:
    link = making.link(
        site=making.site, device=making.device, stop_bits=2, talkgroup=making.talkgroup
    )
    return link + _statuses(), making.simulated(device=making.device)


def _tait(making: _Making) -> Both:
    link = making.link(
        site=making.site, device=making.device, radio=TAIT_BASE, talkgroup=making.talkgroup
    )
    return link + _statuses(), making.simulated(device=making.device)


def _statuses() -> str:
    texts = {str(number): text for number, text in STATUSES.items()}
    return f"emergency_statuses = [{EMERGENCY_STATUS}]\n" + table("[link.statuses]", **texts)


_MAKERS: Final[Mapping[BaseKind, Callable[[_Making], Both]]] = {
    BaseKind.HOMEBREW: _homebrew,
    BaseKind.HYTERA: _hytera,
    BaseKind.KENWOOD: _kenwood,
    BaseKind.MMDVM_MODEM: _modem,
    BaseKind.MOTOTRBO: _mototrbo,
    BaseKind.MOTOTRBO_IPSC: _mototrbo_ipsc,
    BaseKind.TAIT: _tait,
}
