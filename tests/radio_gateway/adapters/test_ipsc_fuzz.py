"""Damaged packets of repeater networks: counted or read, never raised, never slow."""

import gc
import json
import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from radio_gateway.adapters.hytera_ipsc import (
    HyteraIpscConfig,
    HyteraIpscMaster,
    RepeaterConfig,
)
from radio_gateway.adapters.mototrbo_ipsc import IpscConfig, IpscListener
from radio_gateway.domain.ports import Adapter, Peer
from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.link_control import seal_full_lc
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.ipsc import parse_packet
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_peering import (
    MasterRegistered,
    Mode,
    PeerEntry,
    PeerList,
    Version,
)
from radio_gateway.protocols.mototrbo.ipsc_session import Address
from radio_gateway.protocols.mototrbo.ipsc_user import BlockContent, BurstType, UserPacket
from radio_gateway.simulator.peers.hytera_ipsc import HyteraIpscRepeater
from radio_gateway.simulator.peers.mototrbo_ipsc import IpscRepeater
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.support import moment

VECTORS = Path(__file__).parents[2] / "vectors"
MASTER, OTHER = 311293, 311294
HOST = "192.0.2.1"
KEY = IpscKey("C0FFEE")
QUICK, LONG = 4_000, 200_000
SLOWEST_S = 0.05
COUNT_VARIABLE = "SARDZE_FUZZ"
"Inputs of the longest run; 5 000 000 take half an hour."

Mutate = Callable[[bytes, random.Random], tuple[str, bytes]]


def vectors(name: str) -> list[bytes]:
    entries = json.loads((VECTORS / name).read_text())
    return [bytes.fromhex(entry["hex"]) for entry in entries if "auth" not in entry["name"]]


def listener() -> IpscListener:
    """Let in by its master, with another peer, on a network with a key."""
    made = IpscListener(
        IpscConfig(name="fuzz", network="fuzz", peer_id=9, master=Address(HOST, 50000), key=KEY)
    )
    made.opened(moment())
    for packet in (
        MasterRegistered(MASTER, Mode(), 0, 1, Version()).build(),
        PeerList(MASTER, (PeerEntry(OTHER, HOST, 50001, Mode()),)).build(),
    ):
        made.feed(KEY.seal(packet), Peer("main", HOST, 50000), moment())
    return made


def mototrbo_seeds() -> list[bytes]:
    repeater = IpscRepeater(MASTER, random.Random(1))
    repeater.feed(bytes.fromhex("90000000096a0000e00c04020401"), Address(HOST, 1))
    end = repeater.talk(
        2470101, 101, Speech(duration_s=0.9, alias="LP-101", emergency=True), now=0.0
    )
    end = repeater.emergency_alarm(2470101, 101, now=end)
    end = repeater.data(2470101, 2301, 4005, b"\x00\x04\xf0\x20\x01\x31", now=end)
    repeater.report(2470101, 101, 0x40, now=end)
    repeater.expire(end + 10)
    return [data for data, _ in repeater.outgoing()] + vectors("mototrbo/ipsc.json")


def sealed_again(data: bytes, dice: random.Random) -> tuple[str, bytes]:
    """Repair what a mutation broke, so that it gets through: ids, inner checks, hash."""
    octets = bytearray(data)
    if len(octets) > 5 and dice.random() < 0.95:
        octets[1:5] = MASTER.to_bytes(4, "big")
    try:
        packet = parse_packet(bytes(octets))
    except MalformedError:
        return "main", KEY.seal(bytes(octets))
    if isinstance(packet, UserPacket) and isinstance(packet.content, BlockContent):
        block = packet.content.block[:12]
        kind = packet.content.burst_type
        mend = {
            BurstType.CSBK: lambda: seal(block[:10], CrcMask.CSBK),
            BurstType.DATA_HEADER: lambda: seal(block[:10], CrcMask.DATA_HEADER),
            BurstType.VOICE_HEADER: lambda: seal_full_lc(block[:9], DataType.VOICE_LC_HEADER),
            BurstType.TERMINATOR: lambda: seal_full_lc(block[:9], DataType.TERMINATOR_WITH_LC),
        }.get(BurstType(kind))
        if mend is not None and len(packet.content.block) == 12:
            octets[38:50] = mend()
    return "main", KEY.seal(bytes(octets))


