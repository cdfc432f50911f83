"""`kind = "tait"`: a Tait mobile radio as base, by CCDI on a serial port."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from radio_gateway.adapters._tait_config import TaitConfig
from radio_gateway.adapters.kinds.base import (
    NAME,
    AdapterKind,
    Entropy,
    SerialSettings,
    serial_endpoints,
)
from radio_gateway.adapters.tait import TaitBase
from radio_gateway.domain.ids import MAX_NUMBER

_IDENTITY: Final = r"^[0-9A-Z-]{1,32}$"


class TaitSettings(SerialSettings):
    """A TM8100 or TM8200 whose data port is wired to this machine, in command mode."""

    kind: Literal["tait"] = Field(description="Tait radio as base, on a serial port.")
    radio: int = Field(
        ge=1, le=MAX_NUMBER, description="Number of the base radio itself; its emergency key is it."
    )
    fleet: str = Field(
        default="0000",
        pattern=r"^[0-9A-Z]{0,7}$",
        description="What the eight characters of every data identity begin with; the digits "
        "behind it are the radio's number.",
    )
    identities: Mapping[
        Annotated[str, Field(pattern=_IDENTITY)], Annotated[int, Field(ge=1, le=MAX_NUMBER)]
    ] = Field(
        default={},
        description="Selcall or data identities that do not hold the radio's number, and it.",
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
        description="Talkgroup that group calls belong to, since the radio names none.",
    )
    statuses: Mapping[Annotated[int, Field(ge=0, le=99)], str] = Field(
        default={}, description="Meaning of status numbers, as programmed into the radios."
    )
    emergency_statuses: frozenset[Annotated[int, Field(ge=0, le=99)]] = Field(
        default=frozenset(), description="Status numbers that radios send as emergency."
    )
    lead_in_ms: int = Field(
        default=100,
        ge=20,
        le=5100,
        description="Milliseconds of carrier before a message; more through a repeater.",
    )
    check_every_s: float = Field(
        default=10.0,
        ge=1,
        le=300,
        description="Seconds of silence after which the radio is asked whether it is there.",
    )

    @model_validator(mode="after")
    def _numbers_differ(self) -> Self:
        numbers = list(self.identities.values())
        data = [number for name, number in self.identities.items() if len(name) == 8]
        if len(set(data)) < len(data):
            raise ValueError("one data identity of eight characters for each radio number")
        if self.radio in numbers:
            raise ValueError("the base radio's own number for no other radio")
        return self


def _build(settings: TaitSettings, _: Entropy) -> TaitBase:
    return TaitBase(
        TaitConfig(
            name=settings.name,
            network=settings.network,
            radio=settings.radio,
            fleet=settings.fleet,
            identities=settings.identities,
            site=settings.site,
            talkgroup=settings.talkgroup,
            statuses=settings.statuses,
            emergency_statuses=settings.emergency_statuses,
            lead_in_ms=settings.lead_in_ms,
            check_every_s=settings.check_every_s,
        )
    )


KIND: Final = AdapterKind(TaitBase.CAPABILITIES, TaitSettings, _build, serial_endpoints)
