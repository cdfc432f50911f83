"""Bursts on their way to the air: never more than the modem has room for."""

from collections import deque
from typing import Final

from radio_gateway.protocols.mmdvm.frames import Frame
from radio_gateway.protocols.mmdvm.messages import DATA_SYNC, DmrAbort, DmrData, DmrStart
from radio_gateway.protocols.mmdvm.version import Status, StatusFlags

SPACING_S: Final = 0.01
"Between two frames to the modem."
KEEP_FREE: Final = 1
"Frames of the modem's buffer that stay free."
SLOTS: Final = (1, 2)


class Transmitter:
    """Feeds both timeslots and switches the transmitter of a duplex base.

    A modem does not acknowledge bursts: its last status says how many it has room for. Each burst
    that left after the question for that status takes one of them, since the modem takes what it
    is sent in order: a burst behind the question was not there yet when it counted.
    """

    def __init__(self, *, duplex: bool, hang_s: float) -> None:
        """Start with nothing to send and no room known.

        Args:
            duplex: a base with two frequencies; its transmitter has to be switched.
            hang_s: how long it stays on the air after the last burst.
        """
        self._duplex = duplex
        self._hang_s = hang_s
        self._queues: dict[int, deque[bytes]] = {slot: deque() for slot in SLOTS}
        self._space = dict.fromkeys(SLOTS, 0)
        self._uncounted = dict.fromkeys(SLOTS, 0)
        "Bursts behind the oldest question for a status that was not answered yet."
        self._awaited = False
        self._on = False
        self._wanted_until = float("-inf")
        self._not_before = float("-inf")

    @property
    def transmitting(self) -> bool:
        """Whether the modem says that it transmits."""
        return self._on

    def add(self, slot: int, bursts: list[bytes]) -> None:
        """Queue bursts of 33 octets, synchronisation and FEC included."""
        self._queues[slot].extend(bursts)

    def waiting(self, slot: int) -> int:
        """Bursts that have not gone to the modem."""
        return len(self._queues[slot])

    def abort(self, slot: int) -> list[Frame]:
        """Drop what waits here and in the modem."""
        self._queues[slot].clear()
        return [DmrAbort(slot).build()]

    def wake(self, now: float) -> None:
        """A radio asks for the base: keep the transmitter on for the hang time."""
        self._wanted_until = max(self._wanted_until, now + self._hang_s)

    def asked(self) -> None:
        """The modem is asked for a status: what leaves from now on will not be counted in it."""
        if not self._awaited:
            self._uncounted = dict.fromkeys(SLOTS, 0)
        self._awaited = True

    def status(self, status: Status) -> None:
        """Take what the modem says about its buffers."""
        self._awaited = False
        self._on = StatusFlags.TRANSMITTING in status.flags
        for slot in SLOTS:
            self._space[slot] = status.space(slot) - self._uncounted[slot]

    def full(self, slot: int) -> None:
        """The modem refused a burst: nothing goes out before its next status."""
        self._space[slot] = 0

    def claim(self, slot: int, now: float) -> bool:
        """Take room for a burst that does not queue: an answer, which is late soon."""
        if self._space[slot] <= KEEP_FREE:
            return False
        self._take(slot)
        self.wake(now)
        return True

    def stop(self) -> None:
        """The modem is gone, and with it everything that waited."""
        for queue in self._queues.values():
            queue.clear()
        self._space = dict.fromkeys(SLOTS, 0)
        self._uncounted = dict.fromkeys(SLOTS, 0)
        self._awaited = False
        self._on = False
        self._wanted_until = float("-inf")

    def frames(self, now: float) -> list[Frame]:
        """What may go to the modem now; at most one burst every 10 ms."""
        switch = self._switch(now)
        if switch is not None:
            return [switch]
        if now < self._not_before:
            return []
        for slot in sorted(SLOTS, key=lambda slot: -self._space[slot]):
            if self._queues[slot] and self._space[slot] > KEEP_FREE:
                self._take(slot)
                self._not_before = now + SPACING_S
                self._wanted_until = now + self._hang_s
                return [DmrData(slot, DATA_SYNC, self._queues[slot].popleft()).build()]
        return []

    def deadline(self) -> float | None:
        """When `frames` may have something, if no status comes before."""
        ready = any(self._queues[slot] and self._space[slot] > KEEP_FREE for slot in SLOTS)
        if ready:
            return self._not_before
        return self._wanted_until if self._duplex and self._on else None

    def _take(self, slot: int) -> None:
        self._space[slot] -= 1
        self._uncounted[slot] += 1

    def _switch(self, now: float) -> Frame | None:
        """A base with two frequencies is switched on before its first burst, and off at the end."""
        if not self._duplex:
            return None
        pending = any(self._queues.values())
        if not self._on and (pending or now < self._wanted_until):
            self._on = True
            self._wanted_until = max(self._wanted_until, now + self._hang_s)
            return DmrStart(on=True).build()
        if self._on and not pending and now >= self._wanted_until:
            self._on = False
            return DmrStart(on=False).build()
        return None
