"""What every kind of link has: settings, sockets or ports, an adapter. New vendors start here."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Any, Final, Generic, Literal, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
)

from radio_gateway.domain.ports import Adapter, Capabilities

NAME: Final = r"^\w[\w .-]*$"
"Letters of any language, digits, blank, dot, dash, underscore."

Entropy: TypeAlias = Callable[[int], bytes]
"Gives so many unguessable octets."


class SettingsModel(BaseModel):
    """A table of the configuration: strict kinds, unknown keys refused, frozen once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LinkSettings(SettingsModel):
    """Settings that every link has."""

    kind: str = Field(description="Kind of base station; decides which other keys there are.")
    name: str = Field(
        min_length=1,
        max_length=64,
        pattern=NAME,
        description="Name of the link, unique within the gateway; dispatchers see it.",
    )
    network: str = Field(
        min_length=1,
        max_length=54,
        pattern=NAME,
        description="Numbering network: equal radio numbers in one network are the same radio.",
    )


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("an IP address") from None


IpAddress: TypeAlias = Annotated[str, AfterValidator(_address)]


class UdpSettings(LinkSettings):
    """Settings of links over UDP."""

    host: IpAddress = Field(
        default="127.0.0.1",
        description="IP address of the interface to listen on; the default is this machine alone.",
    )
    source_limit: int = Field(
        default=2000,
        ge=10,
        le=1_000_000,
        description="Datagrams per second taken from one address; more are dropped unread. "
        "A busy repeater sends about 40.",
    )


class SerialSettings(LinkSettings):
    """Settings of links over a serial port."""

    device: str = Field(
        min_length=1,
        description="Path of the serial port, best a stable one below /dev/serial/by-id.",
    )
    baud: int = Field(default=9600, ge=300, le=921_600, description="Line speed in bit/s.")
    parity: Literal["N", "E", "O"] = Field(
        default="N", description="Parity bit: N none, E even, O odd."
    )
    stop_bits: Literal[1, 2] = Field(default=1, description="Stop bits: 1 or 2.")
    rts_cts: bool = Field(default=False, description="Hardware flow control by RTS and CTS.")


def _read_secret(value: Any, info: ValidationInfo) -> Any:
    reader = (info.context or {}).get("read_secret")
    if not isinstance(value, str):
        raise ValueError("the path of a file, in quotes")  # noqa: TRY004  # pydantic's rule
    return value if reader is None else reader(value)


SecretFile: TypeAlias = Annotated[SecretStr, BeforeValidator(_read_secret)]
"A path in the file, the content of that file (first line) once read."


@dataclass(frozen=True, slots=True)
class UdpEndpoint:
    """A socket that a link listens on."""

    name: str
    host: str
    port: int
    per_source: int
    "Datagrams per second that one address may send."


@dataclass(frozen=True, slots=True)
class SerialEndpoint:
    """A serial port that a link uses."""

    name: str
    device: str
    baud: int
    parity: str
    stop_bits: int
    rts_cts: bool


Endpoint: TypeAlias = UdpEndpoint | SerialEndpoint

SettingsT = TypeVar("SettingsT", bound=LinkSettings)


@dataclass(frozen=True, slots=True)
class AdapterKind(Generic[SettingsT]):
    """One kind of link: what a line in the registry, or an entry point, stands for."""

    capabilities: Capabilities
    settings: type[SettingsT]
    build: Callable[[SettingsT, Entropy], Adapter]
    "Makes a new adapter; called again when one failed."
    endpoints: Callable[[SettingsT], tuple[Endpoint, ...]]
    advice: Callable[[SettingsT], list[str]] = lambda _: []
    "What an administrator should change although it works; one sentence each."


def serial_endpoints(settings: SerialSettings) -> tuple[Endpoint, ...]:
    """The one port of a serial link; adapters know it as `serial`."""
    return (
        SerialEndpoint(
            "serial",
            settings.device,
            settings.baud,
            settings.parity,
            settings.stop_bits,
            settings.rts_cts,
        ),
    )
