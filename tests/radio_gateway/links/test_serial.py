"""Serial ports over real pseudo terminals."""

import contextlib
import os
import tty
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.links import clock
from radio_gateway.links.errors import LinkError
from radio_gateway.links.port import Frames
from radio_gateway.links.serial import MAX_QUEUED, LineSettings, SerialPort, open_serial
from tests.radio_gateway.support import eventually

LINE = LineSettings(baud=9600)
PEER = Peer("serial")


@dataclass
class Radio:
    """The far end of a cable: the controlling side of a pseudo terminal."""

    fd: int
    device: str
    heard: bytearray = field(default_factory=bytearray)
    lost: list[str] = field(default_factory=list)

    def receive(self, frames: Frames, _: Moment) -> None:
        for data, peer in frames:
            assert peer == PEER
            self.heard += data

    def open(self) -> SerialPort:
        return open_serial("serial", self.device, LINE, self.receive, self.lost.append, clock.now)

    async def read(self, size: int) -> bytes:
        """What the gateway wrote, `size` octets of it."""
        got = bytearray()

        def complete() -> bool:
            with contextlib.suppress(BlockingIOError):
                got.extend(os.read(self.fd, 65536))
            return len(got) >= size

        await eventually(complete)
        return bytes(got)


@pytest.fixture
def radio() -> Iterator[Radio]:
    far, near = os.openpty()
    tty.setraw(near)
    os.set_blocking(far, False)
    radio = Radio(far, os.ttyname(near))
    os.close(near)
    yield radio
    if radio.fd >= 0:
        os.close(radio.fd)


async def test_octets_pass_both_ways(radio: Radio) -> None:
    port = radio.open()
    os.write(radio.fd, b"$GPRMC,")
    os.write(radio.fd, b"1\r\n\x00\x03\xff")
    await eventually(lambda: len(radio.heard) == 13)
    assert bytes(radio.heard) == b"$GPRMC,1\r\n\x00\x03\xff"
    port.send(b"\x02gFU-1\x03", PEER)
    port.send(b"\x02R3\x03", PEER)
    assert await radio.read(11) == b"\x02gFU-1\x03\x02R3\x03"
    port.close()


async def test_a_long_answer_is_written_in_pieces_and_in_order(radio: Radio) -> None:
    port = radio.open()
    sent = b"".join(number.to_bytes(2, "big") for number in range(20_000))
    for start in range(0, len(sent), 1000):
        port.send(sent[start : start + 1000], PEER)
    assert await radio.read(len(sent)) == sent
    assert port.counters.unsent == 0
    port.close()


async def test_a_stuck_line_refuses_whole_frames(radio: Radio) -> None:
    port = radio.open()
    for _ in range(MAX_QUEUED // 1000 + 200):
        port.send(bytes(1000), PEER)
    assert port.counters.unsent > 0
    port.close()
    port.send(b"too late", PEER)
    assert radio.lost == []


async def test_pulling_the_plug_is_told_once(radio: Radio) -> None:
    port = radio.open()
    os.close(radio.fd)
    radio.fd = -1
    await eventually(lambda: radio.lost)
    port.send(b"x", PEER)
    port.close()
    assert len(radio.lost) == 1
    assert radio.device in radio.lost[0]
    assert "unplugged?" in radio.lost[0]


async def test_a_port_in_use_is_named_with_what_to_do(radio: Radio) -> None:
    port = radio.open()
    with pytest.raises(LinkError, match=f"{radio.device}: another program uses it"):
        radio.open()
    port.close()
    radio.open().close()


@pytest.mark.parametrize(
    ("device", "words"),
    [
        ("/dev/serial/by-id/nothing", "no such device; is it plugged in"),
        ("/dev/null", "not a serial port"),
        ("/", "not a serial port"),
    ],
)
async def test_what_cannot_be_opened_is_one_clear_error(device: str, words: str) -> None:
    with pytest.raises(LinkError, match=words):
        Radio(-1, device).open()


async def test_a_forbidden_device_names_the_group(tmp_path: Path) -> None:
    device = tmp_path / "ttyS9"
    device.touch(mode=0o000)
    user = os.geteuid()
    if user == 0:  # root may open everything
        os.seteuid(65534)
    try:
        with pytest.raises(LinkError, match="dialout"):
            Radio(-1, str(device)).open()
    finally:
        os.seteuid(user)
