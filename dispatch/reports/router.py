"""HTTP: `/api/reports`."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from dispatch.auth.dependencies import CurrentUser
from dispatch.errors import NotFoundError
from dispatch.paging import MAX_ROW_ID
from dispatch.problems import problems
from dispatch.querying import QueryTime
from dispatch.reports import REPORTS
from dispatch.reports.base import Filters
from dispatch.reports.service import check, disclose, file_name
from dispatch.reports.writing import write_csv, write_json
from dispatch.shared import SharedParts

router = APIRouter(prefix="/api/reports", tags=["reports"])


class ReportInfo(BaseModel):
    """One report that can be taken."""

    name: str
    columns: tuple[str, ...]
    filters: list[str]


class ReportList(BaseModel):
    """All reports."""

    items: list[ReportInfo]
    next: None = None


class ReportQuery(BaseModel):
    """Which records; `since` and `until` are needed."""

    model_config = ConfigDict(extra="forbid")

    since: QueryTime
    until: QueryTime
    unit_id: int | None = Field(default=None, ge=1, le=MAX_ROW_ID)
    radio_id: int | None = Field(default=None, ge=1, le=MAX_ROW_ID)
    talkgroup_id: int | None = Field(default=None, ge=1, le=MAX_ROW_ID)
    kind: str | None = Field(default=None, max_length=16)
    state: str | None = Field(default=None, max_length=16)
    emergency: bool | None = None
    format: Literal["csv", "json"] = "csv"
    reason: str | None = Field(default=None, max_length=500)

    def filters(self) -> Filters:
        """The part that chooses records."""
        return Filters(
            since=self.since,
            until=self.until,
            unit_id=self.unit_id,
            radio_id=self.radio_id,
            talkgroup_id=self.talkgroup_id,
            kind=self.kind,
            state=self.state,
            emergency=self.emergency,
        )


@router.get("", operation_id="list_reports")
async def list_reports(_user: CurrentUser) -> ReportList:
    """The reports there are, with their columns and filters."""
    return ReportList(
        items=[
            ReportInfo(name=r.name, columns=r.columns, filters=sorted(r.filters))
            for r in REPORTS.values()
        ]
    )


@router.get(
    "/{name}", operation_id="report", response_class=StreamingResponse, responses=problems(404)
)
async def report(
    name: str,
    query: Annotated[ReportQuery, Query()],
    user: CurrentUser,
    shared: SharedParts,
    request: Request,
) -> StreamingResponse:
    """One report as a file, CSV or JSON, oldest record first."""
    chosen = REPORTS.get(name)
    if chosen is None:
        raise NotFoundError(f"There is no report {name!r}; there are {', '.join(REPORTS)}.")
    filters = query.filters()
    check(chosen, filters, user, query.reason)
    rows = await disclose(shared.database, chosen, filters, user, query.reason)
    demo = bool(request.app.state.demo)
    if query.format == "csv":
        body, media = write_csv(chosen.columns, rows, demo=demo), "text/csv; charset=utf-8"
    else:
        body, media = write_json(chosen.columns, rows, demo=demo), "application/json"
    name_of_file = file_name(chosen, filters, query.format)
    return StreamingResponse(
        body,
        media_type=media,
        headers={"content-disposition": f'attachment; filename="{name_of_file}"'},
    )
