"""RCP: what a station is asked to do to a radio on the air."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.hytera.message import U8, U32, layout
from radio_gateway.protocols.hytera.rcp_base import Rcp


@dataclass(frozen=True, slots=True)
class _Service(Rcp):
    LAYOUT = layout(U32)

    target: int
    "Radio id."


@dataclass(frozen=True, slots=True)
class _ServiceReply(Rcp):
    LAYOUT = layout(U8, U32)

    result: int
    "See `result_words`."
    target: int


@dataclass(frozen=True, slots=True)
class RadioCheckRequest(_Service):
    OPCODE = 0x0833


@dataclass(frozen=True, slots=True)
class RadioCheckReply(_ServiceReply):
    OPCODE = 0x8833


@dataclass(frozen=True, slots=True)
class RemoteMonitorRequest(_Service):
    OPCODE = 0x0834


@dataclass(frozen=True, slots=True)
class RemoteMonitorReply(_ServiceReply):
    OPCODE = 0x8834


@dataclass(frozen=True, slots=True)
class AlertRequest(_Service):
    OPCODE = 0x0835


@dataclass(frozen=True, slots=True)
class AlertReply(_ServiceReply):
    OPCODE = 0x8835


@dataclass(frozen=True, slots=True)
class DisableRequest(_Service):
    OPCODE = 0x0849


@dataclass(frozen=True, slots=True)
class DisableReply(_ServiceReply):
    OPCODE = 0x8849


@dataclass(frozen=True, slots=True)
class EnableRequest(_Service):
    OPCODE = 0x084A


@dataclass(frozen=True, slots=True)
class EnableReply(_ServiceReply):
    OPCODE = 0x884A


MESSAGES: Final = (
    RadioCheckRequest,
    RadioCheckReply,
    RemoteMonitorRequest,
    RemoteMonitorReply,
    AlertRequest,
    AlertReply,
    DisableRequest,
    DisableReply,
    EnableRequest,
    EnableReply,
)
