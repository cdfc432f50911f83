"""The adapters, fed as `radio-gateway decode` feeds them: octets in, frames and events out.

Each event is written as JSON, as it would be for the bus. An adapter remembers: calls that one
input began end by another, or by the time that passes between them.
"""

import json
from typing import Final

from radio_gateway.decoding import Decoder, UnreadableError
from radio_gateway.protocols.errors import MalformedError
from tests.radio_gateway.fuzzing.dmr import DMR
from tests.radio_gateway.fuzzing.harness import Case, Decode, Family
from tests.radio_gateway.fuzzing.homebrew import HOMEBREW
from tests.radio_gateway.fuzzing.hytera import HYTERA
from tests.radio_gateway.fuzzing.mototrbo import MOTOTRBO
from tests.radio_gateway.fuzzing.serial import KENWOOD, MMDVM, NMEA, TAIT
from tests.radio_gateway.support import moment

RENEWED: Final = 1000
"Inputs after which a fresh adapter takes over, so that an input can be found again."
_STEP_S: Final = 0.05
_PROTOCOLS: Final = (
    # family, its case, name for the decoder
    (HOMEBREW, "network", "homebrew"),
    (HOMEBREW, "network, short", "homebrew"),
    (HOMEBREW, "bridge", "homebrew"),
    (HYTERA, "hdap", "hdap"),
    (HYTERA, "every message", "hdap"),
    (HYTERA, "hstrp", "hstrp"),
    (HYTERA, "hrnp", "hrnp"),
    (HYTERA, "ipsc", "hytera-ipsc"),
    (MOTOTRBO, "ars", "ars"),
    (MOTOTRBO, "lrrp", "lrrp"),
    (MOTOTRBO, "tms", "tms"),
    (MOTOTRBO, "battery", "battery"),
    (MOTOTRBO, "ipsc", "mototrbo-ipsc"),
    (DMR, "burst", "dmr-burst"),
    (DMR, "udp", "ipv4"),
    (KENWOOD, "stream", "kenwood"),
    (TAIT, "stream", "tait"),
    (NMEA, "lines", "nmea"),
    (MMDVM, "stream", "mmdvm"),
)


def through(protocol: str) -> Decode:
    """A reader that keeps one decoder, and with it one adapter, for many inputs."""
    decoder, taken = Decoder(), 0

    def decode(data: bytes) -> None:
        nonlocal decoder, taken
        if taken % RENEWED == 0:
            decoder = Decoder()
        taken += 1
        try:
            frames = decoder.decode(data, moment(taken % RENEWED * _STEP_S), protocol)
        except UnreadableError as refused:
            raise MalformedError("unreadable", data) from refused
        json.dumps([[frame.frame, frame.events] for frame in frames], allow_nan=False)

    return decode


def _case(family: Family, name: str, protocol: str) -> Case:
    [known] = [case for case in family.cases if case.name == name]
    return Case(
        f"{protocol}: {name}",
        known.vectors,
        through(protocol),
        known.mend,
        known.letters,
        batch=100,
    )


ADAPTERS: Final = Family("adapters", tuple(_case(*protocol) for protocol in _PROTOCOLS))
