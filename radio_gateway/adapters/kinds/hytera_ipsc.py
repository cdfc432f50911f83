"""`kind = "hytera-ipsc"`: Hytera repeaters that register with us as their master."""

from typing import Final, Literal, Self

from pydantic import Field, model_validator

from radio_gateway.adapters.hytera_ipsc import (
    HyteraIpscConfig,
    HyteraIpscMaster,
    RepeaterConfig,
)
from radio_gateway.adapters.kinds.base import (
    NAME,
    AdapterKind,
    Endpoint,
    Entropy,
    IpAddress,
    SettingsModel,
    UdpEndpoint,
    UdpSettings,
)


class HyteraIpscRepeaterSettings(SettingsModel):
    """`[[link.repeater]]`: one repeater that may register."""

    host: IpAddress = Field(description="IP address of the repeater.")
    name: str = Field(
        min_length=1, max_length=64, pattern=NAME, description="Name of the site, for dispatchers."
    )


class HyteraIpscSettings(UdpSettings):
    """The master of Hytera repeaters in IP multi-site connect."""

    kind: Literal["hytera-ipsc"] = Field(
        description="Hytera repeaters in IP multi-site connect, with us as master."
    )
    p2p_port: int = Field(
        default=50000, ge=0, le=65535, description="UDP port for registration; 0: any free one."
    )
    dmr_port: int = Field(default=50001, ge=1, le=65535, description="UDP port for bursts.")
    rdac_port: int = Field(default=50002, ge=1, le=65535, description="UDP port for RDAC.")
    repeater: tuple[HyteraIpscRepeaterSettings, ...] = Field(
        min_length=1, description="Repeaters that may register, one [[link.repeater]] each."
    )
    hang_time_s: float = Field(
        default=3.0,
        ge=0,
        le=30,
        description="Seconds after a transmission within which the next one belongs to it.",
    )
    timeout_s: float = Field(
        default=25.0,
        ge=8,
        le=600,
        description="Seconds of silence after which a repeater counts as lost; it pings every 7 s.",
    )

    @model_validator(mode="after")
    def _apart(self) -> Self:
        hosts = [repeater.host for repeater in self.repeater]
        if len(set(hosts)) < len(hosts):
            raise ValueError("each repeater's `host` only once")
        if len({self.p2p_port, self.dmr_port, self.rdac_port}) < 3:
            raise ValueError("three different ports")
        return self


def _build(settings: HyteraIpscSettings, _: Entropy) -> HyteraIpscMaster:
    return HyteraIpscMaster(
        HyteraIpscConfig(
            name=settings.name,
            network=settings.network,
            repeaters=tuple(RepeaterConfig(r.host, r.name) for r in settings.repeater),
            dmr_port=settings.dmr_port,
            rdac_port=settings.rdac_port,
            hang_time_s=settings.hang_time_s,
            timeout_s=settings.timeout_s,
        )
    )


def _endpoints(settings: HyteraIpscSettings) -> tuple[Endpoint, ...]:
    ports = {"p2p": settings.p2p_port, "dmr": settings.dmr_port, "rdac": settings.rdac_port}
    return tuple(
        UdpEndpoint(name, settings.host, port, settings.source_limit)
        for name, port in ports.items()
    )


def _advice(_: HyteraIpscSettings) -> list[str]:
    return ["this protocol knows no password: whoever forges addresses can forge calls"]


KIND: Final = AdapterKind(
    HyteraIpscMaster.CAPABILITIES, HyteraIpscSettings, _build, _endpoints, _advice
)
