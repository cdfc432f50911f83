"""Modem frames: worked-out octets, every cut and flip of them, then any octets."""

import json
import os
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mmdvm.configuration import Configuration, Frequencies
from radio_gateway.protocols.mmdvm.frames import Frame, FrameType, announced
from radio_gateway.protocols.mmdvm.messages import (
    WAKE_UP,
    Debug,
    DmrData,
    DmrShortLc,
    Message,
    Nak,
    NakReason,
    read_message,
)
from radio_gateway.protocols.mmdvm.reader import FrameReader, Item
from radio_gateway.protocols.mmdvm.version import Status, StatusFlags, Version

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors/mmdvm/frames.json").read_text()
)
NAMES = [vector["name"] for vector in VECTORS]
SLOWEST_S = 0.05
MUTATIONS = int(os.environ.get("SARDZE_FUZZ", "200000"))
BURST = bytes(range(33))


def read(data: bytes) -> list[Item]:
    reader = FrameReader()
    return reader.feed(data) + reader.flush()


def frames(items: list[Item]) -> list[Frame]:
    return [item for item in items if isinstance(item, Frame)]


def shown(value: Any) -> dict[str, Any]:
    """A value in the terms of the vector file."""
    plain = {
        name: item.hex() if isinstance(item, bytes) else item
        for name, item in asdict(value).items()
    }
    return {name: list(item) if isinstance(item, tuple) else item for name, item in plain.items()}


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_vector_reads_as_worked_out_and_is_written_again(vector: dict[str, Any]) -> None:
    octets, expected = bytes.fromhex(vector["hex"]), vector["expect"]
    (frame,) = read(octets)
    assert isinstance(frame, Frame)
    assert (frame.type, frame.payload.hex()) == (expected["type"], expected["payload"])
    assert frame.build() == octets
    if "message" in expected:
        message: Message = read_message(frame)
        kind = {"kind": type(message).__name__}
        assert kind | shown(message) == expected["message"]
        assert message.build() == frame
    if "version" in expected:
        version = Version.parse(frame.payload)
        assert shown(version) == expected["version"]
        assert version.build() == frame.payload
    if "status" in expected:
        protocol = expected["status"].pop("protocol")
        status = Status.parse(frame.payload, protocol)
        assert shown(status) == expected["status"]
        assert status.build(protocol)[:6] == frame.payload[:6]
    if "frequencies" in expected:
        frequencies = Frequencies.parse(frame.payload)
        assert shown(frequencies) == expected["frequencies"]
        assert frequencies.build() == frame.payload


@pytest.mark.parametrize(
    ("control", "data_type", "position"),
    [(0x41, 1, None), (0x20, None, 0), (0x03, None, 3), (0x06, None, None), (WAKE_UP, 3, None)],
)
def test_the_control_octet_says_what_a_burst_is(
    control: int, data_type: int | None, position: int | None
) -> None:
    burst = DmrData(1, control, BURST)
    assert (burst.data_type, burst.position) == (data_type, position)
    assert burst.wake_up is (control == WAKE_UP)


def test_a_configuration_stands_where_version_1_firmware_reads_it() -> None:
    octets = Configuration(colour_code=7, simplex=True, tx_delay_ms=100, dmr_delay=9).build(1)
    assert octets.hex() == "80020a007f0007098000" + "7f0000808000000000000000" + "00"


def test_a_configuration_stands_where_version_2_firmware_reads_it() -> None:
    config = Configuration(
        colour_code=15, rx_invert=True, rx_level=100, tx_level=0, tx_dc_offset=-1, trunking=True
    )
    octets = config.build(2)
    assert len(octets) == 37
    found = {place: octet for place, octet in enumerate(octets) if octet}
    # rx invert; DMR; 10 x 10 ms; offsets 127 and 128; level 255; trunking; colour code
    assert found == {0: 0x01, 1: 0x02, 3: 10, 5: 127, 6: 128, 7: 255, 25: 0x80, 26: 15}


