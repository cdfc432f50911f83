"""A simulated base of each kind and the gateway's link that belongs to it, on this machine."""

import contextlib
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from radio_gateway.adapters import load_kind
from radio_gateway.config import LinkEntry

NETWORK: Final = "liepaja"
DISPATCHER: Final = 2_400_001
PASSPHRASE: Final = "open sesame, open wide"
HYTERA_PORTS: Final = ("rrs1", "rrs2", "lp1", "lp2", "tmp1", "tmp2", "rcp1", "rcp2")
SERVICES: Final = ("ars", "lrrp", "tms")


class Pair(NamedTuple):
    """Both ends: a link of the gateway, and keys of `[[base]]`."""

    link: LinkEntry
    base: dict[str, Any]


def free_ports(count: int) -> list[int]:
    """UDP ports of this machine that nobody uses now."""
    with contextlib.ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            for _ in range(count)
        ]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def pair(kind: str, folder: Path) -> Pair:
    """A base of one kind with an agency of Liepāja, and its link."""
    link, base = _MAKERS[kind](folder)
    adapter = load_kind(kind)
    given = {"kind": kind, "name": "base", "network": NETWORK, **link}
    entry = LinkEntry(adapter, adapter.settings.model_validate(given, strict=False))
    return Pair(entry, {"kind": kind, "name": "base", "agency": "LP", **base})


_Both = tuple[dict[str, Any], dict[str, Any]]


def _homebrew(_: Path) -> _Both:
    (port,) = free_ports(1)
    repeater = {"id": 247101, "name": "Karosta", "passphrase": PASSPHRASE}
    base = {"gateway_host": "127.0.0.1", "gateway_port": port}
    return (
        {"port": port, "repeater": [repeater], "dispatcher_id": DISPATCHER},
        {**base, "repeater_id": 247101, "passphrase": PASSPHRASE},
    )


def _homebrew_peer(_: Path) -> _Both:
    (port,) = free_ports(1)
    link = {"master": "127.0.0.1", "master_port": port, "id": 9990, "passphrase": PASSPHRASE}
    base = {"port": port, "peer_id": 9990, "passphrase": PASSPHRASE, "dispatcher_id": DISPATCHER}
    return {**link, "keepalive_s": 1.0, "dispatcher_id": DISPATCHER}, base


def _openbridge(_: Path) -> _Both:
    ours, theirs = free_ports(2)
    link = {"port": ours, "server": "127.0.0.1", "server_port": theirs, "passphrase": PASSPHRASE}
    base = {"gateway_host": "127.0.0.1", "gateway_port": ours, "port": theirs}
    more = {"network_id": 3100, "passphrase": PASSPHRASE, "dispatcher_id": DISPATCHER}
    return link, {**base, **more}


def _hytera(_: Path) -> _Both:
    ports = dict(zip(HYTERA_PORTS, free_ports(len(HYTERA_PORTS)), strict=True))
    both = {"ports": ports, "dispatcher_id": DISPATCHER}
    return {**both, "peers": ["127.0.0.1"]}, {**both, "gateway_host": "127.0.0.1"}


def _hytera_ipsc(_: Path) -> _Both:
    p2p, dmr, rdac = free_ports(3)
    repeater = {"host": "127.0.0.1", "name": "Osta"}
    link = {"p2p_port": p2p, "dmr_port": dmr, "rdac_port": rdac, "repeater": [repeater]}
    base = {"gateway_host": "127.0.0.1", "gateway_port": p2p, "dispatcher_id": DISPATCHER}
    return link, base


def _mototrbo(_: Path) -> _Both:
    ports = iter(free_ports(8))
    ours, radios, spare = (
        {name: next(ports) for name in names}
        for names in (SERVICES, SERVICES, ("telemetry", "battery"))
    )
    link = {"ports": {**ours, **spare}, "radio_ports": radios, "cai_network": 127}
    asks = {"position_interval_s": 30, "spacing_s": 0.1}
    return {**link, **asks}, {"gateway_host": "127.0.0.1", "ports": ours, "radio_ports": radios}


def _mototrbo_ipsc(_: Path) -> _Both:
    master, second = free_ports(2)
    link = {"port": 0, "peer_id": 16_000_000, "master": "127.0.0.1", "master_port": master}
    sites = [{"id": 311293, "name": "Osta"}, {"id": 311294, "name": "Karosta"}]
    key = {"auth_key": "C0FFEE0123"}
    repeaters = [{"id": 311293, "port": master}, {"id": 311294, "port": second}]
    base = {"repeaters": repeaters, "dispatcher_id": DISPATCHER}
    return {**link, **key, "repeater": sites, "keepalive_s": 1.0}, {**base, **key}


def _on_device(
    link: Mapping[str, Any], base: Mapping[str, Any] | None = None
) -> Callable[[Path], _Both]:
    def make(folder: Path) -> _Both:
        device = {"device": str(folder / "base.tty")}
        return {**device, **link}, {**device, **(base or {})}

    return make


_MAKERS: Final[Mapping[str, Callable[[Path], _Both]]] = {
    "homebrew": _homebrew,
    "homebrew-peer": _homebrew_peer,
    "openbridge": _openbridge,
    "hytera": _hytera,
    "hytera-ipsc": _hytera_ipsc,
    "mototrbo": _mototrbo,
    "mototrbo-ipsc": _mototrbo_ipsc,
    "hytera-serial": _on_device({"dispatcher_id": DISPATCHER}, {"dispatcher_id": DISPATCHER}),
    "kenwood": _on_device(
        {"talkgroup": 101, "statuses": {12: "Vykstame"}, "emergency_statuses": [99]}
    ),
    "mmdvm-modem": _on_device(
        {"colour_code": 1, "transmit": True, "radio": DISPATCHER, "slot": 2},
        {"dispatcher_id": DISPATCHER},
    ),
    "nmea": _on_device({"radio": 2_471_101}),
    "tait": _on_device({"radio": 9000, "talkgroup": 101}),
}
KINDS: Final = tuple(_MAKERS)
