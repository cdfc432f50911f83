"""`kind = "homebrew"`: repeaters that log in to us by the Homebrew protocol (MMDVM)."""

from typing import Final, Literal, Self

from pydantic import Field, model_validator

from radio_gateway.adapters.homebrew import HomebrewConfig, HomebrewMaster, RepeaterConfig
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
from radio_gateway.adapters.kinds.homebrew_common import (
    SHORT_PASSPHRASE,
    PassphraseSettings,
    TextSettings,
)


class _Site(SettingsModel):
    """Which repeater; these keys stand in front."""

    id: int = Field(ge=1, le=0xFFFF_FFFF, description="Repeater id that it logs in with.")
    name: str = Field(
        min_length=1, max_length=64, pattern=NAME, description="Name of the site, for dispatchers."
    )


class RepeaterSettings(PassphraseSettings, _Site):
    """`[[link.repeater]]`: one repeater that may log in."""


class HomebrewSettings(TextSettings, UdpSettings):
    """One UDP port that MMDVM repeaters log in to."""

    kind: Literal["homebrew"] = Field(description="MMDVM repeaters by the Homebrew protocol.")
    port: int = Field(default=62031, ge=0, le=65535, description="UDP port; 0: any free one.")
    repeater: tuple[RepeaterSettings, ...] = Field(
        min_length=1, description="Repeaters that may log in, one [[link.repeater]] each."
    )
    keepalive_timeout_s: float = Field(
        default=35.0,
        ge=5,
        le=600,
        description="Seconds without keep-alive after which a repeater counts as lost.",
    )
    beacon_every_s: float | None = Field(
        default=None,
        ge=10,
        le=3600,
        description="Seconds between requests to all repeaters for a beacon, by which radios find "
        "the next one; without it none are asked for.",
    )
    allow_gateway_dialect_from: frozenset[IpAddress] = Field(
        default=frozenset(),
        description="IP addresses of MMDVMHost programs that may connect without a passphrase; "
        "only within a network of your own.",
    )

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [repeater.id for repeater in self.repeater]
        if len(set(ids)) < len(ids):
            raise ValueError("each repeater id only once")
        return self


def _build(settings: HomebrewSettings, entropy: Entropy) -> HomebrewMaster:
    repeaters = tuple(
        RepeaterConfig(repeater.id, repeater.name, repeater.secret)
        for repeater in settings.repeater
    )
    config = HomebrewConfig(
        name=settings.name,
        network=settings.network,
        repeaters=repeaters,
        hang_time_s=settings.hang_time_s,
        keepalive_timeout_s=settings.keepalive_timeout_s,
        beacon_every_s=settings.beacon_every_s,
        allow_gateway_dialect_from=settings.allow_gateway_dialect_from,
        texts=settings.texts,
    )
    return HomebrewMaster(config, salt=lambda: entropy(4))


def _endpoints(settings: HomebrewSettings) -> tuple[Endpoint, ...]:
    return (UdpEndpoint("main", settings.host, settings.port, settings.source_limit),)


def _advice(settings: HomebrewSettings) -> list[str]:
    return [
        f"repeater {repeater.id}: the passphrase has less than {SHORT_PASSPHRASE} characters; "
        "take 20 random ones"
        for repeater in settings.repeater
        if repeater.short
    ]


KIND: Final = AdapterKind(
    HomebrewMaster.CAPABILITIES, HomebrewSettings, _build, _endpoints, _advice
)