@pytest.mark.parametrize("protocol", [1, 2])
def test_a_configuration_goes_round(protocol: int) -> None:
    config = Configuration(
        colour_code=3,
        ptt_invert=True,
        debug=True,
        tx_delay_ms=500,
        rx_dc_offset=127,
        rx_level=100,
        tx_level=0,
    )
    assert Configuration.parse(config.build(protocol), protocol) == config


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ({"colour_code": 16}, "colour code 16 is not 0..15"),
        ({"colour_code": 1, "tx_delay_ms": 510}, "transmit delay in ms 510 is not 0..500"),
        ({"colour_code": 1, "rx_level": 101}, "receive level 101 is not 0..100"),
    ],
)
def test_what_a_modem_refuses_is_not_sent(bad: dict[str, int], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        Configuration(**bad)  # type: ignore[arg-type]  # values of one kind


@pytest.mark.parametrize(
    "payload", [b"", b"\x03MMDVM", b"\x02\x02\x00\x02short"], ids=["none", "3", "short"]
)
def test_a_modem_of_another_version_is_refused(payload: bytes) -> None:
    with pytest.raises(MalformedError):
        Version.parse(payload)


@pytest.mark.parametrize(("octets", "protocol"), [(5, 1), (16, 2)])
def test_a_status_too_short_is_malformed(octets: int, protocol: int) -> None:
    with pytest.raises(MalformedError, match="too short"):
        Status.parse(bytes(octets), protocol)


def test_unknown_bits_of_newer_firmware_are_passed_over() -> None:
    status = Status.parse(bytes([2, 0xFF]) + bytes(15), 2)
    assert StatusFlags.CARRIER in status.flags
    assert Version.parse(b"\x02\xff\xff\xff" + bytes(16)).cpu is None


@pytest.mark.parametrize("octets", [252, 253, 400, 506])
def test_long_frames_go_round(octets: int) -> None:
    frame = Frame(0x62, bytes(octets))
    built = frame.build()
    assert len(built) == octets + (3 if octets == 252 else 4)
    assert read(built) == [frame]


def test_a_frame_too_long_is_not_built() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Frame(0x62, bytes(507)).build()


@pytest.mark.parametrize(
    ("start", "length"),
    [(b"", None), (b"\xe0", 3), (b"\xe0\x02", None), (b"\xe0\x00", 256), (b"\xe0\x00\x00", None)],
)
def test_the_length_is_known_as_early_as_can_be(start: bytes, length: int | None) -> None:
    assert announced(start) == length


@pytest.mark.parametrize("cut", range(37))
def test_a_frame_that_broke_off_costs_the_next_one_at_most(cut: int) -> None:
    lost = DmrData(1, 0x41, BURST).build().build()[:cut]
    later = [DmrData(2, n, BURST).build() for n in range(1, 6)]
    items = read(lost + b"".join(frame.build() for frame in later))
    found = frames(items)
    assert found[-4:] == later[-4:]


@pytest.mark.parametrize("noise", [b"\x00" * 50, b"\xe0" * 7, b"\xe0\x01", b"\xe0\x25\x19", b"?"])
def test_noise_in_front_is_one_piece_and_costs_no_frame(noise: bytes) -> None:
    ack = Frame(FrameType.ACK, b"\x03")
    assert read(noise + ack.build()) == [noise, ack]


def test_frames_of_another_length_than_their_type_has_are_malformed() -> None:
    for kind in (FrameType.ACK, FrameType.NAK, FrameType.DMR_DATA1, FrameType.DMR_SHORTLC):
        with pytest.raises(MalformedError):
            read_message(Frame(kind, bytes(7)))
    with pytest.raises(MalformedError, match="no such timeslot"):
        read_message(Frame(FrameType.DMR_ABORT, b"\x03"))
    with pytest.raises(MalformedError, match="debug"):
        read_message(Frame(FrameType.DEBUG5, bytes(7)))


def test_control_characters_do_not_reach_the_log() -> None:
    debug = read_message(Frame(FrameType.DEBUG1, b"a\x1b[31m\n"))
    assert debug == Debug("a?[31m?")


def test_short_link_control_and_refusals_are_read() -> None:
    assert read_message(Frame(FrameType.DMR_SHORTLC, bytes(9))) == DmrShortLc(bytes(9))
    refusal = read_message(Frame(FrameType.NAK, b"\x1a\x05"))
    assert isinstance(refusal, Nak)
    assert refusal.why is NakReason.NO_SPACE
    assert Nak(0x1A, 99).why is None


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_every_prefix_is_junk(vector: dict[str, Any]) -> None:
    octets = bytes.fromhex(vector["hex"])
    for length in range(1, len(octets)):
        items = read(octets[:length])
        assert items
        assert not frames(items)


STREAM = st.lists(
    st.one_of(
        st.sampled_from(
            [b"\xe0", b"\xe0\x04\x70\x03", b"\xe0\x03\x19", b"\xe0\x00\x02", b"\xe0\xff"]
        ),
        st.binary(max_size=12),
    ),
    max_size=40,
).map(b"".join)


def joined(items: list[Item]) -> list[Item]:
    """Junk in one piece, however it was cut."""
    whole: list[Item] = []
    for item in items:
        if isinstance(item, bytes) and whole and isinstance(whole[-1], bytes):
            whole[-1] += item
        else:
            whole.append(item)
    return whole


@given(STREAM, st.data())
def test_any_octets_read_the_same_at_any_cut(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = FrameReader()
    items: list[Item] = []
    for begin, end in pairwise([0, *cuts, len(stream)]):
        items += reader.feed(stream[begin:end])
    assert joined(items + reader.flush()) == joined(read(stream))
