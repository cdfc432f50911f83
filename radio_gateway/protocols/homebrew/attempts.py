"""How often one address may try to log in."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final

WRONG_ANSWERS: Final = 5
WINDOW_S: Final = 600.0
BLOCK_S: Final = 600.0
CHALLENGES_PER_MINUTE: Final = 30
_HOSTS_KEPT: Final = 4096


@dataclass(slots=True)
class _Record:
    wrong: deque[float] = field(default_factory=deque)
    asked: deque[float] = field(default_factory=deque)
    blocked_until: float = float("-inf")


class AttemptLimiter:
    """Blocks an address, never a repeater id: else anyone could lock a repeater out."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, _Record] = OrderedDict()

    def blocked(self, host: str, now: float) -> bool:
        """Whether logins from `host` are ignored at present."""
        record = self._hosts.get(host)
        return record is not None and now < record.blocked_until

    def may_ask(self, host: str, now: float) -> bool:
        """Count one request for a salt; False when there were too many in the last minute."""
        asked = self._record(host).asked
        _forget(asked, now - 60.0)
        if len(asked) >= CHALLENGES_PER_MINUTE:
            return False
        asked.append(now)
        return True

    def wrong_answer(self, host: str, now: float) -> None:
        """Count one wrong digest; the fifth within ten minutes blocks for ten minutes."""
        record = self._record(host)
        _forget(record.wrong, now - WINDOW_S)
        record.wrong.append(now)
        if len(record.wrong) >= WRONG_ANSWERS:
            record.wrong.clear()
            record.blocked_until = now + BLOCK_S

    def right_answer(self, host: str) -> None:
        """Forgive what went before."""
        self._hosts.pop(host, None)

    def _record(self, host: str) -> _Record:
        record = self._hosts.setdefault(host, _Record())
        self._hosts.move_to_end(host)
        while len(self._hosts) > _HOSTS_KEPT:
            self._hosts.popitem(last=False)
        return record


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] < before:
        times.popleft()
