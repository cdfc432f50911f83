"""`kind = "mototrbo"`: MOTOTRBO radios behind a control station, by their IP data services."""

from collections.abc import Mapping
from random import Random
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from radio_gateway.adapters.kinds.base import (
    NAME,
    AdapterKind,
    Endpoint,
    Entropy,
    UdpEndpoint,
    UdpSettings,
)
from radio_gateway.adapters.mototrbo import (
    DEFAULT_PORTS,
    MototrboConfig,
    MototrboSystem,
    TextRetry,
)
from radio_gateway.domain.ids import MAX_NUMBER
from radio_gateway.protocols.mototrbo.addressing import Networks

HALF_HOUR_MIN: Final = 30
SPREAD: Final = 5.0
"Requests of the gateway's own are spread over so many spacings."


def _numbers(text: str) -> str:
    low, dash, high = text.partition("-")
    ends = [low, high if dash else low]
    if not all(end.strip().isascii() and end.strip().isdecimal() for end in ends):
        raise ValueError('radio numbers as "1001" or "1001-1099"')
    if not 0 < int(ends[0]) <= int(ends[1]) <= MAX_NUMBER:
        raise ValueError(f"radio numbers of 1..{MAX_NUMBER}, the lower one first")
    return text


def _range(text: str) -> range:
    low, _, high = text.partition("-")
    return range(int(low), int(high or low) + 1)


class MototrboSettings(UdpSettings):
    """The data services of one system, a UDP port for each."""

    kind: Literal["mototrbo"] = Field(description="MOTOTRBO radios behind a control station.")
    site: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        pattern=NAME,
        description="Name of the site, for dispatchers.",
    )
    radios: tuple[Annotated[str, AfterValidator(_numbers)], ...] = Field(
        default=(),
        strict=False,
        description='Radio numbers that may speak, as "1001" or "1001-1099"; none: every number '
        "of the network. Others are refused and counted.",
    )
    ports: Mapping[str, Annotated[int, Field(ge=0, le=65535)]] = Field(
        default={},
        description="UDP port here of a service (ars, lrrp, tms, telemetry, battery) where it "
        "differs from the usual one.",
    )
    radio_ports: Mapping[str, Annotated[int, Field(ge=1, le=65535)]] = Field(
        default={},
        description="UDP port of a service on the radios where it differs; datagrams from other "
        "ports are refused.",
    )
    cai_network: int = Field(
        default=12, ge=1, le=223, description="First octet of the radios' addresses (CAI network)."
    )
    server_network: int | None = Field(
        default=None,
        ge=1,
        le=223,
        description="First octet of computers behind radios; left out: one more than that of the "
        "radios.",
    )
    group_network: int = Field(
        default=225, ge=224, le=239, description="First octet of the talkgroups' addresses."
    )
    registration_period_min: int = Field(
        default=30,
        ge=0,
        le=127 * HALF_HOUR_MIN,
        multiple_of=HALF_HOUR_MIN,
        description="Minutes after which radios register again, in steps of 30; silent for twice "
        "as long they count as switched off. 0: they never renew.",
    )
    position_interval_s: int | None = Field(
        default=None,
        ge=30,
        le=86_400,
        description="Seconds between position reports asked of every radio that registers.",
    )
    emergency_reports: bool = Field(
        default=True,
        description="Whether radios that register are asked to report when their emergency key "
        "is pressed.",
    )
    spacing_s: float = Field(
        default=1.0,
        ge=0,
        le=60,
        description="Least seconds between two datagrams to the radios; each takes 0.5 to 3 s on "
        "the air.",
    )
    silence_s: float = Field(
        default=3600.0,
        ge=1,
        le=604_800,
        description="Seconds without any radio heard after which the link counts as lost.",
    )
    text_part_limit: int = Field(
        default=140,
        ge=20,
        le=500,
        description="Characters that a radio shows as one message; longer texts go in parts.",
    )
    text_lifetime_s: float = Field(
        default=3600.0,
        ge=10,
        le=7200,
        description="Seconds for which an unacknowledged text is sent again.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if set(self.ports) - set(DEFAULT_PORTS) or set(self.radio_ports) - set(DEFAULT_PORTS):
            raise ValueError(f"in ports and radio_ports only {', '.join(DEFAULT_PORTS)}")
        try:
            self.networks  # noqa: B018  # checks that they differ
        except ValueError as error:
            raise ValueError(f"networks that differ: {error}") from None
        return self

    @property
    def networks(self) -> Networks:
        """The three networks; ValueError where two are the same."""
        server = self.cai_network + 1 if self.server_network is None else self.server_network
        return Networks(self.cai_network, server, self.group_network)


def _build(settings: MototrboSettings, entropy: Entropy) -> MototrboSystem:
    config = MototrboConfig(
        name=settings.name,
        network=settings.network,
        networks=settings.networks,
        radios=tuple(map(_range, settings.radios)),
        site=settings.site,
        radio_ports={**DEFAULT_PORTS, **settings.radio_ports},
        refresh_periods=settings.registration_period_min // HALF_HOUR_MIN,
        position_interval_s=settings.position_interval_s,
        emergency_trigger=settings.emergency_reports,
        spacing_s=settings.spacing_s,
        jitter_s=SPREAD * settings.spacing_s,
        silence_s=settings.silence_s,
        part_limit=settings.text_part_limit,
        text_retry=TextRetry(lifetime_s=settings.text_lifetime_s),
    )
    chance = Random(entropy(8))  # noqa: S311  # spreads requests, guards nothing
    return MototrboSystem(config, chance)


def _endpoints(settings: MototrboSettings) -> tuple[Endpoint, ...]:
    ports = {**DEFAULT_PORTS, **settings.ports}
    return tuple(
        UdpEndpoint(str(name), settings.host, port, settings.source_limit)
        for name, port in ports.items()
    )


def _advice(settings: MototrboSettings) -> list[str]:
    found = []
    if settings.host in ("0.0.0.0", "::"):  # noqa: S104  # what is advised against
        found.append(
            "host: anybody on any network can speak as a radio; take the address towards it"
        )
    if not settings.radios:
        found.append("radios: every number of the network may speak; name yours")
    return found


KIND: Final = AdapterKind(
    MototrboSystem.CAPABILITIES, MototrboSettings, _build, _endpoints, _advice
)
