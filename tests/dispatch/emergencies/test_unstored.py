"""An alarm that the database has not taken is shown from memory."""

import orjson

from dispatch.auth.identity import Role, SignedIn
from dispatch.emergencies.unstored import STORED_WITHIN_S, Unstored
from dispatch.live.passing import Passing
from dispatch.live.scope import EVERYTHING, Scope
from radio_gateway.domain.events import EmergencyRaised, EmergencySource, RadioHeard
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.wire import EventEnvelope
from tests.dispatch.world import LINK, OURS, World, envelope, moment

STRANGER = RadioId("liepaja", 99)
ANNA = SignedIn(1, "anna", "Anna", Role.DISPATCHER, frozenset({1}), 1)


class Bench:
    def __init__(self, world: World) -> None:
        self.mono = 0.0
        self.told: list[Passing] = []
        self.unstored = Unstored(world.database, self.told.extend, lambda: self.mono)

    def frames(self) -> list[dict[str, object]]:
        found, self.told[:] = [orjson.loads(one.json) for one in self.told], []
        return found


def alarm(radio: RadioId = OURS, second: float = 0.0) -> EventEnvelope:
    event = EmergencyRaised(link=LINK, at=moment(second), radio=radio, source=EmergencySource.ALARM)
    return envelope(event)


async def test_a_stored_alarm_is_never_called_unstored(world: World) -> None:
    bench = Bench(world)
    heard = alarm()
    bench.unstored.on_waiting([heard])
    bench.unstored.on_stored([heard.id])
    bench.mono = 10.0
    await bench.unstored.tick()
    assert bench.frames() == []


async def test_one_that_waits_is_shown_with_its_unit_and_replaced(world: World) -> None:
    bench = Bench(world)
    await bench.unstored.directory.load()
    heard, again = alarm(), alarm(second=2)
    bench.unstored.on_waiting([heard, envelope(RadioHeard(link=LINK, at=moment(), radio=OURS))])
    bench.mono = STORED_WITHIN_S - 0.01
    await bench.unstored.tick()
    assert bench.frames() == []
    bench.mono = STORED_WITHIN_S
    await bench.unstored.tick()
    bench.unstored.on_waiting([again])
    await bench.unstored.tick()
    (shown,) = bench.frames()
    assert shown == {
        "event": heard.id,
        "radio_id": 1,
        "network": "liepaja",
        "number": 2340104,
        "label": "2340104",
        "unit_id": 1,
        "call_sign": "liepaja-1",
        "agency_id": 1,
        "talkgroup": None,
        "at": "2026-03-01T08:00:00.000Z",
        "source": "alarm",
        "lat": None,
        "lon": None,
        "stored": False,
    }
    assert len(bench.unstored.views(EVERYTHING)) == 1
    assert bench.unstored.views(Scope(frozenset({2}))) == []
    bench.unstored.on_stored([again.id])
    (gone,) = bench.frames()
    assert (gone["event"], gone["stored"]) == (heard.id, True)
    assert bench.unstored.views(EVERYTHING) == []


async def test_a_strangers_alarm_is_everybodys(world: World) -> None:
    bench = Bench(world)
    await bench.unstored.directory.load()
    bench.unstored.on_waiting([alarm(STRANGER)])
    bench.mono = 1.0
    await bench.unstored.tick()
    (value,) = bench.told
    (shown,) = bench.frames()
    assert (value.agency_id, shown["radio_id"], shown["label"]) == (None, None, "99")


async def test_what_another_process_stored_is_learnt_from_the_database(world: World) -> None:
    bench = Bench(world)
    heard = alarm()
    bench.unstored.on_waiting([heard])
    await world.store([heard])
    bench.mono = 1.0
    await bench.unstored.tick()
    assert bench.frames() == []


async def test_an_absent_database_is_not_waited_for(world: World) -> None:
    bench = Bench(world)
    await world.database.close()
    world.database.url.set(database="/nowhere")
    bench.unstored.on_waiting([alarm()])
    bench.mono = 1.0
    await bench.unstored.tick()
    assert len(bench.frames()) == 1
