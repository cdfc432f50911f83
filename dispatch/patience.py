"""An absent database keeps no client waiting: 503 with `database_away`, never 500."""

import asyncio
import logging
from typing import Final, cast

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispatch.condition.database import DatabaseWatch
from dispatch.db.away import is_away, reason_of
from dispatch.errors import DatabaseAwayError

log = logging.getLogger(__name__)

RETRY_S: Final = 5
"What Retry-After says."
PATIENCE_S: Final = 4.0
"A request that has no answer by then is refused, if the database is known to be away."
AGAIN_S: Final = 1.0


def away_answer() -> JSONResponse:
    """What a client gets instead of its answer."""
    headers = {"retry-after": str(RETRY_S)}
    return JSONResponse(DatabaseAwayError().body(), DatabaseAwayError.status, headers)


class Patience:
    """ASGI middleware around all routes; `app.state.watch` is the database's watch.

    A request that is given up may still have had its effect: clients repeat it with the same
    `Idempotency-Key`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._given_up: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watch = cast("DatabaseWatch | None", getattr(scope["app"].state, "watch", None))
        if scope["type"] != "http" or watch is None:
            await self._app(scope, receive, send)
            return
        request = _Request(send)
        task = asyncio.create_task(self._work(scope, receive, request.send), name="request")
        try:
            if await self._ended(task, request, watch):
                await task
                return
        except Exception as error:
            if request.begun or not is_away(error):
                raise
            watch.note_away(reason_of(error))
        except asyncio.CancelledError:
            task.cancel()
            raise
        request.given_up = True
        task.cancel()
        if not task.done():
            self._given_up.add(task)
            task.add_done_callback(self._forget)
        log.warning("%s %s: the database is away", scope["method"], scope["path"])
        await away_answer()(scope, receive, send)

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def _ended(
        self, task: "asyncio.Task[None]", request: "_Request", watch: DatabaseWatch
    ) -> bool:
        """Whether the request came to its own end; False: it waits for an absent database."""
        patience = PATIENCE_S
        while True:
            done, _ = await asyncio.wait({task}, timeout=patience)
            if done or request.begun:
                return True
            if watch.away:
                return False
            patience = AGAIN_S

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._given_up.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.info("a request that was given up ended: %s", task.exception())


class _Request:
    """The way back to one client, which closes when the request is given up."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self.given_up = False

    async def send(self, message: Message) -> None:
        if not self.given_up:
            self.begun = True
            await self._send(message)
