"""Networks of Homebrew repeaters behind a server: one that a gateway logs in to, one that bridges.

No sockets and no clock: the owner sends `outgoing()`, gives what comes to `feed` and calls
`expire` at `deadline()`.
"""

import random
from collections.abc import Mapping
from dataclasses import replace

from radio_gateway.protocols.errors import RefusedError
from radio_gateway.protocols.homebrew.dmrd import DmrFrame
from radio_gateway.protocols.homebrew.master import Address, MasterSession
from radio_gateway.protocols.homebrew.openbridge import build_bridged
from radio_gateway.simulator.peers._homebrew_air import HomebrewAir


class HomebrewNetwork(HomebrewAir):
    """A master with its radios; every peer that is logged in hears all of it."""

    def __init__(
        self, passphrases: Mapping[int, bytes], rng: random.Random, *, colour_code: int = 1
    ) -> None:
        """Start with nobody logged in.

        Args:
            passphrases: peers that may log in, by id.
            rng: all chance comes from here.
            colour_code: of the repeaters.
        """
        super().__init__(0, colour_code, rng)
        self._session = MasterSession(passphrases, salt=lambda: rng.randbytes(4))

    @property
    def up(self) -> bool:
        """Whether anybody is logged in."""
        return bool(self._session.up())

    def feed(self, datagram: bytes, sender: Address, now: float) -> None:
        """Take one datagram of a peer; radios hear what is for the air.

        Raises:
            MalformedError: no message that a peer sends, or a damaged burst.
        """
        try:
            frame = self._session.feed(datagram, sender, now)
        except RefusedError:
            return
        if isinstance(frame, DmrFrame):
            self._hear(frame, now)

    def restart(self) -> None:
        """The server begins anew: it knows nobody any more and tells nobody."""
        self._session.close("restarted")

    def expire(self, now: float) -> None:
        """Forget peers that fell silent, and send the bursts that are due."""
        self._session.expire(now)
        super().expire(now)

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        due = [self._session.deadline(), super().deadline()]
        return min((moment for moment in due if moment is not None), default=None)

    def outgoing(self) -> list[tuple[bytes, Address]]:
        """Datagrams to send since the last call, oldest first."""
        return self._session.outgoing()

    def _deliver(self, frame: DmrFrame) -> None:
        for session in self._session.up():
            self._session.send(replace(frame, repeater_id=session.repeater_id))


class BridgedNetwork(HomebrewAir):
    """Another server that sends its calls by OpenBridge: signed, to one address, unasked."""

    def __init__(
        self, network: int, passphrase: bytes, rng: random.Random, *, colour_code: int = 1
    ) -> None:
        """Start with silence; `network` is the id that the bridge names."""
        super().__init__(network, colour_code, rng)
        self._passphrase = passphrase
        self._outgoing: list[bytes] = []

    @property
    def up(self) -> bool:
        """There is no login: whoever listens hears it."""
        return True

    def outgoing(self) -> list[bytes]:
        """Datagrams to send since the last call, oldest first."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def _deliver(self, frame: DmrFrame) -> None:
        self._outgoing.append(build_bridged(frame, self._passphrase))
