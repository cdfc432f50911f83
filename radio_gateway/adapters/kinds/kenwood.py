"""`kind = "kenwood"`: a Kenwood mobile radio as base, on a serial port."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from radio_gateway.adapters.kenwood import KenwoodBase, KenwoodConfig
from radio_gateway.adapters.kinds.base import (
    NAME,
    AdapterKind,
    Entropy,
    SerialSettings,
    serial_endpoints,
)
from radio_gateway.domain.ids import MAX_NUMBER


class KenwoodSettings(SerialSettings):
    """A FleetSync, NEXEDGE or DMR radio whose data port is wired to this machine."""

    kind: Literal["kenwood"] = Field(description="Kenwood radio as base, on a serial port.")
    family: Literal["fleetsync", "nexedge", "dmr"] = Field(
        default="nexedge", description="What the radio speaks on the air."
    )
    site: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        pattern=NAME,
        description="Name of the site, for dispatchers.",
    )
    talkgroup: int | None = Field(
        default=None,
        ge=1,
        le=MAX_NUMBER,
        description="Talkgroup that calls on this base belong to, since caller ids name none.",
    )
    statuses: Mapping[Annotated[int, Field(ge=0, le=999)], str] = Field(
        default={}, description="Meaning of status numbers, as programmed into the radios."
    )
    emergency_statuses: frozenset[Annotated[int, Field(ge=0, le=999)]] = Field(
        default=frozenset(), description="Status numbers that radios send as emergency."
    )
    emergency_on_sh: bool = Field(
        default=False, description="Whether sentences $PKLSH and $PKNSH count as emergency."
    )
    accept_bad_checksum: bool = Field(
        default=False,
        description="Whether positions with a wrong checksum are shown, marked as unverified.",
    )
    reply_timeout_s: float = Field(
        default=8.0,
        ge=1,
        le=60,
        description="Seconds that the radio has to answer a command; long texts get more.",
    )


def _build(settings: KenwoodSettings, _: Entropy) -> KenwoodBase:
    return KenwoodBase(
        KenwoodConfig(
            name=settings.name,
            network=settings.network,
            family=settings.family,
            site=settings.site,
            talkgroup=settings.talkgroup,
            statuses=settings.statuses,
            emergency_statuses=settings.emergency_statuses,
            emergency_on_sh=settings.emergency_on_sh,
            accept_bad_checksum=settings.accept_bad_checksum,
            reply_timeout_s=settings.reply_timeout_s,
        )
    )


KIND: Final = AdapterKind(KenwoodBase.CAPABILITIES, KenwoodSettings, _build, serial_endpoints)
