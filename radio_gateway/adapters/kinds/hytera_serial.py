"""`kind = "hytera-serial"`: a Hytera radio as base, on a serial port."""

from typing import Final, Literal

from pydantic import Field

from radio_gateway.adapters.hytera import HyteraConfig
from radio_gateway.adapters.hytera_serial import HyteraSerial
from radio_gateway.adapters.kinds.base import (
    NAME,
    AdapterKind,
    Entropy,
    SerialSettings,
    serial_endpoints,
)


class HyteraSerialSettings(SerialSettings):
    """A Hytera mobile or portable whose data port is wired to this machine."""

    kind: Literal["hytera-serial"] = Field(description="Hytera radio as base, on a serial port.")
    baud: int = Field(default=115_200, ge=300, le=921_600, description="Line speed in bit/s.")
    site: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        pattern=NAME,
        description="Name of the site, for dispatchers.",
    )
    dispatcher_id: int = Field(
        ge=1, le=0xFF_FFFF, description="Radio number that the dispatcher answers to."
    )
    registration_period_s: int = Field(
        default=1800,
        ge=30,
        le=86_400,
        description="Seconds after which radios are told to register again.",
    )
    position_interval_s: int | None = Field(
        default=None,
        ge=5,
        le=86_400,
        description="Seconds between position reports asked of every radio that registers.",
    )
    subnet: int = Field(
        default=10, ge=1, le=255, description="First octet of the addresses of the radios."
    )


def _build(settings: HyteraSerialSettings, _: Entropy) -> HyteraSerial:
    return HyteraSerial(
        HyteraConfig(
            name=settings.name,
            network=settings.network,
            peers=frozenset(),
            site=settings.site,
            registration_period_s=settings.registration_period_s,
            position_interval_s=settings.position_interval_s,
            dispatcher_id=settings.dispatcher_id,
            subnet=settings.subnet,
        )
    )


KIND: Final = AdapterKind(HyteraSerial.CAPABILITIES, HyteraSerialSettings, _build, serial_endpoints)
