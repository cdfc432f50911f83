"""What clients see and send of commands to radios."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dispatch.answers import Iso, View
from dispatch.commands.models import CommandKind, CommandState


class RadioCommandView(View):
    """One command to one radio, and what came of it."""

    id: int
    kind: CommandKind
    radio_id: int
    state: CommandState
    detail: str | None
    user: str
    created_at: Iso
    state_at: Iso


class NewCommand(BaseModel):
    """What to ask of a radio."""

    model_config = ConfigDict(extra="forbid")

    kind: CommandKind
    interval_s: Annotated[int, Field(ge=0, le=86_400)] | None = None
    "Seconds between reports, for `set_position_interval`; 0 stops them."


class CommandAnswer(BaseModel):
    """The command, and the number of the event that tells it."""

    command: RadioCommandView
    seq: int
