"""Damaged traffic in all roles: nothing raises, nothing takes long, nobody else's word counts.

Signatures and checksums are mended after the damage, so that it gets behind them.
"""

import gc
import hashlib
import hmac
import os
import random
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from radio_gateway.adapters._homebrew_packets import TextConfig
from radio_gateway.adapters.homebrew import HomebrewMaster
from radio_gateway.adapters.homebrew_peer import HomebrewPeer, PeerConfig
from radio_gateway.adapters.openbridge import BridgeConfig, OpenBridge
from radio_gateway.domain.commands import CallAlert, RadioCheck, SendText
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.ports import Adapter, Peer
from radio_gateway.protocols.dmr.air import Channel, Parties
from radio_gateway.protocols.dmr.burst import build_data
from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.link_control import GpsInfo
from radio_gateway.protocols.dmr.sending import status_bursts, text_bursts
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.homebrew.master import Address
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.adapters.homebrew_network import (
    LIEPAJA,
    PASSPHRASES,
    PEERS,
    Network,
    moment,
)

QUICK, LONG = 3000, 200_000
COUNT_VARIABLE = "SARDZE_FUZZ"
SLOWEST_S = 0.05
UPSTREAM = Peer("main", "10.0.0.9", 62031)
PATROL, TALKGROUP, DISPATCHER = 2460012, 24601, 2460001
SECRET = "a passphrase of the tests"
MASKS = {
    DataType.CSBK: CrcMask.CSBK,
    DataType.DATA_HEADER: CrcMask.DATA_HEADER,
    DataType.PI_HEADER: CrcMask.PI_HEADER,
    DataType.RATE_12_DATA: CrcMask.NONE,
}


def traffic() -> list[bytes]:
    """What a repeater says in half a minute, its login included."""
    network, seen = Network(), []

    def tap(datagrams: list[bytes]) -> list[bytes]:
        seen.extend(datagrams)
        return datagrams

    network.path = tap
    network.log_in(LIEPAJA)
    repeater = network.repeaters[LIEPAJA]
    place = GpsInfo(GeoPoint(56.511, 21.014), 20.0)
    repeater.talk(
        PATROL,
        TALKGROUP,
        Speech(duration_s=4.0, alias="PATROL 12", position=place, emergency=True),
        now=0.0,
    )
    repeater.emergency_alarm(PATROL, TALKGROUP, now=6.0, slot=2)
    parties, channel = Parties(DISPATCHER, PATROL), Channel(7)
    for confirmed in (False, True):
        bursts = text_bursts("Esmu klāt", parties, channel, confirmed=confirmed)
        repeater.send(bursts, PATROL, DISPATCHER, now=10.0)
    repeater.send(status_bursts(5, parties, channel), PATROL, DISPATCHER, now=14.0)
    network.run(30.0)
    return seen


def master() -> Adapter:
    network = Network(changes={"texts": TextConfig(source=DISPATCHER)})
    network.log_in(LIEPAJA)
    network.master.events()
    return network.master


def peer() -> Adapter:
    rng = random.Random(1)
    configuration = Configuration(repeater_id=LIEPAJA, colour_code=7)
    found = HomebrewPeer(
        PeerConfig(
            name="up",
            network="dmr",
            master=Address(UPSTREAM.host, UPSTREAM.port),
            configuration=configuration,
            passphrase=PASSPHRASES[LIEPAJA],
            texts=TextConfig(source=DISPATCHER),
        ),
        entropy=lambda: rng.randbytes(4),
    )
    found.opened(moment(0.0))
    for content in (bytes(4), LIEPAJA.to_bytes(4, "big"), LIEPAJA.to_bytes(4, "big")):
        found.feed(b"RPTACK" + content, UPSTREAM, moment(0.0))
    return found


def bridge() -> Adapter:
    server = Address(UPSTREAM.host, UPSTREAM.port)
    found = OpenBridge(BridgeConfig(name="b", network="dmr", server=server, passphrase=SECRET))
    found.opened(moment(0.0))
    return found


def signed(datagram: bytes) -> bytes:
    octets = datagram[:53]
    return octets + hmac.new(SECRET.encode(), octets, hashlib.sha1).digest()


def same(datagram: bytes) -> bytes:
    return datagram


