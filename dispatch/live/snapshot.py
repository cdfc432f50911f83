"""Everything a console shows, as of one moment."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.agencies.schemas import AgencyView
from dispatch.agencies.service import agencies
from dispatch.answers import Iso
from dispatch.calls import service as calls
from dispatch.calls.schemas import CallView
from dispatch.condition.lamp import Lamp
from dispatch.emergencies import service as emergencies
from dispatch.emergencies.schemas import EmergencyView
from dispatch.emergencies.unstored import UnstoredView
from dispatch.links.schemas import LinkView
from dispatch.links.service import links
from dispatch.live.repository import EventRepository
from dispatch.live.scope import Scope
from dispatch.live.sharing import Written
from dispatch.messages import service as messages
from dispatch.messages.schemas import MessageView
from dispatch.positions.schemas import PositionView
from dispatch.positions.service import latest
from dispatch.radios.schemas import RadioView
from dispatch.radios.service import radios
from dispatch.shared import Shared
from dispatch.talkgroups.schemas import TalkgroupView
from dispatch.talkgroups.service import talkgroups
from dispatch.units.schemas import UnitView
from dispatch.units.service import units

PIECE: Final = 100
"Rows read and written in one go; in between, alarms have their turn."

Row = TypeVar("Row")


class Snapshot(BaseModel):
    """The state after event `seq`; apply `seq + 1` and so on to it."""

    epoch: str
    seq: int
    t: Iso
    demo: bool
    agencies: list[AgencyView]
    units: list[UnitView]
    radios: list[RadioView]
    talkgroups: list[TalkgroupView]
    links: list[LinkView]
    positions: list[PositionView]
    calls: list[CallView]
    "Running ones and those of the last 30 minutes, at most 300, newest first."
    messages: list[MessageView]
    "Unfinished ones and the newest 100, newest first."
    emergencies: list[EmergencyView]
    "All open ones and the newest 20 closed ones."
    unstored: list[UnstoredView]
    "Alarms that are heard and not yet stored."
    condition: list[Lamp]
    "How the system itself is, the worst first."


async def snapshot(session: AsyncSession, shared: Shared, scope: Scope) -> Snapshot:
    """Read all of it within the session's one transaction."""
    stream = await EventRepository(session).stream()
    now = shared.now()
    return Snapshot(
        epoch=stream.epoch,
        seq=stream.seq,
        t=now,
        demo=stream.demo,
        agencies=await agencies(session, scope),
        units=await units(session, scope),
        radios=await _all(lambda after: radios(session, shared, scope, after, PIECE), _radio_id),
        talkgroups=await talkgroups(session, shared, scope),
        links=await links(session, shared),
        positions=await _all(lambda after: latest(session, scope, after, PIECE), _carrier),
        calls=await calls.recent(session, scope, now),
        messages=await messages.recent(session, scope),
        emergencies=await emergencies.recent(session, scope),
        unstored=shared.unstored.views(scope),
        condition=shared.board.view(),
    )


async def _all(
    piece: Callable[[int], Awaitable[list[Row]]], key: Callable[[Row], int]
) -> list[Row]:
    """All rows, read piece by piece; `piece` gives those after a key, in its order."""
    rows: list[Row] = []
    while True:
        more = await piece(key(rows[-1]) if rows else 0)
        rows += more
        if len(more) < PIECE:
            return rows


def _radio_id(radio: RadioView) -> int:
    return radio.id


def _carrier(position: PositionView) -> int:
    return position.radio_id


async def written_snapshot(shared: Shared, scope: Scope) -> Written:
    """Read and write it once, for all consoles of this scope that ask now."""
    async with shared.database.read() as session:
        found = await snapshot(session, shared, scope)
    # validating a large snapshot again before it is sent would only cost time
    return Written(found.seq, len(found.positions), found.model_dump_json().encode())
