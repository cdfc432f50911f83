"""What a report is, and which records it may be about."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, TypeAlias

from sqlalchemy import ColumnElement, Select

from dispatch.errors import DispatchError, InvalidRequestError
from dispatch.live.scope import Scope

Rows: TypeAlias = Select[*tuple[Any, ...]]

LONGEST_SPAN = timedelta(days=366)


class ReasonRequiredError(DispatchError):
    """A look at people's movements over hours has to say why."""

    status = 403
    code = "reason_required"
    detail = "A track of more than 8 hours needs the role supervisor and a reason."


class SpanTooLongError(InvalidRequestError):
    """More time than one query may cover."""

    code = "span_too_long"

    def __init__(self, longest: timedelta) -> None:
        super().__init__(f"Ask for at most {longest.days} days at a time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which records to take; None takes all. since <= time < until, UTC."""

    since: datetime | None = None
    until: datetime | None = None
    unit_id: int | None = None
    radio_id: int | None = None
    talkgroup_id: int | None = None
    kind: str | None = None
    state: str | None = None
    emergency: bool | None = None

    def used(self) -> dict[str, Any]:
        """The filters that are set, for the access log and the file name."""
        return {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}


class Report(Protocol):
    """One kind of record as rows under fixed column names."""

    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    "Header of the CSV file and keys of the JSON objects, in order."
    filters: ClassVar[frozenset[str]]
    "Names of the filters that make sense here besides `since` and `until`."
    protects_movements: ClassVar[bool]
    "Whether it shows where people were: long spans need a supervisor and a reason."

    def query(self, filters: Filters, scope: Scope) -> Rows:
        """Rows with the columns in order, oldest first, of what the scope may see."""
        ...


def between(column: Any, filters: Filters) -> list[ColumnElement[bool]]:
    """Not before `since`, and before `until`."""
    conditions: list[ColumnElement[bool]] = []
    if filters.since is not None:
        conditions.append(column >= filters.since)
    if filters.until is not None:
        conditions.append(column < filters.until)
    return conditions


def equal(filters: Filters, **columns: Any) -> list[ColumnElement[bool]]:
    """`name=column` for each filter that is set."""
    return [
        column == value
        for name, column in columns.items()
        if (value := getattr(filters, name)) is not None
    ]


def refuse_unknown(report: Report, given: Collection[str]) -> None:
    """A filter that a report does not have would silently show too much.

    Raises:
        InvalidRequestError: naming it.
    """
    unknown = sorted(set(given) - report.filters - {"since", "until"})
    if unknown:
        raise InvalidRequestError(
            f"The report {report.name} cannot be filtered by {unknown[0]}; it knows since, until"
            f"{''.join(f', {name}' for name in sorted(report.filters))}."
        )
