"""`kind = "mototrbo-ipsc"`: MOTOTRBO repeaters that we listen to as a peer of their network."""

from typing import Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from radio_gateway.adapters.kinds.base import (
    NAME,
    AdapterKind,
    Endpoint,
    Entropy,
    IpAddress,
    SecretFile,
    SettingsModel,
    UdpEndpoint,
    UdpSettings,
)
from radio_gateway.adapters.mototrbo_ipsc import ENDPOINT, IpscConfig, IpscListener
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_session import Address


class IpscRepeaterSettings(SettingsModel):
    """`[[link.repeater]]`: the name of one repeater."""

    id: int = Field(ge=1, le=0xFFFF_FFFF, description="Radio id that the repeater is given.")
    name: str = Field(
        min_length=1, max_length=64, pattern=NAME, description="Name of the site, for dispatchers."
    )


class MototrboIpscSettings(UdpSettings):
    """One IP Site Connect network, joined as a peer that listens."""

    kind: Literal["mototrbo-ipsc"] = Field(
        description="MOTOTRBO repeaters by IP Site Connect, listening."
    )
    port: int = Field(default=50000, ge=0, le=65535, description="Our UDP port; 0: any free one.")
    peer_id: int = Field(
        ge=1, le=0xFFFF_FFFF, description="Our id in the network; no repeater may have the same."
    )
    master: IpAddress = Field(description="IP address of the master repeater.")
    master_port: int = Field(default=50000, ge=1, le=65535, description="UDP port of the master.")
    auth_key: SecretStr | None = Field(
        default=None,
        description="Authentication key of the network, 1 to 40 hexadecimal digits; better kept in "
        "`auth_key_file`.",
    )
    auth_key_file: SecretFile | None = Field(
        default=None,
        description="File whose first line is the authentication key, relative to this file.",
    )
    peers: frozenset[IpAddress] = Field(
        default=frozenset(),
        description="IP addresses that other repeaters may have; empty: all that the master names.",
    )
    streams: bool = Field(
        default=True,
        description="Take voice and data bursts. false: a call log from the repeaters' reports, "
        "without traffic of calls.",
    )
    repeater: tuple[IpscRepeaterSettings, ...] = Field(
        default=(), description="Names of repeaters, one [[link.repeater]] each."
    )
    rssi_offset_db: int = Field(
        default=0,
        ge=-100,
        le=100,
        description="Added to signal strengths; repeaters with old firmware need -56.",
    )
    hang_time_s: float = Field(
        default=3.0,
        ge=0,
        le=30,
        description="Seconds after a transmission within which the next one belongs to it.",
    )
    keepalive_s: float = Field(
        default=5.0,
        ge=1,
        le=15,
        description="Seconds between keep-alives, and between attempts to register; the first "
        "ones follow after 1 and 2 s.",
    )
    max_missed: int = Field(
        default=4,
        ge=3,
        le=20,
        description="Unanswered keep-alives after which a repeater counts as lost.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.auth_key is not None and self.auth_key_file is not None:
            raise ValueError("only one of `auth_key` and `auth_key_file`")
        key_of(self)
        ids = [repeater.id for repeater in self.repeater]
        if len(set(ids)) < len(ids):
            raise ValueError("each repeater id only once")
        if self.peer_id in ids:
            raise ValueError("a `peer_id` that no repeater has")
        return self


def key_of(settings: MototrboIpscSettings) -> IpscKey | None:
    """The authentication key, wherever it was given; raises ValueError for no such key."""
    given = settings.auth_key if settings.auth_key is not None else settings.auth_key_file
    return None if given is None else IpscKey(given.get_secret_value())


def _build(settings: MototrboIpscSettings, _: Entropy) -> IpscListener:
    return IpscListener(
        IpscConfig(
            name=settings.name,
            network=settings.network,
            peer_id=settings.peer_id,
            master=Address(settings.master, settings.master_port),
            key=key_of(settings),
            streams=settings.streams,
            allowed=settings.peers,
            sites={repeater.id: repeater.name for repeater in settings.repeater},
            rssi_offset_db=settings.rssi_offset_db,
            hang_time_s=settings.hang_time_s,
            keepalive_s=settings.keepalive_s,
            max_missed=settings.max_missed,
        )
    )


def _endpoints(settings: MototrboIpscSettings) -> tuple[Endpoint, ...]:
    return (UdpEndpoint(ENDPOINT, settings.host, settings.port, settings.source_limit),)


def _advice(settings: MototrboIpscSettings) -> list[str]:
    if key_of(settings) is not None:
        return []
    return ["the network has no authentication key: whoever forges addresses can forge calls"]


KIND: Final = AdapterKind(
    IpscListener.CAPABILITIES, MototrboIpscSettings, _build, _endpoints, _advice
)
