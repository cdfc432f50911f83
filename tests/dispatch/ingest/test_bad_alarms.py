"""An alarm with a value that nothing here takes is raised all the same."""

from enum import StrEnum
from typing import cast

import pytest
from sqlalchemy import text

from dispatch.emergencies.service import open_emergencies
from dispatch.live.scope import EVERYTHING
from radio_gateway.domain.events import EmergencyRaised, EmergencySource
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from tests.dispatch.ingest.test_ingest import ingesting, receipts
from tests.dispatch.world import GROUP, LINK, OURS, World, envelope, moment


class OddSource(StrEnum):
    """A source that only a newer gateway knows."""

    DRONE = "drone"


def alarm(
    source: EmergencySource = EmergencySource.ALARM,
    point: GeoPoint | None = None,
    radio: RadioId = OURS,
) -> EmergencyRaised:
    return EmergencyRaised(
        link=LINK, at=moment(), radio=radio, talkgroup=GROUP, source=source, point=point
    )


def odd_point() -> GeoPoint:
    point = GeoPoint(56.5, 21.0)
    object.__setattr__(point, "lat", "north")
    return point


@pytest.mark.parametrize(
    "bad",
    [alarm(source=cast("EmergencySource", OddSource.DRONE)), alarm(point=odd_point())],
    ids=["source", "point"],
)
async def test_its_radio_is_raised_at_least(
    world: World, bad: EmergencyRaised, caplog: pytest.LogCaptureFixture
) -> None:
    sent = envelope(bad)
    async with ingesting(world) as (bus, ingest):
        await bus.publish([sent])
        assert await receipts(bus, 1) == [sent.id]
        await bus.publish([sent])
        assert await receipts(bus, 1) == [sent.id]
    (told,) = world.told("emergency.raised")
    assert (told["data"]["radio_id"], told["data"]["unit_id"]) == (1, 1)
    async with world.database.read() as session:
        (now,) = await open_emergencies(session, EVERYTHING)
        rows = (await session.execute(text("SELECT event_id FROM rejected_event"))).all()
    assert (now.source, now.lat, now.talkgroup_id, now.repeats) == ("alarm", None, None, 0)
    assert [tuple(row) for row in rows] == [(sent.id,)]
    assert ingest.rejected == 1
    assert f"emergency of {OURS} is raised without what could not be stored" in caplog.text


async def test_one_without_a_usable_radio_blocks_nothing(world: World) -> None:
    nobody = RadioId("liepaja", 5)
    object.__setattr__(nobody, "number", 2**70)
    bad, good = envelope(alarm(radio=nobody)), envelope(alarm())
    async with ingesting(world) as (bus, ingest):
        await bus.publish([bad, good])
        assert sorted(await receipts(bus, 2)) == sorted([bad.id, good.id])
    assert ingest.rejected == 1
    assert [one["data"]["radio_id"] for one in world.told("emergency.raised")] == [1]
