"""What messages of radio and call control (RCP) have in common.

Service 0x02, all numbers little-endian. A reply's opcode is the request's low 12 bits with 0x8000;
notifications are 0xBxxx.
"""

from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.hytera.hdap import Service
from radio_gateway.protocols.hytera.message import U8, Message, layout

_RESULT_WORDS: Final = {
    0: "accepted",
    1: "channel busy",
    2: "the channel is receive only",
    3: "low battery",
    4: "transmitter fault (PLL unlocked)",
    5: "the radio did not acknowledge",
    6: "the repeater did not wake up",
    7: "no such contact",
    8: "transmission is off while the ignition is off",
    9: "transmit time is used up",
    10: "denied",
    11: "interrupted",
    12: "invalid parameters",
}


def result_words(value: int) -> str:
    """What a call or service result says (0 accepted), for the log and the dispatcher."""
    return _RESULT_WORDS.get(value, f"refused with code {value}")


@dataclass(frozen=True, slots=True)
class Rcp(Message):
    """Any of them."""

    SERVICE = Service.RCP


@dataclass(frozen=True, slots=True)
class Result(Rcp):
    """A reply that says only whether it went well."""

    LAYOUT = layout(U8)

    result: int