def master() -> HyteraIpscMaster:
    """With one registered repeater."""
    made = HyteraIpscMaster(
        HyteraIpscConfig(name="fuzz", network="fuzz", repeaters=(RepeaterConfig(HOST, "a"),))
    )
    made.opened(moment())
    made.feed(b"P2P" + bytes(17) + b"\x10", Peer("p2p", HOST, 50000), moment())
    return made


def hytera_seeds() -> list[bytes]:
    repeater = HyteraIpscRepeater(random.Random(1))
    repeater.open(0.0)
    repeater.feed("p2p", b"P2P" + bytes(17) + b"\x10\x01")
    repeater.feed("p2p", b"P2P" + bytes(17) + b"\x11\xff\x01\x51\xc3")
    end = repeater.talk(
        2470101, 101, Speech(duration_s=0.9, alias="LP-101", emergency=True), now=0.0
    )
    end = repeater.emergency_alarm(2470101, 101, now=end)
    repeater.data(2470101, 2301, 3002, bytes.fromhex("11000300040a2338636303"), now=end)
    repeater.expire(end + 10)
    return [data for _, data in repeater.outgoing()] + vectors("hytera/ipsc-dmr.json")


def to_some_port(data: bytes, dice: random.Random) -> tuple[str, bytes]:
    return dice.choice(("dmr", "dmr", "dmr", "p2p", "rdac")), data


def mutated(seeds: list[bytes], dice: random.Random) -> bytes:
    octets = bytearray(dice.choice(seeds))
    for _ in range(dice.randrange(4)):
        match dice.randrange(4):
            case 0 if octets:
                octets[dice.randrange(len(octets))] ^= 1 << dice.randrange(8)
            case 1 if octets:
                octets[dice.randrange(len(octets))] = dice.randrange(256)
            case 2:
                del octets[dice.randrange(len(octets) + 1) :]
            case _:
                octets += dice.randbytes(dice.randrange(8))
    return bytes(octets)


def fuzz(adapter: Adapter, seeds: list[bytes], mend: Mutate, count: int) -> float:
    """Feed so many mutations; returns the longest processor time that one of them took."""
    dice, longest = random.Random(count), 0.0
    for number in range(count):
        endpoint, data = mend(mutated(seeds, dice), dice)
        at = moment(number * 0.02)
        begun = time.thread_time()
        adapter.feed(data, Peer(endpoint, HOST, 50000), at)
        longest = max(longest, time.thread_time() - begun)
        if number % 64 == 0:
            adapter.expire(at)
            keep_in(adapter, at.mono)
        if number % 4096 == 0:
            gc.collect()
        adapter.events()
        adapter.outgoing()
    return longest


def keep_in(adapter: Adapter, now: float) -> None:
    """Mutations say goodbye or stay away too long; let the peer in again."""
    if isinstance(adapter, IpscListener):
        packet = MasterRegistered(MASTER, Mode(), 0, 1, Version()).build()
        adapter.feed(KEY.seal(packet), Peer("main", HOST, 50000), moment(now))
    else:
        adapter.feed(b"P2P" + bytes(17) + b"\x10", Peer("p2p", HOST, 50000), moment(now))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Neither kept log lines nor the collector's pauses count as time of the adapter."""
    logging.disable(logging.CRITICAL)
    gc.disable()
    yield
    gc.enable()
    logging.disable(logging.NOTSET)


CASES = [
    pytest.param(listener, mototrbo_seeds, sealed_again, id="mototrbo"),
    pytest.param(master, hytera_seeds, to_some_port, id="hytera"),
]


@pytest.mark.parametrize(("make", "seeds", "mend"), CASES)
def test_damaged_packets_never_raise(
    make: Callable[[], Adapter], seeds: Callable[[], list[bytes]], mend: Mutate
) -> None:
    assert fuzz(make(), seeds(), mend, QUICK) < SLOWEST_S


@pytest.mark.slow
@pytest.mark.parametrize(("make", "seeds", "mend"), CASES)
def test_many_damaged_packets_never_raise(
    make: Callable[[], Adapter], seeds: Callable[[], list[bytes]], mend: Mutate
) -> None:
    count = int(os.environ.get(COUNT_VARIABLE, LONG))
    assert fuzz(make(), seeds(), mend, count) < SLOWEST_S
