"""`kind = "homebrew"`: repeaters that log in to us by the Homebrew protocol (MMDVM)."""

from typing import Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from radio_gateway.adapters.homebrew import HomebrewConfig, HomebrewMaster, RepeaterConfig
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

SHORT_PASSPHRASE: Final = 8
"Characters; the salt of the protocol is so short that weaker ones are guessed from one login."


class RepeaterSettings(SettingsModel):
    """`[[link.repeater]]`: one repeater that may log in."""

    id: int = Field(ge=1, le=0xFFFF_FFFF, description="Repeater id that it logs in with.")
    name: str = Field(
        min_length=1, max_length=64, pattern=NAME, description="Name of the site, for dispatchers."
    )
    passphrase: SecretStr | None = Field(
        default=None, description="Shared secret; better kept in `passphrase_file`."
    )
    passphrase_file: SecretFile | None = Field(
        default=None,
        description="File whose first line is the shared secret, relative to this file.",
    )

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.passphrase is None) == (self.passphrase_file is None):
            raise ValueError("exactly one of `passphrase` and `passphrase_file`")
        if not self.secret:
            raise ValueError("a passphrase that is not empty")
        return self

    @property
    def secret(self) -> str:
        """The passphrase, wherever it was given."""
        given = self.passphrase if self.passphrase is not None else self.passphrase_file
        return "" if given is None else given.get_secret_value()


class HomebrewSettings(UdpSettings):
    """One UDP port that MMDVM repeaters log in to."""

    kind: Literal["homebrew"] = Field(description="MMDVM repeaters by the Homebrew protocol.")
    port: int = Field(default=62031, ge=0, le=65535, description="UDP port; 0: any free one.")
    repeater: tuple[RepeaterSettings, ...] = Field(
        min_length=1, description="Repeaters that may log in, one [[link.repeater]] each."
    )
    hang_time_s: float = Field(
        default=3.0,
        ge=0,
        le=30,
        description="Seconds after a transmission within which the next one belongs to it.",
    )
    keepalive_timeout_s: float = Field(
        default=35.0,
        ge=5,
        le=600,
        description="Seconds without keep-alive after which a repeater counts as lost.",
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
        allow_gateway_dialect_from=settings.allow_gateway_dialect_from,
    )
    return HomebrewMaster(config, salt=lambda: entropy(4))


def _endpoints(settings: HomebrewSettings) -> tuple[Endpoint, ...]:
    return (UdpEndpoint("main", settings.host, settings.port, settings.source_limit),)


def _advice(settings: HomebrewSettings) -> list[str]:
    return [
        f"repeater {repeater.id}: the passphrase has less than {SHORT_PASSPHRASE} characters; "
        "take 20 random ones"
        for repeater in settings.repeater
        if len(repeater.secret) < SHORT_PASSPHRASE
    ]


KIND: Final = AdapterKind(
    HomebrewMaster.CAPABILITIES, HomebrewSettings, _build, _endpoints, _advice
)
