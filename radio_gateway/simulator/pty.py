"""A pseudo terminal that stands for the serial cable of a base radio."""

import array
import asyncio
import errno
import fcntl
import logging
import os
import termios
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

MAX_UNREAD: Final = 3072
"Octets; a gateway that reads at all never leaves as much, about 30 reports."
_READ_SIZE: Final = 4096


class PtyCable:
    """The radio's end of the cable; the gateway opens the other one by a link in the file system.

    Without a gateway at the other end little is kept: a cable does not store what was said.
    """

    def __init__(self, link: Path, receive: Callable[[bytes], None]) -> None:
        """Make the terminal and the link to it; a link that was left behind is replaced.

        Args:
            link: where the gateway will look for its serial port.
            receive: told what the gateway writes.

        Raises:
            OSError: no terminal to be had, or the link cannot be made.
        """
        self.dropped = 0
        "Octets that nobody fetched, as far as the kernel shows them."
        self._link = link
        self._receive = receive
        self._radio, self._gateway = os.openpty()
        try:
            # our own hold on the gateway's end keeps the cable alive while the gateway restarts
            tty.setraw(self._gateway)
            os.set_blocking(self._radio, False)
            self._place_link()
        except OSError:
            self._close_both()
            raise
        asyncio.get_running_loop().add_reader(self._radio, self._read)

    def send(self, data: bytes) -> None:
        """Write to the gateway; what it has not fetched is thrown away when it grows long."""
        unread = self._unread()
        if unread > MAX_UNREAD:
            self._empty(unread)
        try:
            written = os.write(self._radio, data)
        except BlockingIOError:
            written = 0
        except OSError as error:
            log.debug("%s: %s", self._link, error)
            return
        if written < len(data):
            self._empty(len(data))

    def close(self) -> None:
        """Pull the cable: the gateway's port hangs up and the link disappears."""
        asyncio.get_running_loop().remove_reader(self._radio)
        if self._link.is_symlink() and str(self._link.readlink()) == os.ttyname(self._gateway):
            self._link.unlink()
        self._close_both()

    def _unread(self) -> int:
        """Octets that wait at the gateway's end; the kernel shows at most 4095."""
        waiting = array.array("i", [0])
        fcntl.ioctl(self._gateway, termios.FIONREAD, waiting)
        return waiting[0]

    def _empty(self, octets: int) -> None:
        self.dropped += octets
        termios.tcflush(self._gateway, termios.TCIFLUSH)

    def _place_link(self) -> None:
        target = os.ttyname(self._gateway)
        if self._link.exists() and not self._link.is_symlink():
            raise OSError(errno.EEXIST, "exists and is no link", str(self._link))
        fresh = self._link.with_name(f"{self._link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.replace(self._link)

    def _close_both(self) -> None:
        os.close(self._gateway)
        os.close(self._radio)

    def _read(self) -> None:
        try:
            data = os.read(self._radio, _READ_SIZE)
        except OSError as error:
            log.debug("%s: %s", self._link, error)
            return
        self._receive(data)
