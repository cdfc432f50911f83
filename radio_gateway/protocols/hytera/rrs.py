"""RRS: radios register with the dispatcher (service 0x11)."""

from dataclasses import dataclass
from enum import IntEnum

from radio_gateway.protocols.hytera.hdap import Service
from radio_gateway.protocols.hytera.message import ADDRESS, U8, U32, Message, RadioAddress, layout


class RegistrationResult(IntEnum):
    OK = 0
    FAILED = 1
    PASSWORD = 2


class Presence(IntEnum):
    ONLINE = 0
    OFFLINE = 1


@dataclass(frozen=True, slots=True)
class Deregistration(Message):
    """A radio says goodbye; needs no answer of this service."""

    SERVICE = Service.RRS
    OPCODE = 0x0001
    LAYOUT = layout(ADDRESS)

    radio: RadioAddress


@dataclass(frozen=True, slots=True)
class OnlineCheck(Message):
    """Our question whether a radio can be reached."""

    SERVICE = Service.RRS
    OPCODE = 0x0002
    LAYOUT = layout(ADDRESS)

    radio: RadioAddress


@dataclass(frozen=True, slots=True)
class Registration(Message):
    """A radio switched on, or renews before its period ends."""

    SERVICE = Service.RRS
    OPCODE = 0x0003
    LAYOUT = layout(ADDRESS)

    radio: RadioAddress


@dataclass(frozen=True, slots=True)
class RegistrationAnswer(Message):
    """Our answer to a registration."""

    SERVICE = Service.RRS
    OPCODE = 0x0080
    LAYOUT = layout(ADDRESS, U8, U32)

    radio: RadioAddress
    result: int
    "A `RegistrationResult`."
    renew_s: int
    "The radio registers again within it, 1..65534 s."


@dataclass(frozen=True, slots=True)
class OnlineCheckAnswer(Message):
    SERVICE = Service.RRS
    OPCODE = 0x0082
    LAYOUT = layout(ADDRESS, U8)

    radio: RadioAddress
    state: int
    "A `Presence`."


MESSAGES = (Deregistration, OnlineCheck, Registration, RegistrationAnswer, OnlineCheckAnswer)
