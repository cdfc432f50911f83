"""All decoders that are fuzzed: a new one is a `Case` of its owner's family."""

from typing import Final

from tests.radio_gateway.fuzzing.adapters import ADAPTERS
from tests.radio_gateway.fuzzing.dmr import DMR
from tests.radio_gateway.fuzzing.harness import Family
from tests.radio_gateway.fuzzing.homebrew import HOMEBREW
from tests.radio_gateway.fuzzing.hytera import HYTERA
from tests.radio_gateway.fuzzing.mototrbo import MOTOTRBO
from tests.radio_gateway.fuzzing.serial import KENWOOD, MMDVM, NMEA, TAIT

_ALL: Final = (DMR, HOMEBREW, HYTERA, MOTOTRBO, MMDVM, KENWOOD, TAIT, NMEA, ADAPTERS)
FAMILIES: Final[dict[str, Family]] = {family.name: family for family in _ALL}
