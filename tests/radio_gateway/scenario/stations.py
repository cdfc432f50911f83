"""Every kind of link with a station for it, and the steps that its radios cannot take."""

from typing import Final

from tests.radio_gateway.scenario import burst_stations as bursts
from tests.radio_gateway.scenario import hytera_stations as hytera
from tests.radio_gateway.scenario import serial_stations as serial
from tests.radio_gateway.scenario.mototrbo_station import MototrboStation
from tests.radio_gateway.scenario.script import Station

_LISTENING: Final = ["text to the radio"]
_NOTHING: Final[list[str]] = []
_ALERT: Final = ["call alert"]

STATIONS: Final[dict[str, tuple[type[Station], list[str]]]] = {
    "homebrew master": (bursts.HomebrewRepeaterStation, _NOTHING),
    "homebrew peer": (bursts.HomebrewNetworkStation, _NOTHING),
    "openbridge": (bursts.BridgeStation, _LISTENING),
    "hytera repeater": (hytera.HyteraRepeaterStation, _ALERT),
    "hytera radio": (hytera.HyteraRadioStation, _ALERT),
    "hytera serial": (hytera.HyteraSerialStation, _ALERT),
    "hytera ipsc": (bursts.HyteraIpscStation, _LISTENING),
    "mototrbo control station": (MototrboStation, ["call", "call alert"]),
    "mototrbo ipsc": (bursts.IpscStation, _LISTENING),
    "kenwood": (
        serial.KenwoodStation,
        ["switch on", "text from the radio", "call alert", "switch off"],
    ),
    "tait": (serial.TaitStation, ["switch on", "switch off"]),
    "modem": (bursts.ModemStation, _NOTHING),
    "nmea": (
        serial.NmeaStation,
        [
            "switch on",
            "text to the radio",
            "text from the radio",
            "call",
            "call alert",
            "emergency",
            "switch off",
        ],
    ),
}
"By name: how to make the station, and which steps the script leaves out."
