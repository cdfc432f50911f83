"""What the services of one process share; the composition root makes it once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

import dispatch.models  # noqa: F401  foreign keys name tables of all features
from dispatch import clock
from dispatch.condition.board import Board
from dispatch.db.database import Database
from dispatch.emergencies.unstored import Unstored
from dispatch.late_looks import LateLooks
from dispatch.links.catalogue import LinkCatalogue
from dispatch.live.hub import Hub
from dispatch.live.log import EventLog
from dispatch.outbox import Outbox
from dispatch.units.models import UnitStatus


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """What one status number of the radios means."""

    label: str
    unit_status: UnitStatus | None = None
    "None: told to the dispatchers, the unit's status stays."


def default_statuses() -> Mapping[int, StatusMeaning]:
    """Numbers as a fleet has them that configured nothing."""
    return {
        1: StatusMeaning("free", UnitStatus.FREE),
        2: StatusMeaning("on the way", UnitStatus.BUSY),
        3: StatusMeaning("on scene", UnitStatus.BUSY),
        4: StatusMeaning("off duty", UnitStatus.OFF_DUTY),
    }


@dataclass(frozen=True, slots=True)
class AlarmPlan:
    """What happens to alarms that nobody acknowledges, in seconds since they were told."""

    escalate_after_s: float = 30.0
    hook_after_s: float = 60.0
    hook: tuple[str, ...] = ()
    "Program and arguments; none: nothing is run."


@dataclass(frozen=True, slots=True)
class Shared:
    """Collaborators of all services; `app.state.shared`."""

    database: Database
    hub: Hub
    log: EventLog
    board: Board
    unstored: Unstored
    outbox: Outbox = field(default_factory=Outbox)
    catalogue: LinkCatalogue = field(default_factory=LinkCatalogue)
    statuses: Mapping[int, StatusMeaning] = field(default_factory=default_statuses)
    now: Callable[[], datetime] = clock.now
    alarm: AlarmPlan = AlarmPlan()
    late_looks: LateLooks = field(default_factory=LateLooks)

    @classmethod
    def of(
        cls,
        database: Database,
        catalogue: LinkCatalogue | None = None,
        statuses: Mapping[int, StatusMeaning] | None = None,
        now: Callable[[], datetime] = clock.now,
        alarm: AlarmPlan = AlarmPlan(),
    ) -> "Shared":
        """Build hub, log and outbox over a database; `hub.start()` comes after its migration."""
        hub = Hub(database, now)
        return cls(
            database,
            hub,
            EventLog(hub.publish, now),
            Board(hub.pass_on, now),
            Unstored(database, hub.pass_on),
            catalogue=LinkCatalogue() if catalogue is None else catalogue,
            statuses=default_statuses() if statuses is None else statuses,
            now=now,
            alarm=alarm,
        )


def get_shared(connection: HTTPConnection) -> Shared:
    """The one that `create_app` put into `app.state.shared`."""
    return cast("Shared", connection.app.state.shared)


SharedParts = Annotated[Shared, Depends(get_shared)]
