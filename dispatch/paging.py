"""Lists in the order of ids: a cursor is the last id of the page before."""

from collections.abc import Sequence
from typing import Annotated, Final, Protocol, TypeVar

from fastapi import Path, Query

from dispatch.answers import MAX_ID, Page


class _HasId(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=_HasId)

MAX_ROW_ID: Final = 2**31 - 1
"Ids are 32 bit in PostgreSQL, except of tables that grow without end."

RowId = Annotated[int, Path(ge=1, le=MAX_ROW_ID)]
BigRowId = Annotated[int, Path(ge=1, le=MAX_ID)]
OptionalId = Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)]

AfterId = Annotated[
    int, Query(alias="cursor", ge=0, le=MAX_ROW_ID, description="`next` of the page before")
]
PageLimit = Annotated[int, Query(ge=1, le=1000, description="rows of a page")]


def page_by_id(rows: Sequence[Row], limit: int) -> "Page[Row]":
    """Cut `limit + 1` rows to a page; the row too many says that there are more."""
    items = rows[:limit]
    return Page(items=items, next=str(items[-1].id) if len(rows) > limit else None)
