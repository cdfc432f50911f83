"""Texts to radios and talkgroups, until each is delivered, sent or failed."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from radio_gateway.adapters._mototrbo_air import Job, MototrboAir, Priority
from radio_gateway.adapters._mototrbo_config import Emit, MototrboConfig, Service
from radio_gateway.adapters._mototrbo_links import MototrboLinks
from radio_gateway.adapters._mototrbo_parts import PARTS, split
from radio_gateway.adapters._mototrbo_radios import MototrboRadios
from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import TextFailure, TextProgress, TextState
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.mototrbo.tms import Text

QUEUE_LIMIT: Final = 16
"Texts that may wait for one radio."
SEQUENCES: Final = 32
"Radios were seen to acknowledge the low five bits only."
_REMEMBERED: Final = 8192

_Outcome: TypeAlias = Literal[TextState.SENT, TextState.DELIVERED] | TextFailure


@dataclass(slots=True, eq=False)
class _Text:
    """A text to one radio; its parts go one after the other."""

    command: str
    radio: RadioId
    parts: list[str]
    part: int = 0
    sequence: int = 0
    attempt: int = 0
    give_up_at: float = 0.0
    job: Job | None = None
    sent: bool = False


@dataclass(slots=True, eq=False)
class _GroupText:
    command: str
    left: int
    "Parts that were not sent yet."
    jobs: list[Job] = field(default_factory=list)


class MototrboTexts:
    """Keeps one text per radio on its way and lets the others wait."""

    def __init__(
        self,
        config: MototrboConfig,
        links: MototrboLinks,
        air: MototrboAir,
        radios: MototrboRadios,
        emit: Emit,
    ) -> None:
        self._config = config
        self._links = links
        self._air = air
        self._radios = radios
        self._emit = emit
        self._queues: dict[RadioId, deque[_Text]] = {}
        self._groups: list[_GroupText] = []
        self._sequences: OrderedDict[RadioId | TalkgroupId, int] = OrderedDict()

    def send(self, command: SendText, at: Moment) -> None:
        """Start a text; TextProgress events tell how it goes."""
        parts = split(command.text, self._config.part_limit)
        if not self._links.open:
            self._tell(command, TextFailure.LINK_DOWN, "the ports are closed", at)
        elif not command.text:
            self._tell(command, TextFailure.REFUSED, "the text is empty", at)
        elif len(parts) > PARTS:
            words = f"the text needs {len(parts)} messages, {PARTS} are allowed"
            self._tell(command, TextFailure.TOO_LONG, words, at)
        elif command.radio is not None:
            self._enqueue(_Text(command.command, command.radio, parts), at)
        elif command.talkgroup is not None:
            self._send_to_group(command.command, command.talkgroup, parts, at)

    def answered(self, radio: RadioId, sequence: int | None, at: Moment) -> None:
        """A radio received the part with this sequence number."""
        queue = self._queues.get(radio)
        if queue is None or sequence is None:
            return
        text = queue[0]
        if not text.attempt or text.sequence != sequence % SEQUENCES:
            return
        if text.job is not None:
            self._air.settle(text.job)
        text.part += 1
        if text.part < len(text.parts):
            self._start_part(text, at)
        else:
            self._finish(text, TextState.DELIVERED, None, at)

    def wake(self, radio: RadioId, at: Moment) -> None:
        """A radio came back: what waits for the next attempt need not wait longer."""
        queue = self._queues.get(radio)
        if queue is not None and queue[0].job is not None and not queue[0].job.awaited:
            self._air.settle(queue[0].job)
            self._attempt(queue[0], at.mono, at)

    def gone(self, radio: RadioId, at: Moment) -> None:
        """A radio said goodbye: what waits for it has failed."""
        for text in reversed(self._queues.get(radio, deque()).copy()):
            self._finish(text, TextFailure.NOT_REGISTERED, "the radio was switched off", at)

    def lost(self, reason: str, at: Moment) -> None:
        """The sockets are closed: what was not delivered has failed."""
        for queue in list(self._queues.values()):
            for text in reversed(queue.copy()):
                self._finish(text, TextFailure.LINK_DOWN, reason, at)
        for group in self._groups:
            self._report(group.command, None, TextFailure.LINK_DOWN, reason, at)
        self._groups.clear()

    def _enqueue(self, text: _Text, at: Moment) -> None:
        queue = self._queues.setdefault(text.radio, deque())
        if len(queue) >= QUEUE_LIMIT:
            detail = f"{QUEUE_LIMIT} texts wait for this radio already"
            self._report(text.command, text.radio, TextFailure.BUSY, detail, at)
            return
        text.give_up_at = at.mono + self._config.text_retry.lifetime_s
        queue.append(text)
        if queue[0] is text:
            self._start_part(text, at)

    def _start_part(self, text: _Text, at: Moment) -> None:
        text.sequence, text.attempt = self._next(text.radio, at), 0
        self._attempt(text, at.mono, at)

    def _attempt(self, text: _Text, not_before: float, at: Moment) -> None:
        """Let the current part wait for its turn, under the same number as before."""
        words = text.parts[text.part]
        octets = Text.saying(words, text.sequence, wants_answer=True).build()

        def sent(now: Moment) -> None:
            text.attempt += 1
            if text.part == len(text.parts) - 1 and not text.sent:
                text.sent = True
                self._report(text.command, text.radio, TextState.SENT, None, now)

        text.job = Job(
            text.radio,
            Service.TMS,
            octets,
            Priority.TEXT,
            sent,
            lambda now: self._unanswered(text, now),
            self._config.text_retry.first_s,
        )
        if not self._air.submit(text.job, at, not_before=not_before):
            words = "too much waits for the air already"
            self._finish(text, TextFailure.BUSY, words, at)

    def _unanswered(self, text: _Text, at: Moment) -> None:
        retry = self._config.text_retry
        pause_s = min(retry.longest_s, retry.first_s * 2 ** min(text.attempt - 1, 32))
        next_at = at.mono + pause_s - retry.first_s
        if next_at <= text.give_up_at:
            self._attempt(text, next_at, at)
            return
        known = self._radios.knows(text.radio)
        failure = TextFailure.NO_ANSWER if known else TextFailure.NOT_REGISTERED
        detail = f"no answer from the radio ({text.attempt} attempts)"
        self._finish(text, failure, detail, at)

    def _finish(self, text: _Text, outcome: _Outcome, detail: str | None, at: Moment) -> None:
        """End a text and start the next one that waits for this radio."""
        self._report(text.command, text.radio, outcome, detail, at)
        if text.job is not None:
            self._air.settle(text.job)
        queue = self._queues[text.radio]
        first = queue[0] is text
        queue.remove(text)
        if not queue:
            del self._queues[text.radio]
        elif first:
            self._start_part(queue[0], at)

    def _send_to_group(
        self, command: str, talkgroup: TalkgroupId, parts: list[str], at: Moment
    ) -> None:
        """Nobody acknowledges: every part is sent once."""
        group = _GroupText(command, len(parts))

        def sent(now: Moment) -> None:
            group.left -= 1
            if not group.left:
                self._groups.remove(group)
                self._report(command, None, TextState.SENT, None, now)

        for words in parts:
            sequence = self._next(talkgroup, at)
            octets = Text.saying(words, sequence, wants_answer=False).build()
            group.jobs.append(Job(talkgroup, Service.TMS, octets, Priority.TEXT, sent))
        taken = [self._air.submit(job, at) for job in group.jobs]
        if all(taken):
            self._groups.append(group)
            return
        for job in group.jobs:
            self._air.settle(job)
        words = "too much waits for the air already"
        self._report(command, None, TextFailure.BUSY, words, at)

    def _next(self, to: RadioId | TalkgroupId, at: Moment) -> int:
        """A number for a part; after a restart it seldom is the one that was used last."""
        before = self._sequences.get(to, int(at.utc.timestamp()))
        self._sequences[to] = (before + 1) % SEQUENCES
        self._sequences.move_to_end(to)
        if len(self._sequences) > _REMEMBERED:
            self._sequences.popitem(last=False)
        return self._sequences[to]

    def _tell(self, command: SendText, failure: TextFailure, detail: str, at: Moment) -> None:
        self._report(command.command, command.radio, failure, detail, at)

    def _report(
        self, command: str, radio: RadioId | None, outcome: _Outcome, detail: str | None, at: Moment
    ) -> None:
        failure = outcome if isinstance(outcome, TextFailure) else None
        self._emit(
            TextProgress(
                link=self._config.name,
                at=at,
                command=command,
                state=TextState.FAILED if isinstance(outcome, TextFailure) else outcome,
                radio=radio,
                reason=failure,
                detail=detail,
            )
        )
