"""Serial ports by pyserial, read and written from the event loop without blocking it."""

import asyncio
import errno
import logging
import os
import termios
from collections import deque
from dataclasses import dataclass
from typing import Final

import serial

from radio_gateway.domain.ports import Peer
from radio_gateway.links.clock import Clock
from radio_gateway.links.errors import LinkError
from radio_gateway.links.port import Lost, PortCounters, Receive

log = logging.getLogger(__name__)

MAX_QUEUED: Final = 64 * 1024
"Octets waiting for a line that does not take them; a minute at 9600 baud."
_READ_SIZE: Final = 4096
_REMEDIES: Final = {
    errno.ENOENT: "no such device; is it plugged in? (stable names: /dev/serial/by-id)",
    errno.ENXIO: "no such device; is it plugged in? (stable names: /dev/serial/by-id)",
    errno.EACCES: "no permission; add this program's user to the device's group (dialout)",
    errno.EPERM: "no permission; add this program's user to the device's group (dialout)",
    errno.EAGAIN: "another program uses it; stop that program",
    errno.EBUSY: "another program uses it; stop that program",
    errno.ENOTTY: "not a serial port",
    errno.EISDIR: "not a serial port",
}


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How the line is set up; 8 data bits always."""

    baud: int
    parity: str = "N"
    "`N`, `E` or `O`."
    stop_bits: int = 1
    rts_cts: bool = False
    "Hardware flow control."


class SerialPort:
    """One open serial port; read and written as the line allows."""

    def __init__(
        self, port: serial.Serial, endpoint: str, receive: Receive, lost: Lost, clock: Clock
    ) -> None:
        self.endpoint = endpoint
        self.counters = PortCounters()
        self.buffer: int | None = None
        self.buffer_wanted: int | None = None
        self._port = port
        self._fd = port.fileno()
        self._receive = receive
        self._lost = lost
        self._clock = clock
        self._peer = Peer(endpoint)
        self._waiting: deque[bytes] = deque()
        self._queued = 0
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._fd, self._read)

    def send(self, data: bytes, peer: Peer) -> None:
        """Queue one frame; whole frames are refused and counted when the line is stuck."""
        del peer  # a serial line has one other end
        if not self._port.is_open or self._queued + len(data) > MAX_QUEUED:
            self.counters.unsent += 1
            return
        if not self._waiting:
            self._loop.add_writer(self._fd, self._write)
        self._waiting.append(data)
        self._queued += len(data)
        self.counters.sent += 1
        self._write()

    def kernel_drops(self) -> int:
        """A serial line has no queue of datagrams: always 0."""
        return 0

    def close(self) -> None:
        """Stop reading and writing and give the port back."""
        if not self._port.is_open:
            return
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        try:
            self._port.close()
        except (OSError, termios.error) as error:  # an unplugged device may refuse even this
            log.debug("%s: closing: %s", self._port.name, error)

    def _read(self) -> None:
        try:
            data = os.read(self._fd, _READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._fail(f"{self._port.name}: {os.strerror(error.errno or errno.EIO)}; unplugged?")
            return
        if not data:
            self._fail(f"{self._port.name}: the device went away; unplugged?")
            return
        self.counters.received += 1
        self._receive([(data, self._peer)], self._clock())

    def _write(self) -> None:
        while self._waiting:
            data = self._waiting[0]
            try:
                written = os.write(self._fd, data)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                reason = os.strerror(error.errno or errno.EIO)
                self._fail(f"{self._port.name}: cannot write: {reason}")
                return
            self._queued -= written
            if written < len(data):
                self._waiting[0] = data[written:]
                return
            self._waiting.popleft()
        self._loop.remove_writer(self._fd)

    def _fail(self, reason: str) -> None:
        if self._port.is_open:
            self.close()
            self._lost(reason)


def open_serial(
    endpoint: str,
    device: str,
    line: LineSettings,
    receive: Receive,
    lost: Lost,
    clock: Clock,
) -> SerialPort:
    """Open a serial port for ourselves alone and start reading it.

    `device` is the path of the port, best a stable one below /dev/serial/by-id; `lost` is told
    once when the device is unplugged or fails.

    Raises:
        LinkError: missing, busy, forbidden or no serial port; says what to do.
    """
    where = f"serial port {device}"
    try:
        port = serial.Serial(
            device,
            baudrate=line.baud,
            parity=line.parity,
            stopbits=line.stop_bits,
            rtscts=line.rts_cts,
            timeout=0,
            write_timeout=0,
            exclusive=True,
        )
    except (
        OSError,
        ValueError,
        OverflowError,
        termios.error,
    ) as error:  # SerialException is an OSError
        raise LinkError(f"{where}: {_reason(error)}") from error
    return SerialPort(port, endpoint, receive, lost, clock)


def _reason(error: Exception) -> str:
    code = getattr(error, "errno", None)
    if "Could not configure port" in str(error):  # pyserial drops the number here
        code = errno.ENOTTY
    return _REMEDIES.get(code or 0, str(error))
