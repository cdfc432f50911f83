"""Rows as CSV (RFC 4180) or JSON, piece by piece, so that a year fits into little memory."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from dispatch.answers import iso

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"A spreadsheet would run a cell that begins so."


async def write_csv(
    columns: Sequence[str], rows: AsyncIterator[Sequence[Sequence[Any]]], *, demo: bool
) -> AsyncIterator[bytes]:
    """A header and the rows; in a demo the first column says so on every line.

    Texts that a spreadsheet would take for a formula get an apostrophe in front.
    """
    yield _csv([("demo", *columns) if demo else tuple(columns)])
    async for batch in rows:
        yield _csv(
            ([*(["DEMO"] if demo else []), *(_cell(value) for value in row)]) for row in batch
        )


async def write_json(
    columns: Sequence[str], rows: AsyncIterator[Sequence[Sequence[Any]]], *, demo: bool
) -> AsyncIterator[bytes]:
    """`{"demo": false, "items": [...]}`; one object per row with the columns as keys."""
    yield b'{"demo":%s,"items":[' % (b"true" if demo else b"false")
    between = b""
    async for batch in rows:
        for row in batch:
            item = {name: _plain(value) for name, value in zip(columns, row, strict=True)}
            yield between + orjson.dumps(item)
            between = b",\n"
    yield b"]}\n"


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    value = _plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    # 6 places of a degree are a tenth of a metre; more is noise of binary fractions
    return round(value, 6) if isinstance(value, float) else value
