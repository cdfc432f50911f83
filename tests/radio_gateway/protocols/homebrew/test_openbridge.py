"""Signed bursts between servers; the signature is worked out here by RFC 2104, without `hmac`."""

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.decoding import Decoder
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.homebrew.openbridge import (
    build_bridged,
    parse_bridged,
    without_signature,
)

KEY = b"bridge passphrase"
# the captured datagram of homebrew/datagrams.json as a bridge would send it: without its last two
# octets, slot 1
SIGNED = bytes.fromhex(
    "444d52440223383b2338630006690f632e40c701"
    "53df0a83b7a8282c2509625014fdff57d75df5dcadde429028c87ae3341e24191c"
)


def sha1(octets: bytes) -> bytes:
    return hashlib.sha1(octets, usedforsecurity=False).digest()


def rfc_2104(key: bytes, text: bytes) -> bytes:
    block = (sha1(key) if len(key) > 64 else key).ljust(64, b"\0")
    inner = sha1(bytes(b ^ 0x36 for b in block) + text)
    return sha1(bytes(b ^ 0x5C for b in block) + inner)


DATAGRAM = SIGNED + rfc_2104(KEY, SIGNED)


def test_a_signed_burst_is_read_and_made_again() -> None:
    frame = parse_bridged(DATAGRAM, KEY)

    assert (frame.source, frame.target, frame.repeater_id) == (2308155, 2308195, 420111)
    assert (frame.slot, frame.group, frame.frame_type) == (1, False, FrameType.DATA_SYNC)
    assert (frame.bit_errors, frame.rssi_dbm) == (None, None)
    assert build_bridged(frame, KEY) == DATAGRAM


@pytest.mark.parametrize("length", [1, 20, 64, 65, 200])
def test_passphrases_of_any_length(length: int) -> None:
    key = bytes(range(1, 201))[:length]

    assert parse_bridged(SIGNED + rfc_2104(key, SIGNED), key).source == 2308155


def test_groups_go_out_on_slot_1_without_quality() -> None:
    frame = DmrFrame(
        sequence=0, source=1, target=9, repeater_id=7, slot=2, group=True,
        frame_type=FrameType.VOICE, detail=1, stream=b"\1\2\3\4", burst=bytes(33),
        bit_errors=3, rssi_dbm=-60,
    )  # fmt: skip

    datagram = build_bridged(frame, KEY)

    assert len(datagram) == 73
    assert parse_bridged(datagram, KEY).slot == 1


@pytest.mark.parametrize("bit", range(73 * 8))
def test_one_wrong_bit_is_never_taken(bit: int) -> None:
    octets = bytearray(DATAGRAM)
    octets[bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises((MalformedError, RefusedError)):
        parse_bridged(bytes(octets), KEY)


@pytest.mark.parametrize("length", range(73))
def test_no_prefix_is_taken(length: int) -> None:
    with pytest.raises(MalformedError):
        parse_bridged(DATAGRAM[:length], KEY)


@given(st.binary(max_size=80))
def test_any_octets_are_malformed_or_refused(octets: bytes) -> None:
    with pytest.raises((MalformedError, RefusedError)):
        parse_bridged(octets, KEY)


@given(st.binary(min_size=49, max_size=49))
def test_signed_octets_are_a_frame_or_malformed(rest: bytes) -> None:
    signed = b"DMRD" + rest
    try:
        frame = parse_bridged(signed + rfc_2104(KEY, signed), KEY)
    except MalformedError:
        return
    assert frame.burst == signed[20:]


def test_a_capture_is_read_without_the_passphrase() -> None:
    assert without_signature(DATAGRAM) == (SIGNED, rfc_2104(KEY, SIGNED))
    assert without_signature(SIGNED) == (SIGNED, b"")


def test_a_captured_datagram_is_decoded_with_its_signature_and_its_radio() -> None:
    at = Moment(0.0, datetime(2026, 11, 22, tzinfo=UTC))
    [found] = Decoder().decode(DATAGRAM, at)

    assert found.protocol == "homebrew"
    assert found.frame["signature"] == rfc_2104(KEY, SIGNED).hex()
    assert found.frame["source"] == 2308155
    [event] = found.events
    assert "2308155" in str(event)
