"""Kenwood ids as radios of our numbering networks, and back."""

from typing import Final

from radio_gateway.domain.ids import MAX_NUMBER, RadioId
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.kenwood.ids import (
    DMR_UNITS,
    FLEET_UNITS,
    FLEETS,
    NXDN_UNITS,
    IdForm,
    UnitId,
)

FLEET_FACTOR: Final = 10_000
"FleetSync 100-2000 is radio 1002000 of the network `.../fleetsync`."


class RadioNumbering:
    """DMR ids stand in the base's network, FleetSync and NXDN ids in networks beside it."""

    def __init__(self, network: str) -> None:
        self.dmr = network
        self.fleetsync = f"{network}/fleetsync"
        self.nxdn = f"{network}/nxdn"

    def radio(self, unit: UnitId) -> RadioId:
        """Name a unit in our terms; nine digits count as DMR.

        Raises:
            MalformedError: nine digits that do not fit 24 bits.
        """
        match unit.form:
            case IdForm.FLEETSYNC:
                return RadioId(self.fleetsync, (unit.fleet or 0) * FLEET_FACTOR + unit.number)
            case IdForm.LETTER5:
                return RadioId(self.nxdn, unit.number)
            case IdForm.LETTER8 | IdForm.DIGITS9:
                if unit.number > MAX_NUMBER:
                    raise MalformedError("unit id over 24 bits", unit.text.encode("ascii"))
                return RadioId(self.dmr, unit.number)

    def unit(self, radio: RadioId) -> UnitId | None:
        """Name a radio in Kenwood's terms; None: no radio of this base can have that number."""
        if radio.network == self.fleetsync:
            fleet, number = divmod(radio.number, FLEET_FACTOR)
            if fleet in FLEETS and number in FLEET_UNITS:
                return UnitId(IdForm.FLEETSYNC, number, fleet)
        if radio.network == self.nxdn and radio.number in NXDN_UNITS:
            return UnitId(IdForm.LETTER5, radio.number)
        if radio.network == self.dmr and radio.number in DMR_UNITS:
            return UnitId(IdForm.LETTER8, radio.number)
        return None
