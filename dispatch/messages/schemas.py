"""What clients see and send of messages."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dispatch.answers import Iso, View
from dispatch.messages.models import FailureReason, MessageKind, MessageState, WaitingFor
from dispatch.messages.wording import one_line
from dispatch.paging import MAX_ROW_ID


class MessageStep(View):
    """One state that a message came to."""

    state: MessageState
    at: Iso
    detail: str | None
    reason: FailureReason | None


class MessageView(View):
    """A text or a call alert with its history."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    id: int
    direction: Literal["out", "in"]
    kind: MessageKind = MessageKind.TEXT
    "Answers that were stored for a repeated request before there were kinds have none."
    text: str
    radio_id: int | None
    talkgroup_id: int | None
    called_radio_id: int | None
    unit_id: int | None
    agency_id: int | None
    state: MessageState
    state_at: Iso
    created_at: Iso
    expires_at: Iso | None
    user: str | None
    detail: str | None
    reason: FailureReason | None
    waiting_for: WaitingFor | None
    history: list[MessageStep]


_Id = Annotated[int, Field(ge=1, le=MAX_ROW_ID)]


def _one_line(text: object) -> object:
    """Before the length is counted, since the radio gets what is left."""
    return one_line(text) if isinstance(text, str) else text


class NewMessage(BaseModel):
    """A text to exactly one of a radio, a unit or a talkgroup."""

    model_config = ConfigDict(extra="forbid")

    radio_id: _Id | None = None
    unit_id: _Id | None = None
    talkgroup_id: _Id | None = None
    text: Annotated[str, Field(max_length=2000), BeforeValidator(_one_line)]
    expires_in_s: Annotated[int, Field(ge=10, le=7 * 86_400)] = 14_400


class MessageAnswer(BaseModel):
    """The message, and the number of the event that tells it."""

    message: MessageView
    seq: int
