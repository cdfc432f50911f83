"""Captures played again: to adapters of our own, or over the network to a running gateway."""

import asyncio
import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from radio_gateway.decoding import SETTLE_S, later
from radio_gateway.decoding_fields import event_fields
from radio_gateway.decoding_hytera import endpoint_of
from radio_gateway.decoding_ipsc import hytera_service
from radio_gateway.decoding_mototrbo import service_of
from radio_gateway.domain.events import Event
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.links.capture import Capture, CaptureError, Datagram
from radio_gateway.marks import protocol_of
from radio_gateway.offline import (
    HomebrewOffline,
    HyteraIpscOffline,
    HyteraOffline,
    MototrboIpscOffline,
    MototrboOffline,
    Offline,
    SerialOffline,
    repeater_of,
)
from radio_gateway.offline_receivers import (
    HomebrewPeerOffline,
    ModemOffline,
    OpenBridgeOffline,
)

HOMEBREW_PORTS: Final = (62030, 62031)
"Where masters of the Homebrew protocol usually listen."
IPSC_PORTS: Final[Mapping[int, str]] = {50000: "mototrbo-ipsc", 50001: "hytera-ipsc"}
"Where repeaters of the two vendors usually send bursts."
MODEM_PORT: Final = 3335
"Where MMDVMHost usually listens to a modem that is reached by UDP."
UDP_PROTOCOLS: Final = (
    "homebrew",
    "hytera",
    "hytera-ipsc",
    "mmdvm",
    "mototrbo",
    "mototrbo-ipsc",
)
"What captures of other programs may hold."
SERIAL_PROTOCOLS: Final = ("hytera-serial", "kenwood", "nmea", "tait")
"Replayed from recordings of ours only."
RECEIVERS: Final[Mapping[str, Callable[[], Offline]]] = {
    "homebrew-peer": HomebrewPeerOffline,
    "mmdvm": ModemOffline,
    "mmdvm-modem": ModemOffline,
    "openbridge": OpenBridgeOffline,
}
"Bursts without what stands before them on their links."
RECORDED: Final = frozenset((*UDP_PROTOCOLS, *SERIAL_PROTOCOLS, *RECEIVERS))
"What recordings of ours may hold."
BY_MARKS: Final = ""
"At a port that is named without a protocol each datagram shows what it is, or does not."
MAX_SENDERS: Final = 256
"Captured senders that get a socket of their own."

_LAST_S: Final = datetime(9000, 1, 1, tzinfo=UTC).timestamp()

Say = Callable[[str], None]


class ReplayError(Exception):
    """A replay that cannot be done as asked; one line."""


@dataclass(slots=True)
class Summary:
    """What became of a capture's datagrams."""

    used: int = 0
    elsewhere: Counter[int] = field(default_factory=Counter)
    "Datagrams to ports that are no gateway's, by port."
    looks: dict[int, str] = field(default_factory=dict)
    "What those to such a port look like."
    unmarked: Counter[int] = field(default_factory=Counter)
    "Datagrams to ports that were named, of no protocol that we could find out, by port."
    outbound: int = 0
    "Sent by the gateway that recorded them."

    def lines(self, capture: Capture, assumed: Sequence[str], verb: str) -> list[str]:
        """For the error output."""
        found = [f"{capture.packets} packets, {self.used} datagrams {verb}"]
        if self.outbound:
            found.append(f"{self.outbound} were sent by the gateway itself")
        if capture.skipped:
            reasons = ", ".join(f"{count} {why}" for why, count in capture.skipped.most_common())
            found.append(f"left out: {reasons}")
        if self.elsewhere:
            ports = ", ".join(map(self._port, self.elsewhere.most_common(5)))
            found.append(f"not to the gateway, by port: {ports}; name those that are with --port")
        if self.unmarked:
            ports = ", ".join(f"{port} ({n})" for port, n in self.unmarked.most_common(5))
            found.append(f"of no protocol that we could find out, by port: {ports}; try --protocol")
        found += [f"taken for logged in: {what}" for what in assumed]
        return found

    def not_for_us(self, datagram: Datagram) -> None:
        """Count one to a port that nobody named."""
        port = datagram.destination[1]
        self.elsewhere[port] += 1
        if port not in self.looks:
            name = protocol_of(datagram.payload)
            if name is not None:
                self.looks[port] = name

    def _port(self, counted: tuple[int, int]) -> str:
        port, n = counted
        return f"{port} ({n}, {self.looks[port]})" if port in self.looks else f"{port} ({n})"


