"""Other numbers, places, texts and addresses for the real ones; equal for equal.

Each new thing gets the next of its sort, so the substitutes tell nothing but the order of first
appearance: no key that could be lost, and no shape of a track to lay over a map.
"""

from collections import defaultdict
from typing import Final

from radio_gateway.domain.geo import GeoPoint

EVERYBODY: Final = 0xFF_FFFF
_GRID: Final = 1000
_STEP_DEG: Final = 0.01
_ORIGIN_DEG: Final = 5.0
"In the Gulf of Guinea: far from any road."
_WORDY: Final = 12
"Shorter texts have no room for a word and a number."
_FULL_TURN: Final = 3600
"In tenths of a degree."
_HOSTS: Final = 0xC612_0000
"198.18.0.0/15, the addresses for tests (RFC 2544)."


def _fineness(tenths: int) -> str:
    """Which of the formats can write a course."""
    steps = {"22.5": 225, "2": 20, "1": 10}
    return " ".join(name for name, step in steps.items() if tenths % step == 0)


def _courses() -> dict[str, list[int]]:
    """By fineness: all courses of a turn, neighbours far from each other."""
    found: dict[str, list[int]] = defaultdict(list)
    for n in range(1, _FULL_TURN):
        tenths = n * 1373 % _FULL_TURN  # 1373 is a prime
        found[_fineness(tenths)].append(tenths)
    return found


_COURSES: Final = _courses()


class Pseudonyms:
    """What stands for what in one bundle."""

    def __init__(self) -> None:
        self._given: dict[str, dict[object, int]] = {}

    def number(self, value: int) -> int:
        """Another number with as many digits for a radio, talkgroup or base station.

        Some protocols write numbers as digits: so no message gets longer. 0 and the all-call
        number stay.
        """
        if value in (0, EVERYBODY):
            return value
        digits = len(str(value))
        least = int("1".ljust(digits, "0"))
        return least + self._order(f"number of {digits} digits", value)

    def within(self, value: object, sort: str, first: int, last: int) -> int:
        """Another number of a smaller range.

        Raises:
            ValueError: more of them than there are numbers in the range.
        """
        number = first + self._order(sort, value)
        if number > last:
            raise ValueError(f"more than {last - first + 1} numbers of the sort {sort}")
        return number

    def place(self, point: GeoPoint) -> GeoPoint:
        """Another place; a metre away in truth may be a thousand here."""
        row, column = divmod(self._order("place", point), _GRID)
        return GeoPoint(_ORIGIN_DEG + row % _GRID * _STEP_DEG, _ORIGIN_DEG + column * _STEP_DEG)

    def course(self, degrees: float) -> float:
        """Another direction of travel; 0 stays.

        With the true one and the speed a track could be drawn, and laid over a map. Formats write
        it in steps of 0.1, 1, 2 or 22.5 degrees: what each of them can write, it still can.
        """
        tenths = round(10 * degrees)
        if not 0 < tenths < _FULL_TURN:
            return degrees
        pool = _COURSES[_fineness(tenths)]
        return pool[self._order(f"course {_fineness(tenths)}", degrees) % len(pool)] / 10

    def height(self, metres: float) -> float:
        """Another altitude in whole metres; 0 stays."""
        return float(self._order("height", metres) + 1) if metres else metres

    def text(self, text: str, size: int | None = None) -> str:
        """Other ASCII letters of `size`, else of the same number of UTF-16 units."""
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2 if size is None else size
        if not text or not units:
            return ""
        if units < _WORDY:
            return _letters(self._order(f"text of {units}", text), units)
        return f"text {self._order('text', text) + 1} ".ljust(units, "x")[:units]

    def octets(self, octets: bytes) -> bytes:
        """As many other octets for what nobody can read."""
        size = len(octets)
        order = self._order(f"{size} octets", octets) + 1
        return order.to_bytes(size + 4, "big")[4:]

    def host(self, address: str) -> str:
        """Another IPv4 address; an empty one (a serial line) stays."""
        if not address:
            return address
        number = _HOSTS + 1 + self._order("host", address)
        return ".".join(str(octet) for octet in number.to_bytes(4, "big"))

    def name(self, sort: str, name: str) -> str:
        """`link 1` for the first link."""
        return f"{sort} {self._order(sort, name) + 1}"

    def _order(self, sort: str, value: object) -> int:
        given = self._given.setdefault(sort, {})
        return given.setdefault(value, len(given))


def _letters(order: int, size: int) -> str:
    """As a number of base 26; more texts than there are of that size begin again."""
    letters = ""
    for _ in range(size):
        order, letter = divmod(order, 26)
        letters = chr(ord("a") + letter) + letters
    return letters
