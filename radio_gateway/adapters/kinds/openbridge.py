"""`kind = "openbridge"`: another Homebrew server that sends us its calls."""

from typing import Final, Literal

from pydantic import Field

from radio_gateway.adapters.kinds.base import (
    AdapterKind,
    Endpoint,
    Entropy,
    IpAddress,
    UdpEndpoint,
    UdpSettings,
)
from radio_gateway.adapters.kinds.homebrew_common import (
    SHORT_PASSPHRASE,
    CallSettings,
    PassphraseSettings,
)
from radio_gateway.adapters.openbridge import ENDPOINT, BridgeConfig, OpenBridge
from radio_gateway.protocols.homebrew.master import Address


class OpenBridgeSettings(PassphraseSettings, CallSettings, UdpSettings):
    """One server on the other side of a bridge."""

    kind: Literal["openbridge"] = Field(description="Another server's calls by OpenBridge.")
    port: int = Field(default=62035, ge=0, le=65535, description="Our UDP port; 0: any free one.")
    server: IpAddress = Field(description="IP address that bursts come from; no other is heard.")
    server_port: int = Field(
        default=62035, ge=1, le=65535, description="UDP port that bursts come from."
    )
    networks: frozenset[int] = Field(
        default=frozenset(),
        description="Network ids that the other side may send; empty: any.",
    )
    silent_after_s: float = Field(
        default=0.0,
        ge=0,
        le=86_400,
        description="Seconds without a burst after which the link shows as down; 0: never, since a "
        "bridge is silent while nobody talks.",
    )


def _build(settings: OpenBridgeSettings, _: Entropy) -> OpenBridge:
    return OpenBridge(
        BridgeConfig(
            name=settings.name,
            network=settings.network,
            server=Address(settings.server, settings.server_port),
            passphrase=settings.secret,
            networks=settings.networks,
            hang_time_s=settings.hang_time_s,
            silent_after_s=settings.silent_after_s,
        )
    )


def _endpoints(settings: OpenBridgeSettings) -> tuple[Endpoint, ...]:
    return (UdpEndpoint(ENDPOINT, settings.host, settings.port, settings.source_limit),)


def _advice(settings: OpenBridgeSettings) -> list[str]:
    if not settings.short:
        return []
    return [f"the passphrase has less than {SHORT_PASSPHRASE} characters; take 20 random ones"]


KIND: Final = AdapterKind(OpenBridge.CAPABILITIES, OpenBridgeSettings, _build, _endpoints, _advice)
