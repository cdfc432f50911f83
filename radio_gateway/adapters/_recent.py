"""What was seen a short while ago, for all vendors: repetitions are told from news."""

from collections import OrderedDict
from collections.abc import Hashable


class Recent:
    """Remembers keys for a while, and no more of them than fit."""

    def __init__(self, seconds: float, limit: int = 4096) -> None:
        self._seconds = seconds
        self._limit = limit
        self._seen: OrderedDict[Hashable, float] = OrderedDict()

    def seen(self, key: Hashable, now: float) -> bool:
        """Whether the key came within the time; if not, it is remembered from now on."""
        at = self._seen.get(key)
        if at is not None and now - at < self._seconds:
            return True
        self._seen[key] = now
        if at is not None:
            self._seen.move_to_end(key)
        while len(self._seen) > self._limit:
            self._seen.popitem(last=False)
        return False

    def forget(self, key: Hashable) -> None:
        self._seen.pop(key, None)
