"""What is erased when, as the settings say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """Kinds of records with a time limit, in the order in which they are erased."""

    POSITIONS = "positions"
    LATEST_POSITIONS = "latest_positions"
    "Of radios that have not been heard for so long."
    CALLS = "calls"
    MESSAGES = "messages"
    "Those that still wait for their radio stay."
    COMMANDS = "radio_commands"
    EMERGENCIES = "emergencies"
    "Counted from their closing; open ones stay."
    EVENTS = "events"
    ACCESS_LOG = "access_log"


class Days(Protocol):
    """The settings, in days; see `[dispatch.retention]`."""

    @property
    def positions_days(self) -> int: ...
    @property
    def calls_days(self) -> int: ...
    @property
    def messages_days(self) -> int: ...
    @property
    def emergencies_days(self) -> int: ...
    @property
    def events_days(self) -> int: ...
    @property
    def access_log_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """Records of one kind from before a moment are to go."""

    kind: Kind
    before: datetime


def limits(days: Days, now: datetime) -> Sequence[Limit]:
    """One for every kind. Positions go by whole UTC days."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    kept = {
        Kind.POSITIONS: (day, days.positions_days),
        Kind.LATEST_POSITIONS: (now, days.positions_days),
        Kind.CALLS: (now, days.calls_days),
        Kind.MESSAGES: (now, days.messages_days),
        Kind.COMMANDS: (now, days.messages_days),
        Kind.EMERGENCIES: (now, days.emergencies_days),
        Kind.EVENTS: (now, days.events_days),
        Kind.ACCESS_LOG: (now, days.access_log_days),
    }
    return [Limit(kind, start - timedelta(days=count)) for kind, (start, count) in kept.items()]
