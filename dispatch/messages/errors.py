"""Why a message is not taken."""

from typing import ClassVar

from dispatch.errors import ConflictError, DispatchError


class TextEmptyError(DispatchError):
    """Nothing to send."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "text_empty"
    detail: ClassVar[str] = "Write a text: this one is empty."


class TextTooLongError(DispatchError):
    """More characters than the addressee's link takes."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "text_too_long"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The text may have {limit} characters here.", limit=limit)


class UnitHasNoRadioError(ConflictError):
    """A unit that carries no radio cannot be written to."""

    code: ClassVar[str] = "unit_has_no_radio"
    detail: ClassVar[str] = "This unit carries no radio; write to a talkgroup or another unit."


class NotCancellableError(ConflictError):
    """Sent, or over."""

    code: ClassVar[str] = "not_cancellable"
    detail: ClassVar[str] = "Only a message that is still queued can be cancelled."


class NotRepeatableError(ConflictError):
    """Neither failed nor expired."""

    code: ClassVar[str] = "not_repeatable"
    detail: ClassVar[str] = "Only a message that failed or expired can be sent again."
