"""The composition root: the one place that knows every part of dispatch."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, FastAPI

from dispatch import clock, health, static
from dispatch.agencies.router import router as agencies
from dispatch.answering import install_error_handlers
from dispatch.audit.router import router as access_log
from dispatch.auth.attempts import attempts_over
from dispatch.auth.passwords import Passwords
from dispatch.auth.router import router as session
from dispatch.auth.service import Door
from dispatch.auth.sessions import Sessions
from dispatch.background import Background, background
from dispatch.calls.router import router as calls
from dispatch.commands.router import router as radio_commands
from dispatch.condition.metrics import ConditionMetrics
from dispatch.condition.service import Condition
from dispatch.config import Settings
from dispatch.db import migrate
from dispatch.db.database import Database
from dispatch.emergencies.router import router as emergencies
from dispatch.health import Health
from dispatch.ingest.service import Ingest
from dispatch.links.catalogue import LinkCatalogue, LinkTraits
from dispatch.links.router import router as links
from dispatch.live.following import Following
from dispatch.live.router import router as live
from dispatch.messages.router import router as messages
from dispatch.metrics import Metrics, RequestMetrics
from dispatch.patience import Patience
from dispatch.positions.router import router as positions
from dispatch.problems import SIGNED_IN
from dispatch.radio_side.joints import BrokerJoint, Joint, MemoryJoint
from dispatch.radio_side.side import RadioSide
from dispatch.radio_side.writer import Writer
from dispatch.radios.router import router as radios
from dispatch.reports.router import router as reports
from dispatch.security import Origins, RequestGuard, SecurityHeaders, origin_of
from dispatch.shared import Shared
from dispatch.talkgroups.router import router as talkgroups
from dispatch.units.router import router as units
from dispatch.users.router import router as users
from dispatch.version import program_version
from radio_gateway.bus.broker import Broker

log = logging.getLogger(__name__)

ROUTERS: Final[Sequence[APIRouter]] = (
    session,
    live,
    agencies,
    units,
    radios,
    talkgroups,
    links,
    positions,
    calls,
    messages,
    emergencies,
    radio_commands,
    reports,
    users,
    access_log,
    health.router,
    static.router,  # last: it answers every address that is left
)

TIDY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """What tests and the command line choose apart from the settings."""

    now: Callable[[], datetime] = clock.now
    passwords: Callable[[], Passwords] = Passwords
    gateways_elsewhere: bool = False
    "Gateways are behind the broker of `[mqtt]`, and other processes may serve the same database."


def create_app(settings: Settings, options: Options = Options()) -> FastAPI:
    """Build the server; its parts start and stop with its lifespan.

    The database must have this program's schema by then: `dispatch run` sees to that.

    Raises:
        ConfigError: gateways are elsewhere, and `[mqtt]` is missing or names unusable files.
    """
    broker = settings.broker() if options.gateways_elsewhere else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await _start(app, settings, options, broker, stack)
            yield

    app = FastAPI(
        title="Sardze",
        version=program_version(),
        summary="Radio dispatch and fleet tracking",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        generate_unique_id_function=lambda route: route.name,
        lifespan=lifespan,
    )
    metrics = Metrics()
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.origins = Origins(settings.dispatch.allowed_origins)
    app.state.console = settings.console()
    app.state.console_root = static.console_root()
    app.state.health = Health()
    tiles = settings.dispatch.map.tile_url
    # the last added is the outermost
    app.add_middleware(Patience)
    app.add_middleware(RequestGuard, origins=app.state.origins)
    app.add_middleware(RequestMetrics, metrics=metrics)
    app.add_middleware(SecurityHeaders, map_host=origin_of(tiles) if tiles else None)
    install_error_handlers(app)
    for router in ROUTERS:
        app.include_router(router, responses=SIGNED_IN if router.prefix else None)
    return app


async def _start(
    app: FastAPI,
    settings: Settings,
    options: Options,
    broker: Broker | None,
    stack: AsyncExitStack,
) -> None:
    """Start every part in order; `stack` stops them in the opposite one."""
    await migrate.check(settings.database_url)
    database = Database.open(settings.database_url)
    stack.push_async_callback(database.close)
    tasks = await stack.enter_async_context(background())
    shared = Shared.of(
        database,
        LinkCatalogue() if broker else link_catalogue(settings),
        settings.statuses(),
        options.now,
        settings.dispatch.alarm.plan(),
    )
    await shared.hub.start()
    sessions = Sessions(
        database,
        idle=timedelta(minutes=settings.dispatch.session_idle_min),
        life=timedelta(hours=settings.dispatch.session_max_h),
        now=options.now,
    )
    state = app.state
    state.database, state.shared, state.sessions = database, shared, sessions
    attempts = attempts_over(database)
    state.door = Door(database, sessions, options.passwords(), attempts)
    state.demo = shared.hub.demo
    stack.push_async_callback(sessions.tidy)  # keep the last signs of use
    condition = Condition(
        shared.board,
        database,
        settings.data_dir,
        backup_expected=not shared.hub.demo,
        now=options.now,
    )
    state.condition, state.watch = condition, condition.database
    state.health.watch(condition, database)
    state.metrics.registry.register(ConditionMetrics(condition))
    condition.start(tasks.start)
    tasks.start("live stream", shared.hub.run)
    tasks.start("unstored alarms", shared.unstored.run)
    tasks.start("radio directory", shared.unstored.directory.run)
    # a use in this process is known to others once it is written
    tidy_s = min(TIDY_S, settings.dispatch.session_idle_min * 60 / 4)
    tasks.every("sessions", tidy_s, sessions.tidy)
    tasks.every("sign-in attempts", TIDY_S, attempts.tidy)
    state.metrics.watch(_live_numbers(shared, tasks), "State of the server.")
    following = Following(database, shared.hub, sessions)
    tasks.start("other processes", following.run)
    joint: Joint = MemoryJoint(settings.gateway)
    if broker is not None:
        remote = joint = BrokerJoint(broker, shared.hub, shared.unstored.on_waiting, options.now)
        condition.broker = lambda: remote.contact.connected
    radio_side = RadioSide(shared, joint, settings.dispatch.retention)
    radio_side.watch(state.health, state.metrics)
    radio_side.reports.on_report(condition.gateways.take)
    _watch_writer(condition, radio_side.writer)
    state.radio_side = radio_side
    await stack.enter_async_context(radio_side.running(tasks))


def _watch_writer(condition: Condition, writer: Writer) -> None:
    """What only the process that writes can know."""
    condition.watch_ingest(writer)

    def ingest() -> Ingest | None:
        return writer.ingest if writer.writing else None

    condition.latency = lambda: None if (one := ingest()) is None else one.latency
    condition.missing = lambda: None if (one := ingest()) is None else one.gaps.overdue


def link_catalogue(settings: Settings) -> LinkCatalogue:
    """What the configured links can do, for the features."""
    if settings.gateway is None:
        return LinkCatalogue()
    return LinkCatalogue(
        {
            link.name: LinkTraits(
                kind=link.settings.kind,
                title=link.kind.capabilities.title,
                network=link.settings.network,
                abilities=link.kind.capabilities.abilities,
                text_limit=link.kind.capabilities.text_limit,
            )
            for link in settings.gateway.links
        },
        settings.gateway.id,
    )


def _live_numbers(shared: Shared, tasks: Background) -> Callable[[], Mapping[str, float]]:
    def numbers() -> Mapping[str, float]:
        return {
            "sardze_live_consoles": shared.hub.following,
            "sardze_events_last_seq": shared.hub.last_seq,
            "sardze_background_faults": sum(tasks.faults.values()),
        }

    return numbers
