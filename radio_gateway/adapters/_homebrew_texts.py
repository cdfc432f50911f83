"""Texts, call alerts and radio checks over repeaters of the Homebrew protocol.

Of a text `SENT` is said when the last burst has left for the repeater, `DELIVERED` only when the
radio has answered a confirmed packet: a repeater itself never says whether it took a burst.
"""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from radio_gateway.adapters._homebrew_controls import (
    Content,
    ControlBlock,
    Sendable,
    control_block,
    control_in,
    report,
)
from radio_gateway.adapters._homebrew_lanes import MAX_INTERRUPTIONS, Job, Lane, Outlet
from radio_gateway.adapters._homebrew_packets import TextConfig, build_packet, response_in
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import Event, TextFailure, TextState
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.air import Channel
from radio_gateway.protocols.dmr.csbk import CsbkMessage
from radio_gateway.protocols.dmr.data_header import ResponseHeader
from radio_gateway.protocols.dmr.packet_building import Packet
from radio_gateway.protocols.dmr.sending import DEFAULT_PREAMBLES
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType

TEXT_LIMIT: Final = 140
MAX_ATTEMPTS: Final = 5
"A network that loses every twentieth datagram lets a text through in two of three attempts."
MAX_WAITING: Final = 32
"Texts on the way over one link; more are refused."
PATIENCE_S: Final = 60.0
"How long a text waits for a free slot."
ANSWER_S: Final = 5.0
DATA_PAUSE_S: Final = 0.6
"Silence that we leave after data of a radio; after voice it is the hang time."
_REPEATED_S: Final = 3600.0
_RADIOS_KEPT: Final = 20_000
_CRC_WRONG: Final = (1, 1)
"Class and type of a response: the packet came damaged, send it again."
_SELECTIVE: Final = 2
_REFUSALS: Final = {
    0: "the format is not known",
    2: "its memory is full",
    3: "a packet before this one is missing",
    4: "it cannot be delivered",
    5: "a packet before this one is missing",
    6: "we are not allowed to",
}


@dataclass(slots=True)
class _Text:
    """One command, on all slots that it goes out on."""

    command: Sendable
    packet: Content
    open: set[Outlet] = field(default_factory=set)
    "Slots on which nothing is decided yet."
    sent: bool = False
    done: bool = False


_Job: TypeAlias = Job[_Text]


