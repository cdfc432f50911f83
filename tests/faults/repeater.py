"""A Hytera repeater as another author would write it: HSTRP over plain sockets, octet by octet.

Layouts from captures (OK-DMR/Hytera_Homebrew_Bridge and OK-DMR/ok-dmrlib test data): `2B`, version,
type bits, number, options, one HDAP message. A datagram is sent again until it is acknowledged,
and each port has one under way, as repeaters do. An acknowledged datagram is promised to be safe.
"""

import asyncio
import contextlib
import struct
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

from tests.fakes.hytera_radio import DISPATCHER, address, hdap

SERVICES = ("rrs1", "lp1", "lp2", "tmp1", "rcp1")
RETRY_S = 0.4
OPTION, HEARTBEAT, ACK = 0x20, 0x02, 0x01
GROUP, VOICE, REPEATING, SLOT_FREE = 1, 1, 0, 5
TALKGROUP = 101
LATITUDE_DEG, LONGITUDE_DEG = 56, 21
MINUTES = 600_000
"Ten-thousandths of a minute in a degree: places that a report can name."


def gps(number: int) -> bytes:
    """The place that stands for a number, as 40 octets; the fix is of now."""
    clock = time.strftime("%H%M%S%d%m%y", time.gmtime())
    lat, lon = number % MINUTES, number // MINUTES
    return (
        f"A{clock}N{LATITUDE_DEG:02}{lat // 10_000:02}.{lat % 10_000:04}"
        f"E{LONGITUDE_DEG:03}{lon // 10_000:02}.{lon % 10_000:04}0.0000"
    ).encode()


def number_of(lat: float, lon: float) -> int:
    """The number that a stored place stands for."""
    return round((lat - LATITUDE_DEG) * MINUTES) + MINUTES * round((lon - LONGITUDE_DEG) * MINUTES)


def text(radio: int, reference: int, words: str) -> bytes:
    head = struct.pack(">I", reference) + address(DISPATCHER) + address(radio)
    return hdap(0x09, 0x00A1, head + words.encode("utf-16-le"))


def emergency(radio: int, place: int) -> bytes:
    return hdap(0x08, 0xB003, address(radio) + b"\x00" + gps(place))


def position(radio: int, place: int) -> bytes:
    return hdap(0x08, 0xA002, struct.pack(">I", 1) + address(radio) + b"\x00\x00" + gps(place))


def registration(radio: int) -> bytes:
    return hdap(0x11, 0x0003, address(radio))


def slot_status(status: int, radio: int) -> bytes:
    """What the slot does: a group call of this radio begins (0) or the slot is free (5)."""
    body = struct.pack("<HHHHII", 0, status, VOICE, GROUP, TALKGROUP, radio)
    head = struct.pack("<H", 0xB845) + struct.pack("<H", len(body))
    check = ((~sum(head + body) & 0xFF) + 0x33) & 0xFF
    return b"\x02" + head + body + bytes([check, 0x03])


class Lane(asyncio.DatagramProtocol):
    """One port of the repeater: numbers, acknowledgements, retries."""

    def __init__(self, device: int, slot: int) -> None:
        self._options = b"\x83\x04" + struct.pack(">I", device) + b"\x04\x01" + bytes([slot])
        self._number = 0
        self._turn = asyncio.Lock()
        self._acknowledged: asyncio.Future[None] | None = None
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, _: tuple[str | Any, int]) -> None:
        kind, number = data[3], data[4:6]
        waiting = self._acknowledged
        if kind & ACK:
            if number == struct.pack(">H", self._number) and waiting and not waiting.done():
                waiting.set_result(None)
        elif kind & HEARTBEAT:
            self._put(b"2B\x00\x03" + number)
        else:
            self._put(data[:3] + bytes([kind | ACK]) + number)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there now; the retries go on."""

    async def deliver(self, message: bytes) -> None:
        """Send until it is acknowledged, however long that takes."""
        async with self._turn:
            packet = self._packet(message)
            self._acknowledged = asyncio.get_running_loop().create_future()
            while not self._acknowledged.done():
                self._put(packet)
                await asyncio.wait({self._acknowledged}, timeout=RETRY_S)

    def cast(self, message: bytes) -> None:
        """Send once and wait for nothing."""
        self._put(self._packet(message))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _packet(self, message: bytes) -> bytes:
        self._number = (self._number + 1) & 0xFFFF
        return (
            b"2B\x00" + bytes([OPTION]) + struct.pack(">H", self._number) + self._options + message
        )

    def _put(self, datagram: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            with contextlib.suppress(OSError):
                self._transport.sendto(datagram)


class Repeater:
    """All ports of one repeater; what it carries is said by their names."""

    def __init__(self, lanes: Mapping[str, Lane]) -> None:
        self._lanes = lanes

    async def register(self, radio: int) -> None:
        await self._lanes["rrs1"].deliver(registration(radio))

    async def text(self, radio: int, reference: int, words: str) -> None:
        await self._lanes["tmp1"].deliver(text(radio, reference, words))

    async def emergency(self, radio: int, place: int) -> None:
        await self._lanes["lp1"].deliver(emergency(radio, place))

    async def position(self, radio: int, place: int) -> None:
        await self._lanes["lp2"].deliver(position(radio, place))

    def cast_position(self, radio: int, place: int) -> None:
        self._lanes["lp2"].cast(position(radio, place))

    async def call(self, radio: int) -> None:
        """One transmission, begun and ended."""
        await self._lanes["rcp1"].deliver(slot_status(REPEATING, radio))
        await self._lanes["rcp1"].deliver(slot_status(SLOT_FREE, 0))


@asynccontextmanager
async def repeater(
    ports: Mapping[str, int], *, source: str = "127.0.0.1", device: int = 1
) -> AsyncIterator[Repeater]:
    """A repeater that sends from `source` to these ports of 127.0.0.1 until the block ends."""
    loop = asyncio.get_running_loop()
    lanes: dict[str, Lane] = {}
    try:
        for name, port in ports.items():
            slot = 2 if name.endswith("2") else 1
            _, lanes[name] = await loop.create_datagram_endpoint(
                lambda slot=slot: Lane(device, slot),  # type: ignore[misc]  # no types for lambdas
                local_addr=(source, 0),
                remote_addr=("127.0.0.1", port),
            )
        yield Repeater(lanes)
    finally:
        for lane in lanes.values():
            lane.close()
