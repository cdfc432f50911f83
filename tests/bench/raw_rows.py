"""What the table of positions takes when nothing but its database is in the way."""

import sqlite3
import time
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy.engine import URL

from dispatch.db.bulk import micros
from dispatch.positions.rows import COLUMNS

Row = tuple[Any, ...]


def row(number: int, radios: int, at: datetime) -> Row:
    """A report of one of `radios` radios as it lies in the table, times as datetimes."""
    radio = number % radios + 1
    lat = 565_000_000 + number % 97 * 1000
    fixed = at - timedelta(seconds=1)
    return (at, radio, lat, 210_000_000, 2, False, True, fixed, radio, 18.52, 90.0, None, None)


def _counted(values: Row) -> Row:
    return micros(values[0]), *values[1:7], micros(values[7]), *values[8:]


def raw_sqlite(path: str, batches: list[list[Row]]) -> float:
    """Rows a second through the standard library alone, nothing else running in the process."""
    driver = sqlite3.connect(path, isolation_level=None)
    driver.execute("PRAGMA synchronous=FULL")
    sql = f"INSERT INTO position ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
    flat = [
        [(micros(one[0]), *one[1:7], micros(one[7]), *one[8:]) for one in rows] for rows in batches
    ]
    began = time.perf_counter()
    for rows in flat:
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(sql, rows)
        driver.execute("COMMIT")
    took = time.perf_counter() - began
    driver.close()
    return sum(map(len, batches)) / took


async def raw_postgresql(url: URL, batches: list[list[Row]]) -> float:
    """Rows a second by COPY."""
    driver = await asyncpg.connect(
        user=url.username, database=url.database, host=str(url.query["host"])
    )
    began = time.perf_counter()
    for rows in batches:
        async with driver.transaction():
            await driver.copy_records_to_table("position", records=rows, columns=COLUMNS)
    took = time.perf_counter() - began
    await driver.close()
    return sum(map(len, batches)) / took
