"""How Kenwood radios write who they are. One number on three systems is three radios."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from radio_gateway.protocols.errors import MalformedError


class IdForm(StrEnum):
    FLEETSYNC = "fleetsync"
    "Fleet 100..349 and unit 1000..4999; seven digits in frames."
    LETTER5 = "letter5"
    "`U` and five digits: NXDN, 1..65519."
    LETTER8 = "letter8"
    "`U` and eight digits: DMR, 1..16776415."
    DIGITS9 = "digits9"
    "Nine digits without a letter; the number is taken as it stands."


FLEETS: Final = range(100, 350)
FLEET_UNITS: Final = range(1000, 5000)
NXDN_UNITS: Final = range(1, 65_520)
DMR_UNITS: Final = range(1, 16_776_416)

_SEVEN: Final = re.compile(r"(\d{3})(\d{4})", re.ASCII)
_FORMS: Final = (
    (re.compile(r"U(\d{5})", re.ASCII), IdForm.LETTER5, NXDN_UNITS),
    (re.compile(r"U(\d{8})", re.ASCII), IdForm.LETTER8, DMR_UNITS),
    (re.compile(r"(\d{9})", re.ASCII), IdForm.DIGITS9, range(1, 1_000_000_000)),
)


@dataclass(frozen=True, slots=True)
class UnitId:
    """One radio, as one system numbers it."""

    form: IdForm
    number: int
    "Unit number; for FleetSync without the fleet."
    fleet: int | None = None
    "FleetSync only."

    @classmethod
    def fleetsync(cls, fleet: str, unit: str) -> Self:
        """Read the two fields of a sentence.

        Raises:
            MalformedError: not digits, or outside the ranges.
        """
        match = _SEVEN.fullmatch(fleet + unit)
        if not match or int(match[1]) not in FLEETS or int(match[2]) not in FLEET_UNITS:
            raise MalformedError("no FleetSync id", f"{fleet},{unit}".encode("latin-1", "replace"))
        return cls(IdForm.FLEETSYNC, int(match[2]), int(match[1]))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id of one piece: seven digits, `U00103`, `U00001205` or nine digits.

        Raises:
            MalformedError: none of these forms, or outside the range of its system.
        """
        if _SEVEN.fullmatch(text):
            return cls.fleetsync(text[:3], text[3:])
        for form, kind, numbers in _FORMS:
            match = form.fullmatch(text)
            if match and int(match[1]) in numbers:
                return cls(kind, int(match[1]))
        raise MalformedError("no unit id", text.encode("latin-1", "replace"))

    @property
    def text(self) -> str:
        """As it stands in a frame."""
        match self.form:
            case IdForm.FLEETSYNC:
                return f"{self.fleet:03d}{self.number:04d}"
            case IdForm.LETTER5:
                return f"U{self.number:05d}"
            case IdForm.LETTER8:
                return f"U{self.number:08d}"
            case IdForm.DIGITS9:
                return f"{self.number:09d}"

    @property
    def fields(self) -> str:
        """As it stands in a sentence: FleetSync takes two fields."""
        if self.form is IdForm.FLEETSYNC:
            return f"{self.fleet},{self.number}"
        return self.text
