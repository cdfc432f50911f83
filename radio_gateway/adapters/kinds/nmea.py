"""`kind = "nmea"`: one radio or receiver that sends NMEA 0183 sentences on a serial port."""

from typing import Final, Literal

from pydantic import Field

from radio_gateway.adapters.kinds.base import (
    NAME,
    AdapterKind,
    Entropy,
    SerialSettings,
    serial_endpoints,
)
from radio_gateway.adapters.nmea import NmeaConfig, NmeaTalker


class NmeaSettings(SerialSettings):
    """One talker whose sentences are the positions of one radio."""

    kind: Literal["nmea"] = Field(description="NMEA 0183 sentences on a serial port.")
    baud: int = Field(default=4800, ge=300, le=921_600, description="Line speed in bit/s.")
    radio: int = Field(
        ge=0, le=0xFF_FFFF, description="Number of the radio that the positions belong to."
    )
    site: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        pattern=NAME,
        description="Name of the site, for dispatchers.",
    )


def _build(settings: NmeaSettings, _: Entropy) -> NmeaTalker:
    return NmeaTalker(
        NmeaConfig(
            name=settings.name,
            network=settings.network,
            radio=settings.radio,
            site=settings.site,
        )
    )


KIND: Final = AdapterKind(NmeaTalker.CAPABILITIES, NmeaSettings, _build, serial_endpoints)