class TextSender:
    """All texts of one link."""

    def __init__(
        self,
        link: str,
        emit: Callable[[Event], None],
        transmit: Callable[[DmrFrame], None],
        config: TextConfig,
        stream: Callable[[], bytes],
    ) -> None:
        """Start with nothing to send.

        Args:
            link: name of the link.
            emit: takes each event.
            transmit: takes each frame that is due for a repeater.
            config: what texts look like.
            stream: gives 4 random octets per call.
        """
        self._link = link
        self._emit = emit
        self._transmit = transmit
        self._config = config
        self._stream = stream
        self._lanes: dict[Outlet, Lane[_Text]] = {}
        self._free_at: dict[Outlet, float] = {}
        self._where: OrderedDict[int, Outlet] = OrderedDict()
        self._colour_codes: dict[int, int] = {}
        self._commands = Recent(_REPEATED_S)
        self._numbers = itertools.count()

    def where(self, number: int) -> Outlet | None:
        """The slot on which a radio was heard last."""
        return self._where.get(number)

    def command(self, command: Sendable, outlets: Mapping[Outlet, int], at: Moment) -> None:
        """Send a text or a control block.

        Args:
            command: what to whom.
            outlets: colour codes of the slots to send it on; empty: none is connected.
            at: now.
        """
        if self._commands.seen(command.command, at.mono):
            return
        refused = self._refused(command, outlets)
        if refused is None:
            try:
                packet = self._content(command)
            except ValueError as error:
                refused = TextFailure.UNSUPPORTED, str(error)
        if refused is not None:
            self._tell(command, TextState.FAILED, at, *refused)
            return
        text = _Text(command, packet, set(outlets))
        for outlet, colour_code in outlets.items():
            self._colour_codes[outlet.repeater_id] = colour_code
            free_at = self._free_at.get(outlet, float("-inf"))
            lane = self._lanes.setdefault(outlet, Lane(outlet, self._frames, free_at=free_at))
            lane.waiting.append(Job(text, at.mono + PATIENCE_S))
        self.expire(at)

    def heard(self, frame: DmrFrame, at: Moment) -> None:
        """Take note of any burst from a repeater: it is busy, and may be an answer to us."""
        outlet = Outlet(frame.repeater_id, frame.slot)
        if frame.source and self._where.get(frame.source) != outlet:
            self._where[frame.source] = outlet
            if len(self._where) > _RADIOS_KEPT:
                self._where.popitem(last=False)
        data = frame.frame_type is FrameType.DATA_SYNC
        voice = not data or frame.detail <= DataType.TERMINATOR_WITH_LC
        free_at = at.mono + (self._config.pause_s if voice else DATA_PAUSE_S)
        self._free_at[outlet] = free_at
        lane = self._lanes.get(outlet)
        if lane is not None:
            lane.busy_until(free_at)
        if self._lanes and data and frame.detail == DataType.DATA_HEADER:
            response = response_in(frame.burst)
            if response is not None:
                self._answered(response, at)
        elif self._lanes and data and frame.detail == DataType.CSBK:
            block = control_in(frame.burst)
            if block is not None:
                self._answered_by_block(block, at)

    def gone(self, repeater_id: int, at: Moment) -> None:
        """A repeater left: what waits for it fails."""
        for outlet in [outlet for outlet in self._lanes if outlet.repeater_id == repeater_id]:
            for job in self._lanes[outlet].jobs():
                self._settle(job, outlet, at, TextFailure.LINK_DOWN, "the repeater left")
            self._lanes.pop(outlet, None)
        for outlet in [outlet for outlet in self._free_at if outlet.repeater_id == repeater_id]:
            del self._free_at[outlet]

    def expire(self, at: Moment) -> None:
        """Send what is due, send again what was not answered, give up."""
        for outlet, lane in list(self._lanes.items()):
            if lane.awaiting is not None and at.mono >= lane.answer_by:
                self._again(lane, lane.awaiting, at, TextFailure.NO_ANSWER, "the radio is silent")
            for job in [job for job in lane.waiting if _hopeless(job, at.mono)]:
                busy = f"slot {outlet.slot} was busy for {PATIENCE_S:g} s"
                broken = f"radios broke it off {job.interruptions} times"
                detail = broken if job.interruptions > MAX_INTERRUPTIONS else busy
                self._settle(job, outlet, at, TextFailure.BUSY, detail)
            finished = lane.step(at.mono, self._transmit)
            if finished is not None:
                self._sent(lane, finished, at)
            if not lane.jobs():
                self._lanes.pop(outlet, None)

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        due = (lane.deadline() for lane in self._lanes.values())
        return min((moment for moment in due if moment is not None), default=None)

    # -- what leaves ------------------------------------------------------------------------------

    def _refused(
        self, command: Sendable, outlets: Mapping[Outlet, int]
    ) -> tuple[TextFailure, str] | None:
        if self._config.source is None:
            return TextFailure.UNSUPPORTED, "this link has no dispatcher_id to send from"
        if isinstance(command, SendText) and len(command.text) > TEXT_LIMIT:
            detail = f"{len(command.text)} characters, {TEXT_LIMIT} are allowed"
            return TextFailure.TOO_LONG, detail
        if not outlets:
            return TextFailure.LINK_DOWN, "no repeater is connected"
        texts = {id(job.what) for lane in self._lanes.values() for job in lane.jobs()}
        if len(texts) >= MAX_WAITING:
            return TextFailure.BUSY, f"{MAX_WAITING} texts wait already"
        return None

    def _content(self, command: Sendable) -> Content:
        if isinstance(command, SendText):
            return build_packet(command, self._config, next(self._numbers))
        return control_block(command, self._config.source or 0)

    def _frames(self, job: _Job, outlet: Outlet) -> Sequence[DmrFrame]:
        packet, stream = job.what.packet, self._stream()
        channel = Channel(self._colour_codes[outlet.repeater_id])
        parties = packet.parties
        return [
            DmrFrame(
                sequence=n % 256,
                source=parties.source,
                target=parties.target,
                repeater_id=outlet.repeater_id,
                slot=outlet.slot,
                group=parties.group,
                frame_type=FrameType.DATA_SYNC,
                detail=burst.slot_type.data_type,
                stream=stream,
                burst=burst.octets,
                bit_errors=0,
            )
            for n, burst in enumerate(packet.bursts(channel, preambles=DEFAULT_PREAMBLES))
        ]

    # -- what becomes of it ---------------------------------------------------------------------

    def _sent(self, lane: Lane[_Text], job: _Job, at: Moment) -> None:
        text = job.what
        if not text.sent:
            text.sent = True
            self._tell(text.command, TextState.SENT, at)
        if text.packet.confirmed:
            lane.await_answer(job, at.mono + ANSWER_S)
        else:
            self._settle(job, lane.outlet, at)

    def _answered(self, response: ResponseHeader, at: Moment) -> None:
        kind = response.response_class, response.response_type
        for outlet, lane in list(self._lanes.items()):
            for job in lane.jobs():
                text = job.what
                if not job.attempts or not isinstance(text.packet, Packet):
                    continue
                if not text.packet.answered_by(response):
                    continue
                if response.acknowledged:
                    self._reached(text, at)
                elif response.response_class == _SELECTIVE or kind == _CRC_WRONG:
                    self._again(lane, job, at, TextFailure.NO_ANSWER, "it always came damaged")
                else:
                    why = _REFUSALS.get(response.response_type, "no reason known")
                    self._settle(job, outlet, at, TextFailure.REFUSED, f"radio: {why}")
                return

    def _answered_by_block(self, block: CsbkMessage, at: Moment) -> None:
        for lane in list(self._lanes.values()):
            for job in lane.jobs():
                packet = job.what.packet
                if job.attempts and isinstance(packet, ControlBlock) and packet.answered_by(block):
                    self._reached(job.what, at)
                    return

    def _reached(self, text: _Text, at: Moment) -> None:
        text.done = True
        self._tell(text.command, TextState.DELIVERED, at)
        self._withdraw(text)

    def _again(
        self, lane: Lane[_Text], job: _Job, at: Moment, failure: TextFailure, detail: str
    ) -> None:
        radio = job.what.command.radio
        if job.attempts < MAX_ATTEMPTS:
            lane.remove(job)
            job.give_up_at = at.mono + PATIENCE_S
            lane.waiting.appendleft(job)
            return
        if radio is not None and radio.number not in self._where:
            failure, detail = TextFailure.NOT_REGISTERED, "no answer; the radio was never heard"
        self._settle(job, lane.outlet, at, failure, f"{detail}; sent {job.attempts} times")

    def _settle(
        self,
        job: _Job,
        outlet: Outlet,
        at: Moment,
        failure: TextFailure | None = None,
        detail: str | None = None,
    ) -> None:
        """One slot is done with a text; the last one decides that it failed."""
        text = job.what
        self._lanes[outlet].remove(job)
        text.open.discard(outlet)
        if text.open or text.done:
            return
        text.done = True
        unconfirmed = text.sent and not text.packet.confirmed
        if failure is not None and not unconfirmed:
            self._tell(text.command, TextState.FAILED, at, failure, detail)

    def _withdraw(self, text: _Text) -> None:
        """Send it nowhere else."""
        for lane in self._lanes.values():
            for job in [job for job in lane.jobs() if job.what is text]:
                lane.remove(job)

    def _tell(
        self,
        command: Sendable,
        state: TextState,
        at: Moment,
        failure: TextFailure | None = None,
        detail: str | None = None,
    ) -> None:
        event = report(self._link, command, state, at, failure, detail)
        if event is not None:
            self._emit(event)


def _hopeless(job: _Job, now: float) -> bool:
    return now >= job.give_up_at or job.interruptions > MAX_INTERRUPTIONS
