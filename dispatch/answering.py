"""Errors on their way out: always `{"code", "detail"}`, always a sentence."""

import logging
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from dispatch.auth.errors import TooManyAttemptsError
from dispatch.db.away import is_away, reason_of
from dispatch.errors import DispatchError, UnavailableError
from dispatch.patience import RETRY_S, away_answer

log = logging.getLogger(__name__)

_CODES: Final = {
    400: ("invalid_request", "The request cannot be read; send JSON as the API describes it."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not know the method."),
    413: ("body_too_large", "The body is too large."),
}


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of this app look the same."""
    app.add_exception_handler(DispatchError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database_failed)
    app.add_exception_handler(Exception, _bug)


def sentence(error: RequestValidationError) -> str:
    """The first fault of a request: `text: String should have at least 1 character.`."""
    fault = error.errors()[0]
    # a union names each of its kinds within the place; people know the field only
    place = [str(part) for part in fault["loc"][1:] if not str(part)[:1].isupper()]
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{'.'.join(place) or fault['loc'][0]}: {message}."


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DispatchError)  # noqa: S101 - by registration
    headers = {}
    if isinstance(error, TooManyAttemptsError):
        headers["retry-after"] = str(error.retry_after_s)
    elif isinstance(error, UnavailableError):
        headers["retry-after"] = str(RETRY_S)
    return JSONResponse(error.body(), error.status, headers)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - by registration
    return JSONResponse({"code": "invalid_request", "detail": sentence(error)}, 422)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - by registration
    code, detail = _CODES.get(error.status_code, ("refused", "The request was refused."))
    return JSONResponse({"code": code, "detail": detail}, error.status_code, error.headers)


async def _database_failed(request: Request, error: Exception) -> JSONResponse:
    if is_away(error):
        watch = getattr(request.app.state, "watch", None)
        if watch is not None:
            watch.note_away(reason_of(error))
        return away_answer()
    log.error("%s %s: the database failed: %s", request.method, request.url.path, error)
    return await _refused(request, UnavailableError())


async def _bug(request: Request, _error: Exception) -> JSONResponse:
    # the server logs the traceback
    log.error("%s %s failed", request.method, request.url.path)
    detail = "The server failed at this; its log says why."
    return JSONResponse({"code": "internal_error", "detail": detail}, 500)
