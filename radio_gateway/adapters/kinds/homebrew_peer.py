"""`kind = "homebrew-peer"`: a Homebrew master of somebody else that we log in to."""

from typing import Final, Literal, Self

from pydantic import Field, model_validator

from radio_gateway.adapters.homebrew_peer import AGAIN_S, ENDPOINT, HomebrewPeer, PeerConfig
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
    PassphraseSettings,
    TextSettings,
)
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.master import Address
from radio_gateway.protocols.homebrew.messages import MAX_OPTIONS
from radio_gateway.protocols.homebrew.peer import Times


class HomebrewPeerSettings(PassphraseSettings, TextSettings, UdpSettings):
    """A login at one master."""

    kind: Literal["homebrew-peer"] = Field(
        description="A Homebrew master that this gateway logs in to as a repeater would."
    )
    port: int = Field(default=0, ge=0, le=65535, description="Our UDP port; 0: any free one.")
    master: IpAddress = Field(description="IP address of the master.")
    master_port: int = Field(default=62031, ge=1, le=65535, description="UDP port of the master.")
    id: int = Field(
        ge=1, le=0xFFFF_FFFF, description="Repeater id that we log in with; nobody else's."
    )
    callsign: str = Field(
        default="SARDZE", min_length=1, max_length=8, description="Call sign that we tell."
    )
    colour_code: int = Field(default=1, ge=0, le=15, description="Colour code that we tell.")
    slots: Literal["1", "2", "3", "4"] = Field(
        default="3", description="Timeslots that we tell: 1, 2, 3 for both, 4 for simplex."
    )
    location: str = Field(default="", max_length=20, description="Place that we tell.")
    options: str = Field(
        default="",
        max_length=MAX_OPTIONS,
        description="Options that we send after the login, in the master's own grammar: "
        "`TS1=1,2;TS2=9`.",
    )
    keepalive_s: float = Field(
        default=5.0,
        ge=1,
        le=15,
        description="Seconds between keep-alives, and between attempts to log in; the master is "
        "gone after three times as long without an answer, in which it is asked every second.",
    )

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        if len(self.options.encode()) > MAX_OPTIONS:
            raise ValueError(f"`options` of at most {MAX_OPTIONS} octets")
        return self


def _build(settings: HomebrewPeerSettings, entropy: Entropy) -> HomebrewPeer:
    configuration = Configuration(
        repeater_id=settings.id,
        callsign=settings.callsign,
        colour_code=settings.colour_code,
        location=settings.location,
        slots=settings.slots,
        software="Sardze",
        package="Sardze",
    )
    config = PeerConfig(
        name=settings.name,
        network=settings.network,
        master=Address(settings.master, settings.master_port),
        configuration=configuration,
        passphrase=settings.secret,
        options=settings.options,
        times=Times(settings.keepalive_s, settings.keepalive_s, 3 * settings.keepalive_s, AGAIN_S),
        hang_time_s=settings.hang_time_s,
        texts=settings.texts,
    )
    return HomebrewPeer(config, entropy=lambda: entropy(4))


def _endpoints(settings: HomebrewPeerSettings) -> tuple[Endpoint, ...]:
    return (UdpEndpoint(ENDPOINT, settings.host, settings.port, settings.source_limit),)


def _advice(settings: HomebrewPeerSettings) -> list[str]:
    if not settings.short:
        return []
    return [f"the passphrase has less than {SHORT_PASSPHRASE} characters; take 20 random ones"]


KIND: Final = AdapterKind(
    HomebrewPeer.CAPABILITIES, HomebrewPeerSettings, _build, _endpoints, _advice
)
