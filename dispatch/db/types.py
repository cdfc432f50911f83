"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import REAL, BigInteger, DateTime, Integer, SmallInteger
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from dispatch.db.bulk import from_micros, micros

BIG_ID = BigInteger().with_variant(Integer(), "sqlite")
"64 bit on both; SQLite counts up by itself only for a plain INTEGER key."


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware UTC out, microseconds kept.

    PostgreSQL: `timestamp with time zone`. SQLite: text of fixed width, so that it sorts.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"time without zone: {value.isoformat()}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  given by SQLAlchemy
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class UtcMicros(TypeDecorator[datetime]):
    """An instant in a table of many rows. SQLite: microseconds since 1970, as an integer."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"time without zone: {value.isoformat()}")
        return micros(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return from_micros(value)
        return cast("datetime", value).astimezone(UTC)


class Degrees(TypeDecorator[float]):
    """Latitude or longitude, kept in 1e-7 degrees: 11 mm at most, in half the room."""

    impl = Integer
    cache_ok = True

    def process_bind_param(
        self,
        value: float | None,
        dialect: Dialect,  # noqa: ARG002  given by SQLAlchemy
    ) -> int | None:
        return None if value is None else round(value * 1e7)

    def process_result_value(
        self,
        value: int | None,
        dialect: Dialect,  # noqa: ARG002  given by SQLAlchemy
    ) -> float | None:
        return None if value is None else value / 1e7


class Single(TypeDecorator[float]):
    """A measured number of seven digits, kept in four octets where the database can."""

    impl = REAL
    cache_ok = True

    def process_result_value(
        self,
        value: float | None,
        dialect: Dialect,  # noqa: ARG002  given by SQLAlchemy
    ) -> float | None:
        # the digits that were stored, not those of the nearest fraction of two
        return None if value is None else float(f"{value:.7g}")


class Numbered(TypeDecorator[str]):
    """A word of a fixed list, kept as its place in it; the list may only grow at its end."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002  given by SQLAlchemy
    ) -> int | None:
        return None if value is None else self.words.index(value)

    def process_result_value(
        self,
        value: int | None,
        dialect: Dialect,  # noqa: ARG002  given by SQLAlchemy
    ) -> str | None:
        return None if value is None else self.words[value]


def storable(text: str) -> str:
    """The same text without what a database or JSON refuses: NUL and lone surrogates."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
