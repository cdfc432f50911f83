"""An adapter of another distribution that raises at every datagram."""

from pathlib import Path
from typing import ClassVar, Final, Literal

from pydantic import Field

from radio_gateway.adapters.kinds.base import AdapterKind, Endpoint, UdpEndpoint, UdpSettings
from radio_gateway.domain.commands import Command
from radio_gateway.domain.events import Event
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Capabilities, Outgoing, Peer


class FaultySettings(UdpSettings):
    kind: Literal["faulty"]
    port: int = Field(description="Where its datagrams come in.")


class FaultyAdapter:
    """Takes nothing without a fault of its own."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities("Faulty", "UDP", frozenset())

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        raise RuntimeError(f"{len(frame)} octets too many of {peer.host} at {at.mono:.0f}")

    def command(self, command: Command, at: Moment) -> None:
        pass

    def expire(self, at: Moment) -> None:
        pass

    def deadline(self) -> float | None:
        return None

    def opened(self, at: Moment) -> None:
        pass

    def closed(self, reason: str, at: Moment) -> None:
        pass

    def events(self) -> list[Event]:
        return []

    def outgoing(self) -> list[Outgoing]:
        return []


def _endpoints(settings: FaultySettings) -> tuple[Endpoint, ...]:
    return (UdpEndpoint("main", settings.host, settings.port, settings.source_limit),)


KIND: Final = AdapterKind(
    FaultyAdapter.CAPABILITIES, FaultySettings, lambda *_: FaultyAdapter(), _endpoints
)


def install(folder: Path) -> str:
    """Make a distribution in `folder` that names the adapter; what PYTHONPATH must be."""
    about = folder / "faulty-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[sardze.adapters]\nfaulty = {__name__}:KIND\n")
    return f"{folder}:{Path(__file__).parents[2]}"