def forged_block(rng: random.Random) -> bytes:
    """A burst whose block is random and whose checksums are right."""
    kind, mask = rng.choice(list(MASKS.items()))
    body = bytearray(rng.randbytes(10))
    if kind is DataType.CSBK:  # opcodes and makers that are known, more often than not
        body[0] = rng.choice((0xA7, 0x80 | rng.randrange(64)))
        body[1] = rng.choice((0, 0, 0x10, 0x68, rng.randrange(256)))
    burst = build_data(Sync.BS_DATA, SlotType(7, kind), seal(bytes(body), mask))
    return DmrFrame(
        sequence=rng.randrange(256), source=PATROL, target=TALKGROUP, repeater_id=LIEPAJA,
        slot=rng.choice((1, 2)), group=rng.random() < 0.5, frame_type=FrameType.DATA_SYNC,
        detail=kind, stream=rng.randbytes(4), burst=burst, bit_errors=0,
    ).build()  # fmt: skip


def damaged(datagram: bytes, rng: random.Random) -> bytes:
    octets = bytearray(datagram)
    for _ in range(rng.randrange(1, 8)):
        octets[rng.randrange(4, len(octets))] ^= 1 << rng.randrange(8)
    chance = rng.random()
    if chance < 0.1:
        del octets[rng.randrange(len(octets)) :]
    elif chance < 0.15:
        octets += rng.randbytes(rng.randrange(1, 40))
    return bytes(octets)


def fuzz(adapter: Adapter, sender: Peer, mend: Callable[[bytes], bytes], count: int) -> float:
    """Seconds of processor time that the slowest datagram took."""
    rng, seeds = random.Random(count), traffic()
    slowest, now = 0.0, 1.0
    stray = replace(sender, host="10.9.9.9")
    gc.collect()
    gc.disable()
    try:
        for n in range(count):
            now += rng.choice((0.0, 0.03, 0.06, 0.06, 0.5))
            whole = rng.choice(seeds) if rng.random() < 0.9 else forged_block(rng)
            datagram = mend(damaged(whole, rng) if rng.random() < 0.8 else whole)
            at = moment(now)
            begun = time.process_time()
            adapter.feed(datagram, stray if n % 50 == 0 else sender, at)
            due = adapter.deadline()
            if due is not None and due <= now:
                adapter.expire(at)
            slowest = max(slowest, time.process_time() - begun)
            if n % 500 == 0:
                radio = RadioId("dmr", PATROL)
                adapter.command(SendText(command=str(n), text="x", radio=radio), at)
                adapter.command(CallAlert(command=f"alert {n}", radio=radio), at)
                adapter.command(RadioCheck(command=f"check {n}", radio=radio), at)
            adapter.events()
            adapter.outgoing()
            if n % 10_000 == 0:
                gc.collect()
    finally:
        gc.enable()
    return slowest


CASES = [
    pytest.param(master, PEERS[LIEPAJA], same, id="master"),
    pytest.param(peer, UPSTREAM, same, id="peer"),
    pytest.param(bridge, UPSTREAM, signed, id="bridge"),
]


@pytest.mark.parametrize(("make", "sender", "mend"), CASES)
def test_damaged_traffic_never_raises(
    make: Callable[[], Adapter], sender: Peer, mend: Callable[[bytes], bytes]
) -> None:
    assert fuzz(make(), sender, mend, QUICK) < SLOWEST_S


@pytest.mark.slow
@pytest.mark.parametrize(("make", "sender", "mend"), CASES)
def test_much_damaged_traffic_never_raises(
    make: Callable[[], Adapter], sender: Peer, mend: Callable[[bytes], bytes]
) -> None:
    """A fifth of the datagrams is whole, so that logins and packets come to their end."""
    count = int(os.environ.get(COUNT_VARIABLE, LONG))
    assert fuzz(make(), sender, mend, count) < SLOWEST_S


def test_every_prefix_of_what_a_repeater_says() -> None:
    adapter, sender = master(), PEERS[LIEPAJA]
    seeds = {datagram[:20]: datagram for datagram in traffic()}
    for number, datagram in enumerate(seeds.values()):
        for length in range(len(datagram)):
            adapter.feed(datagram[:length], sender, moment(float(number)))
    adapter.events()
    assert isinstance(adapter, HomebrewMaster)
