"""Faults in the log: once per second and sender, however many come."""

import logging
from typing import Final

LOG_EVERY_S: Final = 1.0
_SENDERS_KEPT: Final = 1024
_SHOWN_OCTETS: Final = 64
_SECRET_SHOWN: Final = 8


class FaultLog:
    """Counts what it keeps quiet about and says so with the next line."""

    def __init__(self, link: str, log: logging.Logger, *, secret_tag: bytes | None = None) -> None:
        """Start quiet; of datagrams that begin with `secret_tag` only the head is ever shown."""
        self._link = link
        self._log = log
        self._secret_tag = secret_tag
        self._senders: dict[str, tuple[float, int]] = {}

    def fault(self, what: str, data: bytes, host: str, now: float) -> None:
        """Take one bad datagram."""
        logged_at, quiet = self._senders.get(host, (float("-inf"), 0))
        if now < logged_at + LOG_EVERY_S:
            self._senders[host] = logged_at, quiet + 1
            return
        self._senders.pop(host, None)
        self._senders[host] = now, 0
        if len(self._senders) > _SENDERS_KEPT:
            del self._senders[next(iter(self._senders))]
        secret = self._secret_tag is not None and data.startswith(self._secret_tag)
        shown = data[: _SECRET_SHOWN if secret else _SHOWN_OCTETS]
        self._log.warning(
            "%s: dropped %d octets from %s (and %d before): %s: %s",
            self._link, len(data), host, quiet, what, shown.hex(" "),
        )  # fmt: skip
