"""Which radios are registered, and where each was heard last."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from radio_gateway.adapters._hytera_config import Emit, HyteraConfig
from radio_gateway.adapters._hytera_links import HyteraLinks, Route
from radio_gateway.domain.events import RadioDeregistered, RadioRegistered
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment

REMEMBERED: Final = 4096
"Radios and talkgroups; the longest silent ones are forgotten first."


@dataclass(slots=True)
class _Radio:
    route: Route
    heard_at: float
    registered: bool = False


class HyteraRadios:
    """Presence of the radios behind one base, and the way to each."""

    def __init__(self, config: HyteraConfig, links: HyteraLinks, emit: Emit) -> None:
        self._config = config
        self._links = links
        self._emit = emit
        self._radios: OrderedDict[RadioId, _Radio] = OrderedDict()
        "Longest silent first."
        self._talkgroups: OrderedDict[tuple[str, TalkgroupId], Route] = OrderedDict()

    def heard(self, radio: RadioId, route: Route, at: Moment) -> None:
        """Any traffic of a radio keeps its registration and tells the way to it."""
        known = self._radios.get(radio)
        if known is not None:
            known.route, known.heard_at = route, at.mono
            self._radios.move_to_end(radio)
            return
        self._radios[radio] = _Radio(route, at.mono)
        if len(self._radios) > REMEMBERED:
            oldest = next(iter(self._radios))
            self._end(oldest, at, expired=True)

    def talkgroup_heard(self, talkgroup: TalkgroupId, route: Route) -> None:
        self._talkgroups[route.host, talkgroup] = route
        self._talkgroups.move_to_end((route.host, talkgroup))
        if len(self._talkgroups) > REMEMBERED:
            self._talkgroups.popitem(last=False)

    def registered(self, radio: RadioId, route: Route, at: Moment) -> bool:
        """Take a registration; returns whether the radio is new and not renewing."""
        self.heard(radio, route, at)
        known = self._radios[radio]
        renewal, known.registered = known.registered, True
        config = self._config
        self._emit(
            RadioRegistered(link=config.name, at=at, radio=radio, site=config.site, renewal=renewal)
        )
        return not renewal

    def deregistered(self, radio: RadioId, at: Moment) -> None:
        """Take a goodbye, also of a radio whose registration we did not hear."""
        self._radios.pop(radio, None)
        self._say_goodbye(radio, at, expired=False)

    def knows(self, radio: RadioId) -> bool:
        """Whether a radio is registered, or was heard within the life of a registration."""
        return radio in self._radios

    def route(self, radio: RadioId) -> Route | None:
        """The way to a radio; None: no base is connected."""
        hosts = self._links.hosts()
        known = self._radios.get(radio)
        if known is not None and known.route.host in hosts:
            return known.route
        return self._links.default_route(hosts[0]) if hosts else None

    def routes(self, talkgroup: TalkgroupId) -> list[Route]:
        """The ways to a talkgroup: one per connected host."""
        return [
            self._talkgroups.get((host, talkgroup)) or self._links.default_route(host)
            for host in self._links.hosts()
        ]

    def only_radio_of(self, host: str) -> RadioId | None:
        """The radio of a host that carries one radio only."""
        radios = [radio for radio, known in self._radios.items() if known.route.host == host]
        return radios[0] if len(radios) == 1 else None

    def expire(self, at: Moment) -> None:
        """End registrations that were not renewed."""
        for radio, known in list(self._radios.items()):
            if at.mono < known.heard_at + self._lifetime_s:
                break
            self._end(radio, at, expired=True)

    def deadline(self) -> float | None:
        oldest = next(iter(self._radios.values()), None)
        return None if oldest is None else oldest.heard_at + self._lifetime_s

    @property
    def _lifetime_s(self) -> float:
        return 2.0 * self._config.registration_period_s

    def _end(self, radio: RadioId, at: Moment, *, expired: bool) -> None:
        if self._radios.pop(radio).registered:
            self._say_goodbye(radio, at, expired=expired)

    def _say_goodbye(self, radio: RadioId, at: Moment, *, expired: bool) -> None:
        config = self._config
        self._emit(
            RadioDeregistered(
                link=config.name, at=at, radio=radio, site=config.site, expired=expired
            )
        )
