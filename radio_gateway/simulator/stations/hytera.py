"""A Hytera repeater: registrations, places, texts, alarms and calls as data."""

import random
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.errors import ProtocolError
from radio_gateway.protocols.nmea.fields import KNOT_KMH
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.hytera import HyteraRepeater, HyteraSetup
from radio_gateway.simulator.stations.base import Datagram, Fix, Heard

SLOT: Final = 1
"All radios work on one timeslot; the other is free for other fleets."
HANG_S: Final = 0.3


class HyteraStation:
    """Patrols on a Hytera repeater."""

    reports_positions = True
    writes_texts = True
    sends_statuses = False

    def __init__(self, setup: HyteraSetup, seed: int, on_text: Heard) -> None:
        self._repeater = HyteraRepeater(
            setup,
            random.Random(f"{seed} {setup.device_id}"),
            lambda radio, text, _: on_text(radio, text),
        )
        self._free_at = float("-inf")
        self._in_need: set[int] = set()

    @property
    def up(self) -> bool:
        """Whether the gateway has answered on every port."""
        return self._repeater.connected

    def open(self, at: Moment) -> None:
        """The repeater connects by itself when it is first asked what is due."""

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        self._repeater.register(radio.id.number, at.mono, slot=SLOT)

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        self._in_need.discard(radio.id.number)
        self._repeater.deregister(radio.id.number, at.mono)

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        self._place(radio, fix, at)
        self._repeater.report_position(radio.id.number, at.mono)

    def talk(self, radio: DemoRadio, talkgroup: int, seconds: float, fix: Fix, at: Moment) -> bool:
        if at.mono < self._free_at:
            return False
        self._place(radio, fix, at)
        self._repeater.call(radio.id.number, talkgroup, seconds, at.mono)
        self._free_at = at.mono + seconds + HANG_S
        return True

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        self._repeater.text(radio.id.number, text, at.mono)

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        """These radios write texts instead."""

    def alarm(self, radio: DemoRadio, talkgroup: int, fix: Fix, at: Moment) -> None:
        del talkgroup  # the report names none
        self._place(radio, fix, at)
        self._in_need.add(radio.id.number)
        self._repeater.emergency(radio.id.number, at.mono)

    def calm(self, radio: DemoRadio, at: Moment) -> None:
        """Switching off and on again ends the reports of an emergency."""
        if radio.id.number in self._in_need:
            self._in_need.discard(radio.id.number)
            self._repeater.vanish(radio.id.number)
            self._repeater.register(radio.id.number, at.mono, slot=SLOT)

    def feed(self, endpoint: str, data: bytes, at: Moment) -> None:
        try:
            self._repeater.feed(endpoint, data, at.mono)
        except ProtocolError:
            return  # a repeater that gets nonsense goes on

    def expire(self, at: Moment) -> None:
        self._repeater.expire(at.mono)

    def deadline(self) -> float | None:
        return self._repeater.deadline()

    def outgoing(self) -> list[Datagram]:
        return self._repeater.outgoing()

    def close(self, at: Moment) -> None:
        """Repeaters have no word for goodbye; the gateway hears silence."""

    def _place(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        self._repeater.place(
            radio.id.number,
            fix.point,
            at.mono,
            fixed_at=fix.at,
            speed_knots=fix.speed_kmh / KNOT_KMH,
            course_deg=fix.bearing_deg,
        )