def parse_ports(texts: Sequence[str]) -> dict[int, int]:
    """`62031` or `62031=50001`: captured port to real port.

    Raises:
        ReplayError: no port numbers.
    """
    ports = {}
    for text in texts:
        captured, _, real = text.partition("=")
        numbers = [captured, real or captured]
        if not all(n.isdecimal() and 0 < int(n) <= 65535 for n in numbers):
            raise ReplayError(f"--port: found {text}, expected CAPTURED or CAPTURED=REAL, 1..65535")
        ports[int(numbers[0])] = int(numbers[1])
    return ports


def events(file: Path, protocol: str | None, ports: Mapping[int, int], say: Say) -> Iterator[str]:
    """One JSON line per event that the captured datagrams bring, then a summary through `say`.

    Raises:
        CaptureError: no capture, or a damaged one; events of what stood before it were given.
    """
    chosen = _protocols(protocol, ports)
    bases = _Bases(file, chosen)
    summary, capture = Summary(), Capture(file)
    fault: CaptureError | None = None
    at: Moment | None = None
    try:
        for datagram in capture:
            name = _spoken(datagram, chosen)
            if datagram.outbound:
                summary.outbound += 1
                continue
            if name is None:
                summary.not_for_us(datagram)
                continue
            if name == BY_MARKS:
                summary.unmarked[datagram.destination[1]] += 1
                continue
            summary.used += 1
            at = moment_of(datagram)
            yield from map(_line, bases.feed(name, datagram, at))
    except CaptureError as error:
        fault = error
    if at is not None:
        yield from map(_line, bases.finish(later(at, SETTLE_S)))
    if capture.packets or fault is None:
        for line in summary.lines(capture, bases.assumed, "fed to adapters"):
            say(line)
    if fault is not None:
        raise fault


async def send(file: Path, ports: Mapping[int, int], host: str, speed: float, say: Say) -> None:
    """Send the datagrams that went to gateway ports to a running gateway, in captured time.

    Every captured sender gets a socket of its own, so that the gateway tells them apart.

    Raises:
        CaptureError: no capture, or a damaged one.
        ReplayError: `host` is no IP address.
    """
    wanted = ports or {port: port for port in _protocols(None, {})}
    summary, capture = Summary(), Capture(file)
    senders: dict[tuple[str, int], socket.socket] = {}
    loop = asyncio.get_running_loop()
    began: tuple[float, float] | None = None
    try:
        family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
        for datagram in capture:
            real = wanted.get(datagram.destination[1])
            if datagram.outbound:
                summary.outbound += 1
                continue
            if real is None:
                summary.not_for_us(datagram)
                continue
            began = began or (loop.time(), datagram.at)
            if speed:
                due = began[0] + (datagram.at - began[1]) / speed
                await asyncio.sleep(max(0.0, due - loop.time()))
            if datagram.source not in senders and len(senders) >= MAX_SENDERS:
                senders.pop(next(iter(senders))).close()
            if datagram.source not in senders:
                senders[datagram.source] = socket.socket(family, socket.SOCK_DGRAM)
            senders[datagram.source].sendto(datagram.payload, (host, real))
            summary.used += 1
    except ValueError:
        raise ReplayError(f"--to: found {host}, expected an IP address") from None
    finally:
        for sender in senders.values():
            sender.close()
    for line in summary.lines(capture, (), f"sent to {host}"):
        say(line)


def moment_of(datagram: Datagram) -> Moment:
    """When a datagram was captured, as both clocks; damaged times become the end of time."""
    at = min(datagram.at, _LAST_S)
    return Moment(at, datetime.fromtimestamp(at, UTC))


