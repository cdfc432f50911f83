"""Any octets become a value that builds the same octets again, or a MalformedError."""

import contextlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera.frames import (
    FRAMES,
    envelope_of,
    read_frame,
    read_message,
)
from radio_gateway.protocols.hytera.hdap import Hdap, Service, checksum
from radio_gateway.protocols.hytera.hrnp import Hrnp, internet_checksum
from radio_gateway.protocols.hytera.hstrp import Hstrp
from radio_gateway.protocols.hytera.ipsc import IpscPacket, IpscPing
from radio_gateway.protocols.hytera.message import Message, RadioAddress, UnknownMessage
from radio_gateway.protocols.hytera.rtp import Rtp

FOLDER = Path(__file__).parents[3] / "vectors" / "hytera"


def frames(name: str) -> list[bytes]:
    entries = json.loads((FOLDER / f"{name}.json").read_text())
    return sorted({bytes.fromhex(entry["hex"]) for entry in entries})


def use_all(value: object) -> None:
    """Read every property, as an adapter may."""
    for name in dir(type(value)):
        if isinstance(getattr(type(value), name), property):
            getattr(value, name)


def hdap(data: bytes) -> None:
    envelope = Hdap.parse(data)
    use_all(envelope)
    assert envelope.build() == data
    message = read_message(envelope)
    use_all(message)
    for name in ("gps", "plan"):
        use_all(getattr(message, name, None))
    again = message.envelope(reliable=envelope.reliable)
    assert (again.service, again.opcode, again.payload) == (
        envelope.service,
        envelope.opcode,
        envelope.payload,
    )


def hstrp(data: bytes) -> None:
    packet = Hstrp.parse(data)
    use_all(packet)
    assert packet.build() == data
    assert Hstrp.parse(packet.acknowledgement().build()).number == packet.number
    if envelope_of(packet) is not None:
        hdap(packet.payload)


def hrnp(data: bytes) -> None:
    packet = Hrnp.parse(data)
    use_all(packet)
    assert packet.build() == data
    if envelope_of(packet) is not None:
        hdap(packet.payload)


def rtp(data: bytes) -> None:
    packet = Rtp.parse(data)
    use_all(packet)
    assert packet.build() == data


def ipsc(data: bytes) -> None:
    packet = IpscPacket.parse(data)
    use_all(packet)
    assert packet.build() == data


def ping(data: bytes) -> None:
    packet = IpscPing.parse(data)
    assert packet.build() == data
    assert packet.response().is_response


def any_frame(data: bytes) -> None:
    frame = read_frame(data)
    assert frame.build() == data
    envelope_of(frame)


READERS: dict[str, Callable[[bytes], None]] = {
    "hdap": hdap,
    "hstrp": hstrp,
    "hrnp": hrnp,
    "rtp": rtp,
    "ipsc-dmr": ipsc,
    "ipsc-ping": ping,
}


@pytest.mark.parametrize("name", READERS)
@settings(deadline=None)
@given(data=st.binary(max_size=120))
def test_any_octets_are_read_or_malformed(name: str, data: bytes) -> None:
    with contextlib.suppress(MalformedError):
        READERS[name](data)
    with contextlib.suppress(MalformedError):
        any_frame(data)


@settings(deadline=None)
@given(
    service=st.sampled_from(Service),
    opcode=st.one_of(st.sampled_from([opcode for _, opcode in FRAMES]), st.integers(0, 0xFFFF)),
    payload=st.binary(max_size=80),
)
def test_any_payload_of_any_opcode_is_read_or_malformed(
    service: Service, opcode: int, payload: bytes
) -> None:
    with contextlib.suppress(MalformedError):
        hdap(Hdap(service, opcode, payload).build())


@pytest.mark.parametrize("name", READERS)
def test_every_frame_cut_anywhere_is_read_or_malformed(name: str) -> None:
    for frame in frames(name):
        for size in range(len(frame)):
            with contextlib.suppress(MalformedError):
                READERS[name](frame[:size])


@pytest.mark.parametrize("name", ["hdap", "hstrp", "hrnp", "ipsc-ping"])
def test_every_frame_with_any_bit_turned_is_read_or_malformed(name: str) -> None:
    for frame in frames(name):
        for bit in range(8 * min(len(frame), 100)):
            turned = bytearray(frame)
            turned[bit // 8] ^= 1 << bit % 8
            with contextlib.suppress(MalformedError):
                READERS[name](bytes(turned))


@pytest.mark.parametrize("kind", FRAMES.values(), ids=lambda kind: kind.__name__)
def test_a_payload_one_octet_short_is_malformed(kind: type[Message]) -> None:
    size = sum(part.size for part in kind.LAYOUT)
    if size:
        with pytest.raises(MalformedError, match="cut short"):
            read_message(Hdap(kind.SERVICE, kind.OPCODE, bytes(size - 1)))
    assert not isinstance(read_message(Hdap(kind.SERVICE, kind.OPCODE, bytes(60))), UnknownMessage)


def test_a_wrong_checksum_is_told_and_kept() -> None:
    wrong = bytes.fromhex("11000300040a2338636403")
    envelope = Hdap.parse(wrong)
    assert not envelope.checksum_ok
    assert envelope.build() == wrong


def test_a_length_past_the_datagram_is_malformed() -> None:
    with pytest.raises(MalformedError, match="past the datagram"):
        Hdap.parse(bytes.fromhex("11000300050a2338636303"))


def test_radio_addresses_read_as_ip_addresses() -> None:
    address = RadioAddress.from_bytes(bytes.fromhex("0a233863"))
    assert (address.subnet, address.number, str(address)) == (10, 0x233863, "10.35.56.99")


def mutated(frame: bytes, rng: random.Random) -> bytes:
    """Turn, drop, add or repeat a few octets."""
    data = bytearray(frame)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(4):
            case 0 if at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                del data[at : at + rng.randint(1, 8)]
            case 2:
                data[at:at] = rng.randbytes(rng.randint(1, 8))
            case _:
                data[at:at] = data[at : at + rng.randint(1, 8)]
    return bytes(data)


def repaired(name: str, data: bytes) -> bytes:
    """Set length and checksums right, so that the damage reaches the fields."""
    match name:
        case "hdap" if len(data) >= 7:
            order: Any = "little" if data[0] & 0x7F == 2 else "big"
            body = data[1:3] + (len(data) - 7).to_bytes(2, order) + data[5:-2]
            return data[:1] + body + bytes((checksum(body), 3))
        case "hstrp" if len(data) >= 28 and data[3] == 0x20:
            return data[:15] + repaired("hdap", data[15:])
        case "hrnp" if len(data) >= 12:
            inner = repaired("hdap", data[12:])
            head = data[:8] + (12 + len(inner)).to_bytes(2, "big")
            check = internet_checksum(head + b"\0\0" + inner)
            return head + check.to_bytes(2, "big") + inner
        case _:
            return data


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_200_000_mutated_frames_are_read_or_malformed(name: str) -> None:
    rng = random.Random(20260101)
    originals = frames(name)
    for n in range(200_000):
        data = mutated(rng.choice(originals), rng)
        with contextlib.suppress(MalformedError):
            READERS[name](repaired(name, data) if n % 2 else data)
