"""Refusals with a status and a stable code; one handler in `app.py` answers them.

The console translates `code`; `detail` is English and says what to do.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DispatchError(Exception):
    """A request that the rules refuse; raised by services, answered as `{"code", "detail"}`."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    detail: ClassVar[str] = "The request was refused."

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        """Take another sentence than the class's own, and extra keys for the answer."""
        self.text = detail or self.detail
        self.extra: Mapping[str, Any] = extra
        super().__init__(self.text)

    def body(self) -> dict[str, Any]:
        """What the client gets, as JSON."""
        return {"code": self.code, "detail": self.text, **self.extra}


class NotFoundError(DispatchError):
    """No such thing, or another agency's: both look the same from outside."""

    status = 404
    code = "not_found"
    detail = "There is no such record, or it belongs to another agency."


class InvalidRequestError(DispatchError):
    """A value that the schema allows and the rules do not."""

    status = 422
    code = "invalid_request"
    detail = "The request cannot be understood; check its values."


class ConflictError(DispatchError):
    """Base of refusals that depend on the present state."""

    status = 409
    code = "conflict"
    detail = "The state has changed; reload and try again."


class UnavailableError(DispatchError):
    """The database or a bus is not there for the moment; the client may try again."""

    status = 503
    code = "unavailable"
    detail = "The system cannot store this at the moment; try again in a few seconds."


class DatabaseAwayError(UnavailableError):
    """Locked, full, stopped or out of reach; nothing was stored."""

    code = "database_away"
    detail = "The database does not answer, so nothing can be read or stored; try again in 5 s."
