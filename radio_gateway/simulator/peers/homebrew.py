"""A repeater that logs in by Homebrew and passes on what its radios say.

No sockets and no clock: the owner sends `outgoing()` to the master, gives answers to `feed` and
calls `expire` at `deadline()`.
"""

import random

from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.dmrd import DmrFrame
from radio_gateway.protocols.homebrew.peer import PeerSession, State, Times
from radio_gateway.simulator.peers._homebrew_air import NEAR, Ear, HomebrewAir


class HomebrewRepeater(HomebrewAir):
    """One repeater with two slots; deterministic by the `random.Random` it is given."""

    def __init__(
        self,
        configuration: Configuration,
        passphrase: bytes,
        rng: random.Random,
        options: str = "",
        times: Times | None = None,
        ear: Ear = NEAR,
    ) -> None:
        """Switch it on; `times` of its login where they are not those of MMDVMHost."""
        super().__init__(configuration.repeater_id, configuration.colour_code or 1, rng, ear)
        self._session = PeerSession(configuration, passphrase, options, times)

    @property
    def up(self) -> bool:
        """Whether the master has accepted the login; frames sent before are lost."""
        return self._session.state is State.UP

    def open(self, now: float) -> None:
        """Begin to log in."""
        self._session.open(now)

    def close(self) -> None:
        """Say goodbye; what was still to be said on the air is lost."""
        self._queue.clear()
        self._session.close()

    def feed(self, datagram: bytes, now: float) -> None:
        """Take one datagram from the master; radios in reach hear what is for the air.

        Raises:
            MalformedError: not a message that a master sends at this point, or a damaged burst.
        """
        frame = self._session.feed(datagram, now)
        if isinstance(frame, DmrFrame):
            self._hear(frame, now)

    def expire(self, now: float) -> None:
        """Log in, ping and send the bursts that are due."""
        self._session.expire(now)
        super().expire(now)

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        due = [self._session.deadline(), super().deadline()]
        return min((moment for moment in due if moment is not None), default=None)

    def outgoing(self) -> list[bytes]:
        """Datagrams for the master since the last call, oldest first."""
        return self._session.outgoing()

    def _deliver(self, frame: DmrFrame) -> None:
        self._session.send(frame.build())
