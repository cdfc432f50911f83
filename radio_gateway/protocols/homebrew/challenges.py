"""Salts that were given out and not yet answered."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.homebrew.messages import SALT_OCTETS

SALT_LIFE_S: Final = 10.0
_KEPT: Final = 1024


@dataclass(frozen=True, slots=True)
class Challenge:
    """One salt, good for one answer."""

    salt: bytes
    expires_at: float


class Challenges:
    """At most 1024 of them; the oldest makes room."""

    def __init__(self, salt: Callable[[], bytes]) -> None:
        """Start with none; `salt` gives 4 octets of a cryptographic random source per call."""
        self._salt = salt
        self._open: OrderedDict[Hashable, Challenge] = OrderedDict()

    def issue(self, key: Hashable, now: float) -> bytes:
        """A salt for whoever asks; a request that the network repeated gets the same one."""
        challenge = self._open.get(key)
        if challenge is None or now >= challenge.expires_at:
            salt = self._salt()
            if len(salt) != SALT_OCTETS:
                raise ValueError(f"a salt is {SALT_OCTETS} octets, not {len(salt)}")
            challenge = Challenge(salt, now + SALT_LIFE_S)
            self._open.pop(key, None)
            self._open[key] = challenge
            while len(self._open) > _KEPT:
                self._open.popitem(last=False)
        return challenge.salt

    def take(self, key: Hashable) -> Challenge | None:
        """The salt that an answer is for; it serves no second time."""
        return self._open.pop(key, None)

    def expire(self, now: float) -> None:
        """Forget salts whose time is over."""
        for key in [k for k, c in self._open.items() if c.expires_at <= now]:
            del self._open[key]

    def clear(self) -> None:
        self._open.clear()