class _Bases:
    """The adapters that a capture needs, made when their first datagram comes."""

    def __init__(self, file: Path, chosen: Mapping[int, str]) -> None:
        self._file = file
        self._chosen = chosen
        self._bases: dict[tuple[str, str], Offline] = {}

    @property
    def assumed(self) -> list[str]:
        return sorted(what for base in self._bases.values() for what in base.assumed)

    def feed(self, name: str, datagram: Datagram, at: Moment) -> list[Event]:
        link, endpoint = _recorded(datagram)
        if (name, link) not in self._bases:
            self._bases[name, link] = self._make(name, link, at)
        port = datagram.destination[1]
        if endpoint not in known_endpoints(name):
            endpoint = _endpoint(name, datagram.payload, port)
        return self._bases[name, link].feed(datagram.payload, Peer(endpoint, *datagram.source), at)

    def finish(self, at: Moment) -> list[Event]:
        return [event for base in self._bases.values() for event in base.finish(at)]

    def _make(self, name: str, link: str, at: Moment) -> Offline:
        """Look through the whole capture for the senders, so that all are known at once."""
        if name in RECEIVERS:
            return RECEIVERS[name]()
        if name in SERIAL_PROTOCOLS:
            return SerialOffline(name, at)
        found = [
            each
            for each in self._until_damage()
            if not each.outbound
            and _spoken(each, self._chosen) == name
            and _recorded(each)[0] == link
        ]
        if name == "homebrew":
            numbers = {repeater_of(datagram.payload) for datagram in found}
            return HomebrewOffline([number for number in numbers if number is not None], at)
        hosts = {datagram.source[0] for datagram in found}
        match name:
            case "mototrbo":
                return MototrboOffline(at, hosts if link else ())
            case "mototrbo-ipsc":
                return MototrboIpscOffline(at)
            case "hytera-ipsc":
                return HyteraIpscOffline(hosts, at)
            case "hytera":
                control = any(datagram.payload[:1] == b"\x7e" for datagram in found)
                return HyteraOffline(hosts, at, control=control)
            case _:
                raise ReplayError(f"{name} cannot be replayed yet")

    def _until_damage(self) -> Iterator[Datagram]:
        try:
            yield from Capture(self._file)
        except CaptureError:
            return


def _spoken(datagram: Datagram, chosen: Mapping[int, str]) -> str | None:
    """Protocol of a datagram: by its recording, else by its port; None: not for us."""
    kind = datagram.interface.kind
    if _recorded(datagram)[0] and kind in RECORDED:
        return kind
    name = chosen.get(datagram.destination[1])
    return protocol_of(datagram.payload) or BY_MARKS if name == BY_MARKS else name


def _recorded(datagram: Datagram) -> tuple[str, str]:
    """Link and endpoint in a recording of ours; empty in other captures."""
    if not datagram.interface.kind:
        return "", ""
    link, _, endpoint = datagram.interface.name.rpartition("/")
    return link, endpoint


def known_endpoints(name: str) -> set[str]:
    """Names of the endpoints of links that have several; a recording tells which one it was."""
    from radio_gateway.adapters import hytera, mototrbo

    match name:
        case "hytera":
            return {each for style in hytera.DEFAULT_PORTS.values() for each in style}
        case "mototrbo":
            return set(mototrbo.DEFAULT_PORTS)
        case _:
            return set()


def _endpoint(name: str, payload: bytes, port: int) -> str:
    """The endpoint of a link that a captured datagram would have come to."""
    match name:
        case "hytera":
            return endpoint_of(payload, port)
        case "hytera-ipsc":
            return hytera_service(payload)
        case "mototrbo":
            return service_of(payload, port)
        case _:
            return "main"


def _protocols(protocol: str | None, ports: Mapping[int, int]) -> dict[int, str]:
    """Which protocol is spoken at which captured port."""
    from radio_gateway.adapters import mototrbo
    from radio_gateway.adapters.hytera import DEFAULT_PORTS

    usual = dict.fromkeys(HOMEBREW_PORTS, "homebrew")
    usual |= dict.fromkeys(mototrbo.DEFAULT_PORTS.values(), "mototrbo")
    for style in DEFAULT_PORTS.values():
        usual |= dict.fromkeys(style.values(), "hytera")
    usual |= IPSC_PORTS
    usual[MODEM_PORT] = "mmdvm"
    if ports:
        return {port: protocol or usual.get(port, BY_MARKS) for port in ports}
    return {port: name for port, name in usual.items() if protocol in (None, name)}


def _line(event: Event) -> str:
    return json.dumps(event_fields(event), ensure_ascii=False)
