"""Patrols on bases that pass on the bursts of DMR: voice, alarms, and data as far as it goes.

Talkgroups ending in 1 are on slot 1; all others, and data, on slot 2.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Final, Protocol

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.dmr.link_control import GpsInfo
from radio_gateway.protocols.errors import ProtocolError
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.speech import Speech
from radio_gateway.simulator.stations.base import Datagram, Fix
from radio_gateway.simulator.stations.words import MotorolaWords, Words

GPS_ERROR_M: Final = 20.0
HANG_S: Final = 0.3
"Nobody presses the key faster than this after another."
LATE: Final = 0.03
"Share of transmissions whose beginning is not heard."
CUT: Final = 0.03
"Share of transmissions whose end is not heard."
HELP_S: Final = 5.0
"How long an officer in need talks after the alarm."
DATA_SLOT: Final = 2
DATA_WAITS_S: Final = 2.0
"A radio drops a report of its place when the channel is not free within this time."
RETRY_S: Final = 5.0
"Until a radio repeats a text that was not confirmed."
TEXT_TRIES: Final = 3
REGISTER_AGAIN_S: Final = 5.0
"Nobody answers registrations where all only listen: a radio repeats it once, to be sure."


class AirPeer(Protocol):
    """A base that passes on bursts; all times are monotonic seconds."""

    def busy_until(self, slot: int) -> float: ...

    def talk(self, radio: int, target: int, speech: Speech, *, now: float) -> float: ...

    def emergency_alarm(
        self, radio: int, talkgroup: int, *, now: float, slot: int = 1
    ) -> float: ...

    def data(
        self, radio: int, target: int, port: int, payload: bytes, *, now: float, slot: int = 1
    ) -> float: ...

    def expire(self, now: float) -> None: ...

    def deadline(self) -> float | None: ...


@dataclass(slots=True)
class _Again:
    """What a radio will say once more."""

    radio: int
    port: int
    octets: bytes
    due: float
    tries: int
    "How often at most."
    text: bool
    "A confirmation from the other end makes it needless."


class DmrStation(ABC):
    """One or several bases of a network; each radio stays with one of them."""

    reports_positions = True
    writes_texts = True
    sends_statuses = False
    confirmed_texts = False
    "Whether somebody at the other end confirms data; where all only listen, it is sent once."

    def __init__(
        self,
        peers: Sequence[AirPeer],
        dispatcher_id: int,
        chance: random.Random,
        words: Words | None = None,
    ) -> None:
        """Make a station.

        Args:
            peers: its bases.
            dispatcher_id: radio number that registrations, places and texts are addressed to.
            chance: decides losses of the air.
            words: how its radios say things as data.
        """
        self._peers = peers
        self._dispatcher = dispatcher_id
        self._chance = chance
        self._words = words or MotorolaWords()
        self._homes: dict[int, AirPeer] = {}
        self._numbers = count(1)
        self._waiting: list[_Again] = []

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        number = radio.id.number
        self._send(radio, self._words.on(number, again=False), at)
        port, octets = self._words.on(number, again=True)
        due = at.mono + REGISTER_AGAIN_S
        self._waiting.append(_Again(number, port, octets, due, tries=1, text=False))

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        self._waiting = [one for one in self._waiting if one.radio != radio.id.number]
        self._send(radio, self._words.off(radio.id.number), at)

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        if self._peer(radio).busy_until(DATA_SLOT) <= at.mono + DATA_WAITS_S:
            self._send(radio, self._words.place(radio.id.number, fix), at)

    def talk(self, radio: DemoRadio, talkgroup: int, seconds: float, fix: Fix, at: Moment) -> bool:
        if at.mono < self._peer(radio).busy_until(_slot(talkgroup)) + HANG_S:
            return False
        self._voice(radio, talkgroup, seconds, fix, at.mono)
        return True

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        number = next(self._numbers)
        port, octets = self._words.text(radio.id.number, self._dispatcher, text, number)
        free_at = self._send(radio, (port, octets), at)
        if self.confirmed_texts:
            due, tries = free_at + RETRY_S, TEXT_TRIES - 1
            self._waiting.append(_Again(radio.id.number, port, octets, due, tries, text=True))

    def alarm(self, radio: DemoRadio, talkgroup: int, fix: Fix, at: Moment) -> None:
        slot, free_at = _slot(talkgroup), at.mono
        for peer in self._hearers(radio, slot, at.mono):
            end = peer.emergency_alarm(radio.id.number, talkgroup, now=at.mono, slot=slot)
            free_at = max(free_at, end)
        self._voice(radio, talkgroup, HELP_S, fix, free_at, emergency=True)

    def calm(self, radio: DemoRadio, at: Moment) -> None:
        del radio, at  # the alarm was sent once; nothing goes on

    @abstractmethod
    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None: ...

    @abstractmethod
    def open(self, at: Moment) -> None: ...

    @abstractmethod
    def feed(self, peer: Peer, data: bytes, at: Moment) -> None: ...

    @abstractmethod
    def outgoing(self) -> list[Datagram]: ...

    @abstractmethod
    def close(self, at: Moment) -> None: ...

    def expire(self, at: Moment) -> None:
        for one in [waiting for waiting in self._waiting if waiting.due <= at.mono]:
            peer = self._home(one.radio)
            said = one.radio, self._dispatcher, one.port, one.octets
            free_at = peer.data(*said, now=at.mono, slot=DATA_SLOT)
            one.tries, one.due = one.tries - 1, free_at + RETRY_S
            if not one.tries:
                self._waiting.remove(one)
        for peer in self._peers:
            with suppress(ProtocolError):  # the air spoilt a burst of the gateway
                peer.expire(at.mono)

    def deadline(self) -> float | None:
        due = [*(peer.deadline() for peer in self._peers), *(one.due for one in self._waiting)]
        return min((moment for moment in due if moment is not None), default=None)

    def _confirmed(self, radio: int) -> None:
        """A packet of a radio was confirmed: its oldest text has arrived."""
        for one in self._waiting:
            if one.text and one.radio == radio:
                self._waiting.remove(one)
                return

    def _hearers(self, radio: DemoRadio, slot: int, now: float) -> Sequence[AirPeer]:
        """Which bases hear a radio that begins to transmit on a slot; its own at least."""
        del slot, now  # one base hears at any time
        return [self._peer(radio)]

    def _peer(self, radio: DemoRadio) -> AirPeer:
        return self._home(radio.id.number)

    def _home(self, radio: int) -> AirPeer:
        """The base that a radio stays with; each new radio takes the next one."""
        return self._homes.setdefault(radio, self._peers[len(self._homes) % len(self._peers)])

    def _send(self, radio: DemoRadio, said: tuple[int, bytes], at: Moment) -> float:
        port, octets = said
        return self._peer(radio).data(
            radio.id.number, self._dispatcher, port, octets, now=at.mono, slot=DATA_SLOT
        )

    def _voice(
        self,
        radio: DemoRadio,
        talkgroup: int,
        seconds: float,
        fix: Fix,
        now: float,
        *,
        emergency: bool = False,
    ) -> None:
        slot = _slot(talkgroup)
        for peer in self._hearers(radio, slot, now):
            speech = Speech(
                duration_s=seconds,
                slot=slot,
                alias=radio.alias,
                position=GpsInfo(fix.point, GPS_ERROR_M),
                emergency=emergency,
                late_entry=not emergency and self._chance.random() < LATE,
                lose_terminator=self._chance.random() < CUT,
            )
            peer.talk(radio.id.number, talkgroup, speech, now=now)


def _slot(talkgroup: int) -> int:
    return 1 if talkgroup % 10 == 1 else 2
