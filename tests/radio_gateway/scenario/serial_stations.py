"""Base radios on serial ports that repeat nothing: Kenwood and Tait; and a GNSS receiver."""

from pathlib import Path
from random import Random

from radio_gateway.config import LinkEntry
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.protocols.kenwood.ids import IdForm, UnitId
from radio_gateway.simulator.peers.kenwood import AirLoss, KenwoodBaseRadio, KenwoodFix
from radio_gateway.simulator.peers.tait import TaitPeer
from tests.fakes.tait_radio import sentence
from tests.radio_gateway.scenario.driving import DrivenStation
from tests.radio_gateway.scenario.lines import SOUND, WORN, Address
from tests.radio_gateway.scenario.script import NUMBER, TALKGROUP

EMERGENCY_STATUS = 99
FLEET = "1234"
BASE = 9000


def rmc(point: GeoPoint, clock: str, date: str) -> str:
    """The recommended minimum sentence, written out as a receiver does."""
    lat, lon = abs(point.lat), abs(point.lon)
    places = f"{int(lat):02}{lat % 1 * 60:07.4f},N,{int(lon):03}{lon % 1 * 60:07.4f},E"
    return sentence(f"GPRMC,{clock},A,{places},000.0,000.0,{date},,,A")


class KenwoodStation(DrivenStation):
    """NEXEDGE radios around a base; the port has no retries, so octets only come slowly."""

    kind = "kenwood"
    BAUD = 9600

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self._unit = UnitId(IdForm.LETTER5, NUMBER)
        self.peer = KenwoodBaseRadio(
            Random(seed),
            reachable=lambda unit: unit == self._unit,
            on_text=lambda _, words: self._shown.append(words),
            on_poll=lambda _: None,
            loss=AirLoss(text=0.0, end=0.0),
        )

    def radio(self, network: str) -> RadioId:
        return RadioId(f"{network}/nxdn", NUMBER)

    async def open(self) -> LinkEntry:
        cable = self.cable(self.BAUD, SOUND)
        return self.link(
            device=str(cable.path), talkgroup=TALKGROUP, emergency_statuses=[EMERGENCY_STATUS]
        )

    def expire(self, now: float) -> None:
        self.peer.expire(now)

    def deadline(self) -> float | None:
        return self.peer.deadline()

    def take(self, _: str, data: bytes, __: Address) -> None:
        self.peer.feed(data, self.now)

    def flush(self) -> None:
        for data in self.peer.outgoing():
            self.cables[0].write(data)

    def report(self, point: GeoPoint) -> None:
        self.place = KenwoodFix(point, self.at.utc)
        self.peer.report(self._unit, self.place, self.now)
        self.wake()

    def talk(self, seconds: float) -> None:
        self.peer.talk(self._unit, seconds, self.now)
        self.wake()

    def press(self) -> None:
        self.peer.emergency(self._unit, self.place, EMERGENCY_STATUS, self.now)
        self.wake()


class TaitStation(DrivenStation):
    """A Tait base; what it says unasked it says once, so octets only come slowly."""

    kind = "tait"
    BAUD = 9600

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self._identity = f"{FLEET}{NUMBER:04}"
        self.peer = TaitPeer(
            Random(seed),
            reachable=lambda identity: identity == self._identity,
            on_text=lambda _, words: self._shown.append(words),
            place=lambda _: None,
        )

    async def open(self) -> LinkEntry:
        cable = self.cable(self.BAUD, SOUND)
        return self.link(device=str(cable.path), radio=BASE, fleet=FLEET, talkgroup=TALKGROUP)

    def expire(self, now: float) -> None:
        self.peer.expire(now)

    def deadline(self) -> float | None:
        return self.peer.deadline()

    def take(self, _: str, data: bytes, __: Address) -> None:
        self.peer.feed(data, self.now)

    def flush(self) -> None:
        for data in self.peer.outgoing():
            self.cables[0].write(data)

    def report(self, point: GeoPoint) -> None:
        now = self.at.utc
        clock, date = now.strftime("%H%M%S"), now.strftime("%d%m%y")
        self.peer.write(self._identity, rmc(point, clock, date), self.now)
        self.wake()

    def write(self, words: str) -> None:
        self.peer.write(self._identity, words, self.now)
        self.wake()

    def talk(self, seconds: float) -> None:
        self.peer.talk(self._identity, seconds, self.now, group="100")
        self.wake()

    def ask_back(self) -> None:
        self.peer.call_alert(self._identity, self.now)
        self.wake()

    def press(self) -> None:
        self.peer.emergency(self._identity, self.now)
        self.wake()


class NmeaStation(DrivenStation):
    """A receiver that says where it is every second; what is damaged comes again."""

    kind = "nmea"
    BAUD = 4800

    async def open(self) -> LinkEntry:
        cable = self.cable(self.BAUD, WORN)
        return self.link(device=str(cable.path), radio=NUMBER)

    def expire(self, now: float) -> None:
        """It waits for nothing."""

    def deadline(self) -> float | None:
        return None

    def flush(self) -> None:
        """It speaks at once."""

    def report(self, point: GeoPoint) -> None:
        now = self.at.utc
        line = rmc(point, now.strftime("%H%M%S"), now.strftime("%d%m%y"))
        self.cables[0].write(line.encode() + b"\r\n")
