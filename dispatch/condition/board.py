"""All lamps of this process: they change by themselves, without flickering."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dispatch import clock
from dispatch.condition.lamp import WEIGHT, Finding, Lamp, worst
from dispatch.live.hub import Passing

log = logging.getLogger(__name__)

TICK_S: Final = 1.0
CALM_S: Final = 5.0
"A part has to be better for so long before its lamp says so."
NUMBERS_S: Final = 5.0
"New numbers alone are told to consoles so often at most."

Source = Callable[[], Iterable[Finding]]
"Tells at once what it knows; never waits."
Tell = Callable[[list[Passing]], None]

_SAYS: Final = {"ok": logging.INFO, "amber": logging.WARNING, "red": logging.ERROR}


@dataclass(slots=True)
class _State:
    lamp: Lamp
    better_since: float | None = None
    "By the steady clock: since when the part has been better than its lamp."


class Board:
    """Asks every source once a second; worse shows at once, better after `CALM_S`."""

    def __init__(
        self,
        tell: Tell,
        now: Callable[[], datetime] = clock.now,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._tell = tell
        self._now = now
        self._monotonic = monotonic
        self._sources: dict[str, Source] = {}
        self._states: dict[str, _State] = {}
        self._told: tuple[Lamp, ...] = ()
        self._told_at = monotonic()

    def add(self, name: str, source: Source) -> None:
        """Ask this one too, instead of an earlier one of that name."""
        self._sources[name] = source

    @property
    def lamps(self) -> Mapping[str, Lamp]:
        """Every part by its key."""
        return {key: state.lamp for key, state in self._states.items()}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(TICK_S)

    def look(self) -> None:
        """Ask every source once, and tell consoles what changed."""
        now = self._monotonic()
        seen = set()
        for source in self._sources.values():
            for finding in source():
                seen.add(finding.key)
                self._take(finding, now)
        for key in self._states.keys() - seen:
            self._vanish(key, now)
        self._publish(now)

    def view(self) -> list[Lamp]:
        """The worst first, then by key."""
        lamps = self.lamps
        return sorted(lamps.values(), key=lambda lamp: (-WEIGHT[lamp.level], lamp.key))

    def _take(self, finding: Finding, now: float) -> None:
        state = self._states.get(finding.key)
        if state is None:
            self._states[finding.key] = _State(self._lamp(finding, None))
            self._log(finding)
            return
        before, after = WEIGHT[state.lamp.level], WEIGHT[finding.level]
        if after < before:
            state.better_since = now if state.better_since is None else state.better_since
            if now - state.better_since < CALM_S:
                return
        if after != before:
            self._log(finding)
        state.better_since = None
        state.lamp = self._lamp(finding, state.lamp)

    def _vanish(self, key: str, now: float) -> None:
        """A part that nobody speaks of any more: a gateway that was taken away."""
        state = self._states[key]
        if state.better_since is None:
            state.better_since = now
        elif now - state.better_since >= CALM_S:
            del self._states[key]

    def _lamp(self, finding: Finding, before: Lamp | None) -> Lamp:
        same = before is not None and before.level == finding.level
        return Lamp(
            key=finding.key,
            level=finding.level,
            since=before.since if before is not None and same else self._now(),
            text=finding.text,
            numbers=dict(finding.numbers),
        )

    def _publish(self, now: float) -> None:
        lamps = tuple(self.view())
        if lamps == self._told:
            return
        if _words(lamps) == _words(self._told) and now - self._told_at < NUMBERS_S:
            return
        self._told, self._told_at = lamps, now
        # one value: consoles replace the whole board, so that no lamp outlives its part
        json = b",".join(lamp.model_dump_json().encode() for lamp in lamps)
        self._tell([Passing("condition", 0, None, json)])

    def _log(self, finding: Finding) -> None:
        words = " ".join(f"{name}={value}" for name, value in finding.numbers.items())
        log.log(_SAYS[finding.level], "%s: %s %s", finding.key, finding.text, words)

    @property
    def level(self) -> int:
        """0, 1 or 2: the worst of all lamps."""
        return WEIGHT[worst(self.lamps)]


def _words(lamps: Iterable[Lamp]) -> list[tuple[str, str, str]]:
    return [(lamp.key, lamp.level, lamp.text) for lamp in lamps]
