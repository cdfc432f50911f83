"""A part of the map."""

from dataclasses import dataclass

from dispatch.errors import InvalidRequestError


@dataclass(frozen=True, slots=True)
class Area:
    """Between two parallels and two meridians, borders included; WGS 84, decimal degrees."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        """Raises InvalidRequestError: turned round, as it would be across the 180th meridian."""
        if self.south > self.north or self.west > self.east:
            raise InvalidRequestError(
                "south must not be above north, nor west beyond east; "
                "ask for an area across the 180th meridian in two parts."
            )
