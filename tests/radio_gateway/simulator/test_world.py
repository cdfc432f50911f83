"""A simulated day against the real adapters, in memory and in virtual time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from radio_gateway.adapters.homebrew import HomebrewConfig, HomebrewMaster, RepeaterConfig
from radio_gateway.adapters.hytera import HyteraBase, HyteraConfig
from radio_gateway.adapters.kenwood import KenwoodBase, KenwoodConfig
from radio_gateway.domain.commands import RequestPosition, SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallStarted,
    CommandResult,
    EmergencyRaised,
    EmergencySource,
    Event,
    LinkChanged,
    LinkState,
    PositionReported,
    PositionSource,
    RadioRegistered,
    StatusReceived,
    TalkerAliasHeard,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Adapter, Peer
from radio_gateway.simulator.assembly import build_world
from radio_gateway.simulator.config import Base, SimulatorConfig
from radio_gateway.simulator.fleet import BASES, EMERGENCY_STATUS, STATUSES, build_fleet
from radio_gateway.simulator.stations.homebrew import HomebrewSettings
from radio_gateway.simulator.stations.hytera import HyteraSettings
from radio_gateway.simulator.stations.kenwood import KenwoodSettings
from radio_gateway.simulator.streets import distance_m, load_streets

START = Moment(1000.0, datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC))
DISPATCHER = 9_990_999
PORTS = {
    name: 30001 + index
    for index, name in enumerate(("rrs1", "rrs2", "lp1", "lp2", "tmp1", "tmp2", "rcp1", "rcp2"))
}
SETTINGS = {
    "liepaja-mmdvm": HomebrewSettings("127.0.0.1", 62031, 247101, "open sesame 12"),
    "liepaja-hytera": HyteraSettings("127.0.0.1", PORTS, DISPATCHER),
    "palanga-hytera": HyteraSettings("127.0.0.1", PORTS, DISPATCHER),
    "klaipeda-kenwood": KenwoodSettings(Path("unused.tty")),
}
NEIGHBOUR = "neighbour 247102"
NEIGHBOUR_PORT = 40001
"Where the second repeater sends from; the gateway has one socket for both."
PLANS = [plan for plan in BASES if plan.name in SETTINGS]
CONFIG = SimulatorConfig(seed=7, bases=tuple(Base(plan, SETTINGS[plan.name]) for plan in PLANS))


def only(name: str) -> SimulatorConfig:
    """The same day with one base on the air."""
    return replace(CONFIG, bases=tuple(base for base in CONFIG.bases if base.name == name))


def gateway_side() -> dict[str, Adapter]:
    """The adapters that the bases of CONFIG belong to."""
    salts = count(1)
    hytera = {
        name: HyteraBase(
            HyteraConfig(
                name=name,
                network=name.partition("-")[0],
                peers=frozenset({"127.0.0.1"}),
                dispatcher_id=DISPATCHER,
            )
        )
        for name in ("liepaja-hytera", "palanga-hytera")
    }
    homebrew = HomebrewMaster(
        HomebrewConfig(
            name="liepaja-mmdvm",
            network="liepaja",
            repeaters=(
                RepeaterConfig(247101, "Karosta", "open sesame 12"),
                RepeaterConfig(247102, "Ezerkrasts", "open sesame 13"),
            ),
        ),
        salt=lambda: next(salts).to_bytes(4, "big"),
    )
    kenwood = KenwoodBase(
        KenwoodConfig(
            name="klaipeda-kenwood",
            network="klaipeda",
            statuses=STATUSES,
            emergency_statuses=frozenset({EMERGENCY_STATUS}),
        )
    )
    return {"liepaja-mmdvm": homebrew, **hytera, "klaipeda-kenwood": kenwood}


@dataclass
class Day:
    """World and gateway, joined without loss; time goes from deadline to deadline."""

    config: SimulatorConfig = CONFIG
    now: Moment = START
    events: list[Event] = field(default_factory=list)
    octets: list[tuple[float, str, str, bytes]] = field(default_factory=list)
    "Everything that crossed the wire: time, base, direction, data."

    def __post_init__(self) -> None:
        self.world = build_world(self.config, START)
        self.adapters = gateway_side()
        for adapter in self.adapters.values():
            adapter.opened(START)

    def run(self, seconds: float) -> None:
        end = self.now.mono + seconds
        while True:
            self._carry()
            due = self.world.deadline()
            waiting = [a.deadline() for a in self.adapters.values()]
            soonest = min([d for d in (due, *waiting) if d is not None], default=end)
            if soonest > end:
                break
            self._step(max(soonest, self.now.mono))
        self._step(end)

    def of(self, *kinds: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]

    def _step(self, mono: float) -> None:
        utc = START.utc + timedelta(seconds=mono - START.mono)
        self.now = Moment(mono, utc)
        self.world.advance(self.now)
        for adapter in self.adapters.values():
            adapter.expire(self.now)
        self._carry()

    def _carry(self) -> None:
        """Bring octets to and fro until both sides are silent."""
        moved = True
        while moved:
            moved = False
            for base, endpoint, data, up in self._crossing():
                moved = True
                self.octets.append((self.now.mono, base, "up" if up else "down", data))
                if up:
                    second = endpoint == NEIGHBOUR
                    port = NEIGHBOUR_PORT if second else 40000
                    peer = Peer("main" if second else endpoint, "127.0.0.1", port)
                    self.adapters[base].feed(data, peer, self.now)
                else:
                    peer = Peer(endpoint, "127.0.0.1", 62031)
                    self.world.stations[base].feed(peer, data, self.now)
        for adapter in self.adapters.values():
            self.events += adapter.events()

    def _crossing(self) -> Iterator[tuple[str, str, bytes, bool]]:
        for base, station in self.world.stations.items():
            for peer, data in station.outgoing():
                yield base, peer.endpoint, data, True
            for out in self.adapters[base].outgoing():
                second = out.peer.port == NEIGHBOUR_PORT
                yield base, NEIGHBOUR if second else out.peer.endpoint, out.data, False


def positions(day: Day) -> list[PositionReported]:
    return [event for event in day.events if isinstance(event, PositionReported)]


@pytest.fixture(scope="module")
def five_minutes() -> Day:
    day = Day()
    day.run(300.0)
    return day


def test_every_base_comes_up(five_minutes: Day) -> None:
    changes = [e for e in five_minutes.events if isinstance(e, LinkChanged)]
    up = {e.link for e in changes if e.state is LinkState.UP}
    assert up == set(five_minutes.adapters)


def test_no_octet_of_the_simulator_is_malformed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    day = Day()
    day.run(60.0)
    assert [r.getMessage() for r in caplog.records if r.levelname in ("WARNING", "ERROR")] == []


def test_every_radio_is_seen_on_the_map_within_two_minutes(five_minutes: Day) -> None:
    seen = {e.radio for e in positions(five_minutes) if e.at.mono <= START.mono + 120}
    assert seen == {radio.id for radio in build_fleet(24, 7, PLANS).radios}


@pytest.mark.parametrize("seed", range(1, 9))
def test_radios_that_only_talk_are_soon_heard_and_on_the_map(seed: int) -> None:
    day = Day(replace(CONFIG, seed=seed, units=14))
    radios = {radio.id for radio in day.world.fleet.radios if radio.base == "liepaja-mmdvm"}
    assert len(radios) == 3
    day.run(12.0)
    assert {e.radio for e in day.of(CallStarted) if isinstance(e, CallStarted)} >= radios
    day.run(3.0)
    assert {e.radio for e in positions(day)} >= radios


def test_positions_are_near_the_streets_of_the_own_town(five_minutes: Day) -> None:
    fleet = build_fleet(24, 7, PLANS)
    cities = {
        radio.id: agency.cities
        for radio in fleet.radios
        for agency in fleet.agencies
        if agency.code == radio.agency
    }
    places = load_streets().places.values()
    for event in positions(five_minutes):
        nearest = min(
            distance_m(event.point, place.point)
            for place in places
            if place.city in cities[event.radio]
        )
        assert nearest < 3500  # half of the longest leg, A13 to Šventoji
        assert (event.speed_kmh or 0) <= 90


def test_moving_units_visibly_move(five_minutes: Day) -> None:
    tracks: dict[RadioId, list[PositionReported]] = {}
    for event in positions(five_minutes):
        tracks.setdefault(event.radio, []).append(event)
    moved = [
        max(distance_m(track[0].point, later.point) for later in track) for track in tracks.values()
    ]
    assert sum(distance > 100 for distance in moved) >= 20


def test_the_day_has_all_kinds_of_events(five_minutes: Day) -> None:
    kinds = Counter(type(event) for event in five_minutes.events)
    for kind in (RadioRegistered, CallStarted, CallEnded, TalkerAliasHeard, StatusReceived):
        assert kinds[kind] > 0, kind
    embedded = [e for e in positions(five_minutes) if e.source is PositionSource.EMBEDDED]
    assert len({e.radio for e in embedded}) == 5


def test_the_first_emergency_comes_after_one_to_one_and_a_half_minutes(five_minutes: Day) -> None:
    first = five_minutes.of(EmergencyRaised)[0]
    assert 60 <= first.at.mono - START.mono <= 95


def test_the_same_seed_gives_the_same_octets() -> None:
    logs = []
    for _ in range(2):
        day = Day()
        day.run(120.0)
        logs.append(day.octets)
    assert len(logs[0]) > 2000
    assert logs[0] == logs[1]


def test_another_seed_gives_another_day() -> None:
    days = [Day(), Day(replace(CONFIG, seed=8))]
    for day in days:
        day.run(30.0)
    assert days[0].octets != days[1].octets


def texts(day: Day, key: str) -> list[TextState]:
    return [
        e.state for e in day.of(TextProgress) if isinstance(e, TextProgress) and e.command == key
    ]


def two_repeaters() -> Day:
    """Both hear the same radios."""
    settings = HomebrewSettings(
        "127.0.0.1", 62031, 247101, "open sesame 12", neighbours={247102: "open sesame 13"}
    )
    [base] = only("liepaja-mmdvm").bases
    return Day(
        replace(CONFIG, units=5, emergencies=False, bases=(replace(base, settings=settings),))
    )


def test_a_neighbour_hears_most_transmissions_and_less_well() -> None:
    day = two_repeaters()
    day.run(600.0)
    ends = [e for e in day.of(CallEnded) if isinstance(e, CallEnded)]
    assert len(ends) > 30
    assert len(ends) == pytest.approx(len(day.of(CallStarted)), abs=1)
    both = [{r.site: r for r in e.receptions} for e in ends if len(e.receptions) == 2]
    assert 0.5 < len(both) / len(ends) < 0.95
    for heard in both:
        near, far = heard["Karosta"], heard["Ezerkrasts"]
        assert near.rssi_dbm is not None
        assert far.rssi_dbm is not None
        assert -112 <= far.rssi_dbm <= -94
        assert -95 <= near.rssi_dbm <= -60
        assert (far.ber_percent or 0.0) > (near.ber_percent or 0.0)


def test_an_alarm_that_two_repeaters_hear_is_one() -> None:
    day = two_repeaters()
    day.run(10.0)
    for patrol in day.world.patrols:
        patrol.raise_alarm(day.now)
        day.run(20.0)
    raised = [
        e.radio
        for e in day.of(EmergencyRaised)
        if isinstance(e, EmergencyRaised) and e.source is EmergencySource.ALARM
    ]
    assert raised == [patrol.radio.id for patrol in day.world.patrols]


@pytest.mark.parametrize(
    "radio", [RadioId("palanga", 2462021), RadioId("klaipeda/nxdn", 4041)], ids=str
)
def test_texts_reach_radios_and_some_are_answered(radio: RadioId) -> None:
    base = "palanga-hytera" if radio.network == "palanga" else "klaipeda-kenwood"
    day = Day(only(base))
    day.run(30.0)
    for index in range(8):
        command = SendText(command=f"t{index}", text="Kur esi?", radio=radio)
        day.adapters[base].command(command, day.now)
        day.run(45.0)
    ends = [texts(day, f"t{index}")[-1] for index in range(8)]
    assert ends.count(TextState.DELIVERED) >= 5
    if base == "palanga-hytera":
        answers = [e for e in day.of(TextReceived) if isinstance(e, TextReceived)]
        assert any(e.radio == radio and e.called is None for e in answers)


def test_a_polled_kenwood_radio_reports_its_place() -> None:
    day = Day(only("klaipeda-kenwood"))
    day.run(30.0)
    for index in range(5):
        ask = RequestPosition(command=f"p{index}", radio=RadioId("klaipeda/nxdn", 4041))
        day.adapters["klaipeda-kenwood"].command(ask, day.now)
        day.run(20.0)
    assert len(day.of(CommandResult)) == 5
    requested = [e for e in positions(day) if e.source is PositionSource.REQUESTED]
    assert len(requested) >= 3


def test_without_emergencies_nobody_presses_the_key() -> None:
    day = Day(replace(CONFIG, emergencies=False))
    day.run(100.0)
    assert day.of(EmergencyRaised) == []


@pytest.mark.slow
def test_forty_minutes_of_200_units_go_without_a_fault() -> None:
    day = Day(replace(CONFIG, seed=3, units=200, speed=4.0))
    day.run(600.0)
    assert len({event.radio for event in day.events if isinstance(event, EmergencyRaised)}) >= 2
