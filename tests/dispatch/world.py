"""A small fleet over a real database, and what its radios say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import orjson

from dispatch.agencies.models import Agency
from dispatch.auth.identity import Role, SignedIn
from dispatch.db.database import Database
from dispatch.emergencies.service import acknowledge
from dispatch.ingest.store import store
from dispatch.links.catalogue import LinkCatalogue, LinkTraits
from dispatch.live.hub import Follower
from dispatch.live.scope import EVERYTHING
from dispatch.radios.models import Radio
from dispatch.shared import Shared
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Unit
from radio_gateway.domain.commands import Command
from radio_gateway.domain.events import (
    CallAlertReceived,
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    CommandOutcome,
    CommandResult,
    EmergencyCleared,
    EmergencyRaised,
    EmergencySource,
    Event,
    LinkChanged,
    LinkHealth,
    LinkState,
    PositionReported,
    PositionSource,
    RadioDeregistered,
    RadioHeard,
    RadioRegistered,
    StatusReceived,
    TalkerAliasHeard,
    TelemetryReceived,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability
from radio_gateway.domain.wire import EventEnvelope

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LINK = "rimi"
"Link of the network `liepaja`; `akropolis` is the one of `klaipeda`."

OURS = RadioId("liepaja", 2340104)
THEIRS = RadioId("klaipeda", 2340104)
"Another radio of another agency with the very same number."
GROUP = TalkgroupId("liepaja", 1)

_ids = count(1)


def moment(seconds: float = 0.0) -> Moment:
    return Moment(seconds, START + timedelta(seconds=seconds))


def envelope(event: Event, seq: int | None = 1, id: str | None = None) -> EventEnvelope:  # noqa: A002
    return EventEnvelope(id or f"event-{next(_ids)}", "gw", seq, event)


@dataclass
class Clock:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class World:
    """The services over one database, without HTTP."""

    shared: Shared
    clock: Clock
    follower: Follower = field(default_factory=lambda: Follower(EVERYTHING, limit=100_000))

    @property
    def database(self) -> Database:
        return self.shared.database

    async def hear(self, *events: Event) -> None:
        """Store these events in one transaction."""
        await self.store([envelope(event) for event in events])

    async def store(self, envelopes: list[EventEnvelope]) -> None:
        async with self.database.write() as session:
            await store(session, self.shared, envelopes)

    def told(self, prefix: str = "") -> list[dict[str, Any]]:
        """Durable frames so far whose type begins so."""
        frames = [orjson.loads(one.json) for one in self.follower.events]
        return [one for one in frames if one["type"].startswith(prefix)]

    def types(self, prefix: str = "") -> list[str]:
        return [one["type"] for one in self.told(prefix)]

    def commands(self) -> list[Command]:
        """What went to the outbox so far."""
        return [one.command for one in self.shared.outbox.queued()]


def catalogue() -> LinkCatalogue:
    everything = frozenset(Ability)
    return LinkCatalogue(
        {
            LINK: LinkTraits("hytera", "Hytera repeaters", "liepaja", everything, 140),
            "akropolis": LinkTraits("hytera", "Hytera repeaters", "klaipeda", everything, 140),
            "mute": LinkTraits(
                "homebrew", "MMDVM repeaters", "mute", frozenset({Ability.CALLS}), None
            ),
        }
    )


@asynccontextmanager
async def open_world(database: Database) -> AsyncIterator[World]:
    """Two agencies, each with a unit whose radio has number 2340104 in its own network."""
    clock = Clock()
    await add_fleet(database)
    shared = Shared.of(database, catalogue(), now=clock)
    await shared.hub.start()
    world = World(shared, clock)
    unfollow = shared.hub.follow(world.follower)
    yield world
    unfollow()


async def add_fleet(database: Database) -> None:
    async with database.write() as session:
        for number, name in enumerate(("liepaja", "klaipeda"), 1):
            session.add(Agency(id=number, code=name, name=name.title(), country="LV"))
        await session.flush()
        for number, name in enumerate(("liepaja", "klaipeda"), 1):
            session.add(Talkgroup(id=number, network=name, number=1, name="1", agency_id=number))
            session.add(
                Unit(id=number, agency_id=number, call_sign=f"{name}-1", talkgroup_id=number)
            )
        await session.flush()
        for number, name in enumerate(("liepaja", "klaipeda"), 1):
            session.add(
                Radio(
                    id=number,
                    network=name,
                    number=2340104,
                    label="2340104",
                    unit_id=number,
                    agency_id=number,
                )
            )
        session.add(Radio(id=3, network="mute", number=7, label="7", unit_id=None, agency_id=1))
    # explicit ids do not move PostgreSQL's sequences
    if not database.is_sqlite:
        await _move_sequences(database)


async def _move_sequences(database: Database) -> None:
    from sqlalchemy import text

    async with database.write() as session:
        for table in ("agency", "talkgroup", "unit", "radio"):
            await session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)")
            )


async def raise_everything(world: World) -> None:
    """One event of every kind, and an answer to each that can be answered."""
    await world.hear(*every_event())
    await world.hear(LinkHealth(link=LINK, at=moment(20), state=LinkState.UP, since=START))
    person = SignedIn(1, "anna", "Anna", Role.DISPATCHER, None, 1)
    async with world.database.write() as session:
        await acknowledge(session, world.shared, 1, person)


def every_event() -> list[Event]:
    """One of each, in the order in which a shift might bring them."""
    at = moment
    call = {"call": "c1", "kind": CallKind.GROUP, "radio": OURS, "talkgroup": GROUP}
    return [
        LinkChanged(link=LINK, at=at(0), state=LinkState.UP, reason="login accepted"),
        RadioRegistered(link=LINK, at=at(1), radio=OURS),
        RadioHeard(link=LINK, at=at(2), radio=OURS, rssi_dbm=-80.0),
        PositionReported(
            link=LINK,
            at=at(3),
            radio=OURS,
            point=GeoPoint(56.5, 21.0),
            source=PositionSource.TRIGGERED,
        ),
        CallStarted(link=LINK, at=at(4), **call),  # type: ignore[arg-type]  # shared fields
        TalkerAliasHeard(link=LINK, at=at(5), call="c1", radio=OURS, alias="Kaspars"),
        CallEnded(
            link=LINK,
            at=at(6),
            started_at=START + timedelta(seconds=4),
            duration_s=2.0,
            reason=CallEndReason.TERMINATOR,
            **call,  # type: ignore[arg-type]  # shared fields
        ),
        TextReceived(link=LINK, at=at(7), radio=OURS, text="Klausos"),
        CallAlertReceived(link=LINK, at=at(7.5), radio=OURS),
        TextProgress(link=LINK, at=at(8), command="nobody's", state=TextState.SENT),
        StatusReceived(link=LINK, at=at(9), radio=OURS, status=1),
        EmergencyRaised(link=LINK, at=at(10), radio=OURS, source=EmergencySource.ALARM),
        EmergencyCleared(link=LINK, at=at(11), radio=OURS),
        TelemetryReceived(link=LINK, at=at(12), radio=OURS, kind="battery", data=b"\x01"),
        CommandResult(link=LINK, at=at(13), command="nobody's", outcome=CommandOutcome.DONE),
        LinkHealth(link=LINK, at=at(14), state=LinkState.UP, since=START),
        RadioDeregistered(link=LINK, at=at(15), radio=OURS),
    ]
