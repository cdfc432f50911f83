"""The quick way for usual position reports gives what the general way gives for the same octets."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from radio_gateway.adapters.hytera import HyteraBase, HyteraConfig
from radio_gateway.domain.events import Event, PositionReported
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Outgoing, Peer
from radio_gateway.protocols.hytera import quick
from radio_gateway.protocols.hytera.hdap import checksum
from tests.radio_gateway.support import moment

FOLDER = Path(__file__).parents[2] / "vectors" / "hytera"
PEER = Peer("lp1", "127.0.0.1", 30003)
GPS = b"A101500140226N5630.6600E02100.840012.090"
# published report of a radio, and the same position as the two usual kinds of report
CAPTURED = bytes.fromhex(
    "08d0030030000000820a210909413231343332343235313031354e343732372e33383439"
    "4530313931322e3130323233352e3035304903000000"
)
LIKELY = b"0123456789.NSEWAV \0:_+-e"
"Octets that a position is written with, and some that `int` and `float` would take."


def report(opcode: bytes, payload: bytes) -> bytes:
    body = opcode + len(payload).to_bytes(2, "big") + payload
    return b"\x08" + body + bytes((checksum(body), 3))


TRIGGERED = report(b"\xc0\x03", bytes.fromhex("00000001 0a2337fa") + b"00000000" + GPS)
CONDITION = report(b"\xd0\x03", bytes.fromhex("00000001 0a2337fa") + GPS)
USUAL = [CAPTURED, TRIGGERED, CONDITION, b"\x88" + CONDITION[1:]]


def vectors() -> list[bytes]:
    return [
        bytes.fromhex(entry["hex"])
        for name in ("hdap", "hstrp")
        for entry in json.loads((FOLDER / f"{name}.json").read_text())
    ]


def through(frames: list[bytes]) -> list[tuple[list[Event], list[Outgoing]]]:
    """What a base makes of each frame, in a session where the frame has one."""
    config = HyteraConfig(name="h", network="n", peers=frozenset({PEER.host}), dispatcher_id=1)
    base = HyteraBase(config)
    base.opened(moment())
    found = []
    for number, frame in enumerate(frames):
        base.feed(frame, PEER, Moment(moment().mono + number // 10, moment().utc))
        found.append((base.events(), base.outgoing()))
    return found


def check_both_ways(frames: list[bytes], monkeypatch: pytest.MonkeyPatch) -> int:
    """Compare frame by frame; returns how many positions there were."""
    quickly = through(frames)
    with monkeypatch.context() as patch:
        patch.setattr(quick, "read", lambda _: None)
        generally = through(frames)
    for frame, one, other in zip(frames, quickly, generally, strict=True):
        assert repr(one) == repr(other), frame.hex(" ")  # tells -0.0 from 0.0
    return sum(isinstance(event, PositionReported) for events, _ in quickly for event in events)


def damaged(rng: random.Random) -> bytes:
    """A usual report with a few other octets, its checksum mostly set right."""
    data = bytearray(rng.choice(USUAL))
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data))
        data[at] = rng.choice(LIKELY) if rng.random() < 0.8 else rng.randrange(256)
    if rng.random() < 0.1:
        del data[rng.randrange(len(data)) :]
    size = int.from_bytes(data[3:5], "big")
    if rng.random() < 0.9 and len(data) > size + 5:
        data[5 + size] = checksum(bytes(data[1 : 5 + size]))
    return bytes(data)


def mutants(count: int) -> Iterator[bytes]:
    rng = random.Random(20260214)
    return (damaged(rng) for _ in range(count))


@pytest.mark.parametrize("frame", USUAL)
def test_usual_reports_are_read_quickly(frame: bytes) -> None:
    assert quick.read(frame) is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"A1015", b"V1015"),  # not valid
        (b"A101500", b"A\0\0\0\0\0\0"),  # no time
        (b"N56", b"N90"),
        (b"E021", b"E180"),
        (b"30.66", b"60.66"),
        (b"30.66", b"30_66"),
        (b"\x23\x37\xfa", b"\0\0\0"),  # radio number 0
    ],
)
def test_others_are_left_to_the_general_way(before: bytes, after: bytes) -> None:
    assert CONDITION.count(before) == 1
    payload = CONDITION[5:-2].replace(before, after)
    assert quick.read(report(b"\xd0\x03", payload)) is None


def test_a_wrong_checksum_is_left_to_the_general_way() -> None:
    assert quick.read(CONDITION[:-2] + bytes((CONDITION[-2] ^ 1, 3))) is None


def test_all_vectors_give_the_same_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = vectors()
    assert check_both_ways(USUAL + frames + frames[::-1], monkeypatch) >= 3


def test_damaged_reports_give_the_same_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_both_ways(list(mutants(5_000)), monkeypatch) > 1_000


@pytest.mark.slow
def test_100_000_damaged_reports_give_the_same_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = list(mutants(100_000))
    assert check_both_ways(frames, monkeypatch) > 20_000
    assert sum(quick.read(frame) is not None for frame in frames) > 20_000
