"""Texts to radios and talkgroups, until each is delivered, sent or failed."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Final, Literal, TypeAlias

from radio_gateway.adapters._hytera_config import Emit, HyteraConfig
from radio_gateway.adapters._hytera_links import HyteraLinks
from radio_gateway.adapters._hytera_radios import HyteraRadios
from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import TextFailure, TextProgress, TextState
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.errors import NotReadyError
from radio_gateway.protocols.hytera.data import DeliveryState
from radio_gateway.protocols.hytera.hdap import Service
from radio_gateway.protocols.hytera.message import RadioAddress
from radio_gateway.protocols.hytera.tmp import (
    TEXT_LIMIT,
    GroupMessage,
    GroupMessageAnswer,
    PrivateMessage,
    PrivateMessageAnswer,
    TextResult,
)

QUEUE_LIMIT: Final = 16
"Texts that may wait for one radio."
_WORTH_RETRYING: Final = (TextResult.BUSY, TextResult.WAKE_UP_FAILED, TextResult.INTERRUPTED)
_FAILURES: Final[Mapping[int, TextFailure]] = {
    TextResult.FAILED: TextFailure.NO_ANSWER,
    TextResult.BUSY: TextFailure.BUSY,
    TextResult.RECEIVE_ONLY: TextFailure.UNSUPPORTED,
    TextResult.NO_ACKNOWLEDGEMENT: TextFailure.NO_ANSWER,
    TextResult.WAKE_UP_FAILED: TextFailure.NO_ANSWER,
    TextResult.INTERRUPTED: TextFailure.BUSY,
}
_AIR_FAILURES: Final[Mapping[int, TextFailure]] = {
    1: TextFailure.NO_ANSWER,
    4: TextFailure.BUSY,
    5: TextFailure.NO_ANSWER,
    7: TextFailure.NO_ANSWER,
    8: TextFailure.BUSY,
}
"""What results of texts, and of their way over the air, mean for a dispatcher.

