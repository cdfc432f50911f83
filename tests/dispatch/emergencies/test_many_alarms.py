"""A flood of alarms is stored together and ends up as if each had come alone."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from dispatch.auth.identity import Role, SignedIn
from dispatch.emergencies import service
from dispatch.emergencies.escalation import Escalation
from dispatch.emergencies.models import CloseReason
from dispatch.live.log import read_log
from dispatch.live.scope import EVERYTHING
from radio_gateway.domain.events import (
    EmergencyCleared,
    EmergencyRaised,
    EmergencySource,
    PositionReported,
    PositionSource,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.wire import EventEnvelope
from tests.dispatch.world import LINK, OURS, START, THEIRS, World, envelope, moment

MUTE = RadioId("mute", 7)
ROW = {OURS: 1, THEIRS: 2, MUTE: 3}
PERSON = SignedIn(1, "anna", "Anna", Role.SUPERVISOR, None, 1)
SOURCES = (EmergencySource.ALARM, EmergencySource.VOICE)


@dataclass
class Model:
    """The rules in their plainest form: one alarm after the other."""

    open: dict[RadioId, dict[str, Any]] = field(default_factory=dict)
    closed_at: dict[RadioId, datetime] = field(default_factory=dict)
    told_at: dict[int, datetime] = field(default_factory=dict)
    all: list[dict[str, Any]] = field(default_factory=list)
    told: list[tuple[str, int, int, list[str]]] = field(default_factory=list)
    "Type, emergency, its repeats and its history."

    def hear(self, event: EmergencyRaised | EmergencyCleared, now: datetime) -> None:
        one, at = self.open.get(event.radio), event.at.utc
        if isinstance(event, EmergencyCleared):
            if one is not None and at >= one["last_heard_at"] and one["cleared_at"] is None:
                one["cleared_at"] = at
                one["history"].append((at, "cleared"))
                self._tell("emergency.cleared", one)
        elif one is None:
            closed_at = self.closed_at.get(event.radio)
            one = {
                "id": len(self.all) + 1,
                "radio_id": ROW[event.radio],
                "source": event.source.value,
                "raised_at": at,
                "last_heard_at": at,
                "cleared_at": None,
                "repeats": 0,
                "after_close": closed_at is not None and at < closed_at + timedelta(minutes=5),
                "lat": None if event.point is None else event.point.lat,
                "history": [(at, "raised")],
            }
            self.open[event.radio] = one
            self.all.append(one)
            self.told_at[one["id"]] = now
            self._tell("emergency.raised", one)
        else:
            self._repeat(one, event, now)

    def _repeat(self, one: dict[str, Any], event: EmergencyRaised, now: datetime) -> None:
        at = event.at.utc
        one["repeats"] += 1
        one["raised_at"] = min(one["raised_at"], at)
        if at >= one["last_heard_at"]:
            one["last_heard_at"], one["cleared_at"] = at, None
            if event.point is not None:
                one["lat"] = event.point.lat
        one["history"].append((at, "repeated"))
        if now >= self.told_at[one["id"]] + timedelta(seconds=5):
            self.told_at[one["id"]] = now
            self._tell("emergency.repeated", one)

    def close(self, radio: RadioId, now: datetime) -> None:
        one = self.open.pop(radio)
        self.closed_at[radio] = now
        for step in ("acknowledged", "closed"):
            one["history"].append((now, step))
            self._tell(f"emergency.{step}", one)

    def _tell(self, type_: str, one: dict[str, Any]) -> None:
        self.told.append((type_, one["id"], one["repeats"], in_order(one["history"])))


def in_order(history: list[tuple[datetime, str]]) -> list[str]:
    """By time; lines of one instant stay in the order of their coming."""
    return [action for _, action in sorted(history, key=lambda line: line[0])]


def batch(second: float, chance: random.Random) -> Iterator[EventEnvelope]:
    """Alarms of three radios, some of them late, some of them twice."""
    for _ in range(chance.choice((1, 3, 12))):
        radio, at = chance.choice((OURS, THEIRS, MUTE)), moment(second - chance.choice((0, 0, 7)))
        if chance.random() < 0.15:
            yield envelope(EmergencyCleared(link=LINK, at=at, radio=radio))
            continue
        point = chance.choice((None, GeoPoint(56.5, 21.0), GeoPoint(56.6, 21.0)))
        one = envelope(
            EmergencyRaised(
                link=LINK, at=at, radio=radio, source=chance.choice(SOURCES), point=point
            )
        )
        yield from [one] * chance.choice((1, 1, 2))


async def close(world: World, emergency_id: int) -> None:
    async with world.database.write() as session:
        await service.acknowledge(session, world.shared, emergency_id, PERSON)
    async with world.database.write() as session:
        await service.close(session, world.shared, emergency_id, PERSON, CloseReason.HANDLED, None)


@pytest.mark.parametrize("seed", range(6))
async def test_many_end_up_as_one_after_the_other(world: World, seed: int) -> None:
    chance, model = random.Random(seed), Model()
    for _ in range(12):
        world.clock.forward(chance.choice((1, 3, 8, 200)))
        second = (world.clock.at - START).total_seconds()
        envelopes = list(batch(second, chance))
        await world.store(envelopes)
        for one in {one.id: one for one in envelopes}.values():
            assert isinstance(one.event, EmergencyRaised | EmergencyCleared)
            model.hear(one.event, world.clock.at)
        if model.open and chance.random() < 0.4:
            radio = chance.choice(list(model.open))
            await close(world, model.open[radio]["id"])
            model.close(radio, world.clock.at)
    told = world.told("emergency")
    assert [
        (
            frame["type"],
            frame["data"]["id"],
            frame["data"]["repeats"],
            [line["action"] for line in frame["data"]["history"]],
        )
        for frame in told
    ] == model.told
    async with world.database.read() as session:
        page = await service.search(session, EVERYTHING, None, None, None, None, 1000)
    found = {one.id: one for one in page.items}
    assert sorted(found) == [one["id"] for one in model.all]
    raised = {one["data"]["id"]: one for one in told if one["type"] == "emergency.raised"}
    for expected in model.all:
        shown = found[expected["id"]]
        plain = {name: value for name, value in expected.items() if name != "history"}
        assert {name: getattr(shown, name) for name in plain} == plain
        assert [line.action for line in shown.history] == in_order(expected["history"])
        assert {(line.at, line.action) for line in shown.history} == set(expected["history"])
        assert shown.raised_seq == raised[shown.id]["seq"]


async def test_the_log_holds_octet_for_octet_what_a_list_shows(world: World) -> None:
    await world.hear(
        PositionReported(
            link=LINK,
            at=moment(-40),
            radio=THEIRS,
            point=GeoPoint(55.7, 21.1),
            source=PositionSource.TRIGGERED,
            error_m=20.0,
        )
    )
    first = [
        EmergencyRaised(link=LINK, at=moment(n), radio=radio, source=source, point=point)
        for n, (radio, source, point) in enumerate(
            (
                (OURS, EmergencySource.ALARM, GeoPoint(56.511, 21.014)),
                (THEIRS, EmergencySource.VOICE, None),
                (MUTE, EmergencySource.STATUS, None),
            )
        )
    ]
    await world.hear(*first)
    async with world.database.read() as session:
        shown = await service.open_emergencies(session, EVERYTHING)
        logged = await read_log(session, 0, 1000)
    raised = [one.json for one in logged if '"type":"emergency.raised"' in one.json]
    assert [one.partition('"data":')[2][:-1] for one in raised] == [
        one.model_dump_json() for one in shown
    ]
    assert [one.lat for one in shown] == [56.511, 55.7, None]
    world.clock.forward(6)
    await world.hear(*first[:1])
    async with world.database.read() as session:
        (ours, *_) = await service.open_emergencies(session, EVERYTHING)
        newest = (await read_log(session, 0, 1000))[-1]
    assert newest.json.partition('"data":')[2][:-1] == ours.model_dump_json()
    assert ours.repeats == 1


async def test_who_repeats_an_escalated_alarm_is_told_to_everybody(world: World) -> None:
    await world.hear(EmergencyRaised(link=LINK, at=moment(), radio=OURS, source=SOURCES[0]))
    seconds = 0.0
    escalation = Escalation(world.shared, lambda: seconds)
    await escalation.tick()
    seconds = 31.0
    await escalation.tick()
    world.clock.forward(31)
    await world.hear(
        EmergencyRaised(link=LINK, at=moment(31), radio=OURS, source=SOURCES[0]),
        EmergencyRaised(link=LINK, at=moment(31), radio=THEIRS, source=SOURCES[0]),
    )
    async with world.database.read() as session:
        logged = await read_log(session, 0, 1000)
    to_whom = [one.agency_id for one in logged if '"type":"emergency.r' in one.json]
    assert to_whom == [1, None, 2], "raised, repeated once it is escalated, raised by another"
    (data,) = (one["data"] for one in world.told("emergency.repeated"))
    assert data["caller"] == {"radio": "2340104", "unit": "liepaja-1", "agency": "Liepaja"}
