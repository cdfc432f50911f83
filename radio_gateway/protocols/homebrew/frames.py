"""The registry of messages, and the way from octets to one of them."""

from collections.abc import Sequence
from typing import ClassVar, Final, Protocol, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.homebrew.configuration import Configuration, HostConfiguration
from radio_gateway.protocols.homebrew.dmrd import (
    AliasFrame,
    DmrFrame,
    GpsFrame,
    HostAliasFrame,
    HostBeaconRequest,
    HostGpsFrame,
    HostPing,
)
from radio_gateway.protocols.homebrew.messages import (
    Acknowledge,
    BeaconRequest,
    Key,
    Login,
    MasterCloses,
    Options,
    Ping,
    Pong,
    Refuse,
    RepeaterCloses,
    SitePosition,
)

MAX_DATAGRAM: Final = 512
"No message is longer."

Frame: TypeAlias = (
    DmrFrame
    | Ping
    | Pong
    | AliasFrame
    | GpsFrame
    | Login
    | Key
    | Acknowledge
    | Refuse
    | RepeaterCloses
    | Configuration
    | Options
    | SitePosition
    | MasterCloses
    | BeaconRequest
)
HostFrame: TypeAlias = (
    DmrFrame | HostConfiguration | HostAliasFrame | HostGpsFrame | HostPing | HostBeaconRequest
)


class _Kind(Protocol):
    TAG: ClassVar[bytes]

    @classmethod
    def parse(cls, data: bytes) -> "Frame | HostFrame": ...


FRAMES: Final[tuple[type[_Kind], ...]] = (
    DmrFrame,
    Ping,
    Pong,
    AliasFrame,
    GpsFrame,
    Login,
    Key,
    Acknowledge,
    Refuse,
    RepeaterCloses,
    Configuration,
    Options,
    SitePosition,
    MasterCloses,
    BeaconRequest,
)
"Network dialect. Tags may begin alike: a longer tag stands before a shorter one."

HOST_FRAMES: Final[tuple[type[_Kind], ...]] = (
    DmrFrame,
    HostConfiguration,
    HostAliasFrame,
    HostGpsFrame,
    HostPing,
    HostBeaconRequest,
)
"Gateway dialect: MMDVMHost to a gateway beside it, without login."


def parse_frame(data: bytes) -> Frame:
    """Read one datagram of the network dialect.

    Raises:
        MalformedError: too long, an unknown command, or one of a wrong form.
    """
    if data[:4] == DmrFrame.TAG:  # nearly every datagram
        return DmrFrame.parse(data)
    # ids from 4C000000 hex on make `RPTC` look like `RPTCL`: the length decides
    if data.startswith(RepeaterCloses.TAG) and len(data) != 9:
        return Configuration.parse(data)
    return _parse(data, FRAMES)  # type: ignore[return-value]  # FRAMES holds nothing else


def parse_host_frame(data: bytes) -> HostFrame:
    """Read one datagram of the gateway dialect.

    Raises:
        MalformedError: as `parse_frame`.
    """
    return _parse(data, HOST_FRAMES)  # type: ignore[return-value]  # HOST_FRAMES holds nothing else


def _parse(data: bytes, kinds: Sequence[type[_Kind]]) -> Frame | HostFrame:
    if len(data) > MAX_DATAGRAM:
        raise MalformedError("longer than any message", data)
    for kind in kinds:
        if data.startswith(kind.TAG):
            return kind.parse(data)
    raise MalformedError("unknown command", data)
