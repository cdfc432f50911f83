"""How values look in JSON answers and live frames: times, lists, cursors."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from dispatch.errors import InvalidRequestError

MAX_ID: Final = 2**53 - 1
"Largest id that every JSON reader keeps exactly."


def iso(at: datetime) -> str:
    """UTC ISO 8601 with milliseconds and `Z`: `2026-03-01T08:15:00.250Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


Iso = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"An aware time, written by `iso`."


class View(BaseModel):
    """What a client sees of a row."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A list, or one page of it; `next` is the cursor of the page after, null on the last."""

    items: Sequence[Item]
    next: str | None = None


def cursor_of(at: datetime, row_id: int) -> str:
    """The place of a row within a list ordered by time and id, as an opaque word."""
    text = f"{at.astimezone(UTC).isoformat()}|{row_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> tuple[datetime, int] | None:
    """The time and id that `cursor_of` wrote; raises InvalidRequestError."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, _, row_id = text.partition("|")
        moment, number = datetime.fromisoformat(at), int(row_id)
        if moment.tzinfo is not None and 0 <= number <= MAX_ID:
            return moment.astimezone(UTC), number
    except (ValueError, OverflowError, binascii.Error):
        pass
    raise InvalidRequestError("cursor: take `next` of the page before, unchanged.") from None
