"""An MMDVM repeater: voice with the place in it, alarms; radios answer texts and send none."""

import random
from typing import Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.link_control import GpsInfo
from radio_gateway.protocols.errors import ProtocolError
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.homebrew import HomebrewRepeater
from radio_gateway.simulator.stations.base import MAIN, Datagram, Fix

GPS_ERROR_M: Final = 20.0
HANG_S: Final = 0.3
"Nobody presses the key faster than this after another."
LATE: Final = 0.03
"Share of transmissions whose beginning is not heard."
CUT: Final = 0.03
"Share of transmissions whose end is not heard."


class HomebrewStation:
    """Patrols on an MMDVM repeater; talkgroups ending in 1 use slot 1, all others slot 2."""

    reports_positions = False
    writes_texts = False
    sends_statuses = False

    def __init__(self, configuration: Configuration, passphrase: bytes, seed: int) -> None:
        self._chance = random.Random(f"{seed} {configuration.repeater_id}")
        self._repeater = HomebrewRepeater(configuration, passphrase, self._chance)
        self._free_at = {1: float("-inf"), 2: float("-inf")}

    @property
    def up(self) -> bool:
        """Whether the gateway has accepted the login."""
        return self._repeater.up

    def open(self, at: Moment) -> None:
        self._repeater.open(at.mono)

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        """MMDVM repeaters know no registration; from now on the radio listens."""
        del at  # at once
        self._repeater.radios.present.add(radio.id.number)

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        """Texts for it stay without answer."""
        del at  # at once
        self._repeater.radios.present.discard(radio.id.number)

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        """Places ride on voice only."""

    def talk(self, radio: DemoRadio, talkgroup: int, seconds: float, fix: Fix, at: Moment) -> bool:
        return self._voice(radio, talkgroup, seconds, fix, at, emergency=False)

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        """No data on this repeater."""

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        """No data on this repeater."""

    def alarm(self, radio: DemoRadio, talkgroup: int, fix: Fix, at: Moment) -> None:
        slot = _slot(talkgroup)
        free_at = self._repeater.emergency_alarm(radio.id.number, talkgroup, now=at.mono, slot=slot)
        self._free_at[slot] = free_at
        self._voice(radio, talkgroup, 5.0, fix, Moment(free_at, at.utc), emergency=True)

    def calm(self, radio: DemoRadio, at: Moment) -> None:
        """The alarm was sent once; nothing goes on."""

    def feed(self, endpoint: str, data: bytes, at: Moment) -> None:
        del endpoint  # there is one
        try:
            self._repeater.feed(data, at.mono)
        except ProtocolError:
            return  # a repeater that gets nonsense goes on

    def expire(self, at: Moment) -> None:
        self._repeater.expire(at.mono)

    def deadline(self) -> float | None:
        return self._repeater.deadline()

    def outgoing(self) -> list[Datagram]:
        return [(MAIN, data) for data in self._repeater.outgoing()]

    def close(self, at: Moment) -> None:
        del at  # goodbye takes no time
        self._repeater.close()

    def _voice(
        self,
        radio: DemoRadio,
        talkgroup: int,
        seconds: float,
        fix: Fix,
        at: Moment,
        *,
        emergency: bool,
    ) -> bool:
        slot = _slot(talkgroup)
        if at.mono < self._free_at[slot]:
            return False
        free_at = self._repeater.talk(
            radio.id.number,
            talkgroup,
            now=at.mono,
            duration_s=seconds,
            slot=slot,
            alias=radio.alias,
            position=GpsInfo(fix.point, GPS_ERROR_M),
            emergency=emergency,
            late_entry=not emergency and self._chance.random() < LATE,
            lose_terminator=self._chance.random() < CUT,
        )
        self._free_at[slot] = free_at + HANG_S
        return True


def repeater_configuration(repeater_id: int, site: str, point: GeoPoint) -> Configuration:
    """What the repeater tells of itself at the login."""
    return Configuration(
        repeater_id=repeater_id,
        callsign="SARDZE",
        rx_frequency_hz=430_512_500,
        tx_frequency_hz=439_912_500,
        power_w=25,
        colour_code=1,
        point=point,
        height_m=40,
        location=site.encode("ascii", "ignore").decode()[:20],
        description="Simulator",
        software="20260101",
        package="MMDVM_Simulator",
    )


def _slot(talkgroup: int) -> int:
    return 1 if talkgroup % 10 == 1 else 2
