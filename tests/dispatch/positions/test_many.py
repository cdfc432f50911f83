"""As many positions in one transaction as take another way into the database."""

from sqlalchemy import text

from dispatch.ingest.memory import Memory
from dispatch.ingest.store import store
from radio_gateway.domain.events import PositionReported, PositionSource
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.wire import EventEnvelope
from tests.dispatch.world import LINK, World, envelope, moment

RADIOS = 120


def reports(second: float, lat: float) -> list[EventEnvelope]:
    """One of each radio; of every third radio nothing but its place is known."""
    return [
        envelope(
            PositionReported(
                link=LINK,
                at=moment(second),
                radio=RadioId("liepaja", 10_000 + number),
                point=GeoPoint(lat, 21.0 + number / 1000),
                source=PositionSource.SENTENCE,
                speed_kmh=None if number % 3 == 0 else 18.5,
                stale=number % 2 == 0,
            ),
            seq=None,
        )
        for number in range(RADIOS)
    ]


async def test_the_newest_of_each_of_many_radios_wins(world: World) -> None:
    memory = Memory()
    async with world.database.write() as session:
        await store(session, world.shared, reports(10, 56.1), memory)
        await store(session, world.shared, reports(30, 56.3), memory)
    async with world.database.write() as session:
        await store(session, world.shared, reports(20, 56.2), None)
    async with world.database.read() as session:
        query = (
            "SELECT number - 10000, lat_e7, lon_e7, speed_kmh, source, stale, verified "
            "FROM latest_position JOIN radio ON radio.id = radio_id "
            "WHERE number >= 10000 AND number < 10999 ORDER BY number"
        )
        found = [tuple(row) for row in (await session.execute(text(query))).all()]
        kept = (await session.execute(text("SELECT count(*) FROM position"))).scalar_one()
    assert kept == 3 * RADIOS
    assert found == [
        (
            number,
            563_000_000,
            210_000_000 + number * 10_000,
            None if number % 3 == 0 else 18.5,
            4,
            number % 2 == 0,
            True,
        )
        for number in range(RADIOS)
    ]
