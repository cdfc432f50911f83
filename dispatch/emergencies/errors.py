"""Why a step is refused; the answer says who was there before."""

from typing import ClassVar

from dispatch.errors import ConflictError


class AlreadyAcknowledgedError(ConflictError):
    """Somebody was faster."""

    code: ClassVar[str] = "already_acknowledged"
    detail: ClassVar[str] = "Somebody has acknowledged this emergency already."


class AlreadyClosedError(ConflictError):
    """It is over."""

    code: ClassVar[str] = "already_closed"
    detail: ClassVar[str] = "This emergency is closed already."


class NotAcknowledgedError(ConflictError):
    """Closing comes after acknowledging."""

    code: ClassVar[str] = "not_acknowledged"
    detail: ClassVar[str] = "Acknowledge this emergency before closing it."