Those that are not named: REFUSED.
"""
_Outcome: TypeAlias = Literal[TextState.SENT, TextState.DELIVERED] | TextFailure


@dataclass(frozen=True, slots=True)
class _Fault:
    failure: TextFailure
    words: str


@dataclass(slots=True)
class _Text:
    command: str
    radio: RadioId
    octets: bytes
    request: int = 0
    attempt: int = 0
    host: str = ""
    "Through which the last attempt went."
    waiting: bool = False
    "For an answer; otherwise the next attempt is due."
    sent: bool = False
    due: float = 0.0
    "End of the wait for an answer, or of the pause before the next attempt."


@dataclass(slots=True)
class _GroupText:
    command: str
    due: float
    hosts: set[str] = field(default_factory=set)
    "That have not failed yet."
    sent: bool = False


class HyteraTexts:
    """Keeps one text per radio on its way and lets the others wait."""

    def __init__(
        self, config: HyteraConfig, links: HyteraLinks, radios: HyteraRadios, emit: Emit
    ) -> None:
        self._config = config
        self._links = links
        self._radios = radios
        self._emit = emit
        self._queues: dict[RadioId, deque[_Text]] = {}
        self._groups: dict[int, _GroupText] = {}
        self._request: int | None = None

    def send(self, command: SendText, at: Moment) -> None:
        """Start a text; TextProgress events tell how it goes."""
        fault, octets = _encode(command.text)
        if fault is not None:
            self._tell(command.command, command.radio, fault.failure, fault.words, at)
        elif command.radio is not None:
            self._enqueue(_Text(command.command, command.radio, octets), at)
        else:
            self._send_to_group(command, octets, at)

    def answered(self, answer: PrivateMessageAnswer, host: str, at: Moment) -> RadioId | None:
        """Take the answer of a radio; returns the radio when it received the text."""
        for queue in self._queues.values():
            text = queue[0]
            if (text.request, text.host) == (answer.request, host):
                return text.radio if self._settle(text, answer, at) else None
        return None

    def group_answered(self, answer: GroupMessageAnswer, host: str, at: Moment) -> None:
        """Take the base's answer; only a failure says something new."""
        text = self._groups.get(answer.request)
        if text is None or host not in text.hosts:
            return
        fault = None
        if answer.result != TextResult.OK:
            failure = _FAILURES.get(answer.result, TextFailure.REFUSED)
            fault = _Fault(failure, TextResult.words(answer.result))
        self._group_handed_over(answer.request, host, fault, at)

    def on_air(self, state: DeliveryState, host: str, at: Moment) -> None:
        """The base tells whether a text could be transmitted."""
        queue = self._queues.get(self._config.radio(state.radio.number))
        if queue is None or not queue[0].waiting or queue[0].host != host:
            return
        text = queue[0]
        if state.on_air:
            text.sent = True
            self._tell(text.command, text.radio, TextState.SENT, state.words, at)
        else:
            failure = _AIR_FAILURES.get(state.result, TextFailure.REFUSED)
            self._pause(text, failure, state.words, at)

    def lost(self, host: str | None, reason: str, at: Moment) -> None:
        """A host is gone (None: the ports): what it had and what it left waiting has failed."""
        detail = f"the base is gone: {reason}"
        for queue in list(self._queues.values()):
            first = queue[0]
            if host is None or first.host == host:
                for text in list(queue):
                    self._finish(text, TextFailure.LINK_DOWN, detail, at)
        for request, group in list(self._groups.items()):
            for gone in {host} & group.hosts if host else set(group.hosts):
                if not group.sent:
                    fault = _Fault(TextFailure.LINK_DOWN, detail)
                    self._group_handed_over(request, gone, fault, at)

    def expire(self, at: Moment) -> None:
        """Give up waiting for answers, and start the attempts that are due."""
        for queue in list(self._queues.values()):
            text = queue[0]
            if at.mono < text.due:
                continue
            if text.waiting:
                self._pause(text, TextFailure.NO_ANSWER, "no answer from the radio", at)
            else:
                self._attempt(text, at)
        for request, group in list(self._groups.items()):
            if at.mono < group.due:
                continue
            del self._groups[request]
            if not group.sent:
                words = "the base did not take it"
                self._tell(group.command, None, TextFailure.NO_ANSWER, words, at)

    def deadline(self) -> float | None:
        private = (queue[0].due for queue in self._queues.values())
        return min(chain(private, (group.due for group in self._groups.values())), default=None)

    def _enqueue(self, text: _Text, at: Moment) -> None:
        queue = self._queues.setdefault(text.radio, deque())
        if len(queue) >= QUEUE_LIMIT:
            detail = f"{QUEUE_LIMIT} texts wait for this radio already"
            self._tell(text.command, text.radio, TextFailure.BUSY, detail, at)
            return
        queue.append(text)
        if queue[0] is text:
            self._attempt(text, at)

    def _attempt(self, text: _Text, at: Moment) -> None:
        route = self._radios.route(text.radio)
        if route is None:
            self._finish(text, TextFailure.NO_LINK, "no base is connected", at)
            return
        text.request = text.request or self._next_request(at)
        text.attempt += 1
        text.host, text.waiting = route.host, True
        text.due = at.mono + self._config.text_retry.answer_s
        destination = self._config.address(text.radio.number)
        message = PrivateMessage(text.request, destination, self._own, rest=text.octets)
        try:
            done = partial(self._handed_over, text, text.attempt)
            self._links.send(Service.TMP, route, message.build(), done, at)
        except NotReadyError as error:
            self._finish(text, TextFailure.LINK_DOWN, str(error), at)

    def _settle(self, text: _Text, answer: PrivateMessageAnswer, at: Moment) -> bool:
        """Take an answer to a text; returns whether the radio received it.

        Repeaters put their own number in place of ours, so one of the two has to be the radio's.
        """
        if text.radio.number not in (answer.destination.number, answer.source.number):
            return False
        words = TextResult.words(answer.result)
        if answer.result == TextResult.OK:
            self._mark_sent(text, at)
            self._finish(text, TextState.DELIVERED, words, at)
            return True
        failure = _FAILURES.get(answer.result, TextFailure.REFUSED)
        if answer.result not in _WORTH_RETRYING:
            self._finish(text, failure, words, at)
        elif text.waiting:
            self._pause(text, failure, words, at)
        return False

    def _handed_over(self, text: _Text, attempt: int, fault: str | None, at: Moment) -> None:
        queue = self._queues.get(text.radio)
        if queue is None or queue[0] is not text or text.attempt != attempt or not text.waiting:
            return
        if fault is None:
            self._mark_sent(text, at)
        else:
            words = f"the base did not take it: {fault}"
            self._pause(text, TextFailure.LINK_DOWN, words, at)

    def _mark_sent(self, text: _Text, at: Moment) -> None:
        if not text.sent:
            text.sent = True
            self._tell(text.command, text.radio, TextState.SENT, None, at)

    def _pause(self, text: _Text, failure: TextFailure, reason: str, at: Moment) -> None:
        """End an attempt; the next one follows after a pause, if there is one left."""
        spacing = self._config.text_retry.spacing_s
        if text.attempt > len(spacing):
            tries = f"{reason} ({text.attempt} attempts)"
            if failure is TextFailure.NO_ANSWER and not self._radios.knows(text.radio):
                failure = TextFailure.NOT_REGISTERED
            self._finish(text, failure, tries, at)
            return
        text.waiting = False
        text.due = at.mono + spacing[text.attempt - 1]

    def _finish(self, text: _Text, outcome: _Outcome, detail: str, at: Moment) -> None:
        """End a text and start the next one that waits for this radio."""
        self._tell(text.command, text.radio, outcome, detail, at)
        queue = self._queues[text.radio]
        queue.remove(text)
        if queue:
            # an attempt that fails at once would call back here: let expire() start it
            queue[0].due = at.mono
        else:
            del self._queues[text.radio]

    def _send_to_group(self, command: SendText, octets: bytes, at: Moment) -> None:
        assert command.talkgroup is not None  # noqa: S101 - SendText has exactly one addressee
        routes = self._radios.routes(command.talkgroup)
        request = self._next_request(at)
        destination = self._config.address(command.talkgroup.number)
        message = GroupMessage(request, destination, self._own, rest=octets).build()
        due = at.mono + self._config.text_retry.answer_s
        self._groups[request] = _GroupText(command.command, due, {each.host for each in routes})
        if not routes:
            self._groups.pop(request)
            words = "no base is connected"
            self._tell(command.command, None, TextFailure.NO_LINK, words, at)
        for route in routes:
            done = partial(self._group_taken, request, route.host)
            try:
                self._links.send(Service.TMP, route, message, done, at)
            except NotReadyError as error:
                done(str(error), at)

    def _group_taken(self, request: int, host: str, fault: str | None, at: Moment) -> None:
        broken = None if fault is None else _Fault(TextFailure.LINK_DOWN, fault)
        self._group_handed_over(request, host, broken, at)

    def _group_handed_over(self, request: int, host: str, fault: _Fault | None, at: Moment) -> None:
        text = self._groups.get(request)
        if text is None:
            return
        if fault is None:
            if not text.sent:
                text.sent = True
                self._tell(text.command, None, TextState.SENT, None, at)
            return
        text.hosts.discard(host)
        if not text.hosts:
            del self._groups[request]
            self._tell(text.command, None, fault.failure, fault.words, at)

    @property
    def _own(self) -> RadioAddress:
        return self._config.address(self._config.dispatcher_id)

    def _next_request(self, at: Moment) -> int:
        """A number that our texts had not for years, over restarts: it starts with the clock."""
        start = int(at.utc.timestamp()) if self._request is None else self._request
        self._request = (start + 1) & 0xFFFF_FFFF or 1
        return self._request

    def _tell(
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


def _encode(text: str) -> tuple[_Fault | None, bytes]:
    """What forbids to send a text, and its octets."""
    try:
        octets = text.encode("utf-16-le")
    except UnicodeEncodeError:
        return _Fault(TextFailure.UNSUPPORTED, "the text holds half a character"), b""
    units = len(octets) // 2
    if not units:
        return _Fault(TextFailure.REFUSED, "the text is empty"), b""
    if units > TEXT_LIMIT:
        words = f"the text has {units} characters, radios take {TEXT_LIMIT}"
        return _Fault(TextFailure.TOO_LONG, words), b""
    return None, octets
