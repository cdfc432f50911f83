"""Texts to radios and talkgroups, until each is delivered, sent or failed."""

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Final

from radio_gateway.adapters._hytera_config import Emit, HyteraConfig
from radio_gateway.adapters._hytera_links import HyteraLinks
from radio_gateway.adapters._hytera_radios import HyteraRadios
from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import TextProgress, TextState
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
            self._tell(command.command, command.radio, TextState.FAILED, fault, at)
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
        if answer.result == TextResult.OK:
            self._group_handed_over(answer.request, host, None, at)
        else:
            words = TextResult.words(answer.result)
            self._group_handed_over(answer.request, host, words, at)

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
            self._pause(text, state.words, at)

    def lost(self, host: str | None, reason: str, at: Moment) -> None:
        """A host is gone (None: the ports): what it had and what it left waiting has failed."""
        detail = f"the base is gone: {reason}"
        for queue in list(self._queues.values()):
            first = queue[0]
            if host is None or first.host == host:
                for text in list(queue):
                    self._finish(text, TextState.FAILED, detail, at)
        for request, group in list(self._groups.items()):
            for gone in {host} & group.hosts if host else set(group.hosts):
                if not group.sent:
                    self._group_handed_over(request, gone, detail, at)

    def expire(self, at: Moment) -> None:
        """Give up waiting for answers, and start the attempts that are due."""
        for queue in list(self._queues.values()):
            text = queue[0]
            if at.mono < text.due:
                continue
            if text.waiting:
                self._pause(text, "no answer from the radio", at)
            else:
                self._attempt(text, at)
        for request, group in list(self._groups.items()):
            if at.mono < group.due:
                continue
            del self._groups[request]
            if not group.sent:
                self._tell(group.command, None, TextState.FAILED, "the base did not take it", at)

    def deadline(self) -> float | None:
        private = (queue[0].due for queue in self._queues.values())
        return min(chain(private, (group.due for group in self._groups.values())), default=None)

    def _enqueue(self, text: _Text, at: Moment) -> None:
        queue = self._queues.setdefault(text.radio, deque())
        if len(queue) >= QUEUE_LIMIT:
            detail = f"{QUEUE_LIMIT} texts wait for this radio already"
            self._tell(text.command, text.radio, TextState.FAILED, detail, at)
            return
        queue.append(text)
        if queue[0] is text:
            self._attempt(text, at)

    def _attempt(self, text: _Text, at: Moment) -> None:
        route = self._radios.route(text.radio)
        if route is None:
            self._finish(text, TextState.FAILED, "no base is connected", at)
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
            self._finish(text, TextState.FAILED, str(error), at)

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
        if answer.result not in _WORTH_RETRYING:
            self._finish(text, TextState.FAILED, words, at)
        elif text.waiting:
            self._pause(text, words, at)
        return False

    def _handed_over(self, text: _Text, attempt: int, fault: str | None, at: Moment) -> None:
        queue = self._queues.get(text.radio)
        if queue is None or queue[0] is not text or text.attempt != attempt or not text.waiting:
            return
        if fault is None:
            self._mark_sent(text, at)
        else:
            self._pause(text, f"the base did not take it: {fault}", at)

    def _mark_sent(self, text: _Text, at: Moment) -> None:
        if not text.sent:
            text.sent = True
            self._tell(text.command, text.radio, TextState.SENT, None, at)

    def _pause(self, text: _Text, reason: str, at: Moment) -> None:
        """End an attempt; the next one follows after a pause, if there is one left."""
        spacing = self._config.text_retry.spacing_s
        if text.attempt > len(spacing):
            tries = f"{reason} ({text.attempt} attempts)"
            self._finish(text, TextState.FAILED, tries, at)
            return
        text.waiting = False
        text.due = at.mono + spacing[text.attempt - 1]

    def _finish(self, text: _Text, state: TextState, detail: str, at: Moment) -> None:
        """End a text and start the next one that waits for this radio."""
        self._tell(text.command, text.radio, state, detail, at)
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
            self._tell(command.command, None, TextState.FAILED, "no base is connected", at)
        for route in routes:
            done = partial(self._group_handed_over, request, route.host)
            try:
                self._links.send(Service.TMP, route, message, done, at)
            except NotReadyError as error:
                done(str(error), at)

    def _group_handed_over(self, request: int, host: str, fault: str | None, at: Moment) -> None:
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
            self._tell(text.command, None, TextState.FAILED, fault, at)

    @property
    def _own(self) -> RadioAddress:
        return self._config.address(self._config.dispatcher_id)

    def _next_request(self, at: Moment) -> int:
        """A number that our texts had not for years, over restarts: it starts with the clock."""
        start = int(at.utc.timestamp()) if self._request is None else self._request
        self._request = (start + 1) & 0xFFFF_FFFF or 1
        return self._request

    def _tell(
        self, command: str, radio: RadioId | None, state: TextState, detail: str | None, at: Moment
    ) -> None:
        self._emit(
            TextProgress(
                link=self._config.name,
                at=at,
                command=command,
                state=state,
                radio=radio,
                detail=detail,
            )
        )


def _encode(text: str) -> tuple[str | None, bytes]:
    """What forbids to send a text, and its octets."""
    try:
        octets = text.encode("utf-16-le")
    except UnicodeEncodeError:
        return "the text holds half a character", b""
    units = len(octets) // 2
    if not units:
        return "the text is empty", b""
    if units > TEXT_LIMIT:
        return f"the text has {units} characters, radios take {TEXT_LIMIT}", b""
    return None, octets
