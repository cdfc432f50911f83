"""`kind = "mmdvm-modem"`: an MMDVM modem or hot spot board on a serial port."""

from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from radio_gateway.adapters._mmdvm_config import ModemConfig
from radio_gateway.adapters.kinds.base import (
    NAME,
    AdapterKind,
    Entropy,
    SerialSettings,
    serial_endpoints,
)
from radio_gateway.adapters.mmdvm_modem import ModemHost
from radio_gateway.domain.ids import MAX_NUMBER
from radio_gateway.protocols.mmdvm.configuration import Configuration, Frequencies

_Frequency = Annotated[int, Field(ge=10_000_000, le=4_000_000_000)]
_RssiPoint = Annotated[list[int], Field(min_length=2, max_length=2)]


class ModemSettings(SerialSettings):
    """A modem that the gateway drives itself; no MMDVMHost may use it at the same time."""

    kind: Literal["mmdvm-modem"] = Field(description="MMDVM modem on a serial port.")
    baud: int = Field(
        default=115_200, ge=300, le=921_600, description="Line speed in bit/s; newer boards 460800."
    )
    colour_code: int = Field(ge=0, le=15, description="Colour code of the channel.")
    duplex: bool = Field(
        default=True, description="Two frequencies and both timeslots; false: simplex, timeslot 2."
    )
    rx_frequency_hz: _Frequency | None = Field(
        default=None, description="Receive frequency in Hz, for boards that tune themselves."
    )
    tx_frequency_hz: _Frequency | None = Field(
        default=None, description="Transmit frequency in Hz; goes with rx_frequency_hz."
    )
    rf_level: int = Field(
        default=255, ge=0, le=255, description="Transmit power of a hot spot, 0..255."
    )
    rx_invert: bool = Field(default=False, description="Whether the receiver's signal is inverted.")
    tx_invert: bool = Field(
        default=False, description="Whether the transmitter's signal is inverted."
    )
    ptt_invert: bool = Field(default=False, description="Whether the transmit switch is inverted.")
    tx_delay_ms: int = Field(
        default=100,
        ge=0,
        le=500,
        description="Milliseconds that the transmitter needs to come up, in steps of 10.",
    )
    rx_level: float = Field(default=50.0, ge=0, le=100, description="Receive level in percent.")
    tx_level: float = Field(default=50.0, ge=0, le=100, description="Transmit level in percent.")
    rx_dc_offset: int = Field(default=0, ge=-128, le=127, description="Receive offset, -128..127.")
    tx_dc_offset: int = Field(default=0, ge=-128, le=127, description="Transmit offset, -128..127.")
    dmr_delay: int = Field(
        default=0, ge=0, le=255, description="Delay of the receiver in samples, by calibration."
    )
    rssi: tuple[_RssiPoint, ...] = Field(
        default=(),
        description="Calibration of the signal strength: pairs of raw value and dBm, rising; "
        "without it no signal strength is shown.",
    )
    site: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        pattern=NAME,
        description="Name of the site, for dispatchers.",
    )
    hang_time_s: float = Field(
        default=3.0,
        ge=0,
        le=30,
        description="Seconds after a transmission within which the next one belongs to it.",
    )
    transmit: bool = Field(
        default=False,
        description="Whether the gateway may key the transmitter for texts, call alerts and radio "
        "checks; your licence has to allow it.",
    )
    radio: int | None = Field(
        default=None,
        ge=1,
        le=MAX_NUMBER,
        description="Number that the gateway sends from; needed to transmit. Radios that write to "
        "it are told when their text is stored.",
    )
    slot: Literal[1, 2] = Field(default=1, description="Timeslot that the gateway sends on.")
    tx_hang_s: float = Field(
        default=4.0,
        ge=0,
        le=60,
        description="Seconds that a duplex transmitter stays on after the last burst.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.rx_frequency_hz is None) != (self.tx_frequency_hz is None):
            raise ValueError("rx_frequency_hz and tx_frequency_hz together, or neither")
        if self.transmit and self.radio is None:
            raise ValueError("radio, the number to send from, where transmit is true")
        raws = [point[0] for point in self.rssi]
        if any(low >= high for low, high in pairwise(raws)):
            raise ValueError("raw values of rssi that rise from pair to pair")
        return self


def _build(settings: ModemSettings, _: Entropy) -> ModemHost:
    frequencies = None
    if settings.rx_frequency_hz is not None and settings.tx_frequency_hz is not None:
        rx_hz, tx_hz = settings.rx_frequency_hz, settings.tx_frequency_hz
        frequencies = Frequencies(rx_hz, tx_hz, settings.rf_level)
    modem = Configuration(
        colour_code=settings.colour_code,
        simplex=not settings.duplex,
        rx_invert=settings.rx_invert,
        tx_invert=settings.tx_invert,
        ptt_invert=settings.ptt_invert,
        tx_delay_ms=settings.tx_delay_ms,
        rx_level=settings.rx_level,
        tx_level=settings.tx_level,
        rx_dc_offset=settings.rx_dc_offset,
        tx_dc_offset=settings.tx_dc_offset,
        dmr_delay=settings.dmr_delay,
    )
    config = ModemConfig(
        name=settings.name,
        network=settings.network,
        modem=modem,
        frequencies=frequencies,
        site=settings.site,
        hang_time_s=settings.hang_time_s,
        rssi=tuple((point[0], point[1]) for point in settings.rssi),
        transmit=settings.transmit,
        radio=settings.radio or 0,
        slot=settings.slot if settings.duplex else 2,
        tx_hang_s=settings.tx_hang_s,
    )
    return ModemHost(config)


KIND: Final = AdapterKind(ModemHost.CAPABILITIES, ModemSettings, _build, serial_endpoints)
