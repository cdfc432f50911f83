"""State and counters of one repeater, as the link page shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from radio_gateway.domain.events import Event, LinkChanged, LinkHealth, LinkState
from radio_gateway.domain.moment import Moment

HEALTH_EVERY_S: Final = 5.0


@dataclass(slots=True)
class Site:
    """One repeater, or the whole link with `name` None."""

    link: str
    name: str | None
    state: LinkState = LinkState.DOWN
    since: datetime | None = None
    last_payload_at: datetime | None = None
    frames: int = 0
    malformed: int = 0
    refused: int = 0
    options: str | None = None
    "What it asked for at its login."

    def become(
        self, state: LinkState, reason: str, at: Moment, emit: Callable[[Event], None]
    ) -> None:
        """Change the state and tell it; nothing happens when it is the same already."""
        if state is self.state:
            return
        self.state = state
        self.since = at.utc
        emit(LinkChanged(link=self.link, at=at, state=state, reason=reason, site=self.name))

    def payload(self, at: Moment) -> bool:
        """Count one frame about radios; True: the first, for which health does not wait."""
        first = self.last_payload_at is None
        self.frames += 1
        self.last_payload_at = at.utc
        return first

    def health(self, at: Moment) -> LinkHealth:
        """The counters as an event."""
        return LinkHealth(
            link=self.link,
            at=at,
            state=self.state,
            site=self.name,
            since=self.since or at.utc,
            last_payload_at=self.last_payload_at,
            frames=self.frames,
            malformed=self.malformed,
            refused=self.refused,
            options=self.options,
        )
