"""Payloads of any opcode, too short ones, wrong checksums and lengths (any damage: `fuzzing`)."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera.frames import FRAMES, read_message
from radio_gateway.protocols.hytera.hdap import Hdap, Service
from radio_gateway.protocols.hytera.message import Message, RadioAddress, UnknownMessage
from tests.radio_gateway.fuzzing.hytera import hdap


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
