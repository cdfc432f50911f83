"""A Tait radio wired to a serial port, and the radios that it hears. No ports and no clock.

It answers commands as the manual says: a prompt after each, one more after an answer and after
everything it says unasked. One message is on the air at a time; the air may lose it.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.lettering import printable_ascii
from radio_gateway.protocols.tait.commands import (
    POSITION_REQUEST,
    Cancel,
    Cancelled,
    Function,
    Query,
    Question,
    SendAdaptableSdm,
    SendSdm,
    parse_command,
)
from radio_gateway.protocols.tait.packet import Packet
from radio_gateway.protocols.tait.reader import Kind, PacketReader
from radio_gateway.protocols.tait.reports import (
    ErrorCode,
    ErrorReport,
    Model,
    Progress,
    ProgressType,
    Report,
    Ring,
    Sdm,
)

PROMPT: Final = b"."
AIR_S: Final = (0.6, 1.6)
"A message and its acknowledgement take this long, at random."
_PUSHED: Final = Function("1", "01")
_SDM_RING: Final = "14000"
_ALL: Final = "*"


@dataclass(frozen=True, slots=True)
class TaitLoss:
    """How bad air and cable are: shares lost."""

    message: float = 0.0
    "Messages to and from radios that nobody hears."
    octet: float = 0.0
    "Packets on the cable that lack one octet."


class TaitPeer:
    """One base radio; deterministic by the `random.Random` it is given."""

    def __init__(
        self,
        rng: random.Random,
        *,
        reachable: Callable[[str], bool],
        on_text: Callable[[str, str], None],
        place: Callable[[str], str | None],
        loss: TaitLoss | None = None,
    ) -> None:
        """Switch it on.

        Args:
            rng: decides delays and losses.
            reachable: whether the radio with this data identity is on.
            on_text: told (data identity, text) when a text is on a display.
            place: RMC sentence of a radio that was asked; None: it does not answer.
            loss: of the air and the cable.
        """
        self._rng = rng
        self._reachable = reachable
        self._on_text = on_text
        self._place = place
        self._loss = loss or TaitLoss()
        self._reader = PacketReader()
        self._pushes = False
        self._stored = b""
        self._busy_until = float("-inf")
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._outgoing: list[bytes] = []

    def feed(self, data: bytes, now: float) -> None:
        """Take octets of the computer; a wrong packet is answered with an error."""
        for item in self._reader.feed(data):
            if item.packet is not None:
                self._command(item.packet, now)
            elif item.kind is Kind.JUNK:
                self._say(ErrorReport(system=False, number=ErrorCode.CHECKSUM))

    def expire(self, now: float) -> None:
        """Let everything happen that is due."""
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[2]()

    def deadline(self) -> float | None:
        return self._due[0][0] if self._due else None

    def outgoing(self) -> list[bytes]:
        """Octets to write to the port since the last call."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def talk(self, caller: str, seconds: float, now: float, *, group: str | None = None) -> bool:
        """Press and hold the PTT key; False: the channel is busy and the radio only beeps."""
        if now < self._busy_until:
            return False
        self._busy_until = now + seconds
        ring = Ring("00010" if group else "00000", destination=group, caller=caller)
        self._at(now, lambda: self._say(Progress(ProgressType.RECEIVER_BUSY)))
        self._at(now, lambda: self._say(ring))
        self._at(now + seconds, lambda: self._say(Progress(ProgressType.RECEIVER_IDLE)))
        return True

    def status(self, caller: str, status: int, now: float, *, emergency: bool = False) -> None:
        """Send a status, with emergency priority if need be."""
        ring = Ring("02100" if emergency else "02000", status=status, caller=caller)
        self._at(max(now, self._busy_until), lambda: self._say(ring))

    def call_alert(self, caller: str, now: float) -> None:
        """Ask the base to call back."""
        ring = Ring("02001", caller=caller)
        self._at(max(now, self._busy_until), lambda: self._say(ring))

    def emergency(self, caller: str, now: float) -> None:
        """Press the emergency key of a radio; nothing on the channel can hold it back."""
        self._at(now, lambda: self._say(Ring("00100", caller=caller)))

    def own_emergency(self, now: float, *, on: bool = True) -> None:
        """Press the emergency key of the base radio itself, or end it."""
        kind = ProgressType.EMERGENCY_STARTED if on else ProgressType.EMERGENCY_ENDED
        self._at(now, lambda: self._say(Progress(kind)))

    def write(self, caller: str, text: str, now: float) -> None:
        """Let a radio send a text, or an NMEA sentence, to the base."""
        if self._rng.random() >= self._loss.message:
            self._at(max(now, self._busy_until), lambda: self._receive(caller, text))

    def restart(self, now: float) -> None:
        """Power went and came: all functions are as programmed."""
        self._pushes = False
        self._stored = b""
        self._at(now, lambda: self._say(Progress(ProgressType.RESTARTED, "0")))

    def _command(self, packet: Packet, now: float) -> None:
        try:
            command = parse_command(packet)
        except MalformedError:
            self._say(ErrorReport(system=False, number=ErrorCode.PARAMETER))
            return
        match command:
            case Query(Question.MODEL):
                self._write(PROMPT)
                self._say(Model("131", "03.00"))
            case Query(Question.SDM):
                stored, self._stored = self._stored, b""
                self._write(PROMPT)
                self._say(Sdm(stored))
            case Function():
                self._pushes |= command == _PUSHED
                self._write(PROMPT)
            case Cancel(what):
                if what is Cancelled.SDM:
                    self._stored = b""
                self._write(PROMPT)
            case SendSdm(data_id, text) | SendAdaptableSdm(_, _, data_id, text):
                poll = isinstance(command, SendAdaptableSdm) and command.sfi == POSITION_REQUEST
                self._send(data_id, text, now, poll=poll)
            case _:
                self._say(ErrorReport(system=False, number=ErrorCode.UNSUPPORTED))

    def _send(self, data_id: str, text: str, now: float, *, poll: bool) -> None:
        if now < self._busy_until:
            self._say(ErrorReport(system=False, number=ErrorCode.REFUSED))
            return
        self._write(PROMPT)
        answer_at = now + self._rng.uniform(*AIR_S)
        self._busy_until = answer_at
        heard = self._reachable(data_id) and self._rng.random() >= self._loss.message
        if poll:
            place = self._place(data_id) if heard else None
            if place is not None:
                self._at(answer_at, lambda: self._receive(None, place))
            return
        if heard or _ALL in data_id:
            self._at(answer_at, lambda: self._on_text(data_id, text))
        if _ALL not in data_id:
            acknowledged = Progress(ProgressType.SDM_ACKNOWLEDGED, str(int(heard)))
            self._at(answer_at, lambda: self._say(acknowledged))

    def _receive(self, caller: str | None, text: str) -> None:
        data = _typed(text)
        self._say(Progress(ProgressType.FFSK_RECEIVED))
        self._say(Ring(_SDM_RING, caller=caller))
        if self._pushes:
            self._say(Sdm(data))
        elif not self._stored:  # a full store keeps what it has
            self._stored = data

    def _at(self, when: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._due, (when, next(self._order), what))

    def _say(self, report: Report) -> None:
        self._write(_packet(report).build() + PROMPT)

    def _write(self, octets: bytes) -> None:
        if self._rng.random() < self._loss.octet:
            place = self._rng.randrange(len(octets))
            octets = octets[:place] + octets[place + 1 :]
        self._outgoing.append(octets)


def _packet(report: Report) -> Packet:
    match report:
        case Sdm() | Ring() | Progress() | ErrorReport() | Model():
            return report.build()
        case _:
            raise TypeError(f"a base does not say {report}")


def _typed(text: str) -> bytes:
    """What a crew types on a radio whose letters are those of ISO 8859-1: `suo` for `šuo`."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return printable_ascii(text).encode("ascii")
