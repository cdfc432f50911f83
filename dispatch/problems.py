"""The errors of the API as its document describes them."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Responses: TypeAlias = dict[int | str, dict[str, Any]]

MEANINGS: Final[Mapping[int, str]] = {
    401: "Nobody is signed in, or the sign-in was refused.",
    403: "Not allowed: the role, the page's origin, the host name, or a reason is missing.",
    404: "There is no such record, or it belongs to another agency.",
    409: "The present state, or an earlier use of the key, stands against it.",
    410: "What was asked for is no longer kept.",
    422: "The request's values cannot be taken.",
    429: "Too many attempts; Retry-After says when to try again.",
    503: "The database is away (`database_away`); Retry-After says when to try again.",
}


class Problem(BaseModel):
    """Why a request was refused; some codes bring further keys."""

    model_config = ConfigDict(extra="allow")

    code: str = Field(description="Stable, in snake_case; programs decide by it.")
    detail: str = Field(description="An English sentence that says what to do.")


def problems(*statuses: int) -> Responses:
    """What `responses=` of a route or router takes, one Problem for each status."""
    return {status: {"model": Problem, "description": MEANINGS[status]} for status in statuses}


SIGNED_IN: Final = problems(401, 403, 422, 503)
"What any route may answer that needs a session."
