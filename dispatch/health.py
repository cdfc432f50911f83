"""`/healthz`: the process lives. `/readyz`: it can do its work. `/metrics`."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from dispatch.condition.lamp import Lamp
from dispatch.condition.service import Condition
from dispatch.db import migrate
from dispatch.db.database import Database, DatabaseError
from dispatch.live.repository import EventRepository
from dispatch.metrics import Metrics

log = logging.getLogger(__name__)
router = APIRouter(tags=["health"])


class Check(BaseModel):
    """One part and whether it works."""

    ok: bool
    reason: str


class Readiness(BaseModel):
    """All parts; `ready` is true when each needed one works."""

    ready: bool
    checks: dict[str, Check]
    lamps: list[Lamp] = []
    "What consoles show, the worst first."


class Alive(BaseModel):
    """The process answers."""

    status: str
    version: str


Probe = Callable[[], Awaitable[Check]]


@dataclass(slots=True)
class Health:
    """The probes of one app; parts put theirs in as they start."""

    needed: dict[str, Probe] = field(default_factory=dict)
    informing: dict[str, Probe] = field(default_factory=dict)
    "Shown, but no reason to take the server out of service: a base station may be down."

    lamps: Callable[[], list[Lamp]] = list

    def watch(self, condition: Condition, database: Database) -> None:
        """Ask these watchers too."""
        self.lamps = condition.board.view
        self.needed["database"] = database_probe(condition, database)

    async def look(self) -> Readiness:
        """Ask every probe."""
        needed = {name: await _ask(probe) for name, probe in self.needed.items()}
        informing = {name: await _ask(probe) for name, probe in self.informing.items()}
        return Readiness(
            ready=bool(needed) and all(check.ok for check in needed.values()),
            checks={**needed, **informing},
            lamps=self.lamps(),
        )


async def _ask(probe: Probe) -> Check:
    try:
        return await probe()
    except (SQLAlchemyError, DatabaseError, OSError, TimeoutError) as error:
        log.warning("not ready: %s", error)
        return Check(ok=False, reason=f"failed: {type(error).__name__}")


def database_probe(condition: Condition, database: Database) -> Probe:
    """Whether the database takes and gives; an absent one is not waited for."""
    revision = migrate.head_revision()
    watch = condition.database

    async def probe() -> Check:
        if watch.away:
            return Check(ok=False, reason=f"away: {watch.reason}")
        async with database.read() as session:
            stream = await EventRepository(session).stream()
        return Check(ok=True, reason=f"revision {revision}, event {stream.seq}")

    return probe


@router.get("/healthz", operation_id="alive")
async def alive(request: Request) -> Alive:
    """Whether the process answers at all."""
    return Alive(status="ok", version=request.app.version)


@router.get("/readyz", operation_id="ready", responses={503: {"model": Readiness}})
async def ready(request: Request, response: Response) -> Readiness:
    """Whether the server can do its work, and if not, why."""
    health = cast("Health", request.app.state.health)
    found = await health.look()
    response.status_code = 200 if found.ready else 503
    return found


@router.get("/metrics", operation_id="metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Counts and times in the text format of Prometheus."""
    registry = cast("Metrics", request.app.state.metrics).registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
