"""Serial ports whose radio or modem is asked whether it is there."""

from radio_gateway.adapters._serial import SerialState
from radio_gateway.domain.events import LinkState
from radio_gateway.domain.moment import Moment


class PolledPort(SerialState):
    """Goes down while the port stays open and nobody answers, and up again with an answer."""

    def __init__(self, name: str, site: str | None) -> None:
        super().__init__(name, site)
        self._opened = False

    @property
    def open(self) -> bool:
        """Whether the port is open, whoever may be at its other end."""
        return self._opened

    def opened(self, at: Moment) -> None:
        self._opened = True
        super().opened(at)

    def closed(self, reason: str, at: Moment) -> None:
        self._opened = False
        self._health_at = None
        if self.state is not LinkState.DOWN:
            self._become(LinkState.DOWN, reason, at)

    def silent(self, reason: str, at: Moment) -> None:
        """Nobody answers, or what answers cannot be used."""
        if self.state is not LinkState.DOWN:
            self._become(LinkState.DOWN, reason, at)
