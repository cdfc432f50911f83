"""What every serial port has, whoever speaks on it: a state, counters, a calm log."""

import logging
from datetime import datetime
from typing import Final

from radio_gateway.domain.events import Event, LinkChanged, LinkHealth, LinkState
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.errors import MalformedError

log = logging.getLogger(__name__)

HEALTH_EVERY_S: Final = 5.0
LOG_EVERY_S: Final = 1.0
"At most one line about bad octets per port in this time; the others are counted."


class SerialState:
    """Comes up with the first valid data, not with the opening: the wrong port opens as well."""

    def __init__(self, name: str, site: str | None) -> None:
        self.state = LinkState.DOWN
        self.events: list[Event] = []
        "LinkChanged and LinkHealth, taken by the adapter."
        self.malformed = 0
        self._name = name
        self._site = site
        self._frames = 0
        self._since: datetime | None = None
        self._last_payload_at: datetime | None = None
        self._health_at: float | None = None
        self._log_after = float("-inf")
        self._unlogged = 0

    @property
    def open(self) -> bool:
        return self.state is not LinkState.DOWN

    @property
    def up(self) -> bool:
        """Whether something valid was read since the port opened; nothing is written before."""
        return self.state is LinkState.UP

    def opened(self, at: Moment) -> None:
        self._health_at = at.mono + HEALTH_EVERY_S
        self._become(LinkState.CONNECTING, "port open, nothing valid heard yet", at)

    def closed(self, reason: str, at: Moment) -> None:
        self._health_at = None
        if self.open:
            self._become(LinkState.DOWN, reason, at)

    def heard(self, at: Moment) -> None:
        """Count one valid sentence or frame; after the first, health does not wait."""
        self._frames += 1
        self._last_payload_at = at.utc
        if not self.up:
            self._health_at = at.mono
            self._become(LinkState.UP, "valid data heard", at)

    def bad(self, error: MalformedError, at: Moment) -> None:
        """Count what could not be read; its octets go to the log once per second."""
        self.malformed += 1
        if at.mono < self._log_after:
            self._unlogged += 1
            return
        log.warning("%s: dropped (and %d before): %s", self._name, self._unlogged, error)
        self._log_after = at.mono + LOG_EVERY_S
        self._unlogged = 0

    def deadline(self) -> float | None:
        return self._health_at

    def expire(self, at: Moment) -> None:
        if self._health_at is None or at.mono < self._health_at:
            return
        self._health_at = at.mono + HEALTH_EVERY_S
        self.events.append(
            LinkHealth(
                link=self._name,
                at=at,
                state=self.state,
                site=self._site,
                since=self._since or at.utc,
                last_payload_at=self._last_payload_at,
                frames=self._frames,
                malformed=self.malformed,
            )
        )

    def _become(self, state: LinkState, reason: str, at: Moment) -> None:
        self.state = state
        self._since = at.utc
        log.info("%s: %s: %s", self._name, state, reason)
        self.events.append(
            LinkChanged(link=self._name, at=at, state=state, reason=reason, site=self._site)
        )


def earliest(*deadlines: float | None) -> float | None:
    """The next of several deadlines; None: nothing waits."""
    return min((deadline for deadline in deadlines if deadline is not None), default=None)
