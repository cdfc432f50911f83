"""Slowing down those who guess passwords, without locking out those who know theirs."""

import math
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from dispatch import clock
from dispatch.auth.errors import TooManyAttemptsError

PER_ADDRESS: Final = RateLimitItemPerMinute(60, 10)
"60 attempts in 10 minutes from one address, whatever the names; a whole shift signs in below that."
PER_NAME_AND_ADDRESS: Final = RateLimitItemPerMinute(5, 5)
"5 attempts in 5 minutes for one name from one address, forgotten when one succeeds."


class Attempts:
    """Counts attempts per address, and per name at an address.

    A name alone is never blocked: someone who guesses at another desk cannot keep the true
    user out. Counts live in memory and are gone after a restart.
    """

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, name: str, address: str) -> None:
        """Count an attempt before it is checked, so that parallel ones do not slip through.

        Raises:
            TooManyAttemptsError: with the seconds to wait.
        """
        limits = (
            (PER_ADDRESS, ("address", address)),
            (PER_NAME_AND_ADDRESS, ("name", name, address)),
        )
        for limit, keys in limits:
            if not self._limiter.test(limit, *keys):
                reset_at = self._limiter.get_window_stats(limit, *keys).reset_time
                raise TooManyAttemptsError(max(1, math.ceil(reset_at - clock.now().timestamp())))
        for limit, keys in limits:
            self._limiter.hit(limit, *keys)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the wrong attempts for this name from this address."""
        self._limiter.clear(PER_NAME_AND_ADDRESS, "name", name, address)
