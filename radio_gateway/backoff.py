"""How long to wait before trying again: doubling, with jitter, so that nothing storms."""

import random


class Backoff:
    """Pauses from `first` doubling to `longest` seconds, each shortened by up to a quarter."""

    def __init__(self, first: float = 1.0, longest: float = 30.0) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def pause(self) -> float:
        """The next pause in seconds."""
        pause, self._next = self._next, min(self._next * 2, self._longest)
        return pause * random.uniform(0.75, 1.0)  # noqa: S311  # spreads retries, keeps no secret

    def reset(self) -> None:
        """It worked: begin with the shortest pause again."""
        self._next = self._first
