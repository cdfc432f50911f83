"""Any octets through the adapters of serial radios: no crash, no open call, no slow frame."""

import json
import os
import random
import time
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.adapters._mmdvm_config import ModemConfig
from radio_gateway.adapters._tait_config import TaitConfig
from radio_gateway.adapters.mmdvm_modem import ModemHost
from radio_gateway.adapters.tait import TaitBase
from radio_gateway.domain.events import CallEnded, CallStarted, EmergencyRaised, LinkHealth
from radio_gateway.domain.ports import Adapter, Peer
from radio_gateway.protocols.mmdvm.configuration import Configuration
from tests.fakes.mmdvm_modem import MmdvmModem, burst, framed
from tests.fakes.tait_radio import packed
from tests.radio_gateway.support import moment

MUTATIONS = int(os.environ.get("SARDZE_FUZZ", "200000"))
SLOWEST_S = 0.05
VECTORS = Path(__file__).parents[2] / "vectors"
BURSTS = [
    bytes.fromhex(vector["hex"])
    for vector in json.loads((VECTORS / "dmr/bursts.json").read_text())
    if len(vector["hex"]) == 66
]
RINGS = ["00010FF500-5501", "00100FF5501", "0200005", "14000FF5501", "00000FF12340012"]
TEXTS = ["Labas", "$GPRMC,120001,A,5521.0000,N,02129.4000,E,010.0,090.0,010326,,,A*7F", ""]


class Feeder:
    """Feeds an adapter, lets time pass, and keeps count of what must balance."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.mono = 0.0
        self.slowest = 0.0
        self.open: set[str] = set()
        self.alarms = 0
        adapter.opened(moment(0))

    def feed(self, data: bytes) -> None:
        began = time.process_time()
        self.adapter.feed(data, Peer("serial"), moment(self.mono))
        self.slowest = max(self.slowest, time.process_time() - began)
        self.take()

    def wait(self, seconds: float) -> None:
        end = self.mono + seconds
        while (due := self.adapter.deadline()) is not None and due <= end:
            self.mono = max(self.mono, due)
            self.adapter.expire(moment(self.mono))
            self.take()
        self.mono = end

    def take(self) -> None:
        for event in self.adapter.events():
            match event:
                case CallStarted():
                    self.open.add(event.call)
                case CallEnded():
                    self.open.discard(event.call)
                case EmergencyRaised():
                    self.alarms += 1
                case LinkHealth():
                    assert event.malformed >= 0

    def close(self) -> None:
        self.adapter.closed("end", moment(self.mono))
        self.take()
        assert self.open == set()
        assert self.adapter.deadline() is None


def mutated(chance: random.Random, octets: bytes) -> bytes:
    found = bytearray(octets)
    for _ in range(chance.randint(0, 3)):
        place = chance.randrange(len(found) + 1)
        found[place : place + chance.randint(0, 1)] = chance.randbytes(chance.randint(0, 2))
    return bytes(found)


def tait_octets(chance: random.Random) -> bytes:
    """A packet whose parameters are damaged and whose checksum is right, or the other way."""
    ident = chance.choice("srpemnvjdz")
    text = chance.choice(RINGS if ident == "r" else TEXTS if ident == "s" else ["05", "003", "1F0"])
    parameters = mutated(chance, text.encode()).decode("latin-1")[:255]
    octets = packed(ident, parameters) + chance.choice((b".", b"", b".."))
    return mutated(chance, octets) if chance.random() < 0.2 else octets


def modem_octets(chance: random.Random) -> bytes:
    octets = bytearray(chance.choice(BURSTS))
    for _ in range(chance.choice((0, 0, 1, 3, 20))):
        octets[chance.randrange(33)] ^= 1 << chance.randrange(8)
    control = chance.choice(
        (0x20, 1, 2, 3, 4, 5, 0x41, 0x42, 0x43, 0x46, 0x47, chance.randrange(256))
    )
    frame: Any = burst(chance.choice((1, 2)), control, bytes(octets))
    if chance.random() < 0.1:
        frame = framed(chance.randrange(256), chance.randbytes(chance.randrange(40)))
    return mutated(chance, frame) if chance.random() < 0.1 else frame


def fuzz_tait(rounds: int, seed: int) -> Feeder:
    chance = random.Random(seed)
    config = TaitConfig(
        name="fuzz", network="fuzz", radio=1, fleet="1234", emergency_statuses=frozenset({5})
    )
    feeder = Feeder(TaitBase(config))
    for _ in range(rounds):
        feeder.feed(tait_octets(chance))
        feeder.wait(chance.choice((0.0, 0.05, 1.0)))
    return feeder


def fuzz_modem(rounds: int, seed: int) -> Feeder:
    chance = random.Random(seed)
    modem = MmdvmModem()
    feeder = Feeder(
        ModemHost(
            ModemConfig(
                name="fuzz",
                network="fuzz",
                modem=Configuration(colour_code=1),
                transmit=True,
                radio=99,
            )
        )
    )
    for _ in range(rounds):
        feeder.wait(0.06)
        for sent in feeder.adapter.outgoing():
            feeder.feed(modem.answer(sent.data))
        feeder.feed(modem_octets(chance))
    return feeder


@pytest.mark.parametrize("fuzz", [fuzz_tait, fuzz_modem])
def test_a_few_thousand_damaged_frames(fuzz: Any) -> None:
    feeder = fuzz(2000, 41)
    feeder.close()
    assert feeder.slowest < SLOWEST_S


@pytest.mark.slow
@pytest.mark.parametrize("fuzz", [fuzz_tait, fuzz_modem])
def test_very_many_damaged_frames(fuzz: Any) -> None:
    rounds = MUTATIONS if fuzz is fuzz_tait else MUTATIONS // 4  # a burst costs four packets
    feeder = fuzz(rounds, 43)
    feeder.close()
    assert feeder.slowest < SLOWEST_S
    assert feeder.alarms or fuzz is fuzz_modem
