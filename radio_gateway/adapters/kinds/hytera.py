"""`kind = "hytera"`: Hytera repeaters, or one radio as a base, by their IP data services."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from radio_gateway.adapters._hytera_control import ENDPOINT
from radio_gateway.adapters.hytera import DEFAULT_PORTS, HyteraBase, HyteraConfig
from radio_gateway.adapters.kinds.base import (
    NAME,
    AdapterKind,
    Endpoint,
    Entropy,
    IpAddress,
    UdpEndpoint,
    UdpSettings,
)


class HyteraSettings(UdpSettings):
    """The data services of Hytera repeaters or radios, a UDP port for each."""

    kind: Literal["hytera"] = Field(description="Hytera repeaters or a radio as base.")
    style: Literal["repeater", "radio"] = Field(
        default="repeater",
        description="repeater: ports per timeslot (30001..30010); radio: a radio as base "
        "(3002..3004, with `control` 3005 as well).",
    )
    peers: frozenset[IpAddress] = Field(
        min_length=1, description="IP addresses of the base stations; others are refused."
    )
    site: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        pattern=NAME,
        description="Name of the site, for dispatchers.",
    )
    ports: Mapping[str, Annotated[int, Field(ge=0, le=65535)]] = Field(
        default={}, description="UDP port of a service where it differs from the usual one."
    )
    dispatcher_id: int = Field(
        ge=1, le=0xFF_FFFF, description="Radio number that the dispatcher answers to."
    )
    registration_period_s: int = Field(
        default=1800,
        ge=30,
        le=86_400,
        description="Seconds after which radios are told to register again.",
    )
    control: bool = Field(
        default=False,
        description="Style radio: also connect to the control port of the peers (HRNP, 3005), "
        "for calls, emergencies, call alerts and disabling.",
    )
    position_interval_s: int | None = Field(
        default=None,
        ge=5,
        le=86_400,
        description="Seconds between position reports asked of every radio that registers.",
    )
    default_slot: Literal[1, 2] = Field(
        default=1, description="Timeslot for a radio or talkgroup that was not heard yet."
    )
    subnet: int = Field(
        default=10, ge=1, le=255, description="First octet of the addresses of the radios."
    )

    @model_validator(mode="after")
    def _services_exist(self) -> Self:
        known = DEFAULT_PORTS[self.style]
        unknown = sorted(set(self.ports) - set(known))
        if self.control and self.style != "radio":
            raise ValueError("`control` with style radio only: repeaters need no connect")
        if unknown:
            raise ValueError(f"services of style {self.style}: {', '.join(known)}")
        return self


def _build(settings: HyteraSettings, _: Entropy) -> HyteraBase:
    return HyteraBase(
        HyteraConfig(
            name=settings.name,
            network=settings.network,
            peers=settings.peers,
            site=settings.site,
            registration_period_s=settings.registration_period_s,
            position_interval_s=settings.position_interval_s,
            dispatcher_id=settings.dispatcher_id,
            default_slot=settings.default_slot,
            subnet=settings.subnet,
            control_port=DEFAULT_PORTS["radio"][ENDPOINT] if settings.control else None,
        )
    )


def _endpoints(settings: HyteraSettings) -> tuple[Endpoint, ...]:
    ports = {**DEFAULT_PORTS[settings.style], **settings.ports}
    if settings.style == "radio" and not settings.control:
        ports.pop(ENDPOINT, None)
    return tuple(
        UdpEndpoint(name, settings.host, port, settings.source_limit)
        for name, port in ports.items()
    )


KIND: Final = AdapterKind(HyteraBase.CAPABILITIES, HyteraSettings, _build, _endpoints)
