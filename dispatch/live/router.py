"""HTTP: the snapshot, the event log by long poll, and the live stream."""

import asyncio
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Response, WebSocket
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.answers import MAX_ID
from dispatch.auth.dependencies import CurrentUser, get_sessions, websocket_user
from dispatch.consultation import note_look
from dispatch.errors import DispatchError
from dispatch.live.frames import Frame, Skip, filtered
from dispatch.live.hub import Follower
from dispatch.live.log import read_log
from dispatch.live.repository import EventRepository
from dispatch.live.schemas import Events
from dispatch.live.scope import Scope, visible_to
from dispatch.live.snapshot import Snapshot, written_snapshot
from dispatch.live.stream import LiveStream
from dispatch.problems import problems
from dispatch.shared import Shared, SharedParts, get_shared

router = APIRouter(prefix="/api", tags=["live"])


class EventsExpiredError(DispatchError):
    """The reader was away longer than the log reaches back."""

    status: ClassVar[int] = 410
    code: ClassVar[str] = "events_expired"
    detail: ClassVar[str] = "These events are no longer kept; take a new snapshot."


@router.get("/snapshot", response_model=Snapshot)
async def get_snapshot(user: CurrentUser, shared: SharedParts) -> Response:
    """All that a console shows, as of one moment."""
    scope = visible_to(user)
    found = await shared.hub.snapshots.get(scope, lambda: written_snapshot(shared, scope))
    await note_look(shared, user, "snapshot", {"seq": found.seq}, found.positions)
    return Response(found.json, media_type="application/json")


@router.get("/events", response_model=Events, responses=problems(410))
async def list_events(
    user: CurrentUser,
    shared: SharedParts,
    after: Annotated[int, Query(ge=0, le=MAX_ID)],
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
    wait: Annotated[int, Query(ge=0, le=25, description="seconds to wait for an event")] = 0,
) -> Response:
    """Events `after` + 1 and so on; with `wait`, the answer comes when there is one."""
    scope = visible_to(user)
    follower = Follower(scope, passing_wanted=False)
    unfollow = shared.hub.follow(follower)
    try:
        frames = await _read(shared, scope, after, limit)
        if wait and not any(isinstance(frame, Frame) for frame in frames):
            await _something(follower, wait)
            frames = await _read(shared, scope, after, limit)
    finally:
        unfollow()
    newest = frames[-1].seq if frames else after
    items = ",".join(frame.json for frame in frames)
    body = f'{{"epoch":"{shared.hub.epoch}","seq":{newest},"items":[{items}]}}'
    return Response(body, media_type="application/json")


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """The live stream; see the architecture's live stream contract."""
    user = await websocket_user(websocket)
    if user is None:
        return
    stream = LiveStream(websocket, get_shared(websocket), user, get_sessions(websocket))
    await stream.run()


async def _read(shared: Shared, scope: Scope, after: int, limit: int) -> list[Frame | Skip]:
    async with shared.database.read() as session:
        await check_kept(session, after)
        return list(filtered(await read_log(session, after, limit), scope))


async def check_kept(session: AsyncSession, after: int) -> None:
    """Raises EventsExpiredError: event `after` + 1 is gone, or `after` was never reached."""
    repository = EventRepository(session)
    newest = (await repository.stream()).seq
    oldest = await repository.oldest()
    first_kept = newest + 1 if oldest is None else oldest
    if not first_kept - 1 <= after <= newest:
        raise EventsExpiredError


async def _something(follower: Follower, wait: float) -> None:
    try:
        async with asyncio.timeout(wait):
            while not any(isinstance(one, Frame) for one in follower.events):
                follower.wake.clear()
                await follower.wake.wait()
                if follower.too_slow:
                    return
    except TimeoutError:
        return
