"""Faults in the log: once per second and sender, however many come."""

import logging
from typing import Final

LOG_EVERY_S: Final = 1.0
_SENDERS_KEPT: Final = 1024
_SHOWN_OCTETS: Final = 64
_KEY_TAG: Final = b"RPTK"


class FaultLog:
    """Counts what it keeps quiet about and says so with the next line."""

    def __init__(self, link: str, log: logging.Logger) -> None:
        self._link = link
        self._log = log
        self._senders: dict[str, tuple[float, int]] = {}

    def fault(self, what: str, data: bytes, host: str, now: float) -> None:
        """Take one bad datagram; digests of logins are never shown."""
        logged_at, quiet = self._senders.get(host, (float("-inf"), 0))
        if now < logged_at + LOG_EVERY_S:
            self._senders[host] = logged_at, quiet + 1
            return
        self._senders.pop(host, None)
        self._senders[host] = now, 0
        if len(self._senders) > _SENDERS_KEPT:
            del self._senders[next(iter(self._senders))]
        shown = data[:8] if data.startswith(_KEY_TAG) else data[:_SHOWN_OCTETS]
        self._log.warning(
            "%s: dropped %d octets from %s (and %d before): %s: %s",
            self._link, len(data), host, quiet, what, shown.hex(" "),
        )  # fmt: skip
