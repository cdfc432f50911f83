"""Kenwood base radio on a serial port: FleetSync, NEXEDGE and DMR radios of one channel."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal, assert_never

from radio_gateway.adapters._kenwood_calls import CallTracker
from radio_gateway.adapters._kenwood_commands import CommandQueue
from radio_gateway.adapters._kenwood_pairing import SentencePairing
from radio_gateway.adapters._kenwood_radios import RadioNumbering
from radio_gateway.adapters._kenwood_reports import ReportTranslator
from radio_gateway.adapters._serial import SerialState, earliest
from radio_gateway.domain.commands import Command, RequestPosition, SendText
from radio_gateway.domain.events import CallEndReason, Event, TextFailure
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.kenwood import frames
from radio_gateway.protocols.kenwood.frames import LONG_TEXT, SHORT_TEXT, System, TextFrame
from radio_gateway.protocols.kenwood.ids import IdForm
from radio_gateway.protocols.kenwood.reader import IDLE_S, FrameReader, Item, Kind
from radio_gateway.protocols.kenwood.sentences import (
    SENTENCES,
    DataSentence,
    IdentitySentence,
    ShortSentence,
    Waypoint,
)
from radio_gateway.protocols.kenwood.sentences import interpret as interpret_kenwood
from radio_gateway.protocols.lettering import printable_ascii
from radio_gateway.protocols.nmea.fix import Fix
from radio_gateway.protocols.nmea.line import ChecksumState, NmeaLine
from radio_gateway.protocols.nmea.sentences import OtherSentence
from radio_gateway.protocols.nmea.sentences import interpret as interpret_plain

log = logging.getLogger(__name__)

ENDPOINT: Final = "serial"
ALL_FLEETS: Final = 0
"Talkgroup number that stands for every radio of the channel."
MAX_NXDN_GROUP: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class KenwoodConfig:
    """One base radio."""

    name: str
    "Name of the link."
    network: str
    "Numbering network of DMR ids; FleetSync and NXDN ids go to `.../fleetsync` and `.../nxdn`."
    site: str | None = None
    statuses: Mapping[int, str] = field(default_factory=dict)
    "Status numbers that radios send on purpose; in sentences no other number is reported."
    emergency_statuses: frozenset[int] = frozenset()
    "Status numbers that the codeplug sends on an emergency; no other number raises an alarm."
    emergency_on_sh: bool = False
    "Whether an `SH` sentence is an emergency; only where the codeplug sends none with PTT."
    accept_bad_checksum: bool = False
    "For radios known to compute it wrongly; their reports are flagged as not verified."
    reply_timeout_s: float = 8.0
    family: Literal["fleetsync", "nexedge", "dmr"] = "nexedge"
    "Frames with seven-digit ids mean FleetSync, except on a base of the family `dmr`."
    talkgroup: int | None = None
    "Talkgroup of all calls, in the network of the radio that speaks; caller ids name none."


class _CannotError(Exception):
    """This base cannot send what was asked; caught where the command came in."""

    def __init__(self, detail: str, failure: TextFailure = TextFailure.UNSUPPORTED) -> None:
        super().__init__(detail)
        self.failure = failure


class KenwoodBase:
    """Frames and sentences of one base radio as events, commands as frames."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="Kenwood base radios (FleetSync, NEXEDGE, DMR)",
        transport="serial",
        abilities=frozenset(
            {
                Ability.TEXT_TO_RADIO,
                Ability.TEXT_TO_TALKGROUP,
                Ability.DELIVERY_ACKNOWLEDGEMENT,
                Ability.POSITION,
                Ability.POSITION_REQUEST,
                Ability.STATUS,
                Ability.CALLS,
                Ability.EMERGENCY,
            }
        ),
        text_limit=LONG_TEXT,
        notes=(
            "Texts and position requests to FleetSync and NEXEDGE radios; the frames for DMR "
            "radios and texts from radios are not public. Texts over 48 characters go out as long "
            "texts, which not every radio takes. Calls name no talkgroup; a setting does."
        ),
    )

    def __init__(self, config: KenwoodConfig) -> None:
        self._config = config
        self._numbering = RadioNumbering(config.network)
        self._port = SerialState(config.name, config.site)
        self._reader = FrameReader()
        self._idle_at: float | None = None
        self._reports = ReportTranslator(
            config.name,
            config.site,
            statuses=config.statuses,
            emergency_statuses=config.emergency_statuses,
            emergency_on_sh=config.emergency_on_sh,
        )
        self._pairing = SentencePairing()
        self._calls = CallTracker(config.name, config.site, config.talkgroup)
        self._commands = CommandQueue(config.name, config.reply_timeout_s)
        self._events: list[Event] = []
        self._outgoing: list[Outgoing] = []

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:  # noqa: ARG002 - one peer per port
        """Take any piece of the stream; what cannot be read is counted and dropped."""
        for item in self._reader.feed(frame):
            self._take(item, at)
        self._idle_at = at.mono + IDLE_S if self._reader.waiting else None
        self._pump(at)

    def command(self, command: Command, at: Moment) -> None:
        """Queue a text or a position request; everything else is refused."""
        if self._commands.is_repetition(command.command):
            return
        if not isinstance(command, SendText | RequestPosition):
            reason = "a Kenwood base cannot do this over its serial port"
            refusal = self._commands.refused(command, TextFailure.UNSUPPORTED, reason, at)
            self._events.append(refusal)
        elif not self._port.open:
            reason = "the port is not open"
            self._events.append(self._commands.failed(command, TextFailure.LINK_DOWN, reason, at))
        else:
            try:
                frame = self._frame(command, at)
            except _CannotError as error:
                refusal = self._commands.refused(command, error.failure, str(error), at)
                self._events.append(refusal)
                return
            self._events += self._commands.add(command, frame, at)
            self._pump(at)

    def expire(self, at: Moment) -> None:
        if self._idle_at is not None and at.mono >= self._idle_at:
            self._flush(at)
        self._place(self._pairing.expire(at), at)
        self._events += self._calls.expire(at)
        self._events += self._commands.expire(at, writable=self._port.up)
        self._port.expire(at)
        self._pump(at)

    def deadline(self) -> float | None:
        return earliest(
            self._idle_at,
            self._pairing.deadline(),
            self._calls.deadline(),
            self._commands.deadline(writable=self._port.up),
            self._port.deadline(),
        )

    def opened(self, at: Moment) -> None:
        self._reader = FrameReader()
        self._idle_at = None
        self._port.opened(at)

    def closed(self, reason: str, at: Moment) -> None:
        self._flush(at)
        self._place(self._pairing.finish(at.utc), at)
        self._events += self._calls.end_any(CallEndReason.TRUNCATED, at)
        self._events += self._commands.close(reason, at)
        self._outgoing.clear()
        self._port.closed(reason, at)

    def events(self) -> list[Event]:
        taken = self._port.events + self._events
        self._port.events, self._events = [], []
        return taken

    def outgoing(self) -> list[Outgoing]:
        taken, self._outgoing = self._outgoing, []
        return taken

    def _flush(self, at: Moment) -> None:
        self._idle_at = None
        for item in self._reader.flush():
            self._take(item, at)

    def _pump(self, at: Moment) -> None:
        """Write the next command, but never to a port that has not proved to be a radio's."""
        frame = self._commands.next_frame(at.mono) if self._port.up else None
        if frame is not None:
            self._outgoing.append(Outgoing(frame, Peer(ENDPOINT)))

    def _take(self, item: Item, at: Moment) -> None:
        try:
            match item.kind:
                case Kind.SENTENCE:
                    self._take_sentence(item, at)
                case Kind.BODY:
                    self._take_body(item, at)
                case Kind.FRAME_END:
                    self._place(self._pairing.finish(at.utc), at)
                case Kind.JUNK | Kind.INCOMPLETE:
                    raise MalformedError(f"{item.kind} octets", item.data)
                case _:
                    assert_never(item.kind)
        except MalformedError as error:
            self._port.bad(error, at)

    def _take_sentence(self, item: Item, at: Moment) -> None:
        line = NmeaLine.parse(item.data)
        if line.address not in SENTENCES:
            self._take_plain(item, line, at)
            return
        sentence = interpret_kenwood(line)
        bad = sentence.checksum.state is ChecksumState.BAD
        if bad and not self._config.accept_bad_checksum:
            raise MalformedError("wrong checksum", item.data)
        if isinstance(sentence, Waypoint):
            self._port.heard(at)
            return
        radio = self._numbering.radio(sentence.unit)
        self._port.heard(at)
        placed = isinstance(sentence, DataSentence | ShortSentence)
        self._place(self._pairing.identified(radio, item.frame, at, placed=placed), at)
        if isinstance(sentence, IdentitySentence):
            self._events += self._reports.identity(radio, sentence, item.data, at)
        else:
            self._events += self._reports.position(radio, sentence, item.data, at)

    def _take_plain(self, item: Item, line: NmeaLine, at: Moment) -> None:
        sentence = interpret_plain(line)
        if sentence.checksum.state is not ChecksumState.OK:
            raise MalformedError(f"checksum {sentence.checksum.state}", item.data)
        self._port.heard(at)
        if not isinstance(sentence, OtherSentence):
            self._place(self._pairing.plain(sentence, item.frame, at), at)

    def _place(self, fixes: list[tuple[RadioId, Fix]], at: Moment) -> None:
        for radio, fix in fixes:
            self._events += self._reports.paired(radio, fix, at)

    def _take_body(self, item: Item, at: Moment) -> None:
        frame = frames.parse(item.data)
        match frame:
            case frames.Result(ok=ok):
                self._events += self._commands.answered(ok=ok, at=at)
            case frames.CallerId() | frames.Identity() | frames.StatusFrame():
                self._take_report(frame, item.data, at)
            case frames.TextFrame() | frames.Poll() | frames.UnknownFrame():
                # our own commands echoed, or a form that no public source explains
                log.info("%s: unknown frame %s", self._config.name, ascii(item.data))
            case _:
                assert_never(frame)

    def _take_report(
        self,
        frame: frames.CallerId | frames.Identity | frames.StatusFrame,
        raw: bytes,
        at: Moment,
    ) -> None:
        unit = frame.source if isinstance(frame, frames.StatusFrame) else frame.unit
        if unit.form is IdForm.FLEETSYNC and self._config.family == "dmr":
            log.info("%s: unknown frame %s", self._config.name, ascii(raw))
            return
        radio = self._numbering.radio(unit)
        if isinstance(frame, frames.CallerId) and not frame.repeat_equal:
            raise MalformedError("caller id and its repetition differ", raw)
        self._port.heard(at)
        match frame:
            case frames.CallerId(edge=frames.Edge.BEGIN):
                self._events += self._calls.begin(radio, at)
            case frames.CallerId():
                self._events += self._calls.end(radio, at)
            case frames.StatusFrame():
                self._events += self._reports.status_frame(radio, frame, raw, at)
            case frames.Identity():
                self._events.append(self._reports.heard(radio, at))

    def _frame(self, command: SendText | RequestPosition, at: Moment) -> bytes:
        """Build the frame; raises _CannotError when this base cannot send it."""
        if isinstance(command, SendText):
            return self._text(command)
        return self._poll(command, at)

    def _text(self, command: SendText) -> bytes:
        try:
            text = printable_ascii(command.text)
        except ValueError as error:
            raise _CannotError(str(error)) from error
        if len(text) > LONG_TEXT:
            detail = f"text has {len(text)} characters, the radio takes {LONG_TEXT}"
            raise _CannotError(detail, TextFailure.TOO_LONG)
        long = len(text) > SHORT_TEXT
        if command.radio is not None:
            unit = self._numbering.unit(command.radio)
            if unit is None:
                raise _CannotError(f"{command.radio} is no radio of this base")
            if unit.form is IdForm.LETTER8:
                raise _CannotError("how this base sends texts to DMR radios is not public")
            system = System.FLEETSYNC if unit.form is IdForm.FLEETSYNC else System.NEXEDGE
            return TextFrame(system, text, unit, long=long).build()
        group = command.talkgroup
        if group and group.network == self._numbering.fleetsync and group.number == ALL_FLEETS:
            return TextFrame(System.FLEETSYNC, text, long=long).build()
        if group and group.network == self._numbering.nxdn and group.number <= MAX_NXDN_GROUP:
            return TextFrame(System.NEXEDGE, text, group=group.number, long=long).build()
        raise _CannotError(f"{group} cannot be reached through this base")

    def _poll(self, command: RequestPosition, at: Moment) -> bytes:
        unit = self._numbering.unit(command.radio)
        if unit is None:
            raise _CannotError(f"{command.radio} is no radio of this base")
        if unit.form is IdForm.LETTER8:
            raise _CannotError("how this base asks DMR radios for a position is not public")
        self._reports.asked(command.radio, at)
        return frames.Poll(unit).build()
