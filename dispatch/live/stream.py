"""One console's WebSocket: resume, backlog, then events as they come."""

import asyncio
import contextlib
import itertools
import logging
from typing import Annotated, Final, Literal

import orjson
from fastapi import WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from dispatch import clock
from dispatch.answers import MAX_ID, iso
from dispatch.auth.dependencies import CLOSE_SESSION_OVER
from dispatch.auth.identity import SignedIn
from dispatch.auth.sessions import Sessions
from dispatch.consultation import note_look
from dispatch.emergencies.service import open_emergencies, shown
from dispatch.live.follower import Follower
from dispatch.live.frames import filtered
from dispatch.live.hub import PAGE
from dispatch.live.log import read_log
from dispatch.live.repository import EventRepository
from dispatch.live.scope import visible_to
from dispatch.shared import Shared

log = logging.getLogger(__name__)

HEARTBEAT_S: Final = 5.0
CHECK_EVERY: Final = 6
"Heartbeats between two looks at the session's row; that it was ended is told at once."
ANSWER_S: Final = 15.0
"A console that has not answered a heartbeat for so long is gone."
HELLO_S: Final = 10.0
"Time for the first frame."
TURN: Final = 32
"Frames sent in one go; then the others have their turn."
NOTES: Final = 100
"Receipts of one console that may wait for the database."
CLOSE_S: Final = 1.0
"A stuck socket is not waited for longer when it is closed."
FRAME_LIMIT: Final = 16 * 1024

CLOSE_TOO_SLOW: Final = 4008
CLOSE_NOT_UNDERSTOOD: Final = 1008
CLOSE_GONE: Final = 1001
CLOSE_NOT_TEXT: Final = 1003
CLOSE_TOO_LARGE: Final = 1009


class _ResumeAt(BaseModel):
    model_config = ConfigDict(extra="forbid")

    epoch: Annotated[str, Field(max_length=36)]
    after: Annotated[int, Field(ge=0, le=MAX_ID)]


class _Hello(BaseModel):
    model_config = ConfigDict(extra="forbid")

    resume: _ResumeAt
    topics: list[Literal["events", "positions"]] = ["events", "positions"]


class _Word(BaseModel):
    """What a console says later."""

    alive: int | None = None
    shown: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    "Number of the event whose alarm is painted and sounding."


