"""What the messages of all services share: a layout, read and written in one place.

A message class is a frozen dataclass whose fields stand in wire order; `LAYOUT` names how each
is written. Octets after the known fields are kept in `rest`, so that building what was parsed
gives the same octets.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from struct import Struct
from typing import Any, ClassVar, Final, Literal, Protocol, Self, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera.hdap import Hdap, Service

ByteOrder: TypeAlias = Literal["little", "big"]

_ORDER_OF: Final = {service: service.byte_order for service in Service}


class Part(Protocol):
    """How one field is written."""

    @property
    def size(self) -> int:
        """Octets on the wire."""
        ...

    @property
    def code(self) -> str:
        """How `struct` reads it, without the byte order."""
        ...

    @property
    def finish(self) -> Callable[[Any], Any] | None:
        """Turns what `struct` gives into the field's value; None: that is the value."""
        ...

    def write(self, value: Any, order: ByteOrder) -> bytes:
        """Turn a value into exactly `size` octets."""
        ...


@dataclass(frozen=True, slots=True)
class Number:
    """An integer in the byte order of the service."""

    size: int
    signed: bool = False
    finish = None

    @property
    def code(self) -> str:
        letter = {1: "b", 2: "h", 4: "i"}[self.size]
        return letter if self.signed else letter.upper()

    def write(self, value: int, order: ByteOrder) -> bytes:
        return value.to_bytes(self.size, order, signed=self.signed)


@dataclass(frozen=True, slots=True)
class Octets:
    """Octets of unknown or opaque meaning."""

    size: int
    finish = None

    @property
    def code(self) -> str:
        return f"{self.size}s"

    def write(self, value: bytes, order: ByteOrder) -> bytes:  # noqa: ARG002 - as above
        if len(value) != self.size:
            raise ValueError(f"{len(value)} octets instead of {self.size}")
        return value


@dataclass(frozen=True, slots=True)
class Characters:
    """ASCII characters of fixed width; Latin-1 keeps octets that are none."""

    size: int

    @property
    def code(self) -> str:
        return f"{self.size}s"

    @staticmethod
    def finish(data: bytes) -> str:
        return data.decode("latin-1")

    def write(self, value: str, order: ByteOrder) -> bytes:  # noqa: ARG002 - as above
        if len(value) != self.size:
            raise ValueError(f"{value!r} is not {self.size} characters")
        return value.encode("latin-1")


@dataclass(frozen=True, slots=True)
class RadioAddress:
    """A "radio IP": subnet octet and 24-bit radio id; repeaters often write subnet 0."""

    subnet: int
    number: int
    "Radio id, or the talkgroup of a group message; the only part that tells radios apart."

    def __str__(self) -> str:
        return ".".join(str(octet) for octet in self.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> "RadioAddress":
        return cls(data[0], int.from_bytes(data[1:4], "big"))

    def to_bytes(self) -> bytes:
        return bytes((self.subnet,)) + self.number.to_bytes(3, "big")


class _Address:
    """A radio address; big-endian in every service that carries one."""

    size = 4
    code = "4s"

    @staticmethod
    @lru_cache(maxsize=8192)
    def finish(data: bytes) -> RadioAddress:
        return RadioAddress.from_bytes(data)

    def write(self, value: RadioAddress, order: ByteOrder) -> bytes:  # noqa: ARG002 - as above
        return value.to_bytes()


U8 = Number(1)
U16 = Number(2)
U32 = Number(4)
S16 = Number(2, signed=True)
S32 = Number(4, signed=True)
ADDRESS = _Address()


class Layout:
    """The parts of a message, in wire order; read by one `struct` for each byte order."""

    def __init__(self, parts: Sequence[Part]) -> None:
        codes = "".join(part.code for part in parts)
        self.parts = tuple(parts)
        self.size = sum(part.size for part in parts)
        self._structs = {"little": Struct(f"<{codes}"), "big": Struct(f">{codes}")}
        self._finishes = [
            (at, part.finish) for at, part in enumerate(parts) if part.finish is not None
        ]

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def read(self, octets: bytes, order: ByteOrder) -> list[Any]:
        """The values of the parts from the first `size` octets."""
        values = list(self._structs[order].unpack_from(octets))
        for at, finish in self._finishes:
            values[at] = finish(values[at])
        return values


def layout(*parts: Part) -> Layout:
    """Prepare the parts of a message."""
    return Layout(parts)


@dataclass(frozen=True, slots=True)
class Message:
    """Base of every message; subclasses add fields, `SERVICE`, `OPCODE` and `LAYOUT`."""

    SERVICE: ClassVar[Service]
    OPCODE: ClassVar[int]
    LAYOUT: ClassVar[Layout] = layout()

    rest: bytes = field(default=b"", kw_only=True)
    "Payload after the known fields."

    @classmethod
    def parse(cls, envelope: Hdap) -> Self:
        """Read the payload of an envelope that carries this message.

        Raises:
            MalformedError: the payload is shorter than the message.
        """
        values, rest = cls._take(cls.LAYOUT, envelope.payload)
        return cls(*values, rest=rest)

    @property
    def opcode(self) -> int:
        """Opcode on the wire, flags included."""
        return self.OPCODE

    def payload(self) -> bytes:
        """Payload octets of this message."""
        return self._put(self.LAYOUT) + self.rest

    def envelope(self, *, reliable: bool = False) -> Hdap:
        """Wrap the message for sending."""
        return Hdap(self.SERVICE, self.opcode, self.payload(), reliable=reliable)

    def build(self, *, reliable: bool = False) -> bytes:
        """Write envelope and payload."""
        return self.envelope(reliable=reliable).build()

    @classmethod
    def _take(cls, layout: Layout, payload: bytes) -> tuple[list[Any], bytes]:
        """Read the parts of a layout; returns their values and what is left."""
        if len(payload) < layout.size:
            raise MalformedError(f"{cls.__name__} is cut short", payload)
        return layout.read(payload, _ORDER_OF[cls.SERVICE]), payload[layout.size :]

    def _put(self, layout: Layout) -> bytes:
        order = self.SERVICE.byte_order
        names = [each.name for each in fields(self) if not each.kw_only]
        return b"".join(
            part.write(getattr(self, name), order)
            for name, part in zip(names, layout, strict=False)
        )


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """A message whose opcode has no layout here; kept as it came."""

    service: Service
    opcode: int
    octets: bytes

    def payload(self) -> bytes:
        return self.octets

    def envelope(self, *, reliable: bool = False) -> Hdap:
        return Hdap(self.service, self.opcode, self.octets, reliable=reliable)

    def build(self, *, reliable: bool = False) -> bytes:
        return self.envelope(reliable=reliable).build()
