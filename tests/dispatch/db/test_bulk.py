"""Many rows in one statement: each once where that is wanted, however many they are."""

import pytest

from dispatch.db.bulk import Bulk, fetch, next_ids
from tests.dispatch.world import World

ADD = Bulk("INSERT INTO agency (code, name, country) {rows}", ("text", "text", "text"), exact=True)


@pytest.mark.parametrize("count", [1, 2, 3, 33, 500, 501, 1001])
async def test_exact_rows_are_done_once_and_in_order(world: World, count: int) -> None:
    async with world.database.write() as session:
        await ADD.run(session, [(f"a{n}", f"name {n}", "LV") for n in range(count)])
    async with world.database.read() as session:
        rows = await fetch(session, "SELECT code FROM agency WHERE code LIKE 'a%' ORDER BY id")
    assert [row[0] for row in rows] == [f"a{n}" for n in range(count)]


async def test_a_column_without_values_is_null(world: World) -> None:
    bulk = Bulk(
        "INSERT INTO agency (code, name, country, colour) {rows}", ("text",) * 4, exact=True
    )
    async with world.database.write() as session:
        await bulk.run(session, [(f"a{n}", "x", "LV", None) for n in range(3)])
        rows = await fetch(session, "SELECT count(*), count(colour) FROM agency WHERE name = 'x'")
    assert tuple(rows[0]) == (3, 0)


async def test_ids_follow_those_that_are_taken_and_are_not_given_twice(world: World) -> None:
    add = Bulk(
        "INSERT INTO talkgroup (id, network, number, name) {rows}",
        ("int", "text", "int", "text"),
        exact=True,
    )
    taken: list[int] = []
    for turn in range(3):
        async with world.database.write() as session:
            ids = await next_ids(session, "talkgroup", 4)
            await add.run(session, [(key, "n", 10 * turn + n, "x") for n, key in enumerate(ids)])
        taken += ids
    assert taken == sorted(set(taken))
    assert len(taken) == 12
    async with world.database.write() as session:
        assert await next_ids(session, "talkgroup", 0) == []