class _EndError(Exception):
    """The stream is over; carries the close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class LiveStream:
    """Runs until the socket closes, the session ends or the console cannot follow."""

    def __init__(
        self, websocket: WebSocket, shared: Shared, user: SignedIn, sessions: Sessions
    ) -> None:
        self._socket = websocket
        self._shared = shared
        self._user = user
        self._sessions = sessions
        self._follower = Follower(visible_to(user))
        self._session_over = False
        self._beat_due = False
        self._notes: set[asyncio.Task[None]] = set()
        self._sent = 0
        self._answered_at = clock.monotonic()

    async def run(self) -> None:
        """Serve the console; returns when the socket is closed."""
        await self._socket.accept()
        forget = self._sessions.on_end(self._on_session_end)
        end = _EndError(CLOSE_GONE, "going away")
        try:
            hello = await self._hello()
            await self._serve(hello)
        except _EndError as error:
            end = error
        except WebSocketDisconnect:
            return
        finally:
            forget()
        with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
            async with asyncio.timeout(CLOSE_S):
                await self._socket.close(end.code, end.reason)

    async def _hello(self) -> _Hello:
        try:
            async with asyncio.timeout(HELLO_S):
                text = await self._receive()
            return _Hello.model_validate_json(text)
        except TimeoutError:
            raise _EndError(CLOSE_NOT_UNDERSTOOD, "no resume frame") from None
        except ValidationError:
            raise _EndError(CLOSE_NOT_UNDERSTOOD, "the first frame must be resume") from None

    async def _serve(self, hello: _Hello) -> None:
        self._follower.passing_wanted = "positions" in hello.topics
        unfollow = self._shared.hub.follow(self._follower)
        # all above this number comes through the follower, all up to it from the log
        upto = self._shared.hub.last_seq
        try:
            await self._first_answer(hello, upto)
            await self._both_ways()
        finally:
            unfollow()

    async def _first_answer(self, hello: _Hello, upto: int) -> None:
        after, epoch = hello.resume.after, self._shared.hub.epoch
        async with self._shared.database.read() as session:
            oldest = await EventRepository(session).oldest()
            emergencies = await open_emergencies(session, self._follower.scope)
        shown = [one.model_dump(mode="json") for one in emergencies]
        looked = {"after": after}
        await self._shared.late_looks.note(
            lambda: note_look(self._shared, self._user, "live", looked, len(shown))
        )
        first_kept = upto + 1 if oldest is None else oldest
        known = hello.resume.epoch == epoch and first_kept - 1 <= after <= upto
        if not known:
            answer = {"reset": True, "epoch": epoch, "seq": upto, "emergencies": shown}
            await self._send(orjson.dumps(answer).decode())
        else:
            answer = {
                "resumed": True,
                "from": after + 1,
                "to": upto,
                "epoch": epoch,
                "emergencies": shown,
            }
            await self._send(orjson.dumps(answer).decode())
            await self._backlog(after, upto)
        await self._send('{"live":true}')

    async def _backlog(self, after: int, upto: int) -> None:
        while after < upto:
            last = min(after + PAGE, upto)
            frames = self._shared.hub.recent(after, last)
            if frames is None:
                async with self._shared.database.read() as session:
                    frames = await read_log(session, after, last - after)
            if not frames or frames[0].seq != after + 1:
                raise _EndError(CLOSE_TOO_SLOW, "the log was cut meanwhile, take a snapshot")
            after = frames[-1].seq
            for one in filtered(frames, self._follower.scope):
                await self._send(one.json)

    async def _both_ways(self) -> None:
        sender = asyncio.create_task(self._sending(), name="live sender")
        reader = asyncio.create_task(self._reading(), name="live reader")
        watch = asyncio.create_task(self._watching(), name="live watch")
        pulse = asyncio.create_task(self._beating(), name="live pulse")
        tasks = {sender, reader, watch, pulse}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _sending(self) -> None:
        follower = self._follower
        while True:
            follower.wake.clear()
            while (text := follower.next_text()) is not None:
                await self._send(text)
            if follower.too_slow:
                raise _EndError(CLOSE_TOO_SLOW, "too slow")
            if self._beat_due:
                # nothing waits: all that comes before this number was sent
                self._beat_due = False
                seq, t = self._shared.hub.last_seq, iso(self._shared.now())
                await self._send(f'{{"type":"heartbeat","seq":{seq},"t":"{t}"}}')
            else:
                await follower.wake.wait()

    async def _beating(self) -> None:
        """Let the sender tell from time to time where the log stands."""
        for beat in itertools.count():
            if beat % CHECK_EVERY == 0 and not await self._sessions.alive(self._user.session_id):
                raise _EndError(CLOSE_SESSION_OVER, "session over")
            self._beat_due = True
            self._follower.wake.set()
            await asyncio.sleep(HEARTBEAT_S)

    async def _reading(self) -> None:
        while True:
            try:
                word = _Word.model_validate_json(await self._receive())
            except ValidationError:
                raise _EndError(CLOSE_NOT_UNDERSTOOD, "frame not understood") from None
            if word.alive is not None:
                self._answered_at = clock.monotonic()
            if word.shown is not None:
                self._note_later(word.shown)

    def _note_later(self, seq: int) -> None:
        """Meanwhile heartbeats are taken: a locked database is not a dead console."""
        if len(self._notes) < NOTES:
            note = asyncio.create_task(self._note_shown(seq), name="live receipt")
            self._notes.add(note)
            note.add_done_callback(self._notes.discard)

    async def _note_shown(self, seq: int) -> None:
        """Keep who saw an alarm first; a receipt that cannot be kept ends no stream."""
        shared = self._shared
        try:
            async with shared.database.write() as session:
                first = await shown(session, shared, seq, self._user)
        except (SQLAlchemyError, OSError) as error:
            log.warning("that event %d is shown could not be stored: %s", seq, error)
            return
        if first:
            log.info("event %d is shown, first to user %d", seq, self._user.user_id)

    async def _watching(self) -> None:
        """Ends the stream from outside, since a stuck socket leaves the sender waiting."""
        while True:
            if self._session_over:
                raise _EndError(CLOSE_SESSION_OVER, "session over")
            if self._follower.too_slow:
                raise _EndError(CLOSE_TOO_SLOW, "too slow")
            rest = self._answered_at + ANSWER_S - clock.monotonic()
            if rest <= 0:
                raise _EndError(CLOSE_TOO_SLOW, "no answer to heartbeats")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self._follower.alarm.wait()
                    self._follower.alarm.clear()

    def _on_session_end(self, session_id: int) -> None:
        if session_id == self._user.session_id:
            self._session_over = True
            self._follower.alarm.set()

    async def _receive(self) -> str:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        text = message.get("text")
        if not isinstance(text, str):
            raise _EndError(CLOSE_NOT_TEXT, "frames are text")
        if len(text) > FRAME_LIMIT:
            raise _EndError(CLOSE_TOO_LARGE, "frame too large")
        return text

    async def _send(self, text: str) -> None:
        """Send a frame; a long row of them lets others have their turn."""
        await self._socket.send({"type": "websocket.send", "text": text})
        self._sent += 1
        if self._sent % TURN == 0:
            await asyncio.sleep(0)
