"""Commands and reports between STX and ETX.

The first character tells the system: none FleetSync (seven-digit ids), `g` NEXEDGE (`U` and
five digits), `x` nine-character ids (`U` and eight digits, or nine digits).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.kenwood.ids import IdForm, UnitId
from radio_gateway.protocols.kenwood.reader import ETX, STX

SHORT_TEXT: Final = 48
"Characters of an `F` text; what is longer the radio drops without a word."
LONG_TEXT: Final = 1024
"Characters of a `G` text; documented, not yet seen. Some radios take 4096, older ones none."


class System(StrEnum):
    FLEETSYNC = "fleetsync"
    NEXEDGE = "nexedge"
    EXTENDED = "extended"


_PREFIX: Final = {System.FLEETSYNC: "", System.NEXEDGE: "g", System.EXTENDED: "x"}
_SYSTEM: Final = {
    IdForm.FLEETSYNC: System.FLEETSYNC,
    IdForm.LETTER5: System.NEXEDGE,
    IdForm.LETTER8: System.EXTENDED,
    IdForm.DIGITS9: System.EXTENDED,
}
_ID_LENGTH: Final = {System.FLEETSYNC: 7, System.NEXEDGE: 6, System.EXTENDED: 9}


class Edge(StrEnum):
    BEGIN = "begin"
    END = "end"


@dataclass(frozen=True, slots=True)
class CallerId:
    """`I1`, `I0`: a radio begins or ends a transmission; the id comes twice."""

    edge: Edge
    unit: UnitId
    repeat_equal: bool = True
    "The repetition is the only protection of this frame."
    extra: str | None = None
    "Two more digits, seen by one program; meaning unknown."

    def build(self) -> bytes:
        digit = "1" if self.edge is Edge.BEGIN else "0"
        ids = 2 * self.unit.text
        return frame(f"{prefix_of(self.unit)}I{digit}{ids}{self.extra or ''}")


@dataclass(frozen=True, slots=True)
class Identity:
    """`D` and an id: some sign of life, sort of event unknown."""

    unit: UnitId

    def build(self) -> bytes:
        return frame(f"{prefix_of(self.unit)}D{self.unit.text}")


@dataclass(frozen=True, slots=True)
class StatusFrame:
    """`xE`: status of one radio to another; four digits, else only kept (`tail`)."""

    source: UnitId
    destination: UnitId
    tail: str

    @property
    def status(self) -> int | None:
        """Six digits were seen too; nobody knows how to read those."""
        return int(self.tail) if len(self.tail) == 4 else None

    def build(self) -> bytes:
        return frame(f"xE{self.source.text}{self.destination.text}{self.tail}")


@dataclass(frozen=True, slots=True)
class Result:
    """`0` or `1`: what became of the last command; carries no id."""

    ok: bool

    def build(self) -> bytes:
        return frame("0" if self.ok else "1")


@dataclass(frozen=True, slots=True)
class TextFrame:
    """`F` (48 characters) or `G` (1024): text to one unit, a group or all."""

    system: System
    text: str
    unit: UnitId | None = None
    group: int | None = None
    "Without a unit: 0 all; NEXEDGE knows groups besides."
    long: bool = False

    @property
    def broadcast(self) -> bool:
        return self.unit is None

    def build(self) -> bytes:
        """Write the frame.

        Raises:
            ValueError: text over the length of its command, or with octets that would end the
                frame.
        """
        longest = LONG_TEXT if self.long else SHORT_TEXT
        if len(self.text) > longest or not (self.text.isascii() and self.text.isprintable()):
            raise ValueError(f"text is not up to {longest} printable ASCII characters")
        if self.unit is not None:
            address = self.unit.text
        elif self.system is System.NEXEDGE:
            address = f"G{self.group or 0:05d}"
        else:
            address = "0" * _ID_LENGTH[self.system]
        command = "G" if self.long else "F"
        return frame(f"{_PREFIX[self.system]}{command}{address}{self.text}")


@dataclass(frozen=True, slots=True)
class Poll:
    """`R3`: asks a radio for its position; that comes as a sentence of its own."""

    unit: UnitId
    extra: str | None = None
    "Sequence digits of some programs; not needed."

    def build(self) -> bytes:
        return frame(f"{prefix_of(self.unit)}R3{self.unit.text}{self.extra or ''}")


@dataclass(frozen=True, slots=True)
class UnknownFrame:
    """A body of no known form, kept for the log; incoming texts may look like this."""

    body: str


Frame: TypeAlias = CallerId | Identity | StatusFrame | Result | TextFrame | Poll | UnknownFrame

_ID: Final = {
    System.FLEETSYNC: r"\d{7}",
    System.NEXEDGE: r"U\d{5}",
    System.EXTENDED: r"(?:U\d{8}|\d{9})",
}
_CALLER: Final = {
    system: re.compile(rf"I([01])\s?({form})\s?({form})\s?(\d\d)?", re.ASCII)
    for system, form in _ID.items()
}
_IDENTITY: Final = {system: re.compile(rf"D({form})", re.ASCII) for system, form in _ID.items()}
_STATUS: Final = re.compile(rf"E({_ID[System.EXTENDED]})({_ID[System.EXTENDED]})(\d*)", re.ASCII)
_POLL: Final = {
    system: re.compile(rf"R3({form})(.*)", re.ASCII | re.DOTALL) for system, form in _ID.items()
}
_TEXT: Final = {
    System.FLEETSYNC: re.compile(r"([FG])(\d{7})(.*)", re.ASCII | re.DOTALL),
    System.NEXEDGE: re.compile(r"([FG])([UG]\d{5})(.*)", re.ASCII | re.DOTALL),
}


def parse(body: bytes) -> Frame:
    """Read what stands between STX and ETX.

    Raises:
        MalformedError: nothing at all, or a known form with an id that no radio can have.
    """
    text = body.decode("latin-1")
    if text in ("0", "1"):
        return Result(ok=text == "0")
    if not text:
        raise MalformedError("empty frame", body)
    system = next((s for s in (System.NEXEDGE, System.EXTENDED) if text[0] == _PREFIX[s]), None)
    inner = text[1:] if system else text
    return _read(system or System.FLEETSYNC, inner) or UnknownFrame(text)


def _read(system: System, inner: str) -> Frame | None:
    if match := _CALLER[system].fullmatch(inner):
        edge = Edge.BEGIN if match[1] == "1" else Edge.END
        return CallerId(edge, UnitId.parse(match[2]), match[2] == match[3], match[4])
    if match := _IDENTITY[system].fullmatch(inner):
        return Identity(UnitId.parse(match[1]))
    if match := _POLL[system].fullmatch(inner):
        return Poll(UnitId.parse(match[1]), match[2] or None)
    if system is System.EXTENDED:
        match = _STATUS.fullmatch(inner)
        return match and StatusFrame(UnitId.parse(match[1]), UnitId.parse(match[2]), match[3])
    if match := _TEXT[system].fullmatch(inner):
        return _read_text(system, long=match[1] == "G", address=match[2], text=match[3])
    return None


def _read_text(system: System, *, long: bool, address: str, text: str) -> TextFrame:
    if address.startswith("G"):
        return TextFrame(system, text, group=int(address[1:]), long=long)
    if address == "0000000":
        return TextFrame(system, text, group=0, long=long)
    return TextFrame(system, text, UnitId.parse(address), long=long)


def frame(body: str) -> bytes:
    """Put a body between STX and ETX."""
    return STX + body.encode("latin-1") + ETX


def burst(*sentences: bytes) -> bytes:
    """Put sentences, as a radio sends them, between STX and ETX."""
    return STX + b"".join(sentence + b"\r\n" for sentence in sentences) + ETX


def prefix_of(unit: UnitId) -> str:
    """Character before the command letter, by the system of the id."""
    return _PREFIX[_SYSTEM[unit.form]]
