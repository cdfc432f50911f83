"""Other numbers, places, texts and addresses for the real ones; equal for equal.

Each new thing gets the next of its sort, so the substitutes tell nothing but the order of first
appearance: no key that could be lost, and no shape of a track to lay over a map.
"""

from typing import Final

from radio_gateway.domain.geo import GeoPoint

FIRST: Final = 1001
"Where numbers begin that have no smaller range."
EVERYBODY: Final = 0xFF_FFFF
_GRID: Final = 1000
_STEP_DEG: Final = 0.01
_ORIGIN_DEG: Final = 5.0
"In the Gulf of Guinea: far from any road."
_HOSTS: Final = 0xC612_0000
"198.18.0.0/15, the addresses for tests (RFC 2544)."


class Pseudonyms:
    """What stands for what in one bundle."""

    def __init__(self) -> None:
        self._given: dict[str, dict[object, int]] = {}

    def number(
        self, value: int, sort: str = "radio", first: int = FIRST, last: int = EVERYBODY - 1
    ) -> int:
        """Another number for a radio, talkgroup or repeater; 0 and the all-call number stay.

        Raises:
            ValueError: more of them than there are numbers in the range.
        """
        if sort == "radio" and value in (0, EVERYBODY):
            return value
        number = first + self._order(sort, value)
        if number > last:
            raise ValueError(f"more than {last - first + 1} numbers of the sort {sort}")
        return number

    def place(self, point: GeoPoint) -> GeoPoint:
        """Another place; a metre away in truth may be a thousand here."""
        row, column = divmod(self._order("place", point), _GRID)
        return GeoPoint(_ORIGIN_DEG + row % _GRID * _STEP_DEG, _ORIGIN_DEG + column * _STEP_DEG)

    def text(self, text: str, size: int | None = None) -> str:
        """Other ASCII letters of `size`, else of the same number of UTF-16 units."""
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2 if size is None else size
        return f"text {self._order('text', text) + 1} ".ljust(units, "x")[:units] if text else text

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
