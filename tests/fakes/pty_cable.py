"""A cable between a test's radio and the gateway: a pseudo terminal that can be pulled out."""

import asyncio
import os
import random
import tty
from collections.abc import Callable
from pathlib import Path


class Cable:
    """The radio's end; the gateway opens `path`, which stays the same over replugging."""

    def __init__(self, path: Path, answer: Callable[[bytes], bytes], seed: int = 0) -> None:
        self.path = path
        self.noise = 0.0
        "Share of writes in front of which a burst of noise goes through the cable."
        self._answer = answer
        self._chance = random.Random(seed)
        self._near = self._far = -1
        self.plug()

    def plug(self) -> None:
        """Make the terminal and the link to it."""
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._far))
        asyncio.get_running_loop().add_reader(self._near, self._read)

    def unplug(self) -> None:
        """The port hangs up and is gone."""
        asyncio.get_running_loop().remove_reader(self._near)
        self.path.unlink(missing_ok=True)
        os.close(self._far)
        os.close(self._near)
        self._near = -1

    @property
    def plugged(self) -> bool:
        return self._near >= 0

    def write(self, data: bytes) -> None:
        """Send octets to the gateway, cut anywhere."""
        if not self.plugged or not data:
            return
        if self._chance.random() < self.noise:
            data = self._chance.randbytes(self._chance.randint(1, 12)) + data
        cut = self._chance.randint(0, len(data))
        for piece in (data[:cut], data[cut:]):
            if piece:
                os.write(self._near, piece)

    def _read(self) -> None:
        try:
            data = os.read(self._near, 4096)
        except OSError:
            return
        self.write(self._answer(data))
