"""Bad lines between a station and its gateway: datagrams that stray, octets that trickle."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from tests.fakes.impairment import Fates, Impairment, Tally
from tests.fakes.pty_cable import Cable

Address: TypeAlias = tuple[str, int]
BAD_NETWORK: Final = Impairment(loss=0.05, duplicate=0.03, reorder=0.25, window_s=0.15)
"""A late datagram comes behind the two bursts of its slot that were sent after it."""


class DatagramLine(asyncio.DatagramProtocol):
    """One UDP socket of a station; both directions are as bad as the rules say."""

    def __init__(
        self, take: Callable[[bytes, Address], None], rules: Impairment, seed: str
    ) -> None:
        self.tally = Tally()
        self.cut = False
        "True: nothing passes in either direction."
        self._take = take
        dice = random.Random(seed)
        self._out = Fates(rules, dice.randrange(1 << 32))
        self._in = Fates(rules, dice.randrange(1 << 32))
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> Address:
        """Bind it; returns where it is."""
        loop = asyncio.get_running_loop()
        made, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        self._transport = made
        name = made.get_extra_info("sockname")
        return str(name[0]), int(name[1])

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def send(self, data: bytes, to: Address) -> None:
        self._pass(self._out, lambda: self._put(data, to))

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._pass(self._in, lambda: self._take(data, (addr[0], addr[1])))

    def error_received(self, exc: Exception) -> None:
        """A gateway that is not there answers with ICMP: to a station that is silence."""

    def _put(self, data: bytes, to: Address) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, to)

    def _pass(self, fates: Fates, act: Callable[[], None]) -> None:
        delays = fates.next()
        self.tally.lost += not delays
        self.tally.passed += bool(delays)
        self.tally.doubled += max(0, len(delays) - 1)
        for delay in delays:
            if delay:
                asyncio.get_running_loop().call_later(delay, self._unless_cut, act)
            else:
                self._unless_cut(act)

    def _unless_cut(self, act: Callable[[], None]) -> None:
        if not self.cut:
            act()


@dataclass(frozen=True, slots=True)
class Wear:
    """What a cable does to what is written; shares of writes."""

    noise: float = 0.0
    "That have some octets of noise in front of them."
    gap: float = 0.0
    "That lack one octet."


SOUND: Final = Wear()
WORN: Final = Wear(noise=0.05, gap=0.05)


class SerialLine(Cable):
    """A cable whose octets reach the gateway one at a time, at the speed of the line."""

    def __init__(
        self, path: Path, take: Callable[[bytes], None], baud: int, wear: Wear, seed: str
    ) -> None:
        self.worn = 0
        "Writes, of either side, that did not come through as they were."
        self._take = take
        self._octet_s = 10 / baud
        self._wear = wear
        self._dice = random.Random(seed)
        self._waiting: deque[int] = deque()
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        super().__init__(path, self._taken)

    def unplug(self) -> None:
        """The port hangs up and is gone, with all that was on its way."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.clear()
        super().unplug()

    def write(self, data: bytes) -> None:
        """Send octets to the gateway."""
        if self.plugged and data:
            self._waiting += self._after(data)
            if self._timer is None:
                self._due = asyncio.get_running_loop().time()
                self._step()

    def _step(self) -> None:
        """The next octet, or as many as are due after a slow turn of the loop."""
        self._timer = None
        loop = asyncio.get_running_loop()
        while self._waiting and self._due <= loop.time():
            super().write(bytes((self._waiting.popleft(),)))
            self._due += self._octet_s
        if self._waiting:
            self._timer = loop.call_at(self._due, self._step)

    def _taken(self, data: bytes) -> bytes:
        self._take(self._after(data))
        return b""

    def _after(self, data: bytes) -> bytes:
        """What is left of one write."""
        before = data
        if self._dice.random() < self._wear.gap:
            place = self._dice.randrange(len(data))
            data = data[:place] + data[place + 1 :]
        if self._dice.random() < self._wear.noise:
            data = self._dice.randbytes(self._dice.randint(1, 12)) + data
        self.worn += data != before
        return data
