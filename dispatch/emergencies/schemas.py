"""What clients see and send of emergencies."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from dispatch.answers import Iso, View
from dispatch.emergencies.models import Action, CloseReason, EmergencyState


class EmergencyStep(View):
    """One line of an emergency's history."""

    action: Action
    at: Iso
    user: str | None
    note: str | None


class EmergencyCaller(View):
    """Who calls, for those who know neither the radio nor its unit."""

    radio: str
    unit: str | None
    agency: str | None


class EmergencyView(View):
    """One alarm with its history."""

    id: int
    radio_id: int
    unit_id: int | None
    agency_id: int | None
    talkgroup_id: int | None
    source: Literal["alarm", "voice", "position", "status"]
    state: EmergencyState
    version: int
    raised_at: Iso
    repeats: int
    last_heard_at: Iso
    lat: float | None
    lon: float | None
    position_heard_at: Iso | None
    error_m: float | None
    acknowledged_at: Iso | None
    acknowledged_by: str | None
    closed_at: Iso | None
    closed_by: str | None
    close_reason: CloseReason | None
    cleared_at: Iso | None
    after_close: bool
    raised_seq: int | None
    escalation: int
    "0; 1: nobody answered, so everybody is told; 2: the configured program was run as well."
    caller: EmergencyCaller | None
    "Set once it is escalated."
    history: list[EmergencyStep]


class Acknowledgement(BaseModel):
    """Nothing to say: acknowledging is all."""

    model_config = ConfigDict(extra="forbid")


class Closing(BaseModel):
    """Why an emergency is over."""

    model_config = ConfigDict(extra="forbid")

    reason: CloseReason
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] | None = None


class EmergencyAnswer(BaseModel):
    """The emergency after the step, and the number of the event that tells it."""

    emergency: EmergencyView
    seq: int
